"""Two processes under torchrun against one."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def test_two_processes_have_the_losses_of_one(tmp_path: Path, root: Path) -> None:
    """Guards against a mean over processes of means, rows that are trained on twice, and weights that drift apart."""
    script = ["-m", "tests.model.train_tiny"]
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    subprocess.run([sys.executable, *script, tmp_path / "one"], cwd=root, check=True)
    subprocess.run(
        [sys.executable, *torchrun, *script, tmp_path / "two"], cwd=root, check=True, capture_output=True, timeout=120
    )
    one, two = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("one", "two"))
    assert len(one) == len(two) >= 5
    assert two == pytest.approx(one, abs=2e-4)
