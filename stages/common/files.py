"""Files in and out: checked when they are read, renamed into place when they are written; and the cache folder."""

import csv
import hashlib
import io
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO, TypeVar

from pydantic import BaseModel, ValidationError

from stages.common.errors import StageError, name_in_errors

R = TypeVar("R", bound=BaseModel)


def cache_folder(name: str) -> Path:
    """The folder `name` in the user's cache directory, or in the directory that WIKITUNE_CACHE names.

    It is for state that must outlast a stage: DVC deletes a stage's outputs before it runs the stage.
    """
    from platformdirs import user_cache_path

    chosen = os.environ.get("WIKITUNE_CACHE")
    return (Path(chosen) if chosen else user_cache_path("wikitune")) / name


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hex. Raises StageError if it cannot be read."""
    with readable(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # typeshed wants readinto


def read_text(path: Path) -> str:
    """The text of a file. Raises StageError if it is missing, cannot be read or isn't UTF-8."""
    with readable(path) as file:
        content = file.read()
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise StageError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from None


@contextmanager
def readable(path: Path) -> Iterator[BinaryIO]:
    """The open file. If it can't be opened or read, raises a StageError that says what to do."""
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise StageError(
            f"{path} does not exist; if a stage writes it, run `dvc repro`, if params.yaml names it, correct the path"
        ) from None
    except OSError as error:
        raise StageError(f"{path} cannot be read: {error.strerror}") from None


def read_jsonl(path: Path, record: type[R]) -> list[R]:
    """All records of a file, in order. Raises the same errors as `iter_jsonl`."""
    return list(iter_jsonl(path, record))


def iter_jsonl(path: Path, record: type[R]) -> Iterator[R]:
    """Yields the records of a file one by one, so that a file may be larger than memory.

    Raises StageError with file, line and field at the first bad line, or if the file is empty.
    """
    number = 0
    with readable(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                yield record.model_validate_json(line.removesuffix(b"\n"))
            except ValidationError as error:
                raise StageError(f"{path}:{number}: {describe(error)}") from None
    if not number:
        raise StageError(f"{path} holds no record; at least 1 is needed")


def count_lines(path: Path) -> int:
    with readable(path) as file:
        return sum(1 for _ in file)


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines, numbered from 1. Only a line feed ends a line: JSON strings may contain Unicode's other line ends."""
    return enumerate(text.removesuffix("\n").split("\n") if text else [], start=1)


def read_json(path: Path) -> Any:
    """The value of a JSON file. Raises StageError with file, line and column if it isn't JSON, which has no NaN."""

    def refuse(constant: str) -> None:
        raise StageError(f"{path} holds {constant}, which is not JSON; run `dvc repro`: it writes the file again")

    text = read_text(path)
    try:
        return json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise StageError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None


def write_jsonl(path: Path, records: Iterable[BaseModel]) -> None:
    """Writes the records as the iterable yields them. If it raises, the file stays as it was."""
    with _renamed_into_place(path) as file:
        file.writelines(record.model_dump_json() + "\n" for record in records)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Writes JSON with 2 spaces of indent and keys in the given order. Raises StageError for NaN and infinity."""
    _refuse_nonfinite(path, value)
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Writes at least one row, with a header of the first row's keys; None becomes an empty cell.

    Raises StageError for NaN and infinity.
    """
    for number, row in enumerate(rows, start=1):
        _refuse_nonfinite(path, row, f"row {number}, ")
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def _refuse_nonfinite(path: Path, values: Mapping[str, object], place: str = "") -> None:
    for name, value in values.items():
        if isinstance(value, Mapping):
            _refuse_nonfinite(path, value, f"{place}{name}.")
        elif isinstance(value, float) and not math.isfinite(value):
            raise StageError(
                f"{path}: {place}{name} is {value}, and a result must be a finite number; nothing was written. "
                "Check what the stage read and its section of params.yaml"
            )


def write_text(path: Path, text: str) -> None:
    with _renamed_into_place(path) as file:
        file.write(text)


@contextmanager
def _renamed_into_place(path: Path) -> Iterator[TextIO]:
    """Opens a temporary file and renames it to `path` at the end: a reader sees the whole file or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with name_in_errors(path):
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                yield file
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def describe(error: ValidationError) -> str:
    """Every problem of a record or a section of params.yaml, in one line: `field: problem (is VALUE); ...`."""
    return "; ".join(describe_problems(error))


def describe_problems(error: ValidationError, prefix: str = "") -> list[str]:
    """Each problem as `prefix.field: problem (is VALUE)`; a value is cut at 80 characters."""
    problems = []
    for problem in error.errors(include_url=False, include_context=False):
        field = ".".join([*filter(None, [prefix]), *map(str, problem["loc"])])
        message = problem["msg"].removeprefix("Value error, ")
        value = "" if problem["type"] in {"missing", "json_invalid"} else f" (is {_short(problem['input'])})"
        problems.append(f"{field}: {message}{value}" if field else message + value)
    return problems


def _short(value: object, limit: int = 80) -> str:
    text = repr(value)
    return text if len(text) <= limit else f"{text[:limit]}..."
