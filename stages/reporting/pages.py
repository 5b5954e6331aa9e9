"""report.md and index.html, rendered from templates: text from pages, models and judges stays text in both."""

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from stages.common.files import write_text
from stages.common.records import CRITERIA, ROLES, TOTAL_MAX
from stages.reporting import explorer
from stages.reporting.evidence import Evidence
from stages.reporting.pictures import inline, inline_pictures
from stages.reporting.view import view
from stages.reporting.wording import Wording

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = ("elements", "filter", "row", "list", "explorer")  # one module, in this order
KEYS = {"j": "j", "k": "k", "enter": "Enter", "slash": "/"}
MAX_SHOWN = 160  # characters of a text in report.md


def write_report(evidence: Evidence, wording: Wording, path: Path, examples: int) -> None:
    """`examples` is the number of test rows in it."""
    template = _environment(wording).get_template("report.md.j2")
    context = view(evidence, wording) | {
        "roles": ROLES,
        "criteria": CRITERIA,
        "examples": evidence.rows[:examples],
    }
    write_text(path, re.sub(r"\n{3,}", "\n\n", template.render(context)))


def write_page(evidence: Evidence, wording: Wording, plots: Path, path: Path) -> None:
    """One file with everything in it. Its security policy allows no network, and no script but its own two."""
    pictures = inline_pictures(plots, wording)
    if evidence.sweep:
        pictures["sweep"] = inline(evidence.sweep.picture, "sweep", wording)
    theme, rows = _part("theme.js"), "\n".join(_part(f"{name}.js") for name in SCRIPTS)
    context = view(evidence, wording) | {
        "language": wording.language,
        "policy": _policy(theme, rows),
        "styles": Markup(_part("page.css")),
        "theme_script": Markup(theme),
        "rows_script": Markup(rows),
        "data": explorer.embedded(_data(evidence, wording)),
        "keys": wording.html(
            "explorer.keys", **{name: Markup("<kbd>{}</kbd>").format(key) for name, key in KEYS.items()}
        ),
        "pictures": pictures,
    }
    write_text(path, _environment(wording).get_template("page/index.html.j2").render(context))


def _data(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    """What the page's script works with."""
    pairs = evidence.part("judge", "pairs") or {f"{a}-{b}": {} for a, b in explorer.PAIRS}
    return {
        "rows": explorer.rows(evidence),
        "texts": wording.section("explorer"),
        "language": wording.language,
        "pairs": list(pairs),
        "measures": explorer.MEASURES,
        "totalMax": TOTAL_MAX,
    }


def _part(name: str) -> str:
    return (TEMPLATES / "page" / name).read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """A content security policy that names scripts by their hash."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"


def _environment(wording: Wording) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": wording.text, "wording": wording}
    environment.filters["markdown"] = lambda text: markdown_text(text) or wording.text("report.nothing")
    return environment


def markdown_text(text: str) -> str:
    """Untrusted text on one line of a Markdown table, cut at a readable length, with nothing that Markdown or HTML
    would act on."""
    line = " ".join(text.split())
    line = line if len(line) <= MAX_SHOWN else line[:MAX_SHOWN] + "..."
    return re.sub(r"([\\`*_\[\]<>|#!~&$])", r"\\\1", line)
