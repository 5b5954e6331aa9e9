import pytest

from stages.common.errors import StageError
from stages.curation.difficulty import judge_difficulty, sift_by_difficulty
from tests.stages.common.test_quality_scores import quality
from tests.stages.conftest import MakeExample


def test_both_thresholds_from_both_sides() -> None:
    """Guards against a threshold that rejects what is exactly at it, or the wrong side."""
    assert judge_difficulty(quality(loss=1.0), 0.5, 0.5) is None
    assert judge_difficulty(quality(loss=1.0), None, None) is None
    assert judge_difficulty(quality(loss=0.99), 0.5, None) == (
        "too_easy",
        "its instruction-following difficulty is 0.4950, at least 0.5 is needed",
    )
    assert judge_difficulty(quality(loss=2.1), None, 1.0) == (
        "too_hard",
        "its instruction-following difficulty is 1.0500, at most 1.0 is allowed",
    )


def test_nothing_is_lost_and_an_example_without_a_score_stops(make: MakeExample) -> None:
    """Guards against examples that pass because nobody scored them, as after a change of the teacher."""
    easy, fine, hard = (make(f"Name color {number}.") for number in range(3))
    scores = {one.id: quality(one.id, loss) for one, loss in ((easy, 0.2), (fine, 1.0), (hard, 3.0))}
    kept, rejected = sift_by_difficulty([easy, fine, hard], scores, 0.2, 1.2)
    assert kept == [fine]
    assert [(one.example, one.reason) for one in rejected] == [(easy, "too_easy"), (hard, "too_hard")]
    del scores[fine.id]
    with pytest.raises(StageError, match=rf"no score of 1 example.*such as {fine.id}; run `wikitune score`"):
        sift_by_difficulty([easy, fine, hard], scores, 0.2, 1.2)
