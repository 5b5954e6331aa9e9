"""How training went."""

from typing import TYPE_CHECKING, Any

from stages.reporting.charts.style import LINES, MODELS, add_legend
from stages.reporting.evidence import Evidence
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS: dict[str, dict[str, Any]] = {
    "val_loss": {"marker": "o", "markersize": 4.0},
    "val_response_loss": {"linewidth": 1.1},
}


def loss_curves(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """Both models' validation losses, of all tokens and of the response alone, by epoch: their epochs have different
    numbers of steps."""
    for size, points in evidence.curves.items():
        for kind, look in KINDS.items():
            measured = [(point["epoch"], point[kind]) for point in points if kind in point]
            if measured:
                label = wording.text(f"charts.{kind}", model=size)
                axes.plot(*zip(*measured, strict=True), LINES[size], color=MODELS[size], label=label, **look)
    axes.set(
        title=wording.text("charts.losses"),
        xlabel=wording.text("charts.epoch"),
        ylabel=wording.text("charts.loss"),
    )
    if axes.lines:
        add_legend(axes, 2, handlelength=2.4)
