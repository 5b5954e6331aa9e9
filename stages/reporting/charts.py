"""The report's charts, as SVG and PNG, and the one style that they share.

They can be read in grey and by colour-blind readers: the three models go from light to dark, and differ in lines and
hatches. The page replaces exactly these colours by its own (`page.css`), so that the charts follow it from light to
dark. The same numbers give the same bytes.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.common.records import ROLES, TOTAL_MAX
from stages.reporting import tables
from stages.reporting.evidence import Evidence
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER, INK, SOFT, LINE = "#ffffff", "#1b2027", "#5a626e", "#e2e5ea"
MODEL_COLORS = {"base": "#b7bdc6", "small": "#45a0d6", "full": "#0b5a8f"}
# Blue-green and orange: colour-blind readers can distinguish them (Okabe and Ito, 2008).
OUTCOME_COLORS = {"win": "#1b7f79", "tie": "#d3d8df", "loss": "#dd7430"}
HATCHES = {"base": "////", "small": "\\\\\\\\", "full": "", "win": "", "tie": "", "loss": "////"}
KIND_HATCHES = {"synthetic": "", "general": "////"}
LINE_STYLES = {"base": ":", "small": "--", "full": "-"}
LOSS_STYLES: dict[str, dict[str, Any]] = {
    "val_response_loss": {"marker": "o", "markersize": 4.0},
    "val_loss": {"linewidth": 1.1},
}
RING: dict[str, Any] = {"color": INK, "fillstyle": "none", "markersize": 9.0, "markeredgewidth": 1.2}
NOTHING, NOTHING_REJECTED = "charts.nothing", "charts.nothing_rejected"

SIZE = (5.4, 3.5)  # inches: small, so that the words are still legible on a phone
DPI = 200
SCORE_BAR = 0.27  # width of a bar, where the distance between two scores is 1
OUTCOME_BAR = 0.26  # thickness of a bar, where the distance between two pairs is 1
FEWEST_BARS = 5  # room for this many, so that a single bar doesn't fill the chart

STYLE = {
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.constrained_layout.use": True,
    "figure.figsize": SIZE,
    "font.size": 10,
    "grid.color": LINE,
    "grid.linewidth": 0.8,
    "hatch.color": PAPER,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",  # text stays text: searchable, and read out by screen readers
    "svg.hashsalt": "wikitune",  # without it, every run gives the SVG's parts new names
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
}


def draw_charts(evidence: Evidence, wording: Wording, folder: Path, charts: "Mapping[str, Draw] | None" = None) -> None:
    """Writes each of `charts` (None: of CHARTS) as SVG and PNG. A chart without data says that there is nothing to
    show."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        for name, draw in (CHARTS if charts is None else charts).items():
            figure = Figure()
            axes = figure.subplots()
            draw(evidence, wording, axes)
            _localize_ticks(axes, wording)
            if not axes.has_data():
                nothing = (
                    NOTHING_REJECTED if name == "rejection_reasons" and evidence.metrics.get("curate") else NOTHING
                )
                text = wording.text(nothing)
                axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=SOFT)
                axes.set(xticks=[], yticks=[])
            for _ in range(2):  # room for the labels changes the ticks, which changes the labels: lay out once more
                figure.draw_without_rendering()
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
            figure.savefig(folder / f"{name}.png", dpi=DPI, metadata={"Software": None})


def _localize_ticks(axes: "Axes", wording: Wording) -> None:
    """Writes the numbers on the axes as the language does. Axes with names instead of numbers stay as they are."""
    from matplotlib.ticker import FuncFormatter, ScalarFormatter

    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), ScalarFormatter):
            axis.set_major_formatter(FuncFormatter(lambda value, _: wording.tick(value)))


