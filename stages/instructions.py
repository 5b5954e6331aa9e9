"""The border where instruction sets from outside become Examples: JSON arrays or JSON Lines, any extra keys."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from stages.errors import StageError
from stages.files import numbered_lines, read_json, read_text
from stages.records import Example, Source, Teacher, make_example

MissingInput = Literal["error", "empty"]


def read_instructions(path: Path, missing_input: MissingInput) -> tuple[list[Example], int]:
    """All examples of a file, and how many of them had no `input` (read as "" where `missing_input` allows it).

    Needs `instruction` and `output`; takes `kind` where it is there. Raises StageError with file, line or index,
    and key, for anything else.
    """
    examples = []
    without_input = 0
    teacher = Teacher(name=path.stem)
    for place, value in _rows(path):
        if not isinstance(value, dict):
            raise StageError(f"{place}: is {_kind_of(value)}, must be an object with instruction, input and output")
        if "input" not in value:
            if missing_input == "error":
                raise StageError(
                    f'{place}: has no `input`; write "input": "" where there is none, or set '
                    "split.general.missing_input to empty"
                )
            without_input += 1
        texts = {key: value.get(key, "") for key in ("instruction", "input", "output", "kind")}
        for key, text in texts.items():
            if not isinstance(text, str):
                raise StageError(f"{place}: `{key}` is {_kind_of(text)}, must be a string")
            if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
                raise StageError(f"{place}: `{key}` holds half of a surrogate pair, which is no text; correct the row")
            if not text.strip() and key in {"instruction", "output"}:
                raise StageError(
                    f"{place}: `{key}` is {'missing' if key not in value else 'empty'}; write it or remove the row"
                )
        examples.append(make_example(**texts, source=Source(kind="general"), teacher=teacher))
    if not examples:
        raise StageError(f"{path} holds no instruction; at least 1 is needed")
    return examples, without_input


def _rows(path: Path) -> Iterator[tuple[str, object]]:
    """Each row with the place to name in an error: `file:line` of JSON Lines, `file[index]` of an array."""
    text = read_text(path)
    if text.lstrip().startswith("["):
        for index, value in enumerate(read_json(path)):
            yield f"{path}[{index}]", value
        return
    for number, line in numbered_lines(text):
        try:
            yield f"{path}:{number}", json.loads(line)
        except json.JSONDecodeError as error:
            raise StageError(f"{path}:{number}: not JSON: {error.msg} at column {error.colno}") from None


def _kind_of(value: object) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "an array" if isinstance(value, list) else "an object")
