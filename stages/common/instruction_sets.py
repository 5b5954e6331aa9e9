"""Reads instruction sets from outside: every row becomes an Example, or a MalformedRow that says what is wrong.

`read_rows` stops at no row and loses none; `read_instructions` is for callers that must stop at a bad row. JSON Lines
are read line by line, so that neither a large file nor an endless line fills the memory. A JSON array is read whole. If
it is broken, nobody can say where its rows end, so that is an error.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pydantic import ValidationError

from stages.common.errors import StageError
from stages.common.files import describe, read_text, readable
from stages.common.records import Example, Source, Teacher, make_example

MAX_LINE = 2**20  # bytes; a hundred times what fits into any context
RAW_SHOWN = 200  # characters of a malformed row
Kind = Literal["synthetic", "general"]
MissingInput = Literal["error", "empty"]
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ExampleRow:
    place: str  # JSON Lines: "file:line", from 1; an array: "file[index]", from 0
    example: Example
    without_input: bool  # the row had no key `input`; it was read as ""


@dataclass(frozen=True)
class MalformedRow:
    place: str
    reason: str
    raw: str  # the beginning of its text


class _NoExampleError(Exception):
    """Why a value is not an example."""


@dataclass(frozen=True)
class _RepeatedKey:
    """Takes the place of a JSON object that has a key twice."""

    key: str


def read_instructions(path: Path, missing_input: MissingInput) -> tuple[list[Example], int]:
    """All examples of a file, and how many of them had no `input` (read as "" if `missing_input` is "empty").

    Raises StageError, with file and line or index, if a row is malformed, has an empty `instruction` or `output`, or
    has no `input` while `missing_input` is "error"; and if the file has no rows.
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


def read_rows(path: Path, kind: Kind = "general") -> Iterator[ExampleRow | MalformedRow]:
    """Yields every row of a JSON Lines file or of a file with one JSON array, in order. Blank lines are skipped.

    A row needs `instruction` and `output`. If it has both `source` and `teacher`, the example gets them; otherwise
    its source is of this `kind` and its teacher is named after the file. Other keys are ignored.
    Raises StageError if the file cannot be read or its array is broken.
    """
    with readable(path) as file:
        first = next((line for _, line, _ in _lines(file) if line.strip()), b"")
        if first.lstrip().startswith(b"["):
            yield from _rows_of_array(path, kind)
            return
        file.seek(0)
        for number, line, complete in _lines(file):
            if line.strip() or not complete:
                yield _row_of_line(path, number, line, complete, kind)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """The number (from 1) and text of each line, and whether it is complete: a line over MAX_LINE bytes is cut off.

    A byte order mark at the start of the file is removed.
    """
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE + 1)
        complete = len(line) <= MAX_LINE or line.endswith(b"\n")
        line = line.rstrip(b"\r\n")
        yield number, line.removeprefix(_BOM) if number == 1 else line, complete


def _row_of_line(path: Path, number: int, line: bytes, complete: bool, kind: Kind) -> ExampleRow | MalformedRow:
    try:
        if not complete:
            raise _NoExampleError(f"is longer than {MAX_LINE:,} bytes")
        value = json.loads(line.decode("utf-8"), object_pairs_hook=_without_repeated_keys)
        example, without_input = _to_example(value, path, kind)
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 text: {error.reason} at byte {error.start}"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        reason = "is nested too deep"
    except ValueError as error:  # a number with thousands of digits
        reason = f"not JSON: {error}"
    except _NoExampleError as error:
        reason = str(error)
    else:
        return ExampleRow(f"{path}:{number}", example, without_input)
    raw = line[: 4 * RAW_SHOWN].decode("utf-8", errors="replace").strip()
    return MalformedRow(f"{path}:{number}", reason, raw[:RAW_SHOWN])


def _rows_of_array(path: Path, kind: Kind) -> Iterator[ExampleRow | MalformedRow]:
    for index, value in enumerate(_read_array(path)):
        place = f"{path}[{index}]"
        try:
            example, without_input = _to_example(value, path, kind)
        except _NoExampleError as error:
            yield MalformedRow(place, str(error), _beginning(value))
        else:
            yield ExampleRow(place, example, without_input)


def _read_array(path: Path) -> list[object]:
    text = read_text(path).removeprefix("\ufeff")
    try:
        elements: list[object] = json.loads(text, object_pairs_hook=_without_repeated_keys)
    except json.JSONDecodeError as error:
        raise StageError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise StageError(f"{path} is a JSON array that is nested too deep; write one row a line instead") from None
    except ValueError as error:  # a number with thousands of digits
        raise StageError(f"{path} is not JSON: {error}") from None
    return elements


def _beginning(element: object) -> str:
    """The first characters of an element as JSON, for the reader of a MalformedRow."""
    try:
        return json.dumps(element, default=lambda _: "an object that has a key twice")[:RAW_SHOWN]
    except RecursionError:
        return ""


def _without_repeated_keys(pairs: list[tuple[str, object]]) -> dict[str, object] | _RepeatedKey:
    value = dict(pairs)
    if len(value) < len(pairs):
        return _RepeatedKey(next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i])))
    return value


def _to_example(value: object, path: Path, kind: Kind) -> tuple[Example, bool]:
    """The example, and whether the row had no `input`. Raises _NoExampleError."""
    if isinstance(value, _RepeatedKey):
        raise _NoExampleError(f"has the key {value.key!r} twice")
    if not isinstance(value, dict):
        raise _NoExampleError(f"is {_json_type(value)}, must be an object with instruction, input and output")
    texts = {key: _text(value, key) for key in ("instruction", "input", "output", "kind")}
    for key in ("instruction", "output"):
        if key not in value:
            raise _NoExampleError(f"`{key}` is missing")
    source, teacher = Source(kind=kind), Teacher(name=path.stem)
    if "source" in value and "teacher" in value:
        try:
            source = Source.model_validate(value["source"])
            teacher = Teacher.model_validate(value["teacher"])
        except ValidationError as error:
            raise _NoExampleError(f"source or teacher: {describe(error)}") from None
    return make_example(**texts, source=source, teacher=teacher), "input" not in value


def _text(value: dict[str, object], key: str) -> str:
    text = value.get(key, "")
    if not isinstance(text, str):
        raise _NoExampleError(f"`{key}` is {_json_type(text)}, must be a string")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _NoExampleError(f"`{key}` holds half of a surrogate pair: not valid text")
    return text


def _json_type(value: object) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "an array" if isinstance(value, list) else "an object")
