"""What the records refuse, and the ids that connect them."""

import pytest
from pydantic import ValidationError

from stages.common.records import Judgment, Scores, Teacher, example_id

SCORES = Scores(factual_correctness=1, instruction_adherence=2, clarity_and_usefulness=3, total=6)


def test_id_is_the_hash_of_the_three_texts() -> None:
    """Guards against ids that change: they join test rows with answers, judgments and the journal."""
    assert example_id("Name a color.", "", "Blue.") == "6dadb0dc39594f99"
    assert example_id("a", "b", "c") != example_id("ab", "", "c")


def test_a_total_that_is_not_the_sum_is_refused() -> None:
    """Guards against a judge's own arithmetic."""
    with pytest.raises(ValueError, match="total 12 is not the sum of the three criteria"):
        Scores(factual_correctness=1, instruction_adherence=2, clarity_and_usefulness=3, total=12)


@pytest.mark.parametrize(
    ("status", "scores", "complete"),
    [
        ("ok", {"base": SCORES, "full": SCORES}, True),
        ("ok", {"base": SCORES}, False),
        ("ok", {}, False),
        ("failed", {}, True),
        ("failed", {"base": SCORES, "full": SCORES}, False),
    ],
)
def test_a_judgment_has_scores_of_all_its_models_or_has_failed(
    status: str, scores: dict[str, Scores], complete: bool
) -> None:
    """Guards against counting half a judgment, or the scores of a failed one."""
    fields = {
        "id": "0" * 16,
        "models": ("base", "full"),
        "repeat": 0,
        "scores": scores,
        "declared": None,
        "winner": None,
        "justification": "",
        "judge": Teacher(name="rubric"),
        "status": status,
        "raw": "",
    }
    if complete:
        assert Judgment.model_validate(fields).scores == scores
    else:
        with pytest.raises(ValidationError, match=rf"{status}, with scores of \[.*\], about base, full"):
            Judgment.model_validate(fields)
