"""Why examples were not learned from."""

from typing import TYPE_CHECKING

from stages.reporting import tables
from stages.reporting.charts.style import REJECTED, add_legend
from stages.reporting.evidence import Evidence
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 5  # bars that there is room for, so that a single one doesn't fill the picture
HATCHES = {"synthetic": "", "general": "////"}


def rejection_reasons(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """How many examples each rule rejected, most at the top, the synthetic ones and the general tasks on one bar."""
    table = [line for line in tables.rejections(evidence) if line["rejected"]]
    table.sort(key=lambda line: float(line["rejected"]), reverse=True)
    names = [wording.label("reasons", str(line["reason"])) for line in table]
    left = [0.0] * len(table)
    for kind, hatch in HATCHES.items():
        counts = [float(line[kind]) for line in table]
        if any(counts):
            axes.barh(
                range(len(table)),
                counts,
                0.62,
                left,
                color=REJECTED,
                hatch=hatch,
                edgecolor="white",
                label=wording.text(f"charts.{kind}"),
            )
        left = [sofar + count for sofar, count in zip(left, counts, strict=True)]
    for place, count in enumerate(left):
        axes.annotate(
            wording.integer(count), (count, place), xytext=(4, -3.5), textcoords="offset points", fontsize=8.5
        )
    axes.set(title=wording.text("charts.rejections"), xlabel=wording.text("charts.examples"))
    axes.set_yticks(range(len(table)), names)
    axes.set_ylim(max(len(table), FEWEST) - 0.4, -0.6)  # the first at the top
    axes.margins(x=0.12)
    axes.grid(axis="y", visible=False)
    if table:
        axes.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
        add_legend(axes, 2, handlelength=1.4)
