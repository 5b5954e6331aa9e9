"""What the report reads of a run."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.reporting.evidence import Evidence, Measurement, Sweep
from tests.stages.reporting.conftest import ROWS

Load = Callable[[Path], Evidence]


def test_a_whole_run_is_read(evidence: Evidence) -> None:
    """Guards against judgments or answers on the wrong row."""
    assert len(evidence.rows) == ROWS
    assert all(row.answers and row.answers.id == row.example.id for row in evidence.rows)
    assert all(
        len(row.judgments) == 6 and {judgment.id for judgment in row.judgments} == {row.example.id}
        for row in evidence.rows
    )
    assert [row.in_small for row in evidence.rows] == [place < ROWS // 4 for place in range(ROWS)]
    assert evidence.number("judge", "models", "full", "total") == 11.6
    assert evidence.measurement("judge", "models", "full", "total") == Measurement(11.6, 11.6 - 0.48, 11.6 + 0.48)
    assert evidence.measurement("judge", "models", "full", "rows") == Measurement(ROWS)
    assert evidence.measurement("judge", "models", "large", "total") is None


def test_only_the_sweep_of_the_small_set_is_taken(run: Path, load: Load) -> None:
    """Guards against a picture of some other parameter under the heading of this one."""
    folder = run / "reports/compare"
    folder.mkdir()
    (folder / "train.learning_rate.svg").write_text("<svg></svg>")
    assert load(run).sweep is None
    (folder / "split.small.svg").write_text("<svg></svg>\n")
    (folder / "split.small.json").write_text("{}")
    assert load(run).sweep == Sweep("<svg></svg>\n", ())


def test_a_damaged_sweep_is_named(run: Path, load: Load) -> None:
    """Guards against a traceback, and a picture of which a half is seen."""
    picture = run / "reports/compare/split.small.svg"
    picture.parent.mkdir()
    for damaged in ("", "<svg><g>", "</svg>"):
        picture.write_text(damaged)
        with pytest.raises(
            StageError, match=r"split.small.svg is not a complete SVG picture; draw it again with `wikitune"
        ):
            load(run)
    picture.write_text("<svg></svg>")
    with pytest.raises(
        StageError, match=r"split.small.svg has no split.small.json beside it; draw it again with `wikitune"
    ):
        load(run)


def test_rows_with_a_failed_judgment_count_for_no_model(evidence: Evidence) -> None:
    """Guards against means of different rows for the models that are compared."""
    failed = [row for row in evidence.rows if any(judgment.status == "failed" for judgment in row.judgments)]
    assert failed
    assert all(not row.counts and row.comparisons() == [] and row.score("full") is None for row in failed)
    usable = next(row for row in evidence.rows if row not in failed)
    assert usable.counts and len(usable.comparisons("full", "base")) == 2
    totals = [judgment.scores["full"].total for judgment in usable.judgments if "full" in judgment.models]
    assert usable.score("full") == sum(totals) / 4


@pytest.mark.parametrize("name", ["answers", "judgments"])
def test_records_of_different_runs_are_refused(run: Path, load: Load, name: str) -> None:
    """Guards against answers and judgments beside the instructions of another run."""
    path = run / "data/splits/full/test.jsonl"
    first, *others = path.read_text().splitlines()
    path.write_text("\n".join(others))
    (run / "data/answers.jsonl" if name == "judgments" else run / "data/judgments.jsonl").write_text("")
    with pytest.raises(StageError, match=f"not those of the test split, which differs in {json.loads(first)['id']}"):
        load(run)


def test_a_damaged_file_is_named(run: Path, load: Load) -> None:
    """Guards against damage that reads like absence."""
    (run / "reports/metrics/judge.json").write_text("{")
    with pytest.raises(StageError, match=r"judge\.json:1:2: not JSON"):
        load(run)
