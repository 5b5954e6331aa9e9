"""A language model in the pipeline: real DVC, a real `kill -9`, and a server that counts what is asked."""

import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from tests.pipeline.conftest import Workspace
from tests.stages.model_server import MODEL, ModelServer, serving

IN_FLIGHT = 2
LLM = {"llm.model": MODEL, "llm.concurrency": IN_FLIGHT, "llm.requests_per_minute": 100_000}


def title(prompt: str) -> str:
    found = re.search(r"<<<page \w+\n(.*)", prompt)
    assert found
    return found[1]


def teach(prompt: str) -> dict[str, Any]:
    """Eight examples; the first names the page, so that none repeats another page's."""
    about = title(prompt)
    return {
        "examples": [
            {"instruction": f"What is fact {number} of {about}?", "input": "", "output": f"It is fact {number}."}
            for number in range(8)
        ]
    }


def audit_or_judge(prompt: str) -> dict[str, Any]:
    """Keeps every example, and gives every answer the same marks."""
    if "<<<examples" in prompt:
        kept = {"reason": "ok", "justification": "Fine."}
        return {
            "verdicts": [{"number": int(number)} | kept for number in re.findall(r'^{"number": (\d+)', prompt, re.M)]
        }
    marks = {"factual_correctness": 3, "instruction_adherence": 2, "clarity_and_usefulness": 1}
    return {"justification": "Both are alike.", "first": marks, "second": marks, "winner": "tie"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with serving(teach) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        yield server


def test_a_killed_run_buys_no_answer_twice(workspace: Workspace, server: ModelServer) -> None:
    """Guards against paid answers that are lost with the process: DVC deletes a stage's outputs before it runs."""
    workspace.set_params({"extract": {"at_most": 40}, "synth": {"teacher": "openai"} | LLM})
    half_way = Event()

    def teach_until_half_way(prompt: str) -> dict[str, Any]:
        if len(server.prompts) == 20:
            half_way.set()
        return teach(prompt)

    server.model = teach_until_half_way
    process = subprocess.Popen(
        ["dvc", "repro", "synth"],
        cwd=workspace.folder,
        env=workspace.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert half_way.wait(60)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert not (workspace.folder / "data/synthetic.jsonl").exists()

    workspace.repro("synth")
    pages = [json.loads(line)["title"] for line in workspace.read("data/pages.jsonl").splitlines()]
    asked = Counter(map(title, server.prompts))
    assert set(asked) == set(pages)
    assert len(server.prompts) <= len(pages) + IN_FLIGHT
    examples = [json.loads(line) for line in workspace.read("data/synthetic.jsonl").splitlines()]
    assert [one["source"]["title"] for one in examples[::8]] == pages
    assert {one["teacher"]["model"] for one in examples} == {MODEL}

    before = workspace.read("data/synthetic.jsonl"), len(server.asked)
    workspace.repro("--force", "--single-item", "synth")
    assert (workspace.read("data/synthetic.jsonl"), len(server.asked)) == before


def test_an_auditor_and_a_judge_in_one_run(workspace: Workspace, server: ModelServer) -> None:
    """Guards against a model that works in its stage, and whose verdicts the stages after it cannot read."""
    server.model = audit_or_judge
    workspace.set_params({"curate": {"auditor": "openai"} | LLM, "judge": {"judge": "openai"} | LLM})
    ran, output = workspace.repro()
    # The same examples are kept and the thresholds are the same, so nothing is split or trained again.
    assert ran == ["curate", "judge", "plot"], output
    judged = json.loads(workspace.read("reports/metrics/judge.json"))
    assert (judged["failed"], judged["models"]["full"]["total"]) == (0, 6.0)
    assert judged["pairs"]["full-base"]["tie_rate"] == 1.0
    assert f"Judge: openai: {MODEL}." in workspace.read("reports/report.md").decode()
