"""From the train section of params.yaml to a training configuration."""

import json
import logging
import os
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
import torch

from model.training.optimization import best_precision
from model.training.progress import CurvePoint, TrainingResult
from stages.common.errors import StageError
from stages.common.params import load_params
from stages.train import Params, show_result, tuning_config, write_result

CPU = torch.device("cpu")


@pytest.fixture
def params(project: object) -> Params:
    return load_params("train", Params)


def test_every_parameter_reaches_the_loop(params: Params) -> None:
    """Guards against a parameter of params.yaml that changes nothing."""
    changed = params.model_copy(
        update={
            "micro_batch_size": 3,
            "patience": 2,
            "lora_rank": 4,
            "neftune": 5.0,
            "compile": True,
            "precision": "bfloat16",
        }
    )
    config = tuning_config(changed, CPU)
    assert (config.micro_batch_size, config.patience, config.lora_rank) == (3, 2, 4)
    assert (config.neftune, config.compile, config.precision) == (5.0, True, "bfloat16")
    assert config.learning_rate == params.learning_rate


def test_the_defaults_leave_options_out(params: Params) -> None:
    config = tuning_config(params, CPU)
    assert (config.micro_batch_size, config.patience, config.lora_rank) == (None, None, None)
    assert (config.neftune, config.precision, config.compile) == (0.0, "float32", "auto")


@pytest.mark.parametrize(("written", "read"), [("auto", "auto"), ("true", True), ("false", False)])
def test_compile_takes_three_values(project: Path, written: str, read: object) -> None:
    """Guards against the word true, or a truth value for auto."""
    text = Path("params.yaml").read_text(encoding="utf-8")
    Path("params.yaml").write_text(text.replace("compile: auto", f"compile: {written}"), encoding="utf-8")
    assert load_params("train", Params).compile is read


def test_another_word_for_compile_is_an_error(project: Path) -> None:
    text = Path("params.yaml").read_text(encoding="utf-8")
    Path("params.yaml").write_text(text.replace("compile: auto", "compile: sometimes"), encoding="utf-8")
    with pytest.raises(StageError, match=r"train\.compile: Input should be .auto., True or False \(is .sometimes.\)"):
        load_params("train", Params)


def test_auto_takes_the_faster_precision(params: Params) -> None:
    """Guards against bfloat16 on a processor that has to imitate it."""
    config = tuning_config(params.model_copy(update={"precision": "auto"}), CPU)
    assert f"torch.{config.precision}" == str(best_precision(CPU))


def run_with_launcher(root: Path, launcher: str, **environment: str) -> subprocess.CompletedProcess[str]:
    text = Path("params.yaml").read_text(encoding="utf-8")
    Path("params.yaml").write_text(re.sub("launcher: python", f"launcher: {launcher}", text), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "stages.train", "full"],
        env=os.environ | {"PYTHONPATH": str(root)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_launcher_starts_the_stage_without_a_shell(project: Path, root: Path) -> None:
    """Guards against a parameter that a shell would run, and against words that are torn apart."""
    Path("launcher").write_text('#!/bin/sh\nprintf "%s\\n" "$WIKITUNE_LAUNCHED" "$@"\n', encoding="utf-8")
    Path("launcher").chmod(0o755)
    done = run_with_launcher(root, "./launcher --name='two words' ; touch made")
    assert done.stdout.splitlines() == ["1", "--name=two words", ";", "touch", "made", "-m", "stages.train", "full"]
    assert not Path("made").exists()


@pytest.mark.parametrize("variable", ["RANK", "WIKITUNE_LAUNCHED"])
def test_what_was_launched_launches_nothing(project: Path, root: Path, variable: str) -> None:
    """Guards against processes of torchrun that start torchrun again, without end."""
    done = run_with_launcher(root, "./none", **{variable: "0"})
    assert "data/splits/full/train.jsonl does not exist" in done.stderr


@pytest.mark.parametrize(
    ("launcher", "why"), [("./none", "No such file or directory"), ("'\"'", "No closing quotation")]
)
def test_a_launcher_that_cannot_start_is_named(project: Path, root: Path, launcher: str, why: str) -> None:
    done = run_with_launcher(root, launcher)
    assert done.returncode == 1
    assert "train.launcher is " in done.stderr
    assert f"which cannot be started: {why}" in done.stderr
    assert "Traceback" not in done.stderr


POINTS = (
    CurvePoint(0, 0.0, 0, 0.0, None, 5.0, 4.0),
    CurvePoint(3, 0.5, 60, 1e-3, 4.0, 3.0, 2.5),
    CurvePoint(6, 1.0, 110, 1e-4, 2.5, 3.5, 2.0),
)


def test_a_result_so_far_has_the_form_of_a_final_one(project: Path) -> None:
    """Guards against a reader that must know whether a run has ended."""
    sent: list[object] = []
    for reached in (1, 3):
        result = TrainingResult(POINTS[:reached], POINTS[reached // 2], POINTS[reached - 1].step, 110)
        show_result("small", sent.append, {"train_examples": 4}, result)
        curve = Path("reports/curves/small.csv").read_text(encoding="utf-8").splitlines()
        assert curve[0] == "step,epoch,tokens,learning_rate,train_loss,val_loss,val_response_loss"
        assert (
            curve[1:]
            == ["0,0.0,0,0.0,,5.0,4.0", "3,0.5,60,0.001,4.0,3.0,2.5", "6,1.0,110,0.0001,2.5,3.5,2.0"][:reached]
        )
        metrics = json.loads(Path("reports/metrics/train_small.json").read_text(encoding="utf-8"))
        assert next(iter(metrics)) == "train_examples"
        assert (metrics["val_loss"], metrics["kept_step"]) == [(5.0, 0), (3.0, 3)][reached // 2]
        assert sent[-1] == [asdict(point) for point in POINTS[:reached]]


def test_a_result_so_far_that_cannot_be_written_stops_no_training(
    project: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against hours of training that end with a disk that is full for a minute."""
    Path("reports").write_text("a file where a folder should be", encoding="utf-8")
    sent: list[object] = []
    result = TrainingResult(POINTS, POINTS[1], 6, 110)
    with caplog.at_level(logging.WARNING):
        show_result("small", sent.append, {}, result)
    assert "; the work goes on without that file" in caplog.text
    assert len(sent) == 1
    with pytest.raises(OSError, match="reports"):
        write_result("small", {}, result)  # the last one counts
