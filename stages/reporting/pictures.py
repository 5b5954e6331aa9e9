"""The pictures as parts of the page: in its colours, light or dark, and with words for those who don't see them."""

import re
from pathlib import Path

from markupsafe import Markup

from stages.common.files import read_text
from stages.reporting.charts.drawing import CHARTS
from stages.reporting.charts.style import INK, LINE, MODELS, OUTCOMES, PAPER, SOFT
from stages.reporting.wording import Wording

# What a picture is drawn in, and the colour of the page (page.css) that takes its place.
COLORS = {PAPER: "paper", INK: "ink", SOFT: "soft", LINE: "line"} | {
    color: name for names in (MODELS, OUTCOMES) for name, color in names.items()
}


def inline_pictures(plots: Path, wording: Wording) -> dict[str, Markup]:
    """Each picture of the folder as an SVG element."""
    return {name: inline(read_text(plots / f"{name}.svg"), name, wording) for name in CHARTS}


def inline(svg: str, name: str, wording: Wording) -> Markup:
    """Our own drawing, in which no text of others stands. Names of its parts are made its own, as all share a page."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    for color, variable in COLORS.items():
        svg = svg.replace(color, f"var(--{variable})")
    described = Markup('<svg role="img" aria-label="{}"').format(wording.text(f"alternatives.{name}"))
    return Markup(re.sub(r'<svg( width="[^"]*"| height="[^"]*")?', "<svg", svg, count=1).replace("<svg", described, 1))
