"""What `python -m tools.check` says, with real servers on this machine and without any."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from huggingface_hub import constants

from tests.stages.common.local_hub import Hub
from tests.stages.model_server import MODEL, ModelServer, serving
from tools import check
from tools.check_experiment import measure, parameter_count
from tools.check_machine import seconds
from tools.check_profiles import changed_sections
from tools.check_services import asked

JUDGED = ["judge.judge=openai", f"judge.llm.model={MODEL}"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    with serving(lambda prompt: {}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        yield server


def verdicts(*changes: str) -> dict[str, tuple[str, str]]:
    return {one.what: (one.verdict, one.text) for one in check.check([], changes)}


def test_the_defaults_need_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["check"])
    with pytest.raises(SystemExit) as ended:
        check.main()
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0
    assert lines[0] == "ok     parameters  params.yaml"
    assert any(line.startswith("ok     memory      about 0.8 GB to train 2,561,280 parameters; ") for line in lines)


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


@pytest.mark.parametrize(
    ("changes", "what", "message"),
    [
        (
            ["train.sed=1"],
            "parameters",
            "train.sed=1: Could not override 'train.sed'; the keys are those",
        ),
        (["train.epochs=0"], "parameters", "train.epochs: Input should be greater than 0 (is 0)"),
        (["extract.at_most=10", "split.general.at_most=20"], "parameters", "split.small 500, of at most 100 examples"),
        (["split.full=3000"], "parameters", "split.full is 3000 and split.small 500, of at most 2000 examples"),
        (["split.general.path=no.json"], "parameters", "no.json does not exist"),
        (["base.source=path"], "parameters", "model.safetensors is missing; correct base.path"),
        (["synth.teacher=gemini"], "synth.teacher", "GEMINI_API_KEY (or GOOGLE_API_KEY) is not set"),
        (["synth.teacher=gemini", "synth.at_least=5000"], "synth.teacher asks", "synth.at_least asks for 5000"),
        ([*JUDGED, "judge.llm.model=other"], "judge.judge", "has no model 'other'; it has tiny\n  Set model in params"),
        (["train.device=cuda"], "device", "set train.device to cpu or auto"),
        (
            ["split.general.url=http://127.0.0.1:9/x", f"split.general.sha256={'0' * 64}"],
            "split",
            "refused\nCheck the network, or set split.general.url to nothing",
        ),
        (
            ["extract.source=wikipedia", "extract.endpoint=http://127.0.0.1:9/", "extract.contact=a@b"],
            "extract",
            "Check the network and extract.endpoint, or set extract.source to bundled",
        ),
    ],
)
def test_what_cannot_work_says_what_to_set(
    project: Path,
    root: Path,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
    changes: list[str],
    what: str,
    message: str,
) -> None:
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    (project / "data/titles").symlink_to(root / "data/titles")
    (project / "data/weights").mkdir(parents=True)
    verdict, text = verdicts(*changes)[what]
    assert verdict == "FAILS"
    assert message in text
    assert server.prompts == []


def test_a_model_that_memory_cannot_hold(project: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against hours that end in a process that the system kills."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8e9))
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    large = ["base.source=huggingface", "base.model=gpt2-medium", "train.device=cpu"]
    found = verdicts(*large)
    assert found["base"] == ("ok", f"{hub.url} answers")
    assert found["memory"] == (
        "FAILS",
        "about 9.9 GB to train 354,823,168 parameters; 8.0 GB are free;\n"
        "set base.model to a smaller one, or close other programs",
    )
    assert verdicts(large[0])["memory"][0] == "ok"


@pytest.mark.parametrize(("model", "count"), [("gpt2", 124_439_808), ("gpt2-xl", 1_557_611_200)])
def test_the_published_sizes(project: Path, model: str, count: int) -> None:
    assert parameter_count({"source": "huggingface", "model": model}) == count


def test_time_follows_rows_tokens_and_the_model(project: Path) -> None:
    """Guards against a figure that forgets a factor: by hand, for GPT-2 124M."""
    sections = changed_sections(["base.source=huggingface", "split.full=1000", "split.small=500", "train.epochs=2"])
    taken = seconds(sections, measure(sections), "bfloat16")
    assert taken["train-full"] == pytest.approx(800 * 2 * 100 / 425)
    assert taken["train-small"] == pytest.approx(400 * 2 * 100 / 425)
    assert taken["infer"] == pytest.approx(3 * 100 * 256 / 173)
    assert taken["base"] == 0


def test_requests_are_counted_as_the_stages_send_them(project: Path) -> None:
    """Guards against an estimate of another experiment: 10 pages, 8 examples each, 10 test rows."""
    changes = ["extract.at_most=10", "split.full=100", "split.small=50", "synth.at_least=1"]

    def counted(*more: str) -> list[int]:
        sections = changed_sections([*changes, *more])
        sizes = measure(sections)
        return [len(asked(stage, sections, sizes)) for stage in ("synth", "curate", "judge")]

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
