"""report.md and index.html: what both show, and how each is rendered.

Text from wiki pages, models and judges is escaped in both.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from stages.common.files import read_text, write_text
from stages.common.harmless import harmless
from stages.common.records import CRITERIA, ROLES, TOTAL_MAX
from stages.common.templates import csp_hash, load_templates, markdown_text
from stages.reporting import exactness, explorer, headline, inputs, judging, reference, run_time, tables, tuning_cost
from stages.reporting.charts import CHARTS, INK, LINE, MODEL_COLORS, OUTCOME_COLORS, PAPER, SOFT
from stages.reporting.evidence import SIZES, Evidence
from stages.reporting.wording import NOTHING, Wording

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
# Together one module, in this order.
SCRIPTS = ("elements", "filter", "loops", "row", "list", "explorer", "browse", "sideways")
KEYS = {"j": "j", "k": "k", "enter": "Enter", "slash": "/"}
LOSSES = ("val_response_loss", "val_loss", "val_response_loss_before", "val_loss_before")
# Metrics of what stood around the JSON object of a reply, as far as there was any.
STRIPPED = tuple(f"stripped_{name}" for name in ("thinking", "fence", "prose", "end_mark", "reasoning_field"))
# The colours of the charts, and the variables of page.css that replace them in the page.
COLORS = {PAPER: "paper", INK: "ink", SOFT: "soft", LINE: "line"} | {
    color: name for names in (MODEL_COLORS, OUTCOME_COLORS) for name, color in names.items()
}


def write_report(evidence: Evidence, wording: Wording, path: Path, examples: int) -> None:
    """Writes report.md, with the first `examples` test rows."""
    context = _context(evidence, wording) | {
        "criteria": CRITERIA,
        "examples": evidence.rows[:examples],
    }
    text = page_templates(wording).get_template("report.md.j2").render(context)
    write_text(path, harmless(re.sub(r"\n{3,}", "\n\n", text)))


def write_page(evidence: Evidence, wording: Wording, plots: Path, path: Path) -> None:
    """Writes index.html: one file that contains everything, including the charts of the folder `plots`."""
    pictures = {
        name: inline_picture(read_text(plots / f"{name}.svg"), name, wording.text(f"alternatives.{name}"))
        for name in CHARTS
    }
    if evidence.sweep:
        pictures["sweep"] = inline_picture(evidence.sweep.picture, "sweep", wording.text("alternatives.sweep"))
    context = (
        _context(evidence, wording)
        | page_frame(SCRIPTS, wording)
        | {
            "data": explorer.script_json(_script_data(evidence, wording)),
            "pictures": pictures,
            "data_page": Markup('<a href="data.html">data.html</a>'),
        }
    )
    write_text(path, page_templates(wording).get_template("page/index.html.j2").render(context))


def page_frame(scripts: Sequence[str], wording: Wording) -> dict[str, Any]:
    """What the template of a page needs besides its content: styles, scripts, and a security policy that allows no
    network, and no scripts but these."""
    theme, module = _asset("theme.js"), "\n".join(_asset(f"{name}.js") for name in scripts)
    hashes = " ".join(f"'{csp_hash(script)}'" for script in (theme, module))
    keys = {name: Markup("<kbd>{}</kbd>").format(key) for name, key in KEYS.items()}
    return {
        "language": wording.language,
        "policy": (
            f"default-src 'none'; style-src 'unsafe-inline'; script-src {hashes}; base-uri 'none'; form-action 'none'"
        ),
        "styles": Markup(_asset("page.css")),
        "theme_script": Markup(theme),
        "rows_script": Markup(module),
        "keys": wording.html("explorer.keys", **keys),
    }


def _script_data(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    """What the script of the page works with."""
    pairs = evidence.table("judge", "pairs") or [f"{first}-{second}" for first, second in explorer.PAIRS]
    return {
        "rows": explorer.page_rows(evidence),
        "texts": wording.section("explorer"),
        "kinds": wording.section("kinds"),
        "language": wording.language,
        "pairs": list(pairs),
        "measures": explorer.MEASURES,
        "totalMax": TOTAL_MAX,
    }


def _asset(name: str) -> str:
    return (TEMPLATES / "page" / name).read_text(encoding="utf-8")


def inline_picture(svg: str, name: str, description: str) -> Markup:
    """A chart as an element of the page: in the page's colours, and described for readers who can't see it.

    The ids of its parts get the prefix `name`, because all charts share one page.
    """
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    for color, variable in COLORS.items():
        svg = svg.replace(color, f"var(--{variable})")
    described = Markup('<svg role="img" aria-label="{}"').format(description)
    return Markup(re.sub(r'<svg( width="[^"]*"| height="[^"]*")?', "<svg", svg, count=1).replace("<svg", described, 1))


def page_templates(wording: Wording) -> "Environment":
    templates = load_templates(TEMPLATES)
    templates.globals |= {"t": wording.text, "wording": wording}
    templates.filters["markdown"] = lambda text: markdown_text(text) or wording.text("report.nothing")
    return templates


def _context(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    """What both templates show, in the reader's language."""
    return (
        _answer_context(evidence, wording)
        | _input_context(evidence, wording)
        | _judge_context(evidence, wording)
        | {
            "params": evidence.params,
            "losses": _losses(evidence, wording),
            "sizes": SIZES,
            "preferences": tuning_cost.describe_preferences(evidence, wording),
            "page_groups": tuning_cost.read_page_groups(evidence),
            "tuning_cost": tuning_cost.describe_tuning_cost(evidence, wording),
            "loss": lambda value: NOTHING if value is None else wording.decimal(value, 3),
            "loss_rise": lambda value: wording.signed(value, 3),
            "sweep": evidence.sweep,
            "reference_figures": reference.compare_figures(evidence, wording),
            "reference_settings": reference.compare_settings(evidence, wording),
            "share": lambda value: NOTHING if value is None else wording.percent(value, 0),
        }
    )


