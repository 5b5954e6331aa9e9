"""Files in and out: checked when they are read, renamed into place when they are written; and the cache folder."""

import csv
import errno
import hashlib
import io
import json
import math
import os
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO, TypeVar

from pydantic import BaseModel, ValidationError

from stages.common.errors import StageError, name_in_errors

R = TypeVar("R", bound=BaseModel)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # of UTF-8; editors on Windows put it at the start of a file
_PASSWORD = re.compile(r"://\S*@")  # the user name and the password in an address
_WRITE_AGAIN = "run `dvc repro`: it writes the file again"


def cache_folder(name: str) -> Path:
    """The folder `name` in the user's cache directory, or in the directory that WIKITUNE_CACHE names.

    It is for state that must outlast a stage: DVC deletes a stage's outputs before it runs the stage. Whoever
    uses it calls `keep_private`.
    """
    from platformdirs import user_cache_path

    chosen = os.environ.get("WIKITUNE_CACHE")
    return (Path(chosen) if chosen else user_cache_path("wikitune")) / name


def keep_private(folder: Path) -> None:
    """Lets only the owner into a folder, whoever could enter before. Makes it if it does not exist."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        with suppress(OSError):  # it is another user's, who decides, or on a disk that can't be written
            folder.chmod(0o700)


def usable_cache_folder(name: str) -> Path:
    """The same folder, made if it does not exist. Raises StageError, with what to do, if no file can be made in it."""
    folder = cache_folder(name)
    try:
        keep_private(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    except OSError as error:
        raise StageError(
            f"the cache folder {error.filename or folder} cannot be used: {error.strerror}; set WIKITUNE_CACHE in the "
            "environment to a folder that you may write"
        ) from error
    return folder


def sha256_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hex. Raises StageError if it cannot be read."""
    with readable(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # typeshed wants readinto


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark. Raises StageError if the file is missing or isn't UTF-8."""
    with readable(path) as file:
        return decode_text(path, file.read())


def decode_text(path: Path, content: bytes) -> str:
    """The content of this file as text, without a byte order mark. Raises StageError if it isn't UTF-8."""
    refuse_utf16(path, content)
    try:
        return content.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
    except UnicodeDecodeError as error:
        raise StageError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from None


def refuse_utf16(path: Path, start: bytes) -> None:
    """Raises StageError if a file that begins with these bytes (4 are enough) is UTF-16 or UTF-32."""
    encoding = json.detect_encoding(start)
    if not encoding.startswith("utf-8"):
        raise StageError(f"{path} is {encoding[:6].upper()} text; save it as UTF-8")


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

    A byte order mark and blank lines are skipped. Raises StageError with file, line and field at the first bad line,
    or if the file has no record.
    """
    return (value for _, _, value in iter_jsonl_lines(path, record))


def iter_jsonl_lines(path: Path, record: type[R]) -> Iterator[tuple[int, bytes, R]]:
    """The same as `iter_jsonl`, with each record's line: its number, from 1, and its text."""
    empty = True
    with readable(path) as file:
        for numbered in _records_of_lines(path, file, record, 1):
            empty = False
            yield numbered
    if empty:
        raise StageError(f"{path} holds no record; at least 1 is needed")


class LineRange(NamedTuple):
    """Some lines of a file, one after the other."""

    offset: int  # bytes before the first of them
    first: int  # its number, from 1
    lines: int


def line_ranges(path: Path, size: int) -> list[LineRange]:
    """All lines of a file, `size` in a range."""
    ranges, offset, number = [], 0, 1
    with readable(path) as file:
        while lines := [len(line) for line in islice(file, size)]:
            ranges.append(LineRange(offset, number, len(lines)))
            offset, number = offset + sum(lines), number + len(lines)
    return ranges


def iter_jsonl_range(path: Path, record: type[R], lines: LineRange) -> Iterator[R]:
    """The records of these lines of a file. Raises StageError as `iter_jsonl` does, but for a range without any."""
    with readable(path) as file:
        file.seek(lines.offset)
        for _, _, value in _records_of_lines(path, islice(file, lines.lines), record, lines.first):
            yield value


def _records_of_lines(
    path: Path, lines: Iterable[bytes], record: type[R], first: int
) -> Iterator[tuple[int, bytes, R]]:
    for number, line in enumerate(lines, start=first):
        if number == 1:
            refuse_utf16(path, line)
            line = line.removeprefix(BYTE_ORDER_MARK)
        if line.isspace() or not line:
            continue
        try:
            value = record.model_validate_json(line.removesuffix(b"\n"))
        except ValidationError as error:
            raise StageError(f"{path}:{number}: {describe(error)}") from None
        yield number, line, value


def repeated_key(text: str | bytes) -> str | None:
    """The first key that an object in this JSON holds twice, or None. Parsers silently keep the last of the two."""
    repeated: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        if len(dict(pairs)) < len(pairs):
            repeated.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)

    json.loads(text, object_pairs_hook=note)
    return repeated[0] if repeated else None


