"""`wikitune compare`: a verdict over seeds, a league of all models, or a sweep drawn against its parameter.

Experiments that differ only in their seeds are judged together (tools/standings.py). Those of a sweep become a picture,
in which experiments with other seeds are one point with an interval: reports/compare/KEY.svg and .png, the table (.csv)
and the settings that all experiments share (.json). The same numbers give the same bytes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.common.files import write_csv, write_json
from stages.common.records import TOTAL_MAX
from stages.reporting.charts import DPI, LINE_STYLES, MODEL_COLORS, STYLE
from tools.columns import format_table
from tools.experiments import Experiment, find_experiments
from tools.standings import FOLDER, compare_all, compare_seeds, with_head
from tools.sweeps import find_swept_key, is_numeric, shared_settings, summarize_sweep, swept_keys

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = {"base": "s", "small": "^", "full": "o"}
SIZE = (9.0, 4.0)  # inches
WIDE = 10  # if the largest value is this many times the smallest, the axis is logarithmic


def compare_experiments(names: Sequence[str], by: str | None, league: bool = False) -> str:
    """What to print about the experiments, which are named by revisions or folders; without any, those of the commit
    that is checked out. With `league`, only the league. `by` is the parameter of a sweep, needed if they differ in
    several.

    Raises StageError if there is nothing to compare, or what there is can't be compared.
    """
    experiments = find_experiments(names)
    if league:
        return compare_all(experiments if names else with_head(experiments, of_one_setting=False))
    if not by and not swept_keys(experiments):
        return compare_seeds(experiments if names else with_head(experiments, of_one_setting=True))
    return compare_sweep(experiments, by)


def compare_sweep(experiments: Sequence[Experiment], by: str | None) -> str:
    """Draws the sweep; returns the table and the path of the picture. Raises StageError as `tools/sweeps.py` does."""
    key = find_swept_key(experiments, by)
    summary = summarize_sweep(experiments, key)
    draw_sweep(summary, key, FOLDER / key)
    rows = table_rows(summary)
    write_csv(FOLDER / f"{key}.csv", rows)
    write_json(FOLDER / f"{key}.json", shared_settings(experiments, key))
    heads = [key, *list(rows[0])[1:]]
    cells = [[str(cell) for cell in row.values()] for row in rows]
    return f"{format_table([heads, *cells], '>' * len(heads))}\n{FOLDER / key}.svg"


def table_rows(summary: Any) -> list[dict[str, object]]:
    """The rows of `summarize_sweep`, rounded to four decimals, with "" for NaN."""
    rounded = summary.round(4).astype(object)
    rows: list[dict[str, object]] = rounded.where(summary.notna(), "").to_dict("records")
    return rows


def draw_sweep(summary: Any, key: str, path: Path) -> None:
    """Writes `path`.svg and .png: validation losses and the judge's totals of `summarize_sweep` against the values."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE)
        left, right = figure.subplots(1, 2)
        draw_panel(left, summary, "val_loss")
        left.set(title="Validation loss, each on its own set", ylabel="cross-entropy (nats a token)")
        draw_panel(right, summary, "total")
        right.set(title="Judge's total, on the same test rows", ylabel=f"mean total (0-{TOTAL_MAX})")
        for axes in (left, right):
            axes.set_xlabel(key)
            axes.legend()
        fewest, most = summary["seeds"].min(), summary["seeds"].max()
        seeds = f"{fewest} to {most}" if fewest < most else str(most)
        figure.supxlabel(f"seeds a value: {seeds}; bands: 95% t-intervals of the mean", fontsize="small")
        figure.savefig(f"{path}.svg", metadata={"Date": None})
        figure.savefig(f"{path}.png", dpi=DPI, metadata={"Software": None})


def draw_panel(axes: "Axes", summary: Any, result: str) -> None:
    """Draws a line with its band for each model that has the result ("val_loss" or "total")."""
    values = list(dict.fromkeys(summary["value"]))
    numeric = is_numeric(values)
    places = [float(value) for value in values] if numeric else [float(place) for place in range(len(values))]
    if numeric and places[0] > 0 and places[-1] / places[0] >= WIDE:
        axes.set_xscale("log")
    axes.set_xticks(places, [str(value) for value in values])
    axes.minorticks_off()
    place_of = dict(zip(values, places, strict=True))
    for model, marker in MARKERS.items():
        rows = summary[(summary["model"] == model) & summary[result].notna()]
        if rows.empty:
            continue
        x, mean, half = rows["value"].map(place_of), rows[result], rows[f"{result}_95"].fillna(0)
        axes.plot(x, mean, LINE_STYLES[model], marker=marker, color=MODEL_COLORS[model], label=model)
        low = (mean - half).clip(lower=0)  # no loss and no total is below 0
        axes.fill_between(x, low, mean + half, color=MODEL_COLORS[model], alpha=0.15, linewidth=0)
