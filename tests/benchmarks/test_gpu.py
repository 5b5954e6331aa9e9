"""The benchmark for a GPU: all of it runs on a CPU with a tiny model."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
import torch

from benchmarks.gpu import long_lines, main, operations_per_token, short_lines
from benchmarks.gpu_checks import CHECKS
from benchmarks.gpu_rates import gpt2_scale, seeded_rows, training_rate
from model.training.data import TokenSequence

CPU = torch.device("cpu")
ALLOWED = ("torch", "tiktoken", "safetensors", "transformers")


def installed_with(names: tuple[str, ...]) -> set[str]:
    """The distributions, and what they need here."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        try:
            requirements = distribution(name).requires or []
        except PackageNotFoundError:  # needed on another platform
            continue
        if name not in found:
            found.add(name)
            waiting += [re.split(r"[^\w.-]", line)[0] for line in requirements if "extra" not in line]
    return found


def link_packages(names: set[str], folder: Path) -> None:
    """A folder with these packages alone."""
    for name in names:
        found = distribution(name)
        for part in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
            link = folder / part
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(part))))


def test_all_of_it_runs_with_four_packages(tmp_path: Path, root: Path) -> None:
    """Guards against a path that fails first where a GPU is rented by the minute, and an import that is missing
    there."""
    link_packages(installed_with(ALLOWED), tmp_path)
    command = [sys.executable, "-S", "-m", "benchmarks.gpu", "--device", "cpu", "--tiny"]
    ended = subprocess.run(
        command,
        cwd=root,
        env={"PYTHONPATH": str(tmp_path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "failed" not in ended.stdout
    assert len(re.findall(r"^holds  ", ended.stdout, re.M)) == len(CHECKS)
    assert len(re.findall(r"^train .* \d+\.\d\dx ", ended.stdout, re.M)) == 5
    assert len(re.findall(r"^decode .* \d+\.\d\dx ", ended.stdout, re.M)) == 2


@pytest.mark.skipif(torch.cuda.is_available(), reason="it would measure")
def test_without_a_gpu_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    main([])
    assert capsys.readouterr().out == f"torch {torch.__version__} sees no GPU here, so there is nothing to measure\n"


def test_what_is_left_out_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a run that exceeds its time, and lines that vanish."""
    main(["--device", "cpu", "--tiny", "--seconds", "0"])
    assert capsys.readouterr().out.count("left out after 0 seconds: ") == 9 + len(CHECKS)


def test_goals_are_those_of_the_table() -> None:
    scale = gpt2_scale(CPU)
    lines = [*short_lines(scale, seeded_rows(8, scale, seed=1)), *long_lines(scale)]
    goals = {line.name: line.goal for line in lines}
    assert goals == {
        "train 355M, batch 8, tokens/s": 32_000,
        "train 124M, batch 8, tokens/s": 70_000,
        "train 355M, batch 64, tokens/s": 100_000,
        "355M, 1,600 rows, 8 evaluations, s": 5,
        "decode 124M, 1 row, tokens/s": 1_300,
        "decode 124M, 32 rows, tokens/s": 35_000,
        "decode 124M, 256 rows, tokens/s": 150_000,
        "answer 200 rows, three of 355M, s": 10,
        "train 124M, 32 rows of 1024, tokens/s": 0.40,
        "train 355M, 16 rows of 1024, tokens/s": 0.42,
    }


@pytest.mark.parametrize("together", [1, 4])
def test_a_rate_counts_the_tokens_of_its_seconds(together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against losses that come four at a time and make the first steps of a burst look free. A step takes a
    second and has 12 tokens."""
    now = 0.0
    monkeypatch.setattr(time, "perf_counter", lambda: now)

    def losses() -> Iterator[float]:
        nonlocal now
        for step in range(16):
            if step % together == 0:
                now += together
            yield 1.0

    batches = [[TokenSequence((1,) * 4)] * 3] * 16
    assert training_rate(losses(), batches) == pytest.approx(12)
    now = 0.0
    with pytest.raises(ValueError, match="came all at once"):
        training_rate(iter([1.0] * 16), batches)


def test_operations_are_those_of_weights_and_causal_attention() -> None:
    """Guards against positions that are counted as if they were multiplied, and attention to later tokens."""
    weights = 124_439_808 - 1024 * 768
    assert operations_per_token(gpt2_scale(CPU), "124M") == 6 * weights + 6 * 12 * 768 * 1024


def test_lengths_are_about_those_of_instructions() -> None:
    lengths = [len(row.tokens) for row in seeded_rows(2000, gpt2_scale(CPU), seed=1)]
    assert sum(lengths) / len(lengths) == pytest.approx(57.4, abs=0.5)
    assert (min(lengths), max(lengths)) == (42, 108)
