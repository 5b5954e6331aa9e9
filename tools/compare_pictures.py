"""A sweep as a picture and as a table; the same bytes for the same numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stages.common.records import TOTAL_MAX
from stages.reporting.charts import DPI, LINE_STYLES, MODEL_COLORS, STYLE
from tools.sweeps import Mean, Point, is_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = {"base": "s", "small": "^", "full": "o"}
SIZE = (9.0, 4.0)  # inches
WIDE = 10  # from this ratio of the largest to the smallest value on, the axis is logarithmic
COLUMNS = ("value", "seeds", "model", "val_loss", "val_loss_95", "total", "total_95")


def draw(points: Sequence[Point], key: str, path: Path) -> None:
    """Writes `path`.svg and .png: validation losses and the judge's totals against the values."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE)
        left, right = figure.subplots(1, 2)
        _panel(left, points, [one.val_loss for one in points])
        left.set(title="Validation loss, each on its own set", ylabel="cross-entropy (nats a token)")
        _panel(right, points, [one.totals for one in points])
        right.set(title="Judge's total, on the same test rows", ylabel=f"mean total (0-{TOTAL_MAX})")
        for axes in (left, right):
            axes.set_xlabel(key)
            axes.legend()
        seeds = {one.seeds for one in points}
        many = f"{min(seeds)} to {max(seeds)}" if len(seeds) > 1 else str(*seeds)
        figure.supxlabel(f"seeds a value: {many}; bands: 95% t-intervals of the mean", fontsize="small")
        figure.savefig(f"{path}.svg", metadata={"Date": None})
        figure.savefig(f"{path}.png", dpi=DPI, metadata={"Software": None})


def _panel(axes: "Axes", points: Sequence[Point], results: Sequence[dict[str, Mean]]) -> None:
    values = [one.value for one in points]
    numbers = [float(value) for value in values if is_number(value)]
    numeric = len(numbers) == len(values)
    places = numbers if numeric else [float(place) for place in range(len(values))]
    if numeric and numbers[0] > 0 and numbers[-1] / numbers[0] >= WIDE:
        axes.set_xscale("log")
    axes.set_xticks(places, [str(value) for value in values])
    axes.minorticks_off()
    for model, marker in MARKERS.items():
        color = MODEL_COLORS[model]
        there = [(place, result[model]) for place, result in zip(places, results, strict=True) if model in result]
        if there:
            at, means = zip(*there, strict=True)
            axes.plot(at, [one.mean for one in means], LINE_STYLES[model], marker=marker, color=color, label=model)
            low = [max(0, one.mean - (one.half or 0)) for one in means]  # no loss and no total is below 0
            high = [one.mean + (one.half or 0) for one in means]
            axes.fill_between(at, low, high, color=color, alpha=0.15, linewidth=0)


def rows(points: Sequence[Point]) -> list[dict[str, object]]:
    """A row for each value and model; an interval is half its width, "" where there is a single seed."""
    return [
        dict(
            zip(
                COLUMNS,
                (one.value, one.seeds, model, *_cells(one.val_loss.get(model)), *_cells(one.totals.get(model))),
                strict=True,
            )
        )
        for one in points
        for model in MARKERS
        if model in one.val_loss or model in one.totals
    ]


def _cells(found: Mean | None) -> tuple[object, object]:
    if found is None:
        return "", ""
    return round(found.mean, 4), "" if found.half is None else round(found.half, 4)


def table(rows: Sequence[dict[str, object]], key: str) -> str:
    """The rows for a person, in columns."""
    lines = [(key, *COLUMNS[1:]), *(tuple(map(str, row.values())) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
