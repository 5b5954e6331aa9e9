"""Servers that an experiment needs, and what asking them costs: with real servers on this machine."""

from pathlib import Path

from tests.stages.model_server import MODEL, ModelServer
from tests.tools.conftest import JUDGED, verdicts
from tools.check_experiment import changed_sections, measure_workload
from tools.check_services import planned_requests


def test_a_server_is_asked_for_no_answer(project: Path, server: ModelServer) -> None:
    """Guards against a check that pays: a probe for the form of a schema is an answer, too."""
    found = verdicts(*JUDGED, "judge.llm.usd_per_million_output=10")
    assert found["judge.judge"] == ("ok", f"{MODEL} at {server.url}/v1")
    assert found["judge.judge asks"] == (
        "about",
        "1,420 requests at most, which take 3 min or longer, and cost $7.27 with output tokens at most;\n"
        "$0.00 of judge.llm.budget_usd 0 is spent: it may end first, and the stage keeps what it bought",
    )
    assert server.prompts == []


def test_requests_are_counted_as_the_stages_send_them(project: Path) -> None:
    """Guards against an estimate of another experiment: 10 pages, 8 examples each, 10 test rows."""
    changes = ["extract.at_most=10", "split.full=100", "split.small=50", "synth.at_least=1"]

    def counted(*more: str) -> list[int]:
        sections = changed_sections([*changes, *more])
        workload = measure_workload(sections)
        return [len(planned_requests(stage, sections, workload)) for stage in ("synth", "curate", "judge")]

    pairs, checks, alone = 10 * 3 * 2, 10 * 6 * 2, 10 * 3
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
