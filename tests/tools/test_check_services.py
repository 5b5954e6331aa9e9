"""Servers that an experiment needs, and what asking them costs: with real servers on this machine."""

import re
import time
from pathlib import Path
from typing import Any

import pytest

from stages.common.records import CRITERIA
from stages.llm.keys import GEMINI_KEYS
from tests.stages.llm.clients.local_server import Answer
from tests.stages.model_server import MODEL, ModelServer, data
from tests.tools.conftest import JUDGED, verdicts
from tools.check_experiment import changed_sections, measure_workload
from tools.check_services import asked_models, planned_requests


def test_a_server_is_asked_for_no_answer(project: Path, server: ModelServer) -> None:
    """Guards against a check that pays: a probe for the form of a schema is an answer, too."""
    found = verdicts(*JUDGED, "judge.llm.usd_per_million_output=10", "judge.llm.local=false")
    assert found["judge.judge"] == ("ok", f"{MODEL} at {server.url}/v1")
    assert found["judge.judge asks"] == (
        "about",
        "1,540 requests at most, which take 3 min or longer, and cost $7.88 with output tokens at most;\n"
        "$0.00 of judge.llm.budget_usd 0 is spent: it may end first, and the stage keeps what it bought",
    )
    assert server.prompts == []


def test_the_default_budgets_have_room_for_a_whole_run(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against defaults that stop a full run: an auditor's budget was below the estimate of its cost."""
    for key in GEMINI_KEYS:
        monkeypatch.delenv(key, raising=False)
    found = verdicts("synth.teacher=gemini", "curate.auditor=gemini")
    for key in ("synth.teacher asks", "curate.auditor asks"):
        verdict, text = found[key]
        assert verdict == "about" and text.endswith(" is spent"), text


def judge_as_told(prompt: str) -> dict[str, Any]:
    time.sleep(0.3)
    marks = dict.fromkeys(CRITERIA, 3)
    return {"justification": "Alike.", "first": marks, "second": marks, "winner": "tie"}


def test_a_free_judge_is_timed(project: Path, server: ModelServer) -> None:
    """Guards against minutes that are said where a CPU takes hours: only one judgment, really made, tells."""
    server.model = judge_as_told
    verdict, text = verdicts(*JUDGED)["judge.judge asks"]
    requests, took, everything = re.fullmatch(
        r"([\d,]+) requests at most;\none took ([\d.]+) s,\n"
        r"so that all take about (\d+) min one after another \(several at a time may be faster\), and cost nothing",
        text,
    ).groups()  # type: ignore[union-attr]
    assert (verdict, requests) == ("about", "1,540")
    assert 0.3 <= float(took) < 2
    assert float(everything) == pytest.approx(1540 * float(took) / 60, abs=1.8)  # both are rounded
    [prompt] = server.prompts
    assert len(data(prompt, "first answer")) == 200
    assert len(data(prompt, "second answer")) == 1024  # as long as a text of infer.max_new_tokens may be


def test_a_trial_takes_less(project: Path, server: ModelServer) -> None:
    """Guards against an estimate of all rows for a run that judges twenty: 20 rows, 3 pairs, 2 orders, and checks."""
    server.model = judge_as_told
    text = verdicts(*JUDGED, "judge.at_most=20", "judge.checks=[]", "judge.llm.concurrency=1")["judge.judge asks"][1]
    assert text.startswith("120 requests at most;\none took ")
    assert text.endswith(" s one after another, and cost nothing")


def test_a_judge_whose_reply_is_of_no_use_is_reported(project: Path, server: ModelServer) -> None:
    """Guards against a time without a word about the judgment itself, and a server error that ends the check."""
    verdict, text = verdicts(*JUDGED)["judge.judge asks"]
    assert verdict == "about"
    assert ", but its reply is of no use: wrong_shape, justification: Field required" in text
    server.model = lambda prompt: Answer({"error": {"message": "out of memory"}}, status=500)
    verdict, text = verdicts(*JUDGED)["judge.judge asks"]
    assert verdict == "FAILS"
    assert "out of memory" in text


def test_requests_are_counted_as_the_stages_send_them(project: Path) -> None:
    """Guards against an estimate of another experiment: 10 pages, 8 examples each, 10 test rows."""
    changes = ["extract.at_most=10", "split.full=100", "split.small=50", "synth.at_least=1"]

    def counted(*more: str) -> list[int]:
        sections = changed_sections([*changes, *more])
        workload = measure_workload(sections)
        return [len(planned_requests(stage, sections, workload)) for stage in ("synth", "curate", "judge")]

    pairs, checks, alone = 10 * 3 * 2, 10 * 6 * 2 + 10 * 8, 10 * 3  # one check tries 8 constant answers, once each
    assert counted() == [10, 8, pairs + checks]
    assert counted("judge.solo=true", "judge.checks=[]") == [10, 8, pairs + alone]


def test_each_judge_of_a_panel_is_looked_for_and_counted(project: Path, server: ModelServer) -> None:
    """Guards against a bill of which a panel and repeats are left out, and a second model that isn't there."""
    few = ["judge.checks=[]", "judge.pairs=[full-base]", "judge.repeats=3"]
    found = verdicts(*JUDGED, *few, "judge.panel=[{judge: rubric, llm: {}}, {judge: openai, llm: {model: other}}]")
    assert found["judge.judge"][0] == "ok"
    assert found["judge.panel[1]"][0] == "FAILS" and "has no model 'other'" in found["judge.panel[1]"][1]
    for judge in ("judge.judge", "judge.panel[1]"):
        assert found[f"{judge} asks"][1].startswith(f"{200 * 2 * 3:,} requests at most")
    assert not any(what.startswith("judge.panel[0]") for what in found)


def test_costs_of_many_pages_are_those_of_few_times_their_number(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a bill for the stand-ins alone, and requests that are made only to be counted."""
    for key in GEMINI_KEYS:
        monkeypatch.setenv(key, "key")
    (project / "titles.txt").write_text("".join(f"Page {number}\n" for number in range(100)))
    paid = ["synth.teacher=gemini", "curate.auditor=gemini", "judge.judge=gemini", "judge.checks=[]"]
    changes = [*paid, "extract.source=wikipedia", "extract.contact=a@b.org", "extract.titles=titles.txt"]
    sections = changed_sections([*changes, "split.synthetic.at_most=all"])
    whole = {model.key: model.estimate() for model in asked_models(sections, measure_workload(sections))}
    monkeypatch.setattr("tools.check_experiment.MOST_STAND_INS", 20)
    monkeypatch.setattr("tools.check_services.MOST_ROWS", 40)
    few = {model.key: model.estimate() for model in asked_models(sections, measure_workload(sections))}
    assert {key: cost.requests for key, cost in few.items()} == {key: cost.requests for key, cost in whole.items()}
    for key, cost in few.items():
        assert cost.usd == pytest.approx(whole[key].usd, rel=0.01)
