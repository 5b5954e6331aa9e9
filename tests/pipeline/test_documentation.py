"""The commands of the documentation under real DVC, in a copy of the finished project with small settings."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.reading import DOCS, PAGES, STAGE_PAGES, Command, commands, name, section, shows
from tests.pipeline.conftest import Workspace

MINUTES_LONG = {DOCS / "tutorial.md", DOCS / "beyond-one-machine.md"}
TRIED = [
    pytest.param(page, id=name(page), marks=[pytest.mark.slow] if page in MINUTES_LONG else [])
    for page in PAGES
    if any(command.runs for command in commands(page))
]


@pytest.mark.parametrize("page", TRIED)
def test_the_commands_of_a_page_work_in_their_order(workspace: Workspace, page: Path) -> None:
    """Guards against instructions that worked once, and output that is no longer printed."""
    for command in commands(page):
        if command.runs:
            check(command, workspace)


def check(command: Command, workspace: Workspace) -> None:
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", command.text],
        cwd=workspace.folder,
        env=workspace.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=3600,
    )
    assert (done.returncode != 0) == command.fails, f"{command.text}\n{done.stdout}"
    assert shows(done.stdout, command.printed), done.stdout


@pytest.mark.parametrize("path", sorted(STAGE_PAGES.glob("*.md")), ids=name)
def test_every_metric_is_explained(finished: Workspace, path: Path) -> None:
    """Guards against a number that readers see and no page explains."""
    explained = set(re.findall(r"^\| `([a-z_0-9]+)", section(path.read_text(encoding="utf-8"), "Metrics"), re.M))
    for file in sorted((finished.folder / "reports/metrics").glob(f"{path.stem}*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        keys = set(next(iter(content.values())) if path.stem == "infer" else content)
        assert keys - explained == set()
