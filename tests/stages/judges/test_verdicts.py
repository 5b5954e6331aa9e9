"""One verdict a row: both orders, then the repeats, then the judges."""

import pytest

from stages.common.records import Contestant
from stages.judges.protocol import majority, row_verdicts
from tests.stages.judges.conftest import MakeJudgment

PAIR: tuple[Contestant, Contestant] = ("full", "base")


def test_orders_that_agree_decide_and_others_are_a_tie(judged: MakeJudgment) -> None:
    """Guards against a judge's taste for the first, or the second, place that counts as a win."""
    rows = [
        *(judged(0, full=9, base=3), judged(0, base=4, full=8)),  # full in both
        *(judged(1, full=9, base=3), judged(1, base=9, full=3)),  # the first in both
        *(judged(2, full=9, base=3), judged(2, base=6, full=6)),  # full, and a tie
        *(judged(3, full=6, base=6), judged(3, base=6, full=6)),
        *(judged(4, full=1, base=3), judged(4, base=4, full=0)),
    ]
    found = row_verdicts(rows, PAIR)
    assert [one.id for one in found] == [f"row {n}" for n in range(5)]
    assert [one.outcome for one in found] == [1.0, 0.5, 0.5, 0.5, 0.0]
    assert [one.gain for one in found] == [5.0, 0.0, 3.0, 0.0, -3.0]  # of the scores averaged over the orders
    assert [(one.consistent, one.repeats) for one in found] == [(1, 1), (0, 1), (0, 1), (1, 1), (1, 1)]
    mirrored = row_verdicts(rows, ("base", "full"))
    assert [one.outcome for one in mirrored] == [0.0, 0.5, 0.5, 0.5, 1.0]


def test_swapping_all_orders_changes_no_verdict(judged: MakeJudgment) -> None:
    """Guards against a verdict that depends on which order was asked first."""
    rows = [judged(n, full=n % 7, base=n % 5) for n in range(30)] + [
        judged(n, base=n % 4, full=n % 6) for n in range(30)
    ]
    swapped = [*rows[30:], *rows[:30]]
    assert row_verdicts(swapped, PAIR) == row_verdicts(rows, PAIR)


def test_repeats_and_judges_decide_by_majority(judged: MakeJudgment) -> None:
    """Guards against repeats that are taken for orders, or for judges with votes of their own."""
    rows = [
        judged(0, repeat=repeat, judge=judge, **totals)
        for judge, wins in {"one": (9, 9, 1), "two": (1, 1, 1), "three": (9, 1, 9)}.items()
        for repeat, total in enumerate(wins)
        for totals in ({"full": total, "base": 5}, {"base": 5, "full": total})
    ]
    (found,) = row_verdicts(rows, PAIR)
    assert (found.outcome, found.consistent, found.repeats) == (
        1.0,
        9,
        9,
    )  # one and three for full, four of nine repeats
    assert found.gain == pytest.approx((4 * 4 + 5 * -4) / 9)


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([1.0], 1.0),
        ([1.0, 1.0, 0.0], 1.0),
        ([0.0, 0.5, 0.0], 0.0),
        ([1.0, 0.0], 0.5),
        ([1.0, 0.5], 0.5),  # one of two is no majority
        ([1.0, 0.0, 0.5], 0.5),
        ([1.0, 1.0, 0.0, 0.0, 0.5], 0.5),
    ],
)
def test_majority_is_more_than_half(votes: list[float], expected: float) -> None:
    assert majority(votes) == majority(votes[::-1]) == expected


def test_other_pairs_and_answers_alone_are_left_out(judged: MakeJudgment) -> None:
    rows = [judged(0, full=9, base=3), judged(0, full=1, small=3), judged(0, full=2)]
    (found,) = row_verdicts(rows, PAIR)
    assert found.gain == 6.0
