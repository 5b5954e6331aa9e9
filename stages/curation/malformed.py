"""Integrity: an instruction and an answer that are there, and are nothing but text."""

import re

from stages.records import Example

_RESIDUE = re.compile(r"\{\{|\}\}|<\|[a-z_]+\|>|</?[a-z]+[^<>]*>|###|\[\[|\]\]|```")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffd]")


def malformed(example: Example) -> str | None:
    """An empty instruction or output, control characters, or what a template or markup left behind."""
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        if not text.strip() and field != "input":
            return f"{field} is empty"
        if found := _CONTROL.search(text):
            return f"{field} holds the control character {found[0]!r}"
        if found := _RESIDUE.search(text):
            return f"{field} holds {found[0]!r}"
    return None
