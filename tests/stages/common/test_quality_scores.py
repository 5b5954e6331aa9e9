from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.files import write_jsonl
from stages.common.quality_scores import QualityScore, read_quality_scores


def quality(id: str = "0" * 16, loss: float = 1.0, alone: float = 2.0, model: str = "a" * 16) -> QualityScore:
    return QualityScore(id=id, tokens=3, loss=loss, loss_alone=alone, model=model)


def test_difficulty_is_the_loss_with_the_question_over_the_loss_alone() -> None:
    """Guards against the ratio upside down: a question that helps makes it less than 1."""
    assert quality(loss=1.0, alone=2.0).difficulty == 0.5
    assert quality(loss=3.0, alone=2.0).difficulty == 1.5
    assert quality(loss=0.0, alone=0.0).difficulty == 1.0  # the model is sure either way
    assert quality(loss=0.0).perplexity == 1.0


def test_nobody_has_scored(tmp_path: Path) -> None:
    assert read_quality_scores(tmp_path / "quality.jsonl") == {}
    (tmp_path / "quality.jsonl").touch()
    assert read_quality_scores(tmp_path / "quality.jsonl") == {}


def test_scores_of_two_models_are_not_mixed(tmp_path: Path) -> None:
    """Guards against a threshold that means something else for every second example."""
    path = tmp_path / "quality.jsonl"
    write_jsonl(path, [quality(), quality("1" * 16)])
    assert set(read_quality_scores(path)) == {"0" * 16, "1" * 16}
    write_jsonl(path, [quality(), quality("1" * 16, model="b" * 16)])
    with pytest.raises(StageError, match=r"has scores of 2 models .*; run `wikitune score` again"):
        read_quality_scores(path)
