"""Two runs of the pipeline in one workspace at the same time."""

import json
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from tests.pipeline.conftest import Workspace
from tests.pipeline.faults import Running
from tests.pipeline.test_models import LLM, teach
from tests.stages.model_server import ModelServer


class SlowTeacher(ModelServer):
    """Answers once it is let go; `asked` is set by the first question."""

    def __init__(self) -> None:
        super().__init__(self.teach_late)
        self.asked_once, self.let_go = Event(), Event()

    def teach_late(self, prompt: str) -> dict[str, Any]:
        self.asked_once.set()
        assert self.let_go.wait(120)
        return teach(prompt)


@pytest.fixture
def teacher(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowTeacher]:
    with SlowTeacher() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        workspace.set_params({"synth": {"teacher": "openai"} | LLM})
        yield server
        server.stopped.set()
        server.shutdown()


def taught(workspace: Workspace) -> tuple[int, int]:
    """How many examples there are, and how many of them the metrics count."""
    examples = workspace.read("data/synthetic.jsonl").splitlines()
    return len(examples), json.loads(workspace.read("reports/metrics/synth.json"))["examples"]


@pytest.mark.slow
def test_a_second_run_is_refused_and_disturbs_nothing(workspace: Workspace, teacher: SlowTeacher) -> None:
    """Guards against two runs that write the same outputs."""
    first = Running(workspace, "dvc", "repro", "synth")
    assert teacher.asked_once.wait(120)
    said = workspace.run("dvc", "repro", "synth", fails=True)
    assert "is busy, it is being blocked by" in said or "Unable to acquire lock" in said
    assert "Traceback" not in said
    teacher.let_go.set()
    status, said = first.ended()
    assert status == 0, said
    assert taught(workspace) == (96, 96)
    assert workspace.repro("synth")[0] == []


def test_a_run_waits_for_the_stage_that_a_killed_one_left(workspace: Workspace, teacher: SlowTeacher) -> None:
    """Guards against a stage that outlives its DVC, whose lock is gone, and writes beside the next one."""
    first = Running(workspace, "dvc", "repro", "synth")
    assert teacher.asked_once.wait(120)
    first.kill_alone()
    second = Running(workspace, "dvc", "repro", "-v", "synth")
    second.wait_for("a stage that an earlier `dvc repro` started still runs here; this one waits until it has ended")
    teacher.let_go.set()
    status, said = second.ended()
    assert status == 0, said
    assert taught(workspace) == (96, 96)
    assert len(teacher.prompts) == 12  # the second run found what the first one had bought
