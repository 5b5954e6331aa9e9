"""`kill -9` of DVC and of the stage that it runs, then `dvc repro`."""

import os
import signal
import subprocess
import time

import pytest

from tests.pipeline.conftest import Workspace

EPOCHS = {"base": 6, "train": 12}


@pytest.mark.parametrize(
    ("stage", "section", "outputs"),
    [
        ("base", "base", ["data/checkpoints/base/model.safetensors", "reports/metrics/base.json"]),
        ("train-small", "train", ["data/checkpoints/small/model.safetensors", "reports/curves/small.csv"]),
    ],
)
def test_training_goes_on_after_a_kill(workspace: Workspace, stage: str, section: str, outputs: list[str]) -> None:
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
    for folder in (workspace.folder / ".dvc/cache").glob("*"):  # DVC remembers runs: make it run the stage again
        if folder.name == "runs":
            subprocess.run(["rm", "-r", folder], check=True)
    process = subprocess.Popen(
        ["dvc", "repro", stage],
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

    workspace.repro(stage)
    assert [workspace.read(output) for output in outputs] == whole
    assert not list((workspace.cache / "snapshots").glob("*/step-*"))
