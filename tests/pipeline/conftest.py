"""A copy of the project in a folder of its own, with settings so small that real DVC runs it in seconds."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

SMALL: dict[str, dict[str, Any]] = {
    "extract": {"at_most": 12},
    "synth": {"at_least": 20},
    "split": {"small": 20, "general.at_most": 40, "synthetic.at_most": 40},
    "base": {
        "source": "scratch",
        "vocab_size": 400,
        "n_embd": 16,
        "n_layer": 1,
        "n_head": 2,
        "sequence_length": 64,
        "epochs": 1,
    },
    "train": {"batch_size": 2, "learning_rate": 2e-3, "evaluations": 2},
    "infer": {"max_new_tokens": 8},
    "judge": {"resamples": 100},
}


class Workspace:
    """A folder with the project in it, where commands run as a user would run them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = folder.parent / "cache"

    def run(self, *command: str, fails: bool = False) -> str:
        """The output of a command, standard error included; asserts that it succeeds, or `fails`."""
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False, timeout=1200
        )
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, output
        return output

    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        git = {
            f"GIT_{role}_{what}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        own = {"PATH": path, "DVC_NO_ANALYTICS": "1", "COLUMNS": "200", "WIKITUNE_CACHE": str(self.cache)}
        return os.environ | git | own

    def repro(self, *options: str, fails: bool = False) -> tuple[list[str], str]:
        """The stages that `dvc repro` ran, and all it printed."""
        output = self.run("dvc", "repro", *options, fails=fails)
        return re.findall(r"^Running stage '(.+)':", output, re.M), output

    def set_params(self, changes: dict[str, dict[str, Any]]) -> None:
        """Sets values by section and dotted key, in params.yaml as it stands."""
        yaml = YAML()
        params = yaml.load(self.folder / "params.yaml")
        for section, values in changes.items():
            for key, value in values.items():
                *outer, last = key.split(".")
                target = params[section]
                for name in outer:
                    target = target[name]
                target[last] = value
        yaml.dump(params, self.folder / "params.yaml")

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()


def copy_project(root: Path, folder: Path) -> Workspace:
    """The project's files as they are in the working tree, without outputs, in a Git repository of their own."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        written = name == "dvc.lock" or (name.startswith("reports/") and not name.endswith(("/README.md", "/dvc.yaml")))
        if (root / name).is_file() and not written:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, folder / name)
    workspace = Workspace(folder)
    workspace.run("git", "init", "--quiet", "--initial-branch=main")
    return workspace


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Workspace:
    """The project after one `dvc repro` with small settings; tests that change it take a copy."""
    workspace = copy_project(root, tmp_path_factory.mktemp("workspace") / "wikitune")
    workspace.set_params(SMALL)
    workspace.repro()
    workspace.run("git", "add", "--all")
    workspace.run("git", "commit", "--quiet", "--message", "Run the pipeline")
    return workspace


@pytest.fixture
def workspace(finished: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the finished project, with its cache."""
    shutil.copytree(finished.folder, tmp_path / "wikitune", symlinks=True)
    return Workspace(tmp_path / "wikitune")


@pytest.fixture
def snapshot(workspace: Workspace) -> Callable[[], dict[str, bytes]]:
    """The stage outputs as they are now, by path."""

    def take() -> dict[str, bytes]:
        data = workspace.folder / "data"
        return {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}

    return take
