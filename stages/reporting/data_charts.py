"""The pictures of data.html: what the curated examples begin with, what kinds they are, how long, and how difficult."""

from functools import partial
from typing import TYPE_CHECKING, Any

from stages.common.records import Example
from stages.reporting.charts import INK, MODEL_COLORS, SOFT, Draw, label_bar
from stages.reporting.evidence import Evidence
from stages.reporting.example_rows import ExampleFates
from stages.reporting.wording import Wording

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BARS = 12
FIELDS = ("instruction", "input", "output")
HARDEST = 3.0  # difficulties above it are drawn at the end
BINS = 30


def data_charts(fates: ExampleFates) -> dict[str, Draw]:
    """The pictures by name; that of the difficulty only if it was scored."""
    difficulties = [
        row.score.difficulty
        for row in fates.rows
        if row.score and isinstance(row.example, Example) and row.example.source.kind == "synthetic"
    ]
    charts: dict[str, Draw] = {"first_words": draw_first_words, "kinds": draw_kinds, "lengths": draw_lengths}
    return charts | ({"difficulty": partial(draw_difficulty, difficulties)} if difficulties else {})


def draw_first_words(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """The most common first words of instructions: a bar each, the longest at the top."""
    counts = evidence.table("diversity", "most_common_first_words")
    _draw_counts(dict(counts), wording, axes, wording.text("data.chart_first_words"))


def draw_kinds(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """The most common kinds of task, in the same way."""
    counts = evidence.table("diversity", "most_common_kinds")
    named = {
        wording.label("kinds", kind) or wording.text("data.chart_no_kind"): count for kind, count in counts.items()
    }
    _draw_counts(named, wording, axes, wording.text("data.chart_kinds"))


def _draw_counts(counts: dict[str, int], wording: Wording, axes: "Axes", title: str) -> None:
    shown = list(counts.items())[:BARS]
    axes.barh(range(len(shown)), [count for _, count in shown], 0.66, color=MODEL_COLORS["small"])
    for place, (_, count) in enumerate(shown):
        label_bar(axes, wording.integer(count), count, place, 4)
    axes.set(title=title, xlabel=wording.text("charts.examples"))
    axes.set_yticks(range(len(shown)), [name for name, _ in shown], fontsize=8.5)
    axes.set_ylim(BARS - 0.4, -0.6)  # the first at the top
    axes.margins(x=0.1)
    axes.grid(axis="y", visible=False)
    if shown:
        axes.xaxis.get_major_locator().set_params(integer=True)  # type: ignore[call-arg]


def draw_lengths(evidence: Evidence, wording: Wording, axes: "Axes") -> None:
    """Words of instructions, inputs and answers: a box from the first to the third quartile with a line at the median;
    whiskers hold 90 percent."""
    lengths = evidence.table("diversity", "words")
    boxes = [
        {
            "med": found["median"],
            "q1": found["p25"],
            "q3": found["p75"],
            "whislo": found["p5"],
            "whishi": found["p95"],
            "label": wording.text(f"data.{field}"),
        }
        for field in FIELDS
        if (found := lengths.get(field))
    ]
    if boxes:
        look: Any = {"facecolor": MODEL_COLORS["small"], "edgecolor": SOFT}
        lines: Any = {"color": SOFT}
        axes.bxp(
            boxes,
            orientation="horizontal",
            widths=0.5,
            showfliers=False,
            patch_artist=True,
            boxprops=look,
            whiskerprops=lines,
            capprops=lines,
            medianprops={"color": INK, "linewidth": 2},
        )
        axes.invert_yaxis()
    axes.set(title=wording.text("data.chart_lengths"), xlabel=wording.text("data.chart_words"))
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)


def draw_difficulty(difficulties: list[float], _: Evidence, wording: Wording, axes: "Axes") -> None:
    """How many synthetic examples are how difficult. Right of the line, the question makes the answer less likely."""
    axes.hist([min(one, HARDEST) for one in difficulties], BINS, range=(0, HARDEST), color=MODEL_COLORS["small"])
    axes.axvline(1, color=INK, linewidth=1.2)
    axes.set(
        title=wording.text("data.chart_difficulty"),
        xlabel=wording.text("data.chart_ifd", most=wording.tick(HARDEST)),
        ylabel=wording.text("charts.examples"),
        xlim=(0, HARDEST),
    )
    axes.grid(axis="x", visible=False)
