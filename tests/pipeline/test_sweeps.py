"""Queued experiments under real DVC: each runs in a workspace of its own."""

import re
import time

import pytest

from tests.pipeline.conftest import Workspace

AFTER_TRAINING = ["train-full", "train-small", "infer", "judge", "plot"]
SECONDS = 1000


def wait_for_the_queue(workspace: Workspace) -> str:
    """What `dvc queue status` says when nothing is left to run."""
    deadline = time.monotonic() + SECONDS
    while re.search("Queued|Running", status := workspace.run("dvc", "queue", "status")):
        assert time.monotonic() < deadline, status
        if " 0 active, 0 idle" in status:  # it stops one that is slow to answer, on a busy machine
            workspace.run("dvc", "queue", "start", "--jobs", "2")
        time.sleep(2)
    return status


@pytest.mark.slow
def test_a_sweep_beside_a_failure_leaves_the_workspace_alone(workspace: Workspace) -> None:
    """Guards against experiments that collide in a cache, rebuild too much, or take one another along."""
    before = workspace.run("git", "status", "--short")
    queue = ("dvc", "exp", "run", "--queue")
    workspace.run(*queue, "--set-param", "train.learning_rate=1e-3,1e-2", "--set-param", "train.seed=1,2")
    workspace.run(*queue, "--set-param", "train.learning_rate=-1", "--name", "bad")
    workspace.run("dvc", "queue", "start", "--jobs", "2")
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
    printed = workspace.run("python", "-m", "stages.compare")
    values = re.findall(r"^ *(\S+) +2 +full", printed, re.M)
    assert [float(value) for value in values] == [1e-3, 1e-2]
    assert (workspace.folder / "reports/compare/train.learning_rate.svg").is_file()
