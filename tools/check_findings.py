"""What a check found, as one table to read."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "FAILS", "about"]  # about: a figure, which can't fail


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    what: str
    text: str  # what is there or needed; where it fails, also what to set


def table(findings: list[Finding]) -> str:
    """A line a finding; further lines of a text stand below the first."""
    width = max(len(one.what) for one in findings)
    indent = "\n" + " " * (width + 9)
    return "\n".join(f"{one.verdict:5}  {one.what:{width}}  {one.text.replace(chr(10), indent)}" for one in findings)
