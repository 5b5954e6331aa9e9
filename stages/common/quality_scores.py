"""What the project's own GPT-2 says about the examples: the scores that `wikitune score` writes.

`stages/curate.py` can reject by them, and the page of the data shows them. They are an input, as people's labels are:
no stage writes them, because the model that scores comes after the examples.
"""

import math
from pathlib import Path
from typing import Annotated

from pydantic import Field

from stages.common.errors import StageError
from stages.common.files import iter_jsonl
from stages.common.records import Record

QUALITY_SCORES = Path("data/scores/quality.jsonl")

Loss = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class QualityScore(Record):
    """Mean losses of an example's answer, in nats per token, over the same tokens with and without its question."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    tokens: Annotated[int, Field(ge=1)]  # of the answer that were scored
    loss: Loss  # after the prompt that training uses
    loss_alone: Loss  # after an end-of-text token only
    model: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]  # the first digits of the SHA-256 of its weights

    @property
    def difficulty(self) -> float:
        """The instruction-following difficulty (IFD) of Li et al. (2023, "From Quantity to Quality", arXiv 2308.12032):
        the loss given the question over the loss alone, from 0. Above 1, the question makes the answer less likely."""
        return self.loss / self.loss_alone if self.loss_alone else 1.0

    @property
    def perplexity(self) -> float:
        """Of the answer, given the question: from 1."""
        return math.exp(min(self.loss, 700.0))  # a larger float has no exponential


def read_quality_scores(path: Path = QUALITY_SCORES) -> dict[str, QualityScore]:
    """The scores by the id of the example; {} if nobody has scored.

    Raises StageError if the file is damaged, or has scores of two models, which can't be compared.
    """
    if not path.is_file() or not path.stat().st_size:
        return {}
    scores = {score.id: score for score in iter_jsonl(path, QualityScore)}
    if len(models := sorted({score.model for score in scores.values()})) > 1:
        raise StageError(f"{path} has scores of {len(models)} models ({', '.join(models)}); run `wikitune score` again")
    return scores
