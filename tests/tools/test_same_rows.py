"""What several runs must share to be compared row by row."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.common.errors import StageError
from tools.experiments import Experiment
from tools.same_rows import differing_keys, read_shared_rows

HEADER = "id,page,base,small,full,full-base"


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[list[Experiment]]:
    """Two runs on the rows a, b and c; in the second, b doesn't count."""
    found = []
    for name, second in (("one", "b,Page,0,1,2,1.0"), ("two", "b,Page,,,,")):
        folder = tmp_path / name / "reports/tables"
        folder.mkdir(parents=True)
        (folder / "rows.csv").write_text(f"{HEADER}\na,Page,0,1,3,1.0\n{second}\nc,,1,1,1,0.5\n")
        found.append(Experiment(name, {"split.seed": 1, "judge.judge": "rubric"}, {}, {}, tmp_path / name))
    yield found


def test_rows_that_count_in_one_run_only_are_left_out(runs: list[Experiment]) -> None:
    """Guards against means over different rows."""
    shared = read_shared_rows(runs)
    assert shared.clusters == ["page: Page", "row: c"]
    assert shared.totals["full"].tolist() == [[3, 1], [3, 1]]
    assert shared.outcomes["full-base"].tolist() == [[1, 0.5], [1, 0.5]]
    assert "2 test rows about 2 pages and tasks; 1 are left out" in shared.describe()


def test_other_test_rows_are_refused_with_what_differs(runs: list[Experiment]) -> None:
    one, two = runs
    rows = Path(two.place) / "reports/tables/rows.csv"
    rows.write_text(f"{HEADER}\na,Page,0,1,3,1.0\nd,,0,1,2,1.0\n")
    with pytest.raises(
        StageError, match=r"one has 3 test rows and two 2, of which 1 are the same: .* made by other code"
    ):
        read_shared_rows([one, two])
    two.params["split.seed"] = 2
    with pytest.raises(StageError, match=r"are the same: they differ in split\.seed \(1, 2\); name runs"):
        read_shared_rows([one, two])


def test_other_judges_are_refused(runs: list[Experiment]) -> None:
    """Guards against a league in which a mild judge's models lead."""
    runs[1].params["judge.judge"] = "openai"
    with pytest.raises(StageError, match=r"one and two were judged in different ways: judge\.judge \(rubric, openai\)"):
        read_shared_rows(runs)


def test_a_run_alone_is_refused(runs: list[Experiment]) -> None:
    with pytest.raises(StageError, match="there is one run"):
        read_shared_rows(runs[:1])
    (Path(runs[0].place) / "reports/tables/rows.csv").write_text(f"{HEADER}\na,Page,,,,\nb,Page,0,1,2,1.0\nc,,,,,\n")
    with pytest.raises(StageError, match="no test row has usable judgments in every run"):
        read_shared_rows(runs)


def test_the_judges_seed_changes_no_score() -> None:
    one, other = (Experiment("", {"judge.seed": seed, "split.seed": seed}, {}, {}) for seed in (1, 2))
    assert differing_keys(one, other, ("judge", "split")) == "split.seed (1, 2)"
