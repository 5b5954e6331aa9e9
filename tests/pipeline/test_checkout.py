"""What a user gets who checks the project out, before anything is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def make_ready(folder: Path, *options: str) -> str:
    done = subprocess.run(
        ["make", "--no-print-directory", "ready", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    return done.stdout


@pytest.mark.parametrize("autocrlf", ["true", "input", "false"])
def test_a_checkout_has_line_feeds_whatever_git_is_told(root: Path, tmp_path: Path, autocrlf: str) -> None:
    """Guards against Windows line ends, with which DVC's hashes differ and profiles break."""
    command = ["git", "-c", f"core.autocrlf={autocrlf}", "clone", "--quiet", "--no-hardlinks", str(root), "clone"]
    subprocess.run(command, cwd=tmp_path, check=True)
    clone = tmp_path / "clone"
    status = ["git", "-c", f"core.autocrlf={autocrlf}", "status", "--short"]
    assert subprocess.run(status, cwd=clone, capture_output=True, check=True).stdout == b""
    binary = {".png", ".safetensors", ".xz"}
    files = [path for path in clone.rglob("*") if path.is_file() and ".git" not in path.parts]
    texts = [path for path in files if path.suffix not in binary]
    assert not [path for path in texts if b"\r\n" in path.read_bytes()]


def test_a_folder_without_git_says_what_to_do_before_it_installs(root: Path, tmp_path: Path) -> None:
    """Guards against minutes of installing that end in an error of DVC: a ZIP from a web page has no `.git`."""
    shutil.copy(root / "Makefile", tmp_path)
    said = make_ready(tmp_path, f"PYTHON={sys.executable}")
    assert said.startswith("error: this folder is no Git repository, and DVC needs one. Clone the project")
    assert not (tmp_path / ".venv").exists()


def test_another_python_is_named_before_it_installs(root: Path, tmp_path: Path) -> None:
    """Guards against pins that a Python doesn't know, which pip reports as a missing package."""
    shutil.copy(root / "Makefile", tmp_path)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    other = tmp_path / "python"
    other.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n', encoding="utf-8")
    other.chmod(0o755)
    said = make_ready(tmp_path, f"PYTHON={other}")
    assert said.startswith(f"error: Python 3.9.2 at {other}; wikitune runs on Python 3.11.\n  Name one: make PYTHON=")
