"""Questions and answers as lines, for pipes: what stands in them is escaped as in the TSV that jq and others write."""

import re
import sys
from collections.abc import Sequence
from typing import BinaryIO

from model.asking.answering import Answerer, PromptTooLongError, Task

ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
CHARACTERS = {escape: character for character, escape in ESCAPES.items()}


def answer_lines(answerers: Sequence[Answerer], source: BinaryIO, target: BinaryIO) -> int:
    """A line of `target` for each of `source`, written at once, with a column for each of the `answerers`; what cannot
    be answered is an empty column and a message on standard error. Returns the exit status: 1 if there was any."""
    status = 0
    for number, line in enumerate(source, start=1):
        try:
            task = read_task(line, place=number - 1)
        except UnicodeDecodeError as error:
            sys.exit(f"error: line {number} is not UTF-8 text: {error.reason} at byte {error.start}")
        columns = []
        for answerer in answerers:
            try:
                columns.append(answer_text(answerer, task))
            except PromptTooLongError as error:
                columns.append("")
                status = 1
                sys.stderr.write(f"error: line {number}: {error}\n")
        target.write(("\t".join(map(escaped, columns)) + "\n").encode())
        target.flush()
    return status


def read_task(line: bytes, place: int) -> Task:
    """Raises UnicodeDecodeError."""
    instruction, _, context = line.decode("utf-8").rstrip("\r\n").partition("\t")
    return Task(unescaped(instruction), unescaped(context), place)


def answer_text(answerer: Answerer, task: Task) -> str:
    return "".join(answerer.answer(task).pieces()) if task.instruction.strip() else ""


def escaped(text: str) -> str:
    return re.sub(r"[\\\n\t\r]", lambda found: ESCAPES[found[0]], text)


def unescaped(text: str) -> str:
    return re.sub(r"\\[\\ntr]", lambda found: CHARACTERS[found[0]], text)
