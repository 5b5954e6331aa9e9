"""A run that is watched: real DVC shows a training that is under way or was killed, and the terminal how far it is."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import pexpect
import pytest

from tests.pipeline.conftest import Workspace
from tests.pipeline.faults import Running, descendants, forget_runs
from tests.pipeline.test_dag import EXPECTED

CURVE, METRICS = "reports/curves/small.csv", "reports/metrics/train_small.json"
OUTPUTS = [CURVE, METRICS, "data/checkpoints/small/model.safetensors"]


@pytest.fixture
def halted(workspace: Workspace) -> Iterator[Running]:
    """A training of `small` under `dvc repro`, halted after its third evaluation, so that there is time to look."""
    workspace.set_params({"train": {"epochs": 12, "evaluations": 24, "snapshot_minutes": 0.0}})
    running = Running(workspace, "dvc", "repro", "train-small")
    running.wait_for("Running stage 'train-small'")
    deadline = time.monotonic() + 120
    while not (workspace.folder / CURVE).exists() or workspace.read(CURVE).count(b"\n") < 4:
        assert time.monotonic() < deadline and running.process.poll() is None, running.log.read_text()
        time.sleep(0.005)
    for process in (running.process.pid, *descendants(running.process.pid)):
        os.kill(process, signal.SIGSTOP)
    yield running
    with suppress(ProcessLookupError):  # the test has killed it
        running.kill()


def test_dvc_shows_a_run_that_is_under_way_and_one_that_was_killed(workspace: Workspace, halted: Running) -> None:
    """Guards against hours of training of which nothing is seen until they end, and against another result of a run
    that was looked at, killed and continued."""
    assert halted.process.poll() is None
    seen = look(workspace)
    halted.kill()
    halted.ended()
    assert look(workspace) == seen
    curve = workspace.read(CURVE)

    workspace.repro("train-small")
    continued = [workspace.read(output) for output in OUTPUTS]
    assert continued[0].startswith(curve)
    forget_runs(workspace)
    workspace.repro("--force", "--single-item", "train-small")
    assert [workspace.read(output) for output in OUTPUTS] == continued


def look(workspace: Workspace) -> list[float]:
    """The validation losses so far, which DVC's commands must show; its extension for VS Code runs the same ones."""
    header, *points = [line.split(",") for line in workspace.read(CURVE).decode().splitlines()]
    losses = [float(point[header.index("val_loss")]) for point in points]
    assert len(losses) >= 3
    best = (min(losses[1:]), min(losses[1:-1]))  # the curve is written just before the metrics

    metrics = json.loads(workspace.run("dvc", "metrics", "show", "--json"))
    assert metrics[""]["data"][METRICS]["data"]["val_loss"] in best

    [run, *_] = json.loads(workspace.run("dvc", "exp", "show", "--json"))
    assert run["rev"] == "workspace"
    assert run["data"]["metrics"][METRICS]["data"]["val_loss"] in best

    [plot] = json.loads(workspace.run("dvc", "plots", "show", "--json"))["data"]["Validation loss, all tokens"]
    rows = plot["content"]["data"]["values"]
    assert [float(row["val_loss"]) for row in rows if row["filename"] == "small.csv"] == losses
    return losses


def test_a_terminal_shows_the_stage_of_how_many(workspace: Workspace) -> None:
    """Guards against a count that isn't DVC's order, and bars of which DVC swallows the place."""
    command = ["repro", "--force", "--single-item", "train-small"]
    terminal = pexpect.spawn(
        "dvc", command, cwd=str(workspace.folder), env=workspace.environment(), encoding="utf-8", timeout=120
    )
    terminal.expect(pexpect.EOF)
    number = EXPECTED.index("train-small") + 1
    assert f"{number}/10 train: 100%|" in terminal.before


def test_stages_run_in_the_order_in_which_they_are_counted(workspace: Workspace) -> None:
    printed = workspace.run("dvc", "repro", "--force", "--dry")
    assert tuple(re.findall(r"^Running stage '(.+)':", printed, re.M)) == EXPECTED
    assert "\x1b" not in printed
    assert "\r" not in printed
