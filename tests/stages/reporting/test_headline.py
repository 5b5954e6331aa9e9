"""The answer in words, and what the report says it lacks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stages.reporting.evidence import Evidence
from stages.reporting.headline import describe_gaps
from stages.reporting.wording import Wording
from tests.stages.reporting.conftest import ROWS

Load = Callable[[Path], Evidence]


@pytest.mark.parametrize(
    ("emptied", "said"),
    [
        (["data/judgments.jsonl"], "There are no judgments: nothing is known about who is better."),
        (["reports/curves/small.csv"], "There is no training curve of small."),
        (["reports/metrics/judge.json", "reports/metrics/base.json"], "There are no metrics of: base, judge."),
        (["data/answers.jsonl", "data/judgments.jsonl"], "There are no answers to the test rows."),
        (["data/splits/full/test.jsonl", "data/answers.jsonl", "data/judgments.jsonl"], "There are no test rows."),
    ],
)
@pytest.mark.parametrize("how", ["empty", "missing"])
def test_what_is_missing_is_said(
    run: Path, load: Load, wording: Wording, emptied: list[str], said: str, how: str
) -> None:
    """Guards against a report that stops, or is silent, where a part of the run isn't there."""
    for name in emptied:
        (run / name).write_text("") if how == "empty" else (run / name).unlink()
    assert said in list(describe_gaps(load(run), wording))


def test_a_whole_run_lacks_only_its_failed_judgments(evidence: Evidence, wording: Wording) -> None:
    """Guards against warnings that are always there, which nobody reads."""
    failed = sum(one.status == "failed" for row in evidence.rows for one in row.judgments)
    left_out = sum(not row.counts for row in evidence.rows)
    assert list(describe_gaps(evidence, wording)) == [
        f"{failed} of {6 * ROWS} judgments failed.",
        f"{left_out} of {ROWS} test rows are left out of all figures: a judgment of theirs failed, or there is none.",
    ]
