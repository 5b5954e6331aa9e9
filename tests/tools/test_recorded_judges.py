"""The figures of a language model as judge, computed again from its recorded replies."""

from pathlib import Path
from typing import Any

import pytest

from stages import judge
from stages.common.errors import StageError
from stages.common.files import read_jsonl, write_jsonl
from stages.common.records import CRITERIA, Answers, Judgment
from tests.stages.conftest import Serve
from tests.stages.model_server import configure, data
from tests.stages.test_judge import write_rows
from tools.recorded_judges import RecordedPanel

__all__ = ["write_rows"]
WRITTEN = (judge.JUDGMENTS, judge.CHECKS, judge.EXACT, judge.METRICS)


def by_length(prompt: str) -> Any:
    first, second = (len(data(prompt, which)) for which in ("first answer", "second answer"))
    scores = [dict.fromkeys(CRITERIA, min(5, length // 8)) for length in (first, second)]
    return {"justification": "Longer.", "first": scores[0], "second": scores[1], "winner": "first"}


@pytest.mark.parametrize("stop", ["all", "certain"])
def test_recorded_replies_give_the_same_files(serve: Serve, write_rows: Any, tmp_path: Path, stop: str) -> None:
    """Guards against figures of a language model that nobody can compute again without asking, and paying, it."""
    server = serve(by_length)
    rows: list[Answers] = write_rows(12, page=False, full="Thing 1 is blue, and the others are not.", base="Red.")
    configure("judge", judge="openai", panel=[{"judge": "rubric", "llm": {}}], repeats=2, stop=stop, resamples=100)
    judge.main()
    asked = len(server.prompts)
    assert asked > 0
    before = {path: path.read_bytes() for path in WRITTEN}
    run = tmp_path / "run"
    for path in (judge.JUDGMENTS, judge.CHECKS):
        (run / path).parent.mkdir(parents=True, exist_ok=True)
        (run / path).write_bytes(before[path])
    for path in WRITTEN:
        path.unlink()
    judge.main(lambda params, _: RecordedPanel(params, run))
    assert {path: path.read_bytes() for path in WRITTEN} == before
    assert len(server.prompts) == asked

    judgments = [one for one in read_jsonl(judge.JUDGMENTS, Judgment) if one.id != rows[3].id]
    write_jsonl(run / judge.JUDGMENTS, judgments)
    with pytest.raises(StageError, match=f"no judgment of openai about row {rows[3].id}"):
        judge.main(lambda params, _: RecordedPanel(params, run))
