"""Sheets, judgments and verdicts: both orders, no names, and the right model behind every score."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from stages.common.records import Answers, CheckJudgment, Contestant, Judgment
from stages.judges.protocol import (
    both_orders,
    majority,
    make_failed_judgment,
    make_judgment,
    make_sheet,
    pair_sheets,
    row_verdicts,
    row_winners,
    solo_sheets,
)
from tests.stages.judges.conftest import RUBRIC, MakeJudgment, scores

MakeAnswers = Callable[..., Answers]
PAIR: tuple[Contestant, Contestant] = ("full", "base")


# Sheets


def test_every_pair_of_every_row_is_shown_in_both_orders(answers: MakeAnswers) -> None:
    """Guards against a pair shown in only one order, with the better trained model always first."""
    rows = [answers("Blue.", id=f"{n:016x}", full="f", small="s", base="b") for n in range(2)]
    sheets = list(pair_sheets(rows, ["full-base", "small-base"], 100))
    assert [(sheet.id[-1], sheet.models, sheet.texts) for sheet in sheets[:4]] == [
        ("0", ("full", "base"), ("f", "b")),
        ("0", ("base", "full"), ("b", "f")),
        ("1", ("full", "base"), ("f", "b")),
        ("1", ("base", "full"), ("b", "f")),
    ]
    assert len(sheets) == 8
    assert [sheet.models for sheet in solo_sheets(rows[:1], ["full-base", "full-small"], 100)] == [
        ("base",),
        ("small",),
        ("full",),
    ]
    assert [sheet.models for sheet in solo_sheets(rows[:1], ["full-base"], 100)] == [("base",), ("full",)]


def test_a_long_answer_is_cut(answers: MakeAnswers) -> None:
    """Guards against a limit that differs between the two answers, or moves with the order."""
    row = answers("Blue.", full="x" * 31, base="y" * 30)
    for sheet in both_orders(row, {"full": row.answers["full"].text, "base": row.answers["base"].text}, 30):
        assert {len(text) for text in sheet.texts} == {30}
        assert dict(zip(sheet.models, sheet.cut, strict=True)) == {"full": True, "base": False}


# Judgments


def test_positions_become_models_again(answers: MakeAnswers) -> None:
    """Guards against scores, or a winner, that go to the other model in the swapped order."""
    forth, back = both_orders(answers("Blue."), {"full": "Blue.", "base": "Red."}, 100)
    first = make_judgment(forth, RUBRIC, 0, [scores(9), scores(4)], "second", "")
    second = make_judgment(back, RUBRIC, 0, [scores(9), scores(4)], "tie", "")
    assert (first.winner, first.declared, first.scores["full"].total) == ("full", "base", 9)
    assert (second.winner, second.declared, second.scores["full"].total) == ("base", "tie", 4)
    solo = make_judgment(make_sheet(answers("Blue."), {"full": "Blue."}, 100), RUBRIC, 0, [scores(3)], None, "")
    assert (solo.winner, solo.declared, solo.scores["full"].total) == (None, None, 3)


def test_a_check_is_recorded_as_one(answers: MakeAnswers) -> None:
    sheet, _ = both_orders(answers("Blue."), {"probe": "", "rival": "Blue."}, 100, "empty")
    for judgment in (
        make_judgment(sheet, RUBRIC, 0, [scores(0), scores(15)], "second", ""),
        make_failed_judgment(sheet, RUBRIC, 0, "empty", "there is no text", ""),
    ):
        assert isinstance(judgment, CheckJudgment) and judgment.check == "empty"
        assert CheckJudgment.model_validate_json(judgment.model_dump_json()) == judgment


def test_a_record_holds_the_scores_of_its_models(judged: MakeJudgment) -> None:
    """Guards against a failed judgment with scores, and a sound one without those of one of its models."""
    sound = judged(0, full=3, base=4)
    assert Judgment.model_validate_json(sound.model_dump_json()) == sound
    for change in ({"status": "failed"}, {"scores": {"full": scores(3)}}, {"models": ("full", "small")}):
        with pytest.raises(ValidationError, match="with scores of"):
            Judgment.model_validate(dict(sound) | change)
    with pytest.raises(ValidationError, match="too_short"):
        Judgment.model_validate(dict(sound) | {"models": ()})


# Verdicts


def test_orders_that_agree_decide_and_others_are_a_tie(judged: MakeJudgment) -> None:
    """Guards against position bias of the judge that counts as a win."""
    rows = [
        *(judged(0, full=9, base=3), judged(0, base=4, full=8)),  # full in both
        *(judged(1, full=9, base=3), judged(1, base=9, full=3)),  # the first in both
        *(judged(2, full=9, base=3), judged(2, base=6, full=6)),  # full, and a tie
        *(judged(3, full=6, base=6), judged(3, base=6, full=6)),
        *(judged(4, full=1, base=3), judged(4, base=4, full=0)),
    ]
    verdicts = row_verdicts(rows, PAIR)
    assert [verdict.id for verdict in verdicts] == [f"row {n}" for n in range(5)]
    assert [verdict.outcome for verdict in verdicts] == [1.0, 0.5, 0.5, 0.5, 0.0]
    assert [verdict.gain for verdict in verdicts] == [5.0, 0.0, 3.0, 0.0, -3.0]  # of the mean scores of both orders
    assert [(verdict.consistent, verdict.repeats) for verdict in verdicts] == [(1, 1), (0, 1), (0, 1), (1, 1), (1, 1)]
    mirrored = row_verdicts(rows, ("base", "full"))
    assert [verdict.outcome for verdict in mirrored] == [0.0, 0.5, 0.5, 0.5, 1.0]


def test_swapping_all_orders_changes_no_verdict(judged: MakeJudgment) -> None:
    """Guards against a verdict that depends on which order was asked first."""
    forth = [judged(n, full=n % 7, base=n % 5) for n in range(30)]
    back = [judged(n, base=n % 4, full=n % 6) for n in range(30)]
    assert row_verdicts(back + forth, PAIR) == row_verdicts(forth + back, PAIR)


def test_repeats_and_judges_decide_by_majority(judged: MakeJudgment) -> None:
    """Guards against repeats taken for orders, or for judges with votes of their own."""
    rows = [
        judged(0, repeat=repeat, judge=judge, **totals)
        for judge, wins in {"one": (9, 9, 1), "two": (1, 1, 1), "three": (9, 1, 9)}.items()
        for repeat, total in enumerate(wins)
        for totals in ({"full": total, "base": 5}, {"base": 5, "full": total})
    ]
    (verdict,) = row_verdicts(rows, PAIR)
    # One and three are for full, with four of the nine repeats.
    assert (verdict.outcome, verdict.consistent, verdict.repeats) == (1.0, 9, 9)
    assert verdict.gain == pytest.approx((4 * 4 + 5 * -4) / 9)


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


def test_other_pairs_and_solo_answers_are_left_out(judged: MakeJudgment) -> None:
    rows = [judged(0, full=9, base=3), judged(0, full=1, small=3), judged(0, full=2)]
    (verdict,) = row_verdicts(rows, PAIR)
    assert verdict.gain == 6.0


def test_winners_are_named_where_no_judgment_failed(judged: MakeJudgment) -> None:
    """Guards against people's labels that are compared with a verdict of half the judgments, or of the other model."""
    rows = [
        *(judged(0, full=9, base=3), judged(0, base=3, full=9)),
        *(judged(1, full=3, base=9), judged(1, base=9, full=3)),
        *(judged(2, full=9, base=3), judged(2, base=9, full=3)),
        *(judged(3, full=9, base=3), judged(3, base=3, full=9, failed="not_json")),
    ]
    assert row_winners(rows, ("full", "base")) == {"row 0": "full", "row 1": "base", "row 2": "tie"}
