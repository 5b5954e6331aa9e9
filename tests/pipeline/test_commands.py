"""Runs the commands of docs/beyond-one-machine.md, as a reader would, in a copy of the project with small settings.

A block of bash stands after `<!-- tested -->`, and must succeed, or after `<!-- not run: REASON -->`.
"""

import re

import pytest

from tests.conftest import ROOT
from tests.pipeline.conftest import Workspace

PAGE = (ROOT / "docs/beyond-one-machine.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^<!-- (tested|not run: [^\n]+) -->\n```bash\n(.*?)^```$", re.M | re.S)
TESTED = [commands for mark, commands in BLOCK.findall(PAGE) if mark == "tested"]


@pytest.mark.slow
@pytest.mark.parametrize("commands", TESTED, ids=lambda commands: commands.split("\n")[0])
def test_the_documented_commands_run(workspace: Workspace, commands: str) -> None:
    """Guards against documentation that a change has overtaken."""
    workspace.run("bash", "-euo", "pipefail", "-c", commands)


def test_every_block_says_whether_it_is_run() -> None:
    """Guards against a command that nobody tries because its block was forgotten."""
    assert len(BLOCK.findall(PAGE)) == PAGE.count("```bash\n")
    assert TESTED
