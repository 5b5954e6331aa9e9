"""Formulas in the plain text of a wiki: their symbols one a line, indented, then `{\\displaystyle ...}`."""

import re

HOLE = "\ufffc"  # stands where a formula stood
_FORMULA = re.compile(r"\{\\(?:displaystyle|textstyle|scriptstyle)\b")
_SYMBOLS = re.compile(r"\s*$|[ \t]{2}")  # a line that is empty or indented
_GOES_ON = re.compile(r"\s|[a-z,.;:)–-]")


def cut_formulas(text: str) -> str:
    """The text with a HOLE for each formula, and with the lines joined that the formula has torn apart."""
    if not _FORMULA.search(text):
        return text
    kept: list[str] = []
    lines = text.split("\n")
    torn = False  # whether the line before ends in a formula
    while lines:
        line = lines.pop(0)
        if found := _FORMULA.search(line):
            before = "" if _SYMBOLS.match(line) else line[: found.start()]
            after = _after(line[found.start() :], lines)
            while not before and kept and _SYMBOLS.match(kept[-1]):
                kept.pop()
            _join(kept, f"{before}{HOLE}", torn or not before)
            torn = True
            if after.strip():
                lines.insert(0, f" {after.strip()}")
        elif torn and not line.strip():
            continue
        elif torn and _GOES_ON.match(line) and not line.startswith("  "):
            kept[-1] += f" {line}"
            torn = False
        else:
            kept.append(line)
            torn = torn and line.startswith("  ")
    return "\n".join(kept)


def _after(formula: str, lines: list[str]) -> str:
    """What follows the formula in the line where its last brace closes; takes the lines down to that one."""
    depth = 0
    for taken, line in enumerate([formula, *lines]):
        for position, character in enumerate(line):
            depth += (character == "{") - (character == "}")
            if depth == 0:
                del lines[:taken]
                return line[position + 1 :]
    return ""  # it never closes: the line is all that is taken


def _join(kept: list[str], part: str, torn: bool) -> None:
    """Adds a part to the line before it, where that one is neither a whole heading nor ends a sentence."""
    line = kept[-1].rstrip() if kept else ""
    heading = line.startswith("=") and line.endswith("=")
    if torn and line and not heading and line[-1] not in ".!?:":
        kept[-1] = f"{line} {part}"
    else:
        kept.append(part)
