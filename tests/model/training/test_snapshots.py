"""Snapshots: real kills, damaged files, and two processes at once."""

import copy
import logging
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model.core.gpt2 import GPT2
from model.training.data import TokenSequence
from model.training.parallel import Ranks
from model.training.snapshots import KEPT, Snapshots, fingerprint, kept_file, read_snapshot
from tests.disks import largest_file
from tests.model.training.tiny_data import CONFIG, ROWS


def start(out: Path, cache: Path | None, root: Path, layout: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.model.training.train_tiny", str(out), *([str(cache)] if cache else [])]
    environment = os.environ | {"DROPOUT": "0.1", "LAYOUT": layout}
    return subprocess.Popen(command, cwd=root, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("layout", ["packed", "padded"])
def test_killed_runs_continue_to_the_same_weights(tmp_path: Path, root: Path, layout: str) -> None:
    """Guards against an order, a dropout mask, an optimizer state, a kept state or losses not yet read that a restart
    loses. The bytes must be the same."""
    assert start(tmp_path / "whole", None, root, layout).wait() == 0
    moments = random.Random(4)
    kills = 0
    for _ in range(12):
        process = start(tmp_path / "killed", tmp_path / "cache", root, layout)
        deadline = time.monotonic() + 120
        before = len(list((tmp_path / "cache").glob("step-*")))
        while before == 0 and not list((tmp_path / "cache").glob("step-*")) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(moments.uniform(0.0, 0.4) + (1.5 if before else 0.0))  # importing torch takes a while
        if process.poll() is not None:
            break
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        if kills == 3:
            break
    assert kills >= 1
    assert start(tmp_path / "killed", tmp_path / "cache", root, layout).wait() == 0
    assert (tmp_path / "killed").read_bytes() == (tmp_path / "whole").read_bytes()
    assert (tmp_path / "killed.json").read_text() == (tmp_path / "whole.json").read_text()


def saved(folder: Path, steps: int) -> Snapshots:
    snapshots = Snapshots(folder, minutes=0.0)
    for step in range(1, steps + 1):
        snapshots.save(step, {"weights/w": torch.full((3,), float(step))}, {"step": step})
    return snapshots


def test_the_newest_two_are_kept_and_the_newest_is_read(tmp_path: Path) -> None:
    snapshots = saved(tmp_path / "run", 5)
    assert len(list((tmp_path / "run").iterdir())) == KEPT
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700  # the owner's alone
    found = snapshots.latest()
    assert found is not None
    tensors, state = found
    assert (tensors["weights/w"].tolist(), state) == ([5.0, 5.0, 5.0], {"step": 5})
    with pytest.raises(KeyboardInterrupt), snapshots.until_done():
        raise KeyboardInterrupt
    assert snapshots.latest() is not None
    with snapshots.until_done():
        pass
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_snapshot_is_set_aside(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against continuing from half a file, or from one with a changed byte, which safetensors doesn't notice."""
    snapshots = saved(tmp_path / "run", 2)
    newest = max((tmp_path / "run").iterdir())
    content = newest.read_bytes()
    newest.write_bytes({"cut": content[:-4], "changed": content[:-1] + b"?", "empty": b""}[damage])
    with caplog.at_level(logging.WARNING):
        found = snapshots.latest()
    assert found is not None and found[1] == {"step": 1}
    assert "is damaged (its contents have changed)" in caplog.text
    assert newest.with_suffix(".damaged").exists()


def test_a_snapshot_without_room_is_logged_and_training_continues(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against hours of training lost because a disk is full, and half a snapshot that keeps it full."""
    snapshots = saved(tmp_path / "run", 1)
    with caplog.at_level(logging.WARNING), largest_file(4096):
        snapshots.save(2, {"weights/w": torch.full((5000,), 2.0)}, {"step": 2})
    assert f"no snapshot of step 2 in {tmp_path / 'run'}: " in caplog.text and "File too large" in caplog.text
    found = snapshots.latest()
    assert found is not None and found[1] == {"step": 1}
    assert len(list((tmp_path / "run").iterdir())) == 1


def test_a_second_process_leaves_the_snapshots_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against two equal experiments overwriting each other's snapshots."""
    first, second = saved(tmp_path / "run", 1), Snapshots(tmp_path / "run", minutes=0.0)
    with first.until_done():
        with second.until_done():
            assert first.due() and not second.due()
            assert second.latest() is None
        assert first.latest() is not None
    assert "another process is training the same model" in caplog.text


def test_runs_that_could_differ_have_fingerprints_that_differ(tiny: GPT2) -> None:
    """Guards against a run that continues from the snapshot of another one."""
    fingerprints = [fingerprint(tiny, ROWS[:3], ROWS[3:], CONFIG, Ranks())]
    assert fingerprint(copy.deepcopy(tiny), list(ROWS[:3]), ROWS[3:], replace(CONFIG), Ranks()) == fingerprints[0]
    moved = TokenSequence(ROWS[2].tokens, response_start=ROWS[2].response_start + 1)
    for training, validation, config, ranks in (
        (ROWS[:2], ROWS[3:], CONFIG, Ranks()),
        ([ROWS[1], ROWS[0], ROWS[2]], ROWS[3:], CONFIG, Ranks()),
        ([*ROWS[:2], moved], ROWS[3:], CONFIG, Ranks()),
        (ROWS[:3], ROWS[4:], CONFIG, Ranks()),
        (ROWS[:3], ROWS[3:], replace(CONFIG, seed=2), Ranks()),
        (ROWS[:3], ROWS[3:], CONFIG, Ranks(0, world=2)),
    ):
        fingerprints.append(fingerprint(tiny, training, validation, config, ranks))
    with_dropout = GPT2(replace(tiny.config, dropout=0.1))
    with_dropout.load_state_dict(tiny.state_dict())
    fingerprints.append(fingerprint(with_dropout, ROWS[:3], ROWS[3:], CONFIG, Ranks()))
    with torch.no_grad():
        tiny.ln_f.bias[0] += 1e-6
    fingerprints.append(fingerprint(tiny, ROWS[:3], ROWS[3:], CONFIG, Ranks()))
    assert len(set(fingerprints)) == len(fingerprints) == 9


def test_snapshots_of_evaluations_stay(tmp_path: Path) -> None:
    """Guards against snapshots that go with the run, though they were to be kept, and others that stay with them."""
    snapshots = Snapshots(tmp_path / "run", minutes=60.0, kept=tmp_path / "kept")
    assert snapshots.due(evaluated=True) and not snapshots.due()
    with snapshots.until_done():
        for step in (1, 2, 3, 4):
            snapshots.save(step, {"weights/w": torch.full((3,), float(step))}, {"step": step}, evaluated=step != 2)
    assert not (tmp_path / "run").exists()
    assert sorted(file.name for file in (tmp_path / "kept").iterdir()) == [
        f"step-00000000{step}.safetensors" for step in (1, 3, 4)
    ]
    tensors, state = read_snapshot(kept_file(tmp_path / "kept", 3))
    assert (tensors["weights/w"].tolist(), state) == ([3.0, 3.0, 3.0], {"step": 3})
    assert not Snapshots(tmp_path / "run", minutes=60.0).due(evaluated=True)
