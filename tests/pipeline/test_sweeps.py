"""Queued experiments under real DVC: each runs in a workspace of its own."""

import re
import subprocess
import time
from contextlib import suppress

import psutil
import pytest

from tests.pipeline.conftest import Workspace

AFTER_TRAINING = ["train-full", "train-small", "infer", "judge", "plot"]
SECONDS = 1000


def start_the_queue(workspace: Workspace) -> None:
    """Without a pipe to read: its workers would hold it open as long as they live."""
    subprocess.run(
        ["dvc", "queue", "start", "--jobs", "2"],
        cwd=workspace.folder,
        env=workspace.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )


def wait_for_the_queue(workspace: Workspace) -> str:
    """What `dvc queue status` says when nothing is left to run."""
    deadline = time.monotonic() + SECONDS
    while re.search("Queued|Running", status := workspace.run("dvc", "queue", "status")):
        assert time.monotonic() < deadline, status
        if " 0 active, 0 idle" in status:  # it stops one that is slow to answer, on a busy machine
            start_the_queue(workspace)
        time.sleep(2)
    return status


@pytest.mark.slow
def test_a_sweep_beside_a_failure_leaves_the_workspace_alone(workspace: Workspace) -> None:
    """Guards against experiments that collide in a cache, rebuild too much, or take one another along."""
    before = workspace.run("git", "status", "--short")
    queue = ("dvc", "exp", "run", "--queue")
    workspace.run(*queue, "--set-param", "train.learning_rate=1e-3,1e-2", "--set-param", "train.seed=1,2")
    workspace.run(*queue, "--set-param", "train.learning_rate=-1", "--name", "bad")
    start_the_queue(workspace)
    status = wait_for_the_queue(workspace)
    assert (status.count("Success"), status.count("Failed")) == (4, 1)
    why = workspace.run("dvc", "queue", "logs", "bad")
    assert "train.learning_rate: Input should be greater than 0 (is -1" in why

    assert workspace.run("git", "status", "--short") == before
    assert workspace.repro()[0] == []
    names = re.findall(r"refs/exps/\w+/\w+/(\S+)", workspace.run("git", "for-each-ref", "refs/exps"))
    assert len(names) == 4
    for name in names:
        log = workspace.run("dvc", "queue", "logs", name)
        assert re.findall(r"^Running stage '(.+)':", log, re.M) == AFTER_TRAINING
        assert "this one waits" not in log
    printed = workspace.run("python", "-m", "tools.cli", "compare")
    values = re.findall(r"^ *(\S+) +2 +full", printed, re.M)
    assert [float(value) for value in values] == [1e-3, 1e-2]
    assert (workspace.folder / "reports/compare/train.learning_rate.svg").is_file()


@pytest.mark.slow
def test_a_killed_experiment_leaves_the_others_alone(workspace: Workspace) -> None:
    """Guards against a queue that stops with one experiment, one that fails without a reason, and a changed
    workspace."""
    before = workspace.run("git", "status", "--short")
    workspace.run("dvc", "exp", "run", "--queue", "--set-param", "train.epochs=5000", "--name", "killed")
    workspace.run("dvc", "exp", "run", "--queue", "--set-param", "train.seed=2", "--name", "other")
    start_the_queue(workspace)
    training_of(workspace, "killed").kill()
    status = wait_for_the_queue(workspace)
    assert re.search(r"killed .*Failed", status) and re.search(r"other .*Success", status), status
    assert "failed to run: python -m stages.train full, exited with -9" in workspace.run(
        "dvc", "queue", "logs", "killed"
    )
    assert workspace.run("git", "status", "--short") == before
    assert workspace.repro()[0] == []


def training_of(workspace: Workspace, experiment: str) -> psutil.Process:
    """The process that trains in an experiment of this workspace, once there is one."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                own = process.environ()
                here = own.get("DVC_ROOT") == str(workspace.folder) and own.get("DVC_EXP_NAME") == experiment
                if here and process.cmdline()[1:] == ["-m", "stages.train", "full"]:
                    return process
        time.sleep(0.5)
    raise AssertionError(f"{experiment} never trained: {workspace.run('dvc', 'queue', 'status')}")
