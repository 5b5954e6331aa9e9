r"""Cuts formulas out of a wiki's plain text.

TextExtracts writes a formula as its symbols, one per line and indented, followed by its TeX in braces. Both tear the
sentence around them apart:

    The mean over the last

        k

    {\displaystyle k}

    entries containing ...
"""

import re
from collections.abc import Iterator

from stages.english.wiki_text import HOLE

_FORMULA = re.compile(r"\{\\(?:displaystyle|textstyle|scriptstyle)\b")
_BRACE = re.compile(r"[{}]")
_NO_BLANK = re.compile(r"\S|\n|\Z")
_INDENTED = re.compile(r"[ \t]{2}")
_CONTINUES = re.compile(r"\s|[a-z,.;:)–-]")  # the start of a line that continues the sentence of the line before


def cut_formulas(text: str) -> str:
    """The text with a HOLE for each formula. The lines of a sentence that a formula tore apart are joined again."""
    if not _FORMULA.search(text):
        return text
    kept: list[str] = []
    after_formula = False  # nothing but blank lines and symbols since the last formula
    for line, before_formula in _lines_around_formulas(text):
        symbols = _INDENTED.match(line) is not None
        if before_formula:
            alone = symbols or not line
            if alone:
                _drop_symbols(kept)
            part = HOLE if alone else line + HOLE
            if (alone or after_formula) and kept and _is_open(kept[-1]):
                kept[-1] = f"{kept[-1].rstrip()} {part}"
            else:
                kept.append(part)
            after_formula = True
        elif after_formula and not line.strip():
            continue
        elif after_formula and not symbols and _CONTINUES.match(line):
            kept[-1] += f" {line}"
            after_formula = False
        else:
            kept.append(line)
            after_formula = after_formula and symbols
    return "\n".join(kept)


def _lines_around_formulas(text: str) -> Iterator[tuple[str, bool]]:
    """The lines without the TeX of formulas, and for each whether a formula follows it.

    Text after a formula begins a new line, with one space.
    """
    start, indent = 0, ""
    while formula := _FORMULA.search(text, start):
        *lines, last = (indent + text[start : formula.start()]).split("\n")
        for line in lines:
            yield line, False
        yield last, True
        start, indent = _skip_blanks(text, _end_of_formula(text, formula.start())), " "
        if text[start : start + 1] in ("", "\n"):  # nothing follows in this line
            start, indent = start + 1, ""
    for line in (indent + text[start:]).split("\n"):
        yield line, False


def _skip_blanks(text: str, start: int) -> int:
    match = _NO_BLANK.search(text, start)
    return match.start() if match else len(text)


def _end_of_formula(text: str, start: int) -> int:
    """The position after the brace that closes the one at `start`. A formula that never closes ends with its line."""
    depth = 0
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    line_end = text.find("\n", start)
    return len(text) if line_end == -1 else line_end


def _drop_symbols(lines: list[str]) -> None:
    """Removes the blank and indented lines at the end."""
    while lines and (not lines[-1].strip() or _INDENTED.match(lines[-1])):
        lines.pop()


def _is_open(line: str) -> bool:
    """Whether the next line may continue this line's sentence: this one is not a heading and ends no sentence."""
    line = line.rstrip()
    heading = line.startswith("=") and line.endswith("=")
    return bool(line) and not heading and line[-1] not in ".!?:"
