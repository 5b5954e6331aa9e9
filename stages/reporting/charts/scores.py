"""How the answers were scored."""

from typing import TYPE_CHECKING

from stages.common.records import ROLES, TOTAL_MAX
from stages.reporting import tables
from stages.reporting.charts.style import HATCHES, LINE, MODELS, SOFT, add_legend
from stages.reporting.evidence import Evidence
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 0.27  # of a bar, where 1 is from score to score


def score_distribution(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """How many test rows got each total, a group of bars a total."""
    table = tables.scores(evidence)
    for index, role in enumerate(ROLES):
        places = [float(line["total"]) + (index - 1) * WIDTH for line in table]
        counts = [float(line[role]) for line in table]
        if any(counts):
            axes.bar(places, counts, WIDTH, color=MODELS[role], hatch=HATCHES[role], edgecolor="white", label=role)
    axes.set(
        title=wording.text("charts.scores"),
        xlabel=wording.text("charts.total", max=TOTAL_MAX),
        ylabel=wording.text("charts.rows"),
    )
    axes.set_xticks(range(TOTAL_MAX + 1))
    axes.grid(axis="x", visible=False)
    if axes.containers:
        add_legend(axes, 3, handlelength=1.4)


def percent_range(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """Each model's mean percent as a dot, on the line from its worst to its best."""
    figures = {(line["model"], line["statistic"]): float(line["percent"]) for line in tables.percents(evidence)}
    roles = [role for role in ROLES if (role, "mean") in figures]
    for place, role in enumerate(roles):
        worst, mean, best = (figures[role, name] for name in ("worst", "mean", "best"))
        axes.plot([worst, best], [place, place], color=LINE, linewidth=7, solid_capstyle="round", zorder=1)
        axes.plot([worst, best], [place, place], "|", color=SOFT, markersize=11, zorder=2)
        axes.plot(
            [mean], [place], "o", color=MODELS[role], markersize=12, markeredgecolor="white", zorder=3, label=role
        )
        text = f"{wording.decimal(mean, 1)}%"
        axes.annotate(text, (mean, place), xytext=(0, 11), textcoords="offset points", ha="center", weight="bold")
    axes.set(
        title=wording.text("charts.percents"), xlabel=wording.text("charts.percent", max=TOTAL_MAX), xlim=(-3, 103)
    )
    axes.set_yticks(range(len(roles)), roles)
    axes.set_ylim(-0.6, max(len(roles) - 0.3, 0.6))
    axes.grid(axis="y", visible=False)
