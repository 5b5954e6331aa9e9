"""Disks, files and clocks that fail: a clear message, and a state from which `dvc repro` goes on."""

import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.disks import enlarge, read_only, small_disk
from tests.pipeline.conftest import Workspace
from tests.pipeline.faults import forget_runs
from tests.pipeline.test_dag import EXPECTED, STAGES

HEAVY = {"base", "train-full", "train-small", "infer"}  # which take seconds even with small settings
EVERY = [pytest.param(stage, marks=[pytest.mark.slow] if stage in HEAVY else []) for stage in EXPECTED]


@pytest.mark.parametrize("stage", EVERY)
def test_a_full_disk_is_told_by_any_stage(workspace: Workspace, tmp_path: Path, stage: str) -> None:
    """Guards against a traceback, a message without the file, and half an output."""
    disk = tmp_path / "disk"
    with small_disk(disk, "64m"):
        full = Workspace(Path(shutil.copytree(workspace.folder, disk / "wikitune", symlinks=True)))
        full.cache = workspace.cache
        with (disk / "rest").open("wb", buffering=0) as rest, suppress(OSError):
            while True:
                rest.write(bytes(4096))
        before = full.read("dvc.lock")
        said = full.run(*STAGES[stage]["cmd"].split(), fails=True)
        last = said.splitlines()[-1]
        assert last.startswith(("error: data/", "error: reports/"))
        assert "No space left on device" in last and "make room" in last
        assert "Traceback" not in said
        assert full.read("dvc.lock") == before
        assert not [*disk.glob("wikitune/data/**/.*.tmp"), *disk.glob("wikitune/reports/**/.*.tmp")]


def test_a_full_disk_stops_the_run_and_room_lets_it_go_on(workspace: Workspace) -> None:
    """Guards against an output that is cut off, and a state that only a new clone mends."""
    lock = workspace.read("dvc.lock")
    for old in (workspace.folder / "data/splits").glob("*/*.jsonl"):
        old.unlink()
    forget_runs(workspace)
    with small_disk(workspace.folder / "data/splits", "16k"):
        _, said = workspace.repro("--force", "--single-item", "split", fails=True)
        wanted = "error: data/splits/full/train.jsonl: No space left on device; make room on its disk, then run `dvc"
        assert wanted in said
        assert "Traceback" not in said
        enlarge(workspace.folder / "data/splits", "10m")
        workspace.repro()
        assert workspace.read("dvc.lock") == lock


def test_a_read_only_workspace_is_told(workspace: Workspace) -> None:
    """Guards against a traceback where nothing can be written."""
    lock = workspace.read("dvc.lock")
    with read_only(workspace.folder):
        said = workspace.run("python", "-m", "stages.extract", fails=True)
        wanted = r"error: data/\.pages\.jsonl\.\w+\.tmp: Read-only file system; its disk is read-only: mount it"
        assert re.search(wanted, said)
        assert "Traceback" not in said
        by_dvc = workspace.run("dvc", "repro", fails=True)
        assert "Read-only file system" in by_dvc
        assert "Traceback" not in by_dvc
    assert workspace.repro()[0] == []
    assert workspace.read("dvc.lock") == lock


@pytest.mark.slow
def test_a_truncated_checkpoint_is_told_and_put_right(workspace: Workspace) -> None:
    """Guards against a traceback from the reader of weights, and answers of a damaged model."""
    lock = workspace.read("dvc.lock")
    weights = workspace.folder / "data/checkpoints/small/model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[: len(whole) // 2])
    said = workspace.run("python", "-m", "stages.infer", fails=True)
    assert "data/checkpoints/small/model.safetensors is damaged: " in said
    assert "run `dvc repro`: it restores every file that is not as its stage wrote it" in said
    assert "Traceback" not in said
    workspace.repro()
    assert weights.read_bytes() == whole
    assert workspace.read("dvc.lock") == lock


@pytest.mark.slow
def test_numbers_that_are_none_are_told_and_made_anew(workspace: Workspace) -> None:
    """Guards against a report that draws NaN, and one that stops with a traceback."""
    lock = workspace.read("dvc.lock")
    metrics, curve = (workspace.folder / f"reports/{name}" for name in ("metrics/judge.json", "curves/full.csv"))
    metrics.write_text(metrics.read_text().replace("0", "NaN", 1))
    said = workspace.run("python", "-m", "stages.plot", fails=True)
    assert "error: reports/metrics/judge.json holds NaN, which is not JSON; run `dvc repro`" in said
    workspace.repro("judge")
    lines = curve.read_text().splitlines()
    curve.write_text("\n".join([*lines[:2], "1,nan,1,1,1,1,1"]))
    said = workspace.run("python", "-m", "stages.plot", fails=True)
    assert "error: reports/curves/full.csv:3: epoch: must be a finite number (is nan); run `dvc repro`" in said
    assert "Traceback" not in said
    workspace.repro()
    assert workspace.read("dvc.lock") == lock


def cached(workspace: Workspace, path: str) -> Path:
    """Where DVC's cache keeps that output."""
    lock = YAML(typ="safe").load(workspace.read("dvc.lock"))
    digest: str
    (digest,) = {out["md5"] for stage in lock["stages"].values() for out in stage["outs"] if out["path"] == path}
    return workspace.folder / ".dvc/cache/files/md5" / digest[:2] / digest[2:]


@pytest.mark.slow
def test_a_damaged_object_in_the_cache_is_made_anew(workspace: Workspace) -> None:
    """Guards against advice in docs/architecture.md that doesn't help: DVC trusts objects that nobody may write, and
    reads those again that somebody may."""
    lock, path = workspace.read("dvc.lock"), "data/synthetic.jsonl"
    damaged, whole = cached(workspace, path), workspace.read(path)
    damaged.chmod(0o644)
    damaged.write_bytes(whole[:100] + b"X" + whole[101:])
    damaged.chmod(0o444)  # as a failing disk leaves it
    (workspace.folder / path).unlink()
    workspace.run("dvc", "checkout")
    assert workspace.read(path) != whole
    workspace.run("chmod", "-R", "u+w", ".dvc/cache/files")
    (workspace.folder / path).unlink()
    ran, _ = workspace.repro()
    assert ran == ["synth"]
    assert workspace.read(path) == whole == damaged.read_bytes()
    assert workspace.read("dvc.lock") == lock


@pytest.mark.slow
@pytest.mark.parametrize("year", [1971, 2105])
def test_a_clock_that_jumps_changes_nothing(
    workspace: Workspace, snapshot: Callable[[], dict[str, bytes]], year: int
) -> None:
    """Guards against outputs that depend on when something was written, and stages that run for that alone."""
    lock, before = workspace.read("dvc.lock"), snapshot()
    seconds = (year - 1970) * 365 * 24 * 3600
    for path in workspace.folder.rglob("*"):
        if ".git" not in path.parts and ".dvc" not in path.parts:
            os.utime(path, (seconds, seconds))
    assert workspace.repro()[0] == []
    assert workspace.repro("--force", "--single-item", "split")[0] == ["split"]
    assert workspace.read("dvc.lock") == lock
    assert snapshot() == before