def _answer_context(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    pairs = headline.read_pair_results(evidence)
    sentences = {pair.name: headline.describe_pair(pair, wording) for pair in pairs}
    certainty = {pair.name: list(headline.describe_certainty(pair, wording)) for pair in pairs}
    asked = [pair for pair in pairs if pair.name == headline.QUESTION]
    lead = sentences.get(headline.QUESTION) or wording.text("headline.unknown_why")
    return {
        "answer": headline.describe_answer(pairs, wording),
        "lead": " ".join(headline.describe_in_a_sentence(pair, wording) for pair in asked) or lead,
        "sentences": [
            *([] if headline.QUESTION in sentences else [lead]),
            *(" ".join([sentence, *certainty[name]]) for name, sentence in sentences.items()),
        ],
        "certainty": certainty,
        "next_seeds": run_time.describe_next_seeds(evidence, wording),
        "next_command": run_time.next_seeds_command(evidence),
        "pairs": pairs,
        "models": headline.read_model_scores(evidence),
        "floor": headline.describe_floor(evidence, wording),
        "groups": exactness.read_group_rates(evidence),
        "by_page": exactness.describe_pages(evidence, wording),
        "roles": ROLES,
        "gaps": list(headline.describe_gaps(evidence, wording)),
        "judge": ", ".join(reference.judge_names(evidence.params["judge"])),
        "total_max": TOTAL_MAX,
    }


def _input_context(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    params = evidence.params
    flow = inputs.example_flow(evidence, wording)
    return {
        "input_counts": inputs.count_inputs(evidence),
        "sources": {
            "source": reference.page_source(params["extract"]),
            "teacher": reference.model_name(params["synth"], "teacher"),
            "auditor": reference.model_name(params["curate"], "auditor"),
        },
        "flow": flow.svg(wording.text("inputs.flow"), wording.integer) if flow.has_links else "",
        "leak_check": inputs.read_leak_check(evidence),
        "shared_beside": inputs.count_shared_beside(evidence, wording),
        "shared_beside_why": inputs.explain_shared_beside(evidence, wording),
        "test_rows": wording.integer(len(evidence.rows)),
        "rejections": tables.rejection_table(evidence).query("rejected > 0").to_dict("records"),
        "sides": inputs.SIDES,
        "split": {
            size: [wording.count(evidence.number("split", size, side)) for side in inputs.SIDES] for size in SIZES
        },
    }


def _losses(evidence: Evidence, wording: Wording) -> list[dict[str, str]]:
    """Each tuned model's steps, and its losses before and after."""
    lines = []
    for size in SIZES:
        figures = {name: evidence.number(f"train_{size}", name) for name in (*LOSSES, "steps", "kept_step")}
        losses = {name: NOTHING if (loss := figures[name]) is None else wording.decimal(loss, 3) for name in LOSSES}
        steps = {name: wording.count(figures[name]) for name in ("steps", "kept_step")}
        lines.append({"size": size, **losses, **steps})
    return lines


def _judge_context(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    counts = {
        "judgments": evidence.number("judge", "judgments"),
        "failed_judgments": evidence.number("judge", "failed"),
        "contradicted": evidence.number("judge", "contradicted"),
        "left_out": evidence.number("judge", "rows_left_out"),
        "answers_cut": evidence.number("judge", "answers_cut"),
        **{name: evidence.number("judge", name) for name in STRIPPED},
    }
    checks = judging.read_checks(evidence)
    return {
        "unhealthy": judging.is_unhealthy(evidence),
        "healthy": judging.is_healthy(evidence),
        "judged_rows": list(judging.describe_judged_rows(evidence, wording)),
        "checks": checks,
        "failed_checks": [check.label(wording) for check in checks if check.passed is False],
        "judge_counts": {name: wording.integer(count) for name, count in counts.items() if count is not None},
        "decided": wording.count(evidence.number("judge", "decided")),
        "first_wins": evidence.measurement("judge", "first_wins"),
        "consistencies": judging.read_consistencies(evidence),
        "agreement": list(judging.describe_agreement(evidence, wording)),
    }
