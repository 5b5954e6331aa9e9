"""Instruction sets from outside, in which any row that is no instruction stops the run."""

from pathlib import Path
from typing import Literal

from stages.common.errors import StageError
from stages.common.instruction_sets import MalformedRow, read_rows
from stages.common.records import Example

MissingInput = Literal["error", "empty"]


def read_instructions(path: Path, missing_input: MissingInput) -> tuple[list[Example], int]:
    """All examples of a file, and how many of them had no `input` (read as "" where `missing_input` allows it).

    Raises StageError with file, line or index, and key, for anything else.
    """
    examples = []
    without_input = 0
    for row in read_rows(path):
        if isinstance(row, MalformedRow):
            raise StageError(f"{row.place}: {row.reason}; correct or remove the row")
        if row.without_input and missing_input == "error":
            raise StageError(
                f'{row.place}: has no `input`; write "input": "" where there is none, or set '
                "split.general.missing_input to empty"
            )
        for key in ("instruction", "output"):
            if not getattr(row.example, key).strip():
                raise StageError(f"{row.place}: `{key}` is empty; write it or remove the row")
        without_input += row.without_input
        examples.append(row.example)
    if not examples:
        raise StageError(f"{path} holds no instruction; at least 1 is needed")
    return examples, without_input
