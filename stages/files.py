"""JSON and JSON Lines in and out: checked when read, renamed into place when written."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from stages.errors import StageError

R = TypeVar("R", bound=BaseModel)


def read_text(path: Path) -> str:
    """Raises StageError where the file is missing or isn't UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise StageError(
            f"{path} does not exist; if a stage writes it, run `dvc repro`, if params.yaml names it, correct the path"
        ) from None
    except OSError as error:
        raise StageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise StageError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from None


def read_jsonl(path: Path, record: type[R]) -> list[R]:
    """All records of a file, in order. Raises StageError with file, line and field for the first bad line."""
    records = []
    for number, line in numbered_lines(read_text(path)):
        try:
            records.append(record.model_validate_json(line))
        except ValidationError as error:
            raise StageError(f"{path}:{number}: {describe(error)}") from None
    if not records:
        raise StageError(f"{path} holds no record; at least 1 is needed")
    return records


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines from 1, parted by line feeds alone: JSON strings may hold the other line ends that Unicode knows."""
    return enumerate(text.removesuffix("\n").split("\n") if text else [], start=1)


def read_json(path: Path) -> Any:
    """Raises StageError with file, line and column where the text isn't JSON."""
    text = read_text(path)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise StageError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None


def write_jsonl(path: Path, records: Iterable[BaseModel]) -> None:
    write_text(path, "".join(record.model_dump_json() + "\n" for record in records))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Two spaces of indent, keys in the given order. Raises ValueError for NaN, which readers of metrics choke on."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_text(path: Path, text: str) -> None:
    """Writes to a temporary name and renames: a reader sees the whole file or none of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)


def describe(error: ValidationError) -> str:
    """Every problem of a record or a section, each as `field: problem (is VALUE)`, in one line."""
    return "; ".join(describe_problems(error))


def describe_problems(error: ValidationError, prefix: str = "") -> list[str]:
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