def count_lines(path: Path) -> int:
    with readable(path) as file:
        return sum(1 for _ in file)


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines, numbered from 1. Only a line feed ends a line: JSON strings may contain Unicode's other line ends."""
    return enumerate(text.removesuffix("\n").split("\n") if text else [], start=1)


def read_json(path: Path) -> Any:
    """Raises StageError with file, line and column if the text isn't JSON or holds what no file of ours may hold: NaN,
    numbers that are too large, half a surrogate pair."""

    def refuse(constant: str) -> None:
        raise StageError(f"{path} holds {constant}, which is not JSON; {_WRITE_AGAIN}")

    def finite(digits: str) -> float:
        number = float(digits)
        if not math.isfinite(number):
            raise StageError(f"{path} holds the number {_short(digits)}, which is too large; {_WRITE_AGAIN}")
        return number

    text = read_text(path)
    try:
        value = json.loads(text, parse_constant=refuse, parse_float=finite)
        if "\\ud" in text.lower():  # an escape such as \ud83d, which may lack its other half
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError as error:
        raise StageError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise StageError(f"{path} is nested too deeply to read; {_WRITE_AGAIN}") from None
    except UnicodeEncodeError:
        raise StageError(f"{path} holds half of a surrogate pair, which is not text; {_WRITE_AGAIN}") from None
    except ValueError:  # Python reads no integer of more digits
        raise StageError(f"{path} holds a number of more than 4,300 digits; {_WRITE_AGAIN}") from None


def write_jsonl(path: Path, records: Iterable[BaseModel]) -> None:
    """Writes the records as the iterable yields them. If it raises, the file stays as it was."""
    write_lines(path, (record.model_dump_json() for record in records))


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """The same for lines, each without its line feed."""
    with _renamed_into_place(path) as file:
        file.writelines(line + "\n" for line in lines)


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
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")  # two writers don't share it
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
        # A check of a whole section names its fields itself. (Without a prefix, texts of old repairs must not change.)
        is_of_a_section = bool(prefix) and problem["type"] == "value_error" and isinstance(problem["input"], dict)
        field = ".".join([*filter(None, [prefix]), *map(str, problem["loc"])])
        message = problem["msg"].removeprefix("Value error, ")
        is_without = is_of_a_section or problem["type"] in {"missing", "json_invalid"}
        value = "" if is_without else f" (is {_short(problem['input'])})"
        problems.append(f"{field}: {message}{value}" if field else message + value)
    return problems


def hide_passwords(text: str) -> str:
    """The text without the users and passwords of its addresses."""
    return _PASSWORD.sub("://***@", text)


def _short(value: object, limit: int = 80) -> str:
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or an integer of more than 4,300 digits
        text = f"a {type(value).__name__} that cannot be shown"
    text = hide_passwords(text)
    return text if len(text) <= limit else f"{text[:limit]}..."