def draw_loss_curves(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """Validation losses of both tuned models, over the response and over all tokens, by epoch. A ring marks the state
    that was kept.

    By epoch and not by step, because the two models' epochs have different numbers of steps.
    """
    ringed = False  # the legend explains the first model's rings only
    for size, curve in evidence.curves.items():
        kept = evidence.number(f"train_{size}", "kept_step")
        for loss, style in LOSS_STYLES.items():
            points = [(point["epoch"], point[loss]) for point in curve if loss in point]
            if points:
                label = wording.text(f"charts.{loss}", model=size)
                axes.plot(*zip(*points, strict=True), LINE_STYLES[size], color=MODEL_COLORS[size], label=label, **style)
        rings = [(point["epoch"], point[loss]) for point in curve if point.get("step") == kept for loss in LOSS_STYLES]
        if rings:
            label = "_" if ringed else wording.text("charts.kept")
            axes.plot(*zip(*rings, strict=True), "o", label=label, **RING)
            ringed = True
    axes.set(
        title=wording.text("charts.losses"),
        xlabel=wording.text("charts.epoch"),
        ylabel=wording.text("charts.loss"),
    )
    if axes.lines:
        _add_legend(axes, 2, handlelength=2.4)


def draw_score_distribution(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """How many test rows got each total: a group of bars per total, a bar per model."""
    table = tables.score_table(evidence)
    for index, role in enumerate(ROLES):
        if table[role].any():
            places = table["total"] + (index - 1) * SCORE_BAR
            look: Any = {"color": MODEL_COLORS[role], "hatch": HATCHES[role], "edgecolor": "white"}
            axes.bar(places, table[role], SCORE_BAR, label=role, **look)
    axes.set(
        title=wording.text("charts.scores"),
        xlabel=wording.text("charts.total", max=TOTAL_MAX),
        ylabel=wording.text("charts.rows"),
    )
    axes.set_xticks(range(TOTAL_MAX + 1))
    axes.grid(axis="x", visible=False)
    if axes.containers:
        _add_legend(axes, 3, handlelength=1.4)


def draw_mean_scores(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """Each model's mean percent of the points as a dot on its 95% interval, from 0 to 100."""
    table = tables.percent_table(evidence)
    for place, model in enumerate(table.to_dict("records")):
        axes.plot([model["low"], model["high"]], [place, place], color=SOFT, linewidth=2, zorder=2)
        axes.plot([model["low"], model["high"]], [place, place], "|", color=SOFT, markersize=11, zorder=2)
        dot: Any = {"color": MODEL_COLORS[model["model"]], "markersize": 10, "markeredgecolor": "white"}
        axes.plot([model["percent"]], [place], "o", zorder=3, label=model["model"], **dot)
        text = f"{wording.decimal(model['percent'], 1)}%"
        axes.annotate(
            text, (model["percent"], place), xytext=(0, 11), textcoords="offset points", ha="center", weight="bold"
        )
    axes.set(
        title=wording.text("charts.percents"), xlabel=wording.text("charts.percent", max=TOTAL_MAX), xlim=(-3, 103)
    )
    axes.set_yticks(range(len(table)), list(table["model"]))
    axes.set_ylim(-0.6, max(len(table) - 0.3, 0.6))
    axes.grid(axis="y", visible=False)


def draw_win_rates(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """Each pair's wins, ties and losses: a group of bars per pair, from top to bottom, with 95% intervals."""
    table = tables.outcome_table(evidence)
    pairs = list(table["pair"].unique())
    for index, outcome in enumerate(tables.OUTCOMES if pairs else ()):
        lines = table[table["outcome"] == outcome]
        places = [place + (index - 1) * OUTCOME_BAR for place in range(len(lines))]
        look: Any = {"color": OUTCOME_COLORS[outcome], "hatch": HATCHES[outcome], "edgecolor": "white"}
        axes.barh(places, lines["percent"], OUTCOME_BAR, label=wording.text(f"pairs.{outcome}"), **look)
        margins = [lines["percent"] - lines["low"], lines["high"] - lines["percent"]]
        axes.errorbar(lines["percent"], places, xerr=margins, fmt="none", ecolor=INK, elinewidth=1, capsize=2.5)
        for place, percent, high in zip(places, lines["percent"], lines["high"], strict=True):
            label_bar(axes, f"{wording.decimal(percent, 1)}%", high, place, 5)
    axes.set(title=wording.text("charts.outcomes"), xlabel=wording.text("charts.outcome_percent"), xlim=(0, 112))
    axes.set_xticks(range(0, 101, 20))
    axes.set_yticks(range(len(pairs)), [_pair_label(pair, wording) for pair in pairs])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    if pairs:
        _add_legend(axes, 3, handlelength=1.4)


def _pair_label(pair: str, wording: Wording) -> str:
    """The pair on two lines, so that the bars have room."""
    first, second = pair.split("-")
    return f"{first}\n" + wording.text("charts.against", model=second)


def draw_rejection_reasons(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """How many synthetic examples and general tasks each rule rejected: a bar per rule, the longest at the top."""
    table = tables.rejection_table(evidence).query("rejected > 0")
    table = table.sort_values("rejected", ascending=False, kind="stable")
    places = range(len(table))
    left = 0 * table["rejected"]
    for kind, hatch in KIND_HATCHES.items():
        if table[kind].any():
            look: Any = {"color": OUTCOME_COLORS["loss"], "hatch": hatch, "edgecolor": "white"}
            axes.barh(places, table[kind], 0.62, left, label=wording.text(f"charts.{kind}"), **look)
        left += table[kind]
    for place, count in enumerate(table["rejected"]):
        label_bar(axes, wording.integer(count), count, place, 4)
    axes.set(title=wording.text("charts.rejections"), xlabel=wording.text("charts.examples"))
    axes.set_yticks(places, [wording.label("reasons", reason) for reason in table["reason"]])
    axes.set_ylim(max(len(table), FEWEST_BARS) - 0.4, -0.6)  # the first at the top
    axes.margins(x=0.12)
    axes.grid(axis="y", visible=False)
    if len(table):
        axes.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]
        _add_legend(axes, 2, handlelength=1.4)


def label_bar(axes: "Axes", text: str, end: float, place: float, gap: float) -> None:
    """Writes a number after the end of a horizontal bar, `gap` points away from it."""
    axes.annotate(text, (end, place), xytext=(gap, -3.5), textcoords="offset points", fontsize=8.5)


def _add_legend(axes: "Axes", columns: int, **look: float) -> None:
    """Adds a legend below the chart, where it covers nothing."""
    axes.legend(ncols=columns, loc="upper center", bbox_to_anchor=(0.45, -0.17), columnspacing=1.4, **look)


Draw = Callable[[Evidence, Wording, "Axes"], None]
CHARTS: dict[str, Draw] = {
    "loss_curves": draw_loss_curves,
    "score_distribution": draw_score_distribution,
    "mean_scores": draw_mean_scores,
    "win_rates": draw_win_rates,
    "rejection_reasons": draw_rejection_reasons,
}
