"""The command `wikitune` as a whole: its help, its errors, its pipes, and what it loads."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tools.cli import make_parser, run_arguments

COMMANDS = [
    "check",
    "estimate",
    "sample",
    "why",
    "score",
    "label",
    "preferences",
    "compare",
    "verify",
    "publish",
    "export",
    "journal",
    "ask",
    "serve",
]
HEAVY = {
    "torch",
    "pandas",
    "matplotlib",
    "transformers",
    "tokenizers",
    "openai",
    "google",
    "pyarrow",
    "pydantic",
    "dvc",
}
LOADED = """
import sys
from tools.cli import main
try:
    main()
finally:
    print(*sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def wikitune(*arguments: str, command: tuple[str, ...] = ("-m", "tools.cli")) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *command, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_help_has_every_command_with_an_example() -> None:
    """Guards against a command that nobody finds, and an example that its own parser refuses."""
    done = wikitune("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^    (\w+)\b", done.stdout, re.M) == COMMANDS
    examples = [shlex.split(line) for line in re.findall(r"^ +wikitune (.+)$", done.stdout, re.M)]
    assert [example[0] for example in examples] == COMMANDS
    for example in examples[:-2]:  # the options of `ask` and `serve` are those of the model's own parsers
        assert callable(make_parser().parse_args(example).run)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command(command: str) -> None:
    done = wikitune(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: wikitune {command} ")


def test_the_help_loads_nothing_heavy() -> None:
    """Guards against seconds before a line of help."""
    done = wikitune("--help", command=("-c", LOADED))
    assert HEAVY & set(done.stderr.split()) == set()


@pytest.mark.parametrize("arguments", [["jurnal"], []])
def test_an_unknown_command_names_the_known_ones(arguments: list[str]) -> None:
    done = wikitune(*arguments)
    assert done.returncode == 2
    assert all(command in done.stderr for command in COMMANDS)
    assert "Traceback" not in done.stderr


def test_an_error_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = wikitune("sample", "3")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: params.yaml does not exist; if a stage writes it, run `dvc repro`, if params.yaml names it, correct "
        "the path\n"
    )


@pytest.mark.parametrize("arguments", ["journal", "--help", "check -S train.epochs=0"])
def test_a_pipe_that_closes_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str) -> None:
    """Guards against a traceback below `wikitune journal | head`."""
    monkeypatch.chdir(tmp_path)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "tools.cli", *arguments.split()],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", ["journal", "--help", "ask --help", "check -S train.epochs=0"])
def test_without_an_output_a_command_is_silent(tmp_path: Path, arguments: str) -> None:
    """Guards against a traceback below `wikitune journal >&-`, where Python has no standard output at all."""
    command = f'exec "{sys.executable}" -m tools.cli {arguments} >&-'
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, timeout=60)
    assert done.stderr == b""


@pytest.mark.parametrize(("change", "status"), [("train.epochs=2", 0), ("train.epochs=0", 1)])
def test_the_exit_status_says_whether_an_experiment_can_work(project: Path, change: str, status: int) -> None:
    assert run_arguments(["check", "-S", change]) == status


def test_asking_gets_its_own_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against options that are lost on the way to the model."""
    monkeypatch.chdir(tmp_path)
    done = wikitune("ask", "--checkpoint", "nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("error: nowhere")
