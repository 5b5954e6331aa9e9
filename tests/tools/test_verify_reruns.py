"""Which stages run again, and what is said of the others."""

from typing import Any

import pytest

from stages.reporting.manifest import StageFiles
from tools.verify_reruns import judges_by_rubric, why_not

STAGE = StageFiles(deps=("data/pages.jsonl",), outs=("data/out.jsonl",), params=("synth.teacher",))


@pytest.mark.parametrize(
    ("stage", "sections", "said"),
    [
        ("extract", {"extract": {"source": "bundled"}}, ""),
        ("extract", {"extract": {"source": "wikipedia"}}, "extract.source is wikipedia: pages came from elsewhere"),
        ("synth", {"synth": {"teacher": "gemini"}}, "synth.teacher is gemini: a language model wrote"),
        ("curate", {"curate": {"auditor": "openai"}}, "curate.auditor is openai: a language model judged"),
        ("base", {"base": {"source": "scratch"}}, "base.source is scratch: the model was trained or downloaded"),
        ("train-full", {}, "long work; see --answers and --retrain"),
        ("judge", {}, ""),  # its replies are recorded
        ("plot", {}, ""),
    ],
)
def test_what_asks_a_model_or_trains_is_left_out(stage: str, sections: dict[str, Any], said: str) -> None:
    """Guards against a paid request, a download or an hour of training that nobody asked for."""
    assert why_not(stage, STAGE, sections) == said


def test_files_outside_of_the_project_are_named() -> None:
    outside = StageFiles(deps=("data/a", "../tasks.jsonl"), outs=(), params=())
    assert why_not("split", outside, {}) == "it reads ../tasks.jsonl, outside of the project"


def test_a_panel_with_a_language_model_is_not_asked() -> None:
    assert judges_by_rubric({"judge": "rubric", "panel": []})
    assert not judges_by_rubric({"judge": "rubric", "panel": [{"judge": "openai"}]})
    assert not judges_by_rubric({"judge": "gemini", "panel": []})
