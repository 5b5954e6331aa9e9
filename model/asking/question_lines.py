"""Questions and answers as lines of text, and what of them a terminal may see."""

import re
from dataclasses import dataclass

ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}  # as in the TSV that jq and others write
CHARACTERS = {escape: character for character, escape in ESCAPES.items()}
# Whatever a terminal could act on, except line feeds and tabs: a model may have learned any of it. Such as "\x1b[2J",
# which clears the screen, "\u202e", behind which the line runs backwards, and "\u2028", which ends a line.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Question:
    """An instruction and its input. `number` counts the questions from 0; it and the seed fix the random numbers."""

    instruction: str
    input: str
    number: int


def parse_line(line: bytes, number: int) -> Question:
    """Reads an instruction, or an instruction, a tab and its input, with escapes as in `escape`.

    Raises UnicodeDecodeError if the line is not UTF-8.
    """
    instruction, _, context = line.decode("utf-8").rstrip("\r\n").partition("\t")
    return Question(unescape(instruction), unescape(context), number)


def replace_control_characters(text: str) -> str:
    return CONTROL.sub("\ufffd", text)


def escape(text: str) -> str:
    """The text on one line, without tabs."""
    return re.sub(r"[\\\n\t\r]", lambda match: ESCAPES[match[0]], text)


def unescape(text: str) -> str:
    """Undoes `escape`. Other backslashes stay as they are."""
    return re.sub(r"\\[\\ntr]", lambda match: CHARACTERS[match[0]], text)
