"""The documentation as tests see it: its commands, what they print, and the messages that it quotes."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

DOCS = ROOT / "docs"
STAGE_PAGES = DOCS / "stages"
# Pages without commands of the pipeline: what they show was measured, or is a picture.
EXPLANATIONS = {DOCS / "architecture.md", DOCS / "benchmarks.md"}
PAGES = sorted(set(DOCS.rglob("*.md")) - EXPLANATIONS)

_BLOCK = re.compile(r"^(?:<!-- (?P<marker>.*?) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Command:
    """A block of shell commands."""

    text: str
    marker: str  # "tested", "tested: fails", "not run: REASON", or "" where there is none
    printed: str  # what stands below as its output, of which `...` is any text; "" where nothing does

    @property
    def runs(self) -> bool:
        return self.marker.startswith("tested")

    @property
    def fails(self) -> bool:
        return self.marker == "tested: fails"


def commands(page: Path) -> list[Command]:
    """The page's blocks of shell commands, in order."""
    found: list[Command] = []
    for block in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if block["kind"] == "bash":
            found.append(Command(block["text"], block["marker"] or "", ""))
        elif block["marker"] == "printed":
            found[-1] = Command(found[-1].text, found[-1].marker, block["text"])
    return found


def name(page: Path) -> str:
    return page.relative_to(DOCS).as_posix()


def section(text: str, title: str) -> str:
    """What stands under a heading of the second level, "" where there is none."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    return found[1] if found else ""


def quoted_messages(text: str) -> list[str]:
    """The messages that list items begin with."""
    return [found[2].strip() for found in re.finditer(r"^- (`+)(?!`)(.+?)\1(?!`)", text, re.M)]


def shows(text: str, quoted: str) -> bool:
    """Whether all that is quoted stands in a text in this order; `...` is anything, and spaces are alike."""
    parts = (r"\s+".join(map(re.escape, part.split())) for part in quoted.split("..."))
    return re.search(".*".join(parts), text, re.S) is not None
