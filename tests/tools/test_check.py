"""What `wikitune check` says about whole experiments."""

import re
from pathlib import Path

import pytest

from tests.stages.model_server import ModelServer
from tests.tools.conftest import JUDGED, verdicts
from tools.check import print_findings


def test_the_defaults_need_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_findings([], [])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ok     parameters  params.yaml"
    assert any(re.match(r"ok     memory      about [0-9.]+ GB to train 7,498,240 parameters; ", line) for line in lines)


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
        (["train.device=cuda"], "device", "train.device is cuda, but torch sees no GPU; use cpu or auto"),
        (["infer.device=cuda"], "device", "infer.device is cuda, but torch sees no GPU; use cpu or auto"),
        (["base.source=scratch", "base.device=cuda"], "device", "base.device is cuda, but torch sees no GPU"),
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


def test_an_experiment_that_cannot_work_is_told_from_one_that_can(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a script that goes on after a failed check; further lines of a text are below its first."""
    assert not print_findings([], ["train.epochs=0"])
    first, second = capsys.readouterr().out.splitlines()
    assert first == "FAILS  parameters  params.yaml has 1 problem(s):"
    assert second == f"{' ' * 21}train.epochs: Input should be greater than 0 (is 0)"
