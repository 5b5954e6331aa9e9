"""`kill -9` and Ctrl+C, of DVC and of the stages that it runs, then `dvc repro`."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pipeline.conftest import Workspace
from tests.pipeline.faults import Running, forget_runs, heed_interrupts
from tests.pipeline.test_dag import EXPECTED, STAGES

EPOCHS = {"base": 6, "train": 12}
INTERRUPTED = "error: interrupted; `dvc repro` continues after the last finished stage\n"


@pytest.mark.parametrize(
    ("stage", "section", "outputs", "stop"),
    [
        ("base", "base", ["data/checkpoints/base/model.safetensors", "reports/metrics/base.json"], Running.kill),
        pytest.param(
            "train-small",
            "train",
            ["data/checkpoints/small/model.safetensors", "reports/curves/small.csv"],
            Running.interrupt,
            marks=pytest.mark.slow,
        ),
    ],
)
def test_training_goes_on_after_it_was_stopped(
    workspace: Workspace, stage: str, section: str, outputs: list[str], stop: Callable[[Running], None]
) -> None:
    """Guards against hours of training that are lost with the process, and against other weights than undisturbed."""
    settings = {"base": {"dropout": 0.1}, "train": {}}
    settings[section] |= {"epochs": EPOCHS[section], "snapshot_minutes": 0.0}
    workspace.set_params(settings)
    workspace.repro(stage)
    whole = [workspace.read(output) for output in outputs]
    workspace.set_params({section: {"epochs": EPOCHS[section] - 1}})
    workspace.repro(stage)  # so that the next run isn't a cached one
    assert workspace.read(outputs[0]) != whole[0]
    assert not list((workspace.cache / "snapshots").glob("*/step-*"))  # removed on success

    workspace.set_params(settings)
    forget_runs(workspace)
    running = Running(workspace, "dvc", "repro", stage)
    deadline = time.monotonic() + 120
    while len(list((workspace.cache / "snapshots").glob("*/step-*"))) < 2:
        assert time.monotonic() < deadline and running.process.poll() is None
        time.sleep(0.02)
    stop(running)
    status, said = running.ended()
    assert status != 0
    assert "Traceback" not in said
    assert (INTERRUPTED in said) == (stop is Running.interrupt)

    workspace.repro(stage)
    assert [workspace.read(output) for output in outputs] == whole
    assert not list((workspace.cache / "snapshots").glob("*/step-*"))


@pytest.mark.slow
@pytest.mark.parametrize("kill", [Running.kill, Running.kill_alone, Running.kill_children])
@pytest.mark.parametrize("stage", EXPECTED)
def test_a_kill_at_a_random_moment_of_any_stage(
    workspace: Workspace, snapshot: Callable[[], dict[str, bytes]], stage: str, kill: Callable[[Running], None]
) -> None:
    """Guards against half an output that passes for a whole one, a lock that outlives its holder, and a stage that
    outlives its DVC and writes beside the next one. KILL_SEED repeats the moments of an earlier run."""
    seed = os.environ.get("KILL_SEED", str(random.randrange(10**6)))
    print(f"KILL_SEED={seed}")  # noqa: T201
    moments = random.Random(f"{seed} {stage} {kill.__name__}")
    lock, data = workspace.read("dvc.lock"), snapshot()
    running = Running(workspace, "dvc", "repro", "--force", "--single-item", stage)
    running.wait_for("\n> ")
    time.sleep(moments.uniform(0, 4))
    kill(running)
    running.ended()
    forget_runs(workspace)
    mend_the_lock_file(workspace)
    workspace.repro()
    assert workspace.read("dvc.lock") == lock
    assert {name: content for name, content in snapshot().items() if not is_left_over(name)} == data
    assert workspace.run("git", "status", "--short") == ""


def mend_the_lock_file(workspace: Workspace) -> None:
    """As docs/troubleshooting.md says: DVC writes it in place, and a kill in that moment leaves a part of it."""
    command = ("dvc", "status")
    done = subprocess.run(
        command, cwd=workspace.folder, env=workspace.environment(), capture_output=True, text=True, check=False
    )
    if re.search(r"'\./dvc\.lock' (validation failed|is invalid)", done.stdout + done.stderr):
        workspace.run("git", "checkout", "dvc.lock")


def is_left_over(name: str) -> bool:
    """Of a file that a stage was writing when it was killed; Git doesn't see it, and no stage reads it."""
    return re.fullmatch(r"\..+\.tmp", Path(name).name) is not None


INPUTS = {
    "extract": "data/bundled/pages.jsonl",
    "synth": "data/pages.jsonl",
    "curate": "data/synthetic.jsonl",
    "split": "data/curated.jsonl",
    "base": "data/pages.jsonl",
    "train-full": "data/splits/full/train.jsonl",
    "train-small": "data/splits/small/train.jsonl",
    "infer": "data/splits/full/test.jsonl",
    "judge": "data/answers.jsonl",
    "plot": "data/curated.jsonl",
}


@pytest.mark.parametrize("stage", EXPECTED)
def test_ctrl_c_in_the_middle_of_any_stage(
    workspace: Workspace, snapshot: Callable[[], dict[str, bytes]], stage: str
) -> None:
    """Guards against a traceback, and half an output. The stage is stopped where it waits for more of its input."""
    pipe = workspace.folder / INPUTS[stage]
    pipe.unlink()
    before = snapshot()
    os.mkfifo(pipe)
    module = STAGES[stage]["cmd"].split("-m ")[1].split()
    process = subprocess.Popen(
        [sys.executable, "-m", *module],
        cwd=workspace.folder,
        env=workspace.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=heed_interrupts,
    )
    with os.fdopen(opened_with(pipe, process), "wb"):
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=120)
    pipe.unlink()
    assert (process.returncode, printed.splitlines()[-1:]) == (1, [INTERRUPTED.strip()])
    assert "Traceback" not in printed
    assert snapshot() == before


def opened_with(pipe: Path, process: "subprocess.Popen[str]") -> int:
    """The pipe's end for writing, once the process has opened the other; fails where it ends or never does."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):  # ENXIO: nobody reads yet
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        time.sleep(0.01)
    process.kill()
    pytest.fail(f"it never read {pipe.name}: {process.communicate()[0]}")
