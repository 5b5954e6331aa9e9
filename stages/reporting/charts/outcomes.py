"""Who wins."""

from typing import TYPE_CHECKING

from stages.reporting import tables
from stages.reporting.charts.style import HATCHES, INK, OUTCOMES, add_legend
from stages.reporting.evidence import Evidence
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THICK = 0.26  # of a bar, where 1 is from pair to pair


def win_rates(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """Wins, ties and losses of each pair, a bar each with its 95% interval; pairs from top to bottom."""
    table = tables.outcomes(evidence)
    pairs = list(dict.fromkeys(str(line["pair"]) for line in table))
    for index, outcome in enumerate(tables.OUTCOMES):
        lines = [line for line in table if line["outcome"] == outcome]
        shares = [float(line["percent"]) for line in lines]
        below = [float(line["percent"]) - float(line["low"]) for line in lines]
        above = [float(line["high"]) - float(line["percent"]) for line in lines]
        places = [place + (index - 1) * THICK for place in range(len(lines))]
        if not lines:
            continue
        axes.barh(
            places,
            shares,
            THICK,
            color=OUTCOMES[outcome],
            hatch=HATCHES[outcome],
            edgecolor="white",
            label=wording.text(f"pairs.{outcome}"),
        )
        axes.errorbar(shares, places, xerr=[below, above], fmt="none", ecolor=INK, elinewidth=1, capsize=2.5)
        for place, line, share in zip(places, lines, shares, strict=True):
            axes.annotate(
                f"{wording.decimal(share, 1)}%",
                (float(line["high"]), place),
                xytext=(5, -3.5),
                textcoords="offset points",
                fontsize=8.5,
            )
    axes.set(title=wording.text("charts.outcomes"), xlabel=wording.text("charts.outcome_percent"), xlim=(0, 112))
    axes.set_xticks(range(0, 101, 20))
    axes.set_yticks(range(len(pairs)), [pair_label(pair, wording) for pair in pairs])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    if pairs:
        add_legend(axes, 3, handlelength=1.4)


def pair_label(pair: str, wording: Wording) -> str:
    """On two lines, so that the bars have room."""
    first, second = pair.split("-")
    return f"{first}\n" + wording.text("charts.against", model=second)
