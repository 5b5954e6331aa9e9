"""report.md and index.html, rendered from templates; all text from pages and models is escaped in HTML."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from stages.files import read_text, write_text
from stages.records import CRITERIA, ROLES
from stages.reporting.evidence import Evidence

TEMPLATES = Path(__file__).parent / "templates"


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
    environment.filters["quoted"] = lambda text: " ".join(str(text).replace("|", "\\|").split()) or "(nothing)"
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
    pictures = {path.stem: Markup(inline_svg(path)) for path in sorted((reports / "plots").glob("*.svg"))}
    page = environment.get_template("index.html.j2").render(context, pictures=pictures)
    write_text(reports / "index.html", page)


def findings(evidence: Evidence) -> list[str]:
    """One sentence a pair: who is better, by how much, and whether that is certain."""
    sentences = []
    for pair, scores in evidence.metrics["judge"]["pairs"].items():
        first, second = pair.split("-")
        direction = "higher" if scores["gain"] >= 0 else "lower"
        low, high = sorted(abs(scores[end]) for end in ("gain_low", "gain_high"))
        certain = scores["gain_low"] * scores["gain_high"] > 0
        interval = f"{low:.2f} to {high:.2f}" if certain else f"{scores['gain_low']:.2f} to {scores['gain_high']:.2f}"
        numbers = (
            f"{first} wins {100 * scores['win_rate']:.1f}%, loses {100 * scores['loss_rate']:.1f}% and ties "
            f"{100 * scores['tie_rate']:.1f}% of {scores['rows']} test rows; its mean total is {direction} by "
            f"{abs(scores['gain']):.2f} of 15 points (95% interval {interval})"
        )
        opening = {
            "better": f"{first.capitalize()} beats {second}",
            "worse": f"{first.capitalize()} is worse than {second}",
            "unresolved": f"Whether {first} is better than {second} is unresolved",
        }[scores["verdict"]]
        sentences.append(f"{opening}: {numbers}.")
    return sentences


def inline_svg(path: Path) -> str:
    """A picture of ours without the XML declaration, which has no place inside HTML."""
    text = read_text(path)
    return text[text.index("<svg") :]
