"""report.md and index.html, rendered from templates; all text from pages and models is escaped in HTML."""

import base64
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from stages.files import write_text
from stages.records import CRITERIA, ROLES
from stages.reporting.charts import CHARTS
from stages.reporting.evidence import Evidence

TEMPLATES = Path(__file__).parent / "templates"
MAX_SHOWN = 160  # characters of a text in report.md


def write_pages(evidence: Evidence, reports: Path, examples: int) -> None:
    """`examples` is the number of test rows in report.md; index.html has all of them."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda share: f"{100 * share:.1f}%"
    environment.filters["markdown"] = markdown_text
    context = {
        "metrics": evidence.metrics,
        "params": evidence.params,
        "pairs": evidence.metrics["judge"]["pairs"],
        "models": evidence.metrics["judge"]["models"],
        "rows": evidence.rows,
        "examples": evidence.rows[:examples],
        "findings": findings(evidence),
        "roles": ROLES,
        "criteria": CRITERIA,
    }
    write_text(reports / "report.md", environment.get_template("report.md.j2").render(context))
    pictures = {name: data_url(reports / f"plots/{name}.svg") for name in CHARTS}
    page = environment.get_template("index.html.j2").render(context, pictures=pictures)
    write_text(reports / "index.html", page)


def findings(evidence: Evidence) -> list[str]:
    """One sentence a pair: who is better, by how much, and whether that is certain."""
    sentences = []
    for pair, scores in evidence.metrics["judge"]["pairs"].items():
        first, second = pair.split("-")
        opening = {
            "better": f"{first.capitalize()} beats {second}",
            "worse": f"{first.capitalize()} is worse than {second}",
            "unresolved": f"Whether {first} is better than {second} is unresolved",
        }[scores["verdict"]]
        wins, losses, ties = (f"{100 * scores[f'{outcome}_rate']:.1f}%" for outcome in ("win", "loss", "tie"))
        rate, low, high = (f"{100 * scores[f'win_rate_ties_half{end}']:.1f}%" for end in ("", "_low", "_high"))
        gain, least, most = (f"{scores[name]:+.2f}" for name in ("gain", "gain_low", "gain_high"))
        sentences.append(
            f"{opening}: {first} wins {wins}, loses {losses} and ties {ties} of {scores['rows']} test rows; with ties "
            f"as half, its win rate is {rate} (95% interval {low} to {high}), its gain {gain} of 15 points "
            f"({least} to {most})."
        )
    return sentences


def data_url(path: Path) -> str:
    """A picture as the source of an `img`: what it names and styles stays inside it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(path.read_bytes()).decode()}"


def markdown_text(text: str) -> str:
    """Untrusted text on one line of a Markdown table, cut at a readable length, with nothing that Markdown or HTML
    would act on."""
    line = " ".join(text.split()) or "(nothing)"
    line = line if len(line) <= MAX_SHOWN else line[:MAX_SHOWN] + "..."
    return re.sub(r"([\\`*_\[\]<>|#!~&])", r"\\\1", line)
