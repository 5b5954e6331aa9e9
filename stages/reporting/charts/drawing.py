"""All pictures, as SVG and PNG."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stages.reporting.charts.losses import loss_curves
from stages.reporting.charts.outcomes import win_rates
from stages.reporting.charts.rejections import rejection_reasons
from stages.reporting.charts.scores import percent_range, score_distribution
from stages.reporting.charts.style import DPI, SOFT, STYLE
from stages.reporting.evidence import Evidence
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHARTS: dict[str, Callable[[Evidence, Wording, "Axes"], None]] = {
    "loss_curves": loss_curves,
    "score_distribution": score_distribution,
    "percent_range": percent_range,
    "win_rates": win_rates,
    "rejection_reasons": rejection_reasons,
}


def draw_all(evidence: Evidence, wording: Wording, folder: Path) -> None:
    """Writes each picture as SVG and PNG; where there is nothing to draw, the picture says so."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        for name, draw in CHARTS.items():
            figure = Figure()
            axes = figure.subplots()
            draw(evidence, wording, axes)
            if not axes.has_data():
                _say_nothing(wording, axes)
            for _ in range(2):  # the layout makes room for labels, which changes the ticks, which changes the labels
                figure.draw_without_rendering()
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            figure.savefig(folder / f"{name}.png", dpi=DPI, metadata={"Software": None})


def _say_nothing(wording: Wording, axes: "Axes") -> None:
    text = wording.text("charts.nothing")
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=SOFT)
    axes.set(xticks=[], yticks=[])
