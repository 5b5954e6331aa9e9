"""Which rows are judged, and what is said when judging ends early."""

from collections.abc import Callable
from typing import Any

import pytest

from stages.common.records import Answers, Judgment
from stages.judges.confidence_sequence import AnytimeInterval
from stages.judges.stopping import (
    Look,
    page_batches,
    rows_to_judge,
    stopping_metrics,
    take_look,
    with_anytime_intervals,
)

MakeAnswers = Callable[..., Answers]
MakeJudgment = Callable[..., Judgment]


@pytest.fixture
def rows(answers: MakeAnswers) -> list[Answers]:
    return [answers("Blue.", id=f"row {n}") for n in range(60)]


def test_more_rows_include_those_of_fewer(rows: list[Answers]) -> None:
    """Guards against a trial whose judgments are of no use to the run after it, and against the first rows of the
    split instead of random ones."""
    few, more = rows_to_judge(rows, 10, 1), rows_to_judge(rows, 25, 1)
    assert (len(few), len(more)) == (10, 25)
    assert {row.id for row in few} < {row.id for row in more}
    assert few == sorted(few, key=rows.index) != rows[:10]
    assert rows_to_judge(rows, 10, 1) == few != rows_to_judge(rows, 10, 2)
    assert rows_to_judge(rows, 60, 1) == rows_to_judge(rows, 100, 1) == rows_to_judge(rows, "all", 1) == rows


def test_batches_keep_pages_together(rows: list[Answers]) -> None:
    """Guards against a look in the middle of a page, whose rows are one draw, and rows that no batch has."""
    pages = {row.id: f"page {number // 4}" for number, row in enumerate(rows)}
    batches = list(page_batches(rows, pages, 1))
    assert [len(batch) for batch in batches] == [12] * 5
    assert sorted(row.id for batch in batches for row in batch) == sorted(row.id for row in rows)
    for batch in batches:
        of_rows = [pages[row.id] for row in batch]
        assert of_rows[::4] == of_rows[3::4] and len(set(of_rows)) == 3
    assert batches == list(page_batches(rows, pages, 1)) != list(page_batches(rows, pages, 2))
    assert batches[0] != rows[:12]


def test_there_are_at_most_twenty_looks(answers: MakeAnswers) -> None:
    """Guards against a thousand rounds of ten rows."""
    many = [answers("Blue.", id=f"row {n}") for n in range(1001)]
    assert [len(batch) for batch in page_batches(many, {row.id: row.id for row in many}, 1)] == [51] * 19 + [32]


def judged_pair(judged: MakeJudgment, row: int, first: int, second: int) -> list[Judgment]:
    return [judged(row, full=first, base=second), judged(row, base=second, full=first)]


def test_a_look_counts_rows_by_page_without_those_that_failed(judged: MakeJudgment) -> None:
    """Guards against a failed judgment that counts as a loss, and rows that count as pages."""
    pages = {f"row {n}": f"page {n // 2}" for n in range(40)}
    order = [f"row {n}" for n in range(40)]
    judgments = [judgment for n in range(40) for judgment in judged_pair(judged, n, 9, 3)]
    sure = take_look(judgments, order, pages, 2, ["full-base"])
    assert (sure.rows, sure.all_certain) == (40, True)
    assert sure.intervals["full-base"].low > 0.6
    failed = [judged(n, full=9, base=3, failed="not_json") for n in range(30)]
    fewer = take_look(judgments + failed, order, pages, 2, ["full-base"])
    assert (fewer.rows, fewer.all_certain) == (40, False)
    assert fewer.intervals["full-base"].high == 1.0


def test_all_pairs_must_be_certain() -> None:
    certain, open_ = AnytimeInterval(0.55, 0.9), AnytimeInterval(0.4, 0.8)
    looks = [
        Look(10, {"full-base": open_, "small-base": open_}),
        Look(20, {"full-base": certain, "small-base": open_}),
        Look(30, {"full-base": certain, "small-base": AnytimeInterval(0.1, 0.4)}),
    ]
    assert [look.all_certain for look in looks] == [False, False, True]
    assert stopping_metrics(looks) == {
        "looks": 3,
        "rows_judged": 30,
        "certain": 1,
        "certain_after": {"full-base": 20, "small-base": 30},
    }
    assert stopping_metrics(looks[:2]) == {
        "looks": 2,
        "rows_judged": 20,
        "certain": 0,
        "certain_after": {"full-base": 20},
    }


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        (AnytimeInterval(0.51, 0.9), "better"),
        (AnytimeInterval(0.1, 0.49), "worse"),
        (AnytimeInterval(0.4, 0.6), "unresolved"),
    ],
)
def test_nothing_is_left_that_needs_a_fixed_number_of_rows(interval: AnytimeInterval, verdict: str) -> None:
    """Guards against a p value, an interval or a verdict that pretends that nobody looked before."""
    figures: dict[str, Any] = {
        "rows": 30,
        "win_rate_ties_half": 0.7,
        "win_rate_ties_half_95": [0.6, 0.8],
        "p_holm": 0.01,
        "rows_to_decide": 0,
        "hangs_on": 3,
        "verdict": "better",
    }
    metrics = with_anytime_intervals({"rows": 30, "pairs": {"full-base": figures}}, Look(30, {"full-base": interval}))
    assert metrics == {
        "rows": 30,
        "pairs": {
            "full-base": {
                "rows": 30,
                "win_rate_ties_half": 0.7,
                "win_rate_ties_half_95": [interval.low, interval.high],
                "verdict": verdict,
            }
        },
    }
