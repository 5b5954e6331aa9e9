"""Several processes under torchrun, compared with one."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from model.training.parallel import Ranks
from tests.model.training.train_variants import VARIANTS


def test_ranks_share_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a row that two processes train on, or none."""
    assert [Ranks(rank, world=2).share("abcde") for rank in (0, 1)] == ["ace", "bd"]
    assert [Ranks(rank, world=2).writes for rank in (0, 1)] == [True, False]
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    tensor = torch.ones(2)
    with Ranks.from_environment() as alone:
        alone.sum_over_ranks([tensor])
    assert (alone, alone.share("abc"), tensor.tolist()) == (Ranks(0, 1), "abc", [1.0, 1.0])


def test_two_processes_have_the_losses_of_one(tmp_path: Path, root: Path) -> None:
    """Guards against a mean of the processes' means, rows that are trained on twice, and weights that drift apart."""
    script = ["-m", "tests.model.training.train_tiny"]
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run([sys.executable, *script, tmp_path / "one"], cwd=root, check=True)
    subprocess.run(
        [sys.executable, *torchrun, *script, tmp_path / "two"], cwd=root, check=True, capture_output=True, timeout=120
    )
    one, two = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "two"))
    assert len(one) == len(two) >= 5
    assert two == pytest.approx(one, abs=2e-4)


def run_variants(folder: Path, root: Path, processes: int, names: list[str]) -> list[dict[str, Any]]:
    """What each process found."""
    folder.mkdir()
    launcher = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"] if processes > 1 else []
    command = [sys.executable, *launcher, "-m", "tests.model.training.train_variants", str(folder), *names]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stderr
    return [json.loads((folder / f"{rank}.json").read_text()) for rank in range(processes)]


def compare_variants(tmp_path: Path, root: Path, processes: int, names: list[str]) -> None:
    """Several processes end in the same weights, with the losses and gradients of one."""
    (one,) = run_variants(tmp_path / "one", root, 1, names)
    several = run_variants(tmp_path / "several", root, processes, names)
    for name in names:
        near = 0.02 if "bfloat16" in name else 1e-5  # nats; bfloat16 rounds each process's part of a gradient
        assert len(one[name]["losses"]) >= 3
        for found in several:
            assert found[name]["losses"] == pytest.approx(one[name]["losses"], abs=near), name
            assert found[name]["gradients"] == pytest.approx(one[name]["gradients"], rel=near), name
            assert found[name]["weights"] == several[0][name]["weights"], name
    if "plain" in names:
        for found in [one, *several]:
            assert found["resumed"] == {"weights": found["plain"]["weights"]}


def test_three_processes_compute_what_one_does(tmp_path: Path, root: Path) -> None:
    """Guards against processes that wait for one that has no row, a gradient that is sent more or less than once a
    batch or is scaled by their number, a frozen weight that is waited for, and buckets whose order depends on where a
    run began: with three processes the order shows in the bytes."""
    compare_variants(tmp_path, root, 3, [name for name in VARIANTS if name != "compiled"])


@pytest.mark.slow
def test_two_processes_compute_with_a_compiled_model(tmp_path: Path, root: Path) -> None:
    """Guards against a compiler that doesn't see where a bucket ends. It compiles for each bucket, so this takes
    minutes. Needs a C++ compiler."""
    compare_variants(tmp_path, root, 2, ["compiled"])


def test_processes_notice_that_they_train_different_things(tmp_path: Path, root: Path) -> None:
    """Guards against gradients of two data sets in one sum, when one node trains full and another one small; and
    against a group that is not left, whose threads end some of the processes with an error after their work."""
    script = tmp_path / "agree.py"
    script.write_text(
        "from model.training.parallel import Ranks\n"
        "with Ranks.from_environment() as ranks:\n"
        "    same, different = ranks.agree_on('00ff'), ranks.agree_on(f'0{ranks.rank}')\n"
        f"open(f'{tmp_path}/{{ranks.rank}}', 'w').write(f'{{same}} {{different}}')\n"
    )
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = os.environ | {"PYTHONPATH": str(root)}
    subprocess.run([sys.executable, *torchrun, script], env=environment, check=True, capture_output=True, timeout=120)
    assert [(tmp_path / rank).read_text() for rank in ("0", "1")] == ["True False", "True False"]
    assert Ranks().agree_on("00")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
def test_two_nodes_have_the_losses_of_one(tmp_path: Path, root: Path) -> None:
    """Guards against processes that know their rank on their own node but not among all nodes. Two groups find each
    other over TCP, as on two machines."""
    script = ["-m", "tests.model.training.train_tiny"]
    meeting = ["--rdzv-id=1", "--rdzv-backend=c10d", f"--rdzv-endpoint=127.0.0.1:{free_port()}"]
    torchrun = ["-m", "torch.distributed.run", "--nnodes=2", "--nproc-per-node=1", *meeting]
    subprocess.run([sys.executable, *script, tmp_path / "one"], cwd=root, check=True)
    nodes = [subprocess.Popen([sys.executable, *torchrun, *script, tmp_path / "two"], cwd=root) for _ in range(2)]
    assert [node.wait(300) for node in nodes] == [0, 0]
    one, two = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "two"))
    assert len(one) == len(two) >= 5
    assert two == pytest.approx(one, abs=2e-4)
