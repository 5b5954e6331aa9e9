"""From what a judge says to a record."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from stages.common.records import Answers, CheckJudgment, Judgment
from stages.judges.marking import failed, marked
from stages.judges.sheets import both_orders, make_sheet
from tests.stages.judges.conftest import RUBRIC, MakeJudgment, scores

MakeAnswers = Callable[..., Answers]


def test_places_get_their_names_back(answers: MakeAnswers) -> None:
    """Guards against scores, or a winner, of the other model where the order is turned round."""
    forth, back = both_orders(answers("Blue."), {"full": "Blue.", "base": "Red."}, 100)
    one = marked(forth, RUBRIC, 0, [scores(9), scores(4)], "second", "")
    other = marked(back, RUBRIC, 0, [scores(9), scores(4)], "tie", "")
    assert (one.winner, one.declared, one.scores["full"].total) == ("full", "base", 9)
    assert (other.winner, other.declared, other.scores["full"].total) == ("base", "tie", 4)
    alone = marked(make_sheet(answers("Blue."), {"full": "Blue."}, 100), RUBRIC, 0, [scores(3)], None, "")
    assert (alone.winner, alone.declared, alone.scores["full"].total) == (None, None, 3)


def test_a_check_is_recorded_as_one(answers: MakeAnswers) -> None:
    sheet, _ = both_orders(answers("Blue."), {"probe": "", "rival": "Blue."}, 100, "empty")
    for one in (
        marked(sheet, RUBRIC, 0, [scores(0), scores(15)], "second", ""),
        failed(sheet, RUBRIC, 0, "empty", "there is no text", ""),
    ):
        assert isinstance(one, CheckJudgment) and one.check == "empty"
        assert CheckJudgment.model_validate_json(one.model_dump_json()) == one


def test_a_record_holds_the_scores_of_its_models(judged: MakeJudgment) -> None:
    """Guards against a failed judgment with scores, and a sound one that lacks a model's."""
    sound = judged(0, full=3, base=4)
    assert Judgment.model_validate_json(sound.model_dump_json()) == sound
    for change in ({"status": "failed"}, {"scores": {"full": scores(3)}}, {"models": ("full", "small")}):
        with pytest.raises(ValidationError, match="with scores of"):
            Judgment.model_validate(dict(sound) | change)
    with pytest.raises(ValidationError, match="too_short"):
        Judgment.model_validate(dict(sound) | {"models": ()})
