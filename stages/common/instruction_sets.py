"""Reads instruction sets from outside: every row becomes an Example, or a MalformedRow that says what is wrong.

`read_rows` stops at no row and loses none; `Instructions` is for callers that must stop at a bad row. The formats
of the files are in `instruction_files.py`, the shapes of the rows in `instruction_shapes.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from stages.common.errors import StageError
from stages.common.files import describe
from stages.common.instruction_files import FileRow, RepeatedKey, read_file_rows
from stages.common.instruction_shapes import NoExampleError, TaskTexts, json_type, read_task_texts, text_of
from stages.common.records import Example, Source, Teacher, make_example

NO_INPUT = 'has no `input`; write "input": "" where there is none, or set split.general.missing_input to empty'
NAMED = 10  # places and reasons that an error names at most
Kind = Literal["synthetic", "general"]
MissingInput = Literal["error", "empty"]


@dataclass(frozen=True)
class ExampleRow:
    place: str  # lines and CSV: "file:line", from 1; an array and Parquet: "file[index]", from 0
    example: Example
    without_input: bool  # the row had no input; it was read as ""
    input_missing: bool  # it didn't even say so, by null


@dataclass(frozen=True)
class MalformedRow:
    place: str
    reason: str
    raw: str  # the beginning of its text


class BadRows:
    """The rows that stop a reader: how many, and the first places of each of the first reasons."""

    def __init__(self) -> None:
        self.count = 0
        self._places: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def add(self, place: str, reason: str) -> None:
        self.count += 1
        if reason not in self._counts and len(self._counts) == NAMED:
            return
        self._counts[reason] = self._counts.get(reason, 0) + 1
        places = self._places.setdefault(reason, [])
        if len(places) < NAMED:
            places.append(place)

    def message(self, path: Path, rows: int) -> str:
        lines = [self._line(path, reason) for reason in self._counts]
        unnamed = self.count - sum(self._counts.values())
        more = [f"{unnamed} more rows, each for a reason of its own"] if unnamed else []
        head = f"{path}: {self.count:,} of {rows:,} rows cannot be used; correct or remove them"
        return "\n  ".join([head, *lines, *more])

    def _line(self, path: Path, reason: str) -> str:
        """`a.jsonl:3: reason`, or `a.jsonl:3, :7 (2 rows): reason`."""
        first, *others = self._places[reason]
        count = self._counts[reason]
        places = ", ".join([first, *(place.removeprefix(str(path)) for place in others)])
        more = f" and {count - len(others) - 1:,} more" if count > NAMED else ""
        return f"{places}{more}{f' ({count:,} rows)' if count > 1 else ''}: {reason}"


class Instructions:
    """The examples of a file, one by one, so that it may be larger than memory; read anew each time.

    How many there are, and how many of them had no input, is known when all have been read. An absent input is read as
    "" if `missing_input` is "empty", one that is null always. An empty instruction or output is the rules' matter, and
    is read. Raises StageError at the end if a row is malformed, or has no `input` while `missing_input` is "error",
    with the bad rows by file and line or index; and if the file has no rows.
    """

    def __init__(self, path: Path, missing_input: MissingInput) -> None:
        self._path = path
        self._missing_input = missing_input
        self.count = self.without_input = 0

    def __iter__(self) -> Iterator[Example]:
        bad = BadRows()
        rows = self.count = self.without_input = 0
        for row in read_rows(self._path):
            rows += 1
            if isinstance(row, MalformedRow):
                bad.add(row.place, row.reason)
                continue
            if row.input_missing and self._missing_input == "error":
                bad.add(row.place, NO_INPUT)
            self.without_input += row.without_input
            self.count += 1
            yield row.example
        if bad.count:
            raise StageError(bad.message(self._path, rows))
        if not self.count:
            raise StageError(f"{self._path} holds no instruction; at least 1 is needed")


def read_instructions(path: Path, missing_input: MissingInput) -> tuple[list[Example], int]:
    """All `Instructions` of a file, and how many of them had no input."""
    rows = Instructions(path, missing_input)
    return list(rows), rows.without_input


def read_rows(path: Path, kind: Kind = "general") -> Iterator[ExampleRow | MalformedRow]:
    """Yields every row of a file, in order; a seed task of self-instruct is as many rows as it has instances.

    If a row has both `source` and `teacher`, the example gets them; otherwise its source is of this `kind` and its
    teacher is named after the file. Keys that hold no text of the task are ignored.
    Raises StageError if the file cannot be read or its rows cannot be told apart.
    """
    for row in read_file_rows(path):
        try:
            yield from _examples_of(row, path, kind)
        except NoExampleError as error:
            yield MalformedRow(row.place, str(error), row.raw)


def _examples_of(row: FileRow, path: Path, kind: Kind) -> list[ExampleRow]:
    """The examples of a row. Raises NoExampleError."""
    value = row.value
    if row.fault:
        raise NoExampleError(row.fault)
    if isinstance(value, RepeatedKey):
        raise NoExampleError(f"has the key {value.key!r} twice")
    if not isinstance(value, dict):
        raise NoExampleError(f"is {json_type(value)}, must be an object with instruction, input and output")
    tasks = read_task_texts(value)
    origin = _origin(value, path, kind)
    return [_example_row(row.place, task, text_of(value, "kind"), *origin) for task in tasks]


def _example_row(place: str, task: TaskTexts, kind: str, source: Source, teacher: Teacher) -> ExampleRow:
    example = make_example(
        instruction=task.instruction, input=task.input, output=task.output, kind=kind, source=source, teacher=teacher
    )
    return ExampleRow(place, example, task.without_input, task.input_missing)


def _origin(value: dict[str, object], path: Path, kind: Kind) -> tuple[Source, Teacher]:
    if "source" not in value or "teacher" not in value:
        return Source(kind=kind), Teacher(name=Path(path.name.removesuffix(".gz")).stem or path.name)
    try:
        return Source.model_validate(value["source"]), Teacher.model_validate(value["teacher"])
    except ValidationError as error:
        raise NoExampleError(f"source or teacher: {describe(error)}") from None
