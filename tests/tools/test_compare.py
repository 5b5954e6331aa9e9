"""`wikitune compare` on sweeps in a real Git repository."""

import json
import math
from pathlib import Path
from typing import Any

import pandas
import pytest
from matplotlib.figure import Figure

from stages.common.errors import StageError
from tests.tools.git_experiments import commit_experiment, commit_sweep
from tools.compare import compare_experiments, draw_panel
from tools.experiments import git
from tools.standings import FOLDER


def test_a_sweep_becomes_a_table_and_pictures(repository: Path) -> None:
    """Guards against seeds that count as values, values in the order of words, and means over the wrong rows."""
    commit_sweep()
    git("update-ref", "refs/exps/celery/stash", "HEAD")  # what DVC keeps beside experiments
    lines = [line.split() for line in compare_experiments([], None).splitlines()]
    assert lines[0] == ["train.rate", "seeds", "model", "val_loss", "val_loss_95", "total", "total_95"]
    full = [line for line in lines if "full" in line]
    half = str(round(4.303 / math.sqrt(3), 4))
    assert full[0] == ["0.01", "3", "full", "3.0", "0.0", "7.0", half]
    assert full[1] == ["0.1", "3", "full", "5.0", half, "7.0", half]
    assert full[2][:4] == ["1.0", "2", "full", "9.0"]
    base = [line for line in lines if "base" in line]
    assert base[0] == ["0.01", "3", "base", "1.0", "0.0"]  # which has no validation loss
    svg = (FOLDER / "train.rate.svg").read_text()
    assert "train.rate" in svg and "seeds a value: 2 to 3" in svg
    assert (FOLDER / "train.rate.png").read_bytes().startswith(b"\x89PNG")
    assert (FOLDER / "train.rate.csv").read_text().startswith("value,seeds,model,val_loss,")
    assert json.loads((FOLDER / "train.rate.json").read_text()) == {"train.keep": "best", "train.pairs": '["a"]'}


def test_the_same_sweep_gives_the_same_bytes(repository: Path) -> None:
    commit_sweep()
    compare_experiments([], None)
    first = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    compare_experiments([], None)
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == first


@pytest.mark.parametrize(
    ("prepared", "revisions", "by", "message"),
    [
        ([], [], None, "the commit that is checked out has no experiment; run some with `dvc exp run --queue"),
        ([], ["nobody"], None, r"nobody has no params.yaml: .*\n  `dvc exp show` lists what there is"),
        ([{}, {"seed": 2}], [], None, "e0 has no reports/tables/rows.csv"),  # of a run before there was one
        ([{}], [], None, "there is one run, and nothing to compare it with"),
        (
            [{}, {"rate": 2.0, "keep": "last"}],
            [],
            None,
            "in train.rate, train.keep, .* or one parameter with --by",
        ),
        (
            [{}, {"rate": 2.0, "keep": "last"}],
            [],
            "train.rate",
            "in train.rate, train.keep, .*others are the same",
        ),
        ([{}, {"rate": 2.0}], [], "train.rat", "train.rat is no parameter of these experiments"),
        ([{}, {"new": 1}], [], None, "e0 has no train.new, others have"),  # a revision from before the parameter
        ([{}, {}, {"rate": 2.0}], [], None, "e0 and e1 have the same parameters; name one of them"),
    ],
)
def test_what_makes_no_picture_is_named(
    repository: Path, prepared: list[dict[str, Any]], revisions: list[str], by: str | None, message: str
) -> None:
    for number, train in enumerate(prepared):
        commit_experiment(f"e{number}", 3.0, 5.0, **train)
    with pytest.raises(StageError, match=f"(?s){message}"):
        compare_experiments(revisions, by)


def test_bands_are_half_widths_and_never_below_zero() -> None:
    """Guards against an interval that says a loss could be negative."""
    summary = pandas.DataFrame({"value": [1, 2], "seeds": 2, "model": "full", "total": [1.0, 9.0], "total_95": 2.0})
    axes = Figure().subplots()
    draw_panel(axes, summary, "total")
    [line], [band] = axes.lines, axes.collections
    assert line.get_xydata().tolist() == [[1, 1], [2, 9]]  # type: ignore[union-attr]
    corners = {tuple(corner) for corner in band.get_paths()[0].vertices.tolist()}  # type: ignore[union-attr]
    assert corners == {(1, 0), (1, 3), (2, 7), (2, 11)}


def test_a_wide_sweep_has_a_logarithmic_axis() -> None:
    """Guards against points that lie on one another; words have places of their own."""
    for values, scale in (([1, 10], "log"), ([1, 9], "linear"), ([0, 10], "linear"), (["a", "b"], "linear")):
        summary = pandas.DataFrame({"value": values, "seeds": 1, "model": "full", "total": 1.0, "total_95": math.nan})
        axes = Figure().subplots()
        draw_panel(axes, summary, "total")
        assert axes.get_xscale() == scale
