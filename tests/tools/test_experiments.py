"""Runs that Git keeps, or that lie in a folder."""

from pathlib import Path

import pytest

from stages.common.errors import StageError
from tests.tools.git_experiments import commit_experiment, row_lines, write_experiment
from tools.compare import compare_experiments
from tools.experiments import JudgedRow, find_experiments, git, read_judged_rows


def test_revisions_of_any_kind(repository: Path) -> None:
    """Guards against experiments that can be compared only as long as their commit is checked out."""
    commit_experiment("one", 3.0, 5.0, keep="last")
    commit_experiment("two", 4.0, 6.0)
    git(
        "branch",
        "kept",
        "refs/exps/" + git("for-each-ref", "--format=%(refname)", "refs/exps").split("refs/exps/")[2].strip(),
    )
    git("commit", "--quiet", "--allow-empty", "--message", "Go on")
    assert [found.name for found in find_experiments(["kept", "one"])] == ["kept", "one"]
    assert "train.keep" in compare_experiments(["kept", "one"], None)  # words, and a single seed each


def test_a_folder_is_a_run(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against runs on another machine that can be compared only after they were committed."""
    other = tmp_path_factory.mktemp("other")
    commit_experiment("one", 3.0, 5.0, row_lines([5, 5, 2], [1, 2, 3]))
    monkeypatch.chdir(other)
    write_experiment(4.0, 6.0, row_lines([6, 6, 6], [1, 2, 3]), seed=2)
    monkeypatch.chdir(repository)
    one, folder = find_experiments(["one", str(other)])
    assert (one.name, folder.name, folder.totals["full"]) == ("one", str(other), 6.0)
    assert read_judged_rows(folder)["row0"] == JudgedRow(
        "page: Page 0", {"base": 0, "small": 1, "full": 6}, {"full-base": 1, "full-small": 1}
    )
    last = read_judged_rows(one)["row2"]
    assert last is not None and (last.cluster, last.outcomes["full-small"]) == ("row: row2", 0.0)


def test_a_row_without_judgments_does_not_count(repository: Path) -> None:
    """Guards against an empty field that reads as 0 points."""
    lines = row_lines([5, 5], [1, 2]).replace("row1,Page 0,0,2,5,1.0,1.0", "row1,Page 0,,,,,")
    commit_experiment("one", 3.0, 5.0, lines)
    rows = read_judged_rows(find_experiments(["one"])[0])
    assert rows["row1"] is None and rows["row0"] is not None
    commit_experiment("none", 3.0, 5.0, "id,page,base,small,full\nrow0,,,,\n")
    with pytest.raises(StageError, match="none has no judged row"):
        read_judged_rows(find_experiments(["none"])[0])
