"""Examples that a model finds too easy, or that their question doesn't help with: by scores, if a threshold is set.

The score is the instruction-following difficulty (IFD) that `wikitune score` measures. Li et al. (2023, "From Quantity
to Quality", arXiv 2308.12032) drop what is above 1, where the question makes the answer less likely, and keep the most
difficult of the rest. Li et al. (2024, "Superfiltering", arXiv 2402.00530) found that a small model such as GPT-2 puts
examples in much the same order as a large one.
"""

from collections.abc import Iterable, Mapping

from stages.common.errors import StageError
from stages.common.quality_scores import QUALITY_SCORES, QualityScore
from stages.common.records import Example, Rejection

TOO_EASY, TOO_HARD = "too_easy", "too_hard"


def judge_difficulty(score: QualityScore, min_ifd: float | None, max_ifd: float | None) -> tuple[str, str] | None:
    """Reason and evidence against an example whose difficulty is below `min_ifd` or above `max_ifd`."""
    difficulty = score.difficulty
    if min_ifd is not None and difficulty < min_ifd:
        return TOO_EASY, f"its instruction-following difficulty is {difficulty:.4f}, at least {min_ifd} is needed"
    if max_ifd is not None and difficulty > max_ifd:
        return TOO_HARD, f"its instruction-following difficulty is {difficulty:.4f}, at most {max_ifd} is allowed"
    return None


def sift_by_difficulty(
    kept: Iterable[Example], scores: Mapping[str, QualityScore], min_ifd: float | None, max_ifd: float | None
) -> tuple[list[Example], list[Rejection]]:
    """The examples that stay, and rejections of the others. Raises StageError if an example has no score."""
    staying, rejected, unscored = [], [], []
    for example in kept:
        if (score := scores.get(example.id)) is None:
            unscored.append(example.id)
        elif finding := judge_difficulty(score, min_ifd, max_ifd):
            rejected.append(Rejection(example=example, reason=finding[0], evidence=finding[1]))
        else:
            staying.append(example)
    if unscored:
        raise StageError(
            f"{QUALITY_SCORES} has no score of {len(unscored)} example(s) that the rules kept, such as {unscored[0]}; "
            "run `wikitune score`, or set curate.min_ifd and curate.max_ifd to none"
        )
    return staying, rejected
