"""The report's pictures: one style, readable in grey, and the same bytes for the same numbers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from stages.records import ROLES, TOTAL_MAX
from stages.reporting.evidence import Evidence

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito (2008), "Color Universal Design": told apart by colour-blind readers, and of different lightness.
COLORS = {"base": "#999999", "small": "#56b4e9", "full": "#0072b2"}
OUTCOMES = {"win": "#0072b2", "tie": "#d9d9d9", "loss": "#d55e00"}
HATCHES = {"base": "//", "small": "..", "full": ""}
DPI = 150
MIN_LABELLED = 8  # percent; a narrower part of a bar has no room for its number

STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "grid.color": "#e5e5e5",
    "figure.figsize": (7.0, 4.0),
    "figure.constrained_layout.use": True,
    "font.size": 10.5,
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text: searchable, and read by screen readers
    "svg.hashsalt": "wikitune",  # else every run names the parts anew
}


def draw_all(evidence: Evidence, folder: Path) -> None:
    """Writes each picture as SVG and PNG."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        for name, draw in CHARTS.items():
            figure = Figure()
            draw(evidence, figure.subplots())
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            figure.savefig(folder / f"{name}.png", dpi=DPI, metadata={"Software": None})


def loss_curves(evidence: Evidence, axes: "Axes") -> None:
    """Both models' validation losses by epoch, since their epochs have different numbers of steps."""
    for size, line in (("full", "-"), ("small", "--")):
        points = evidence.curves[size]
        epochs = [point["epoch"] for point in points]
        for loss, name, look in (
            ("val_loss", "all tokens", {"marker": "o", "markersize": 4}),
            ("val_response_loss", "response only", {"alpha": 0.55}),
        ):
            axes.plot(
                epochs, [point[loss] for point in points], line, color=COLORS[size], label=f"{size}: {name}", **look
            )
    axes.set(title="Validation loss", xlabel="epoch", ylabel="cross-entropy (nats a token)", ylim=(0, None))
    axes.legend(ncols=2, loc="lower left")


def score_distribution(evidence: Evidence, axes: "Axes") -> None:
    """How many test rows got each total, one group of bars a score."""
    width = 0.27
    for index, role in enumerate(ROLES):
        totals = [row.total(role) for row in evidence.rows]
        counts = [sum(round(total) == score for total in totals if total is not None) for score in range(TOTAL_MAX + 1)]
        places = [score + (index - 1) * width for score in range(TOTAL_MAX + 1)]
        axes.bar(places, counts, width, color=COLORS[role], hatch=HATCHES[role], edgecolor="white", label=role)
    axes.set(title="Total scores of the answers", xlabel=f"total score (0-{TOTAL_MAX})", ylabel="test rows")
    axes.set_xticks(range(TOTAL_MAX + 1))
    axes.grid(axis="x", visible=False)
    axes.legend()


def percent_range(evidence: Evidence, axes: "Axes") -> None:
    """Mean, best and worst percent of each model."""
    models = evidence.metrics["judge"]["models"]
    for index, role in enumerate(role for role in ROLES if role in models):
        worst, mean, best = (models[role][name] for name in ("percent_worst", "percent", "percent_best"))
        axes.plot([index, index], [worst, best], color="#bbbbbb", linewidth=3, zorder=1)
        axes.scatter([index], [best], marker="^", color="#444444", zorder=2)
        axes.scatter([index], [worst], marker="v", color="#444444", zorder=2)
        axes.scatter([index], [mean], s=90, color=COLORS[role], edgecolor="black", zorder=3)
        axes.annotate(f"{mean:.1f}%", (index, mean), xytext=(10, -4), textcoords="offset points")
    axes.set_xticks(range(len(models)), [role for role in ROLES if role in models])
    axes.set(title="Score: mean (dot), best and worst (triangles)", ylabel="percent of the 15 points", ylim=(-4, 104))
    axes.set_xlim(-0.5, len(models) - 0.3)
    axes.grid(axis="x", visible=False)


def win_rates(evidence: Evidence, axes: "Axes") -> None:
    """Wins, ties and losses of each pair as one bar, with the interval of the win rate (ties as half) above it."""
    pairs = dict(reversed(evidence.metrics["judge"]["pairs"].items()))  # bars are drawn from below
    names = [pair.replace("-", " against ") for pair in pairs]
    for place, scores in enumerate(pairs.values()):
        left = 0.0
        for outcome, color in OUTCOMES.items():
            share = 100 * scores[f"{outcome}_rate"]
            axes.barh(place, share, 0.55, left, color=color, edgecolor="white", label=outcome if place == 0 else None)
            if share >= MIN_LABELLED:
                ink = "black" if outcome == "tie" else "white"
                axes.text(left + share / 2, place, f"{share:.1f}%", ha="center", va="center", color=ink)
            left += share
        rate, low, high = (100 * scores[f"win_rate_ties_half{end}"] for end in ("", "_low", "_high"))
        error = [[rate - low], [high - rate]]
        axes.errorbar(rate, place + 0.38, xerr=error, fmt="|", color="black", capsize=4)
    axes.axvline(50, color="black", linewidth=1, linestyle=":")
    axes.set_yticks(range(len(names)), names)
    xlabel = "percent of the test rows (line: wins + ties / 2, 95% interval)"
    axes.set(title="Who wins", xlabel=xlabel, xlim=(0, 100))
    axes.grid(axis="y", visible=False)
    axes.legend(ncols=3, loc="lower right", bbox_to_anchor=(1, 1))


CHARTS: dict[str, Callable[[Evidence, "Axes"], None]] = {
    "loss_curves": loss_curves,
    "score_distribution": score_distribution,
    "percent_range": percent_range,
    "win_rates": win_rates,
}
