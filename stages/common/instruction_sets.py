"""The border where rows from outside become Examples, or a reason why not: no row stops a run, and none is lost.

JSON Lines are read line by line, so that neither a large file nor an endless line takes memory. A JSON array instead
is read whole; where its text is broken it has no rows to go on with, and that is an error.
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

MAX_LINE = 2**20  # bytes; a hundred times what any context holds
RAW_SHOWN = 200  # characters of a malformed row
Kind = Literal["synthetic", "general"]
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Row:
    place: str  # "file:line" of JSON Lines, from 1; "file[index]" of an array, from 0
    example: Example
    without_input: bool  # it had no key `input`, which was read as ""


@dataclass(frozen=True)
class MalformedRow:
    place: str
    reason: str
    raw: str  # how its text begins


class _NoExampleError(Exception):
    """What keeps a value from being an example."""


@dataclass(frozen=True)
class _Repeated:
    """In the place of an object that has a key twice."""

    key: str


def read_rows(path: Path, kind: Kind = "general") -> Iterator[Row | MalformedRow]:
    """Every row of a file of JSON Lines, or of one JSON array, in order; lines of spaces alone are no rows.

    An example needs `instruction` and `output`. Its `source` and `teacher` are taken where it has both; otherwise it
    is of this `kind`, and its teacher is named after the file. Other keys don't matter.
    """
    with readable(path) as file:
        first = next((line for _, line, _ in _lines(file) if line.strip()), b"")
        if first.lstrip().startswith(b"["):
            yield from _array(path, kind)
            return
        file.seek(0)
        for number, line, whole in _lines(file):
            if line.strip() or not whole:
                yield _row_of_line(path, number, line, whole, kind)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes, bool]]:
    """Lines from 1, without a byte order mark; of one that is too long its beginning, and that it isn't whole."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        rest = line
        while len(rest) > MAX_LINE and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE + 1)
        whole = len(line) <= MAX_LINE or line.endswith(b"\n")
        line = line.rstrip(b"\r\n")
        yield number, line.removeprefix(_BOM) if number == 1 else line, whole


def _row_of_line(path: Path, number: int, line: bytes, whole: bool, kind: Kind) -> Row | MalformedRow:
    try:
        if not whole:
            raise _NoExampleError(f"is longer than {MAX_LINE:,} bytes")
        example, without_input = _example(json.loads(line.decode("utf-8"), object_pairs_hook=_object), path, kind)
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 text: {error.reason} at byte {error.start}"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        reason = "is nested too deep"
    except ValueError as error:  # a number of thousands of digits
        reason = f"not JSON: {error}"
    except _NoExampleError as error:
        reason = str(error)
    else:
        return Row(f"{path}:{number}", example, without_input)
    raw = line[: 4 * RAW_SHOWN].decode("utf-8", errors="replace").strip()
    return MalformedRow(f"{path}:{number}", reason, raw[:RAW_SHOWN])


def _array(path: Path, kind: Kind) -> Iterator[Row | MalformedRow]:
    for index, value in enumerate(_elements(path)):
        place = f"{path}[{index}]"
        try:
            example, without_input = _example(value, path, kind)
        except _NoExampleError as error:
            yield MalformedRow(place, str(error), _raw(value))
        else:
            yield Row(place, example, without_input)


def _elements(path: Path) -> list[object]:
    text = read_text(path).removeprefix("\ufeff")
    try:
        elements: list[object] = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise StageError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise StageError(f"{path} is a JSON array that is nested too deep; write one row a line instead") from None
    except ValueError as error:  # a number of thousands of digits
        raise StageError(f"{path} is not JSON: {error}") from None
    return elements


def _raw(element: object) -> str:
    try:
        return json.dumps(element, default=lambda _: "an object that has a key twice")[:RAW_SHOWN]
    except RecursionError:
        return ""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object] | _Repeated:
    value = dict(pairs)
    if len(value) < len(pairs):
        return _Repeated(next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i])))
    return value


def _example(value: object, path: Path, kind: Kind) -> tuple[Example, bool]:
    """The example, and whether it had no input. Raises _NoExampleError."""
    if isinstance(value, _Repeated):
        raise _NoExampleError(f"has the key {value.key!r} twice")
    if not isinstance(value, dict):
        raise _NoExampleError(f"is {_kind_of(value)}, must be an object with instruction, input and output")
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
        raise _NoExampleError(f"`{key}` is {_kind_of(text)}, must be a string")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise _NoExampleError(f"`{key}` holds half of a surrogate pair, which is no text")
    return text


def _kind_of(value: object) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "an array" if isinstance(value, list) else "an object")
