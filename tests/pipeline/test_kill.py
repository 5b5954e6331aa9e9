"""`kill -9` of DVC and of the stage that it runs, then `dvc repro`."""

import os
import signal
import subprocess
import time

from tests.pipeline.conftest import Workspace

SETTINGS = {"train": {"epochs": 12, "snapshot_minutes": 0.0}, "base": {"dropout": 0.1}}
CHECKPOINT = "data/checkpoints/small/model.safetensors"


def test_training_goes_on_after_a_kill(workspace: Workspace) -> None:
    """Guards against hours of training that are lost with the process, and against other weights than undisturbed."""
    workspace.set_params(SETTINGS)
    workspace.repro("train-small")
    whole = workspace.read(CHECKPOINT), workspace.read("reports/curves/small.csv")
    workspace.set_params({"train": {"epochs": 11}})
    workspace.repro("train-small")  # so that the next run isn't a cached one
    assert workspace.read(CHECKPOINT) != whole[0]
    assert not list((workspace.cache / "snapshots").glob("*/step-*"))  # removed on success

    workspace.set_params(SETTINGS)
    for folder in (workspace.folder / ".dvc/cache").glob("*"):  # DVC remembers runs: make it run the stage again
        if folder.name == "runs":
            subprocess.run(["rm", "-r", folder], check=True)
    process = subprocess.Popen(
        ["dvc", "repro", "train-small"],
        cwd=workspace.folder,
        env=workspace.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while len(list((workspace.cache / "snapshots").glob("*/step-*"))) < 2:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    workspace.repro("train-small")
    assert (workspace.read(CHECKPOINT), workspace.read("reports/curves/small.csv")) == whole
    assert not list((workspace.cache / "snapshots").glob("*/step-*"))
