"""What curate does with scores of difficulty, and the diversity that it counts."""

from pathlib import Path

import pytest

from stages import curate
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.quality_scores import QUALITY_SCORES
from stages.common.records import Example, Rejection
from tests.stages.common.test_quality_scores import quality
from tests.stages.conftest import MakeExample


def set_thresholds(folder: Path, min_ifd: object, max_ifd: object) -> None:
    text = (folder / "params.yaml").read_text("utf-8")
    text = text.replace("min_ifd: none", f"min_ifd: {min_ifd}").replace("max_ifd: none", f"max_ifd: {max_ifd}")
    (folder / "params.yaml").write_text(text, "utf-8")


def test_scores_reject_only_if_a_threshold_is_set(project: Path, make: MakeExample) -> None:
    """Guards against scores that change the data of whoever only wanted to look at them, and against a new reason in
    the metrics of everybody."""
    examples = [make("Name a color.", "Blue."), make("Name a planet.", "Mars."), make("Name a fruit.", "")]
    write_jsonl(curate.SYNTHETIC, examples)
    curate.main()
    before = [path.read_bytes() for path in (curate.CURATED, curate.REJECTED, curate.METRICS, curate.FLOW)]
    write_jsonl(QUALITY_SCORES, [quality(one.id, loss) for one, loss in zip(examples, (1.0, 3.0, 1.0), strict=True)])
    curate.main()
    assert [path.read_bytes() for path in (curate.CURATED, curate.REJECTED, curate.METRICS, curate.FLOW)] == before
    assert "too_hard" not in read_json(curate.METRICS)["reasons"]
    set_thresholds(project, "none", 1.2)
    curate.main()
    assert read_jsonl(curate.CURATED, Example) == examples[:1]
    reasons = {one.example: one.reason for one in read_jsonl(curate.REJECTED, Rejection)}
    assert reasons == {examples[2]: "malformed", examples[1]: "too_hard"}
    assert read_json(curate.METRICS)["reasons"]["too_hard"] == 1
    assert read_json(curate.DIVERSITY)["examples"] == 1


def test_a_threshold_without_scores_says_what_to_do(project: Path, make: MakeExample) -> None:
    """Guards against a threshold that silently keeps everything."""
    write_jsonl(curate.SYNTHETIC, [make()])
    set_thresholds(project, 0.2, "none")
    with pytest.raises(StageError, match=r"has no score of 1 example.*run `wikitune score`, or set curate\.min_ifd"):
        curate.main()


def test_a_threshold_is_a_number_or_none(project: Path, make: MakeExample) -> None:
    set_thresholds(project, "-1", "sometimes")
    with pytest.raises(StageError, match=r"curate\.min_ifd.*\n.*curate\.max_ifd"):
        curate.main()
