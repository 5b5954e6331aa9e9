"""The rows of a file with instructions, in any format: JSON Lines, other JSON, CSV or Parquet, each also in gzip.

The content says which format it is, not the name. JSON Lines are read line by line, so that neither a large file nor an
endless line fills the memory. Other JSON is read whole: a JSON array, an object such as `{"data": [...]}` that holds
the rows, or objects one after the other, each over several lines. If it is broken, its rows cannot be told apart, and
that is an error; so is a broken CSV or Parquet file.
"""

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from stages.common.errors import StageError
from stages.common.files import BYTE_ORDER_MARK, decode_text, readable, refuse_utf16
from stages.common.instruction_shapes import ROW_KEYS
from stages.common.parquet_files import PARQUET, iter_parquet

MAX_ROW = 2**20  # bytes; a hundred times what fits into any context
RAW_SHOWN = 200  # characters of a malformed row
_TOO_LONG = "is longer than {:,} bytes"
# By the first bytes of the file.
_PACKED = {b"PK\x03\x04": "ZIP", b"BZh": "bzip2", b"\xfd7zX": "xz", b"\x28\xb5\x2f\xfd": "Zstandard"}
_SPACE = re.compile(r"[ \t\r\n]*")  # what JSON allows between its parts


@dataclass(frozen=True)
class RepeatedKey:
    """Takes the place of a JSON object that has a key twice."""

    key: str


@dataclass(frozen=True)
class FileRow:
    place: str  # "file:line", from 1, or "file[index]", from 0
    value: object  # as JSON; None with a fault
    raw: str  # the beginning of its text
    fault: str = ""  # why it has no value


def _without_repeated_keys(pairs: list[tuple[str, object]]) -> dict[str, object] | RepeatedKey:
    value = dict(pairs)
    if len(value) < len(pairs):
        return RepeatedKey(next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i])))
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_without_repeated_keys)


def read_file_rows(path: Path) -> Iterator[FileRow]:
    """Yields every row, in order, without blank lines. Raises StageError if the file cannot be read as a whole."""
    with readable(path) as file, _unpacked(path, file) as content:
        start = content.read(4)
        content.seek(0)
        if packing := next((name for mark, name in _PACKED.items() if start.startswith(mark)), None):
            raise StageError(f"{path} is packed by {packing}, which is not read; unpack it, or pack it by gzip")
        if start == PARQUET:
            yield from _parquet_rows(path, content)
            return
        refuse_utf16(path, start)
        lines = (line for line in _lines(content) if line.text.strip() or not line.complete)
        first, second = next(lines, _NO_LINE), next(lines, _NO_LINE)
        content.seek(0)
        if _is_csv(path, first.text):
            yield from _csv_rows(path, content, first.text)
        elif _is_document(first, second):
            yield from _document_rows(path, decode_text(path, content.read()))
        else:
            yield from (_row_of_line(path, line) for line in _lines(content) if line.text.strip() or not line.complete)


@contextmanager
def _unpacked(path: Path, file: BinaryIO) -> Iterator[BinaryIO]:
    """The content of a file, unpacked if it is in gzip."""
    packed = file.read(3) == b"\x1f\x8b\x08"
    file.seek(0)
    if not packed:
        yield file
        return
    try:
        with gzip.open(file) as content:
            yield content  # type: ignore[misc] # a BinaryIO but for its name
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise StageError(f"{path} is a damaged gzip file: {error}; get it again") from None


@dataclass(frozen=True)
class _Line:
    number: int  # from 1
    text: bytes  # without line end and byte order mark
    complete: bool  # False: the line is over MAX_ROW bytes, and was cut off


_NO_LINE = _Line(0, b"", True)


def _lines(file: BinaryIO) -> Iterator[_Line]:
    number = 0
    while line := file.readline(MAX_ROW + 1):
        number += 1
        rest = line
        while len(rest) > MAX_ROW and not rest.endswith(b"\n"):
            rest = file.readline(MAX_ROW + 1)
        complete = len(line) <= MAX_ROW or line.endswith(b"\n")
        line = line.rstrip(b"\r\n")
        yield _Line(number, line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line, complete)


def _row_of_line(path: Path, line: _Line) -> FileRow:
    place = f"{path}:{line.number}"
    raw = line.text[: 4 * RAW_SHOWN].decode("utf-8", errors="replace").strip()[:RAW_SHOWN]
    if not line.complete:
        return FileRow(place, None, raw, _TOO_LONG.format(MAX_ROW))
    try:
        return FileRow(place, _DECODER.decode(line.text.decode("utf-8")), raw)
    except UnicodeDecodeError as error:
        fault = f"is not UTF-8 text: {error.reason} at byte {error.start}"
    except json.JSONDecodeError as error:
        fault = f"not JSON: {error.msg} at column {error.colno}"
    except RecursionError:
        fault = "is nested too deep"
    except ValueError as error:  # a number with thousands of digits
        fault = f"not JSON: {error}"
    return FileRow(place, None, raw, fault)


def _is_document(first: _Line, second: _Line) -> bool:
    """Whether a file that starts with these lines is JSON that is not one row a line."""
    if first.text.lstrip().startswith(b"["):
        return True
    if not first.text.lstrip().startswith(b"{"):
        return False
    row = _row_of_line(Path(), first)
    if second == _NO_LINE:
        return not first.complete or _rows_key(row.value) is not None
    return bool(row.fault) and second.text.lstrip()[:1] in (b'"', b"}")


def _rows_key(value: object) -> str | None:
    """The key under which an object holds the rows, as in `{"data": [{...}]}`; None if it is a row itself."""
    if not isinstance(value, dict) or value.keys() & ROW_KEYS:
        return None
    lists = [key for key, part in value.items() if isinstance(part, list) and part and isinstance(part[0], dict)]
    return lists[0] if len(lists) == 1 else None


def _document_rows(path: Path, text: str) -> Iterator[FileRow]:
    try:
        start = _after_space(text, 0)
        if text.startswith("[", start):
            yield from _array_rows(path, text, start)
            return
        values = list(_values(text, start))
        if len(values) == 1 and (key := _rows_key(values[0][2])) is not None:
            yield from _array_rows(path, text, _member_start(text, start, key), alone=False)
            return
        line, counted = 1, 0
        for start, end, value in values:
            line, counted = line + text.count("\n", counted, start), start
            yield _json_row(f"{path}:{line}", value, text[start:end])
    except json.JSONDecodeError as error:
        raise StageError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    except RecursionError:
        raise StageError(f"{path} is JSON that is nested too deep; write one row a line instead") from None
    except ValueError as error:  # a number with thousands of digits
        raise StageError(f"{path} is not JSON: {error}") from None


def _array_rows(path: Path, text: str, start: int, alone: bool = True) -> Iterator[FileRow]:
    """The elements of the array that starts there. `alone`: nothing may stand behind it."""
    position = _after_space(text, start + 1)
    index = 0
    while index or text[position : position + 1] != "]":
        value, end = _DECODER.raw_decode(text, position)
        yield _json_row(f"{path}[{index}]", value, text[position:end])
        index += 1
        position = _after_space(text, end)
        if text[position : position + 1] == "]":
            break
        if text[position : position + 1] != ",":
            raise json.JSONDecodeError("Expecting ',' delimiter", text, position)
        position = _after_space(text, position + 1)
    if alone and (rest := _after_space(text, position + 1)) < len(text):
        raise json.JSONDecodeError("Extra data", text, rest)


def _values(text: str, position: int) -> Iterator[tuple[int, int, object]]:
    """Start, end and value of each of the JSON values that stand one after the other."""
    while position < len(text):
        value, end = _DECODER.raw_decode(text, position)
        yield position, end, value
        position = _after_space(text, end)


def _member_start(text: str, start: int, wanted: str) -> int:
    """Where the value of a key begins, in the valid JSON object that starts at `start` and has that key."""
    position = _after_space(text, start + 1)
    while True:
        key, end = _DECODER.raw_decode(text, position)
        position = _after_space(text, _after_space(text, end) + 1)  # behind the colon
        if key == wanted:
            return position
        _, end = _DECODER.raw_decode(text, position)
        position = _after_space(text, _after_space(text, end) + 1)  # behind the comma


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _json_row(place: str, value: object, raw: str) -> FileRow:
    """The row, or a fault if its text is too long."""
    if len(raw) > MAX_ROW or (len(raw) > MAX_ROW // 4 and len(raw.encode()) > MAX_ROW):
        return FileRow(place, None, raw[:RAW_SHOWN], _TOO_LONG.format(MAX_ROW))
    return FileRow(place, value, raw[:RAW_SHOWN])


def _is_csv(path: Path, first: bytes) -> bool:
    """Whether the first line is a header: by the file's name, or by the names of columns that are known."""
    if first.lstrip()[:1] in (b"[", b"{"):
        return False
    named = Path(path.name.removesuffix(".gz")).suffix.lower() in (".csv", ".tsv")
    columns = {column.strip(b'" ').decode("utf-8", errors="replace") for column in re.split(rb"[,;\t]", first)}
    return named or (len(columns) > 1 and bool(columns & ROW_KEYS))


def _csv_rows(path: Path, content: BinaryIO, first: bytes) -> Iterator[FileRow]:
    """Rows under a header of column names. A column without a name, such as the index that pandas writes, is left out.

    The separator is the comma, semicolon or tab that the header has most of.
    """
    csv.field_size_limit(2**31 - 1)  # of the whole process; its default of 128 KiB is less than MAX_ROW
    separator = max(",;\t", key=first.decode("utf-8", errors="replace").count)
    reader = csv.reader(io.TextIOWrapper(content, "utf-8-sig", newline=""), delimiter=separator, strict=True)
    try:
        header = next((cells for cells in reader if any(cells)), [])
        if twice := [name for name in header if header.count(name) > 1]:
            raise StageError(f"{path}:{reader.line_num}: names the column {twice[0]!r} twice")
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                yield _csv_row(f"{path}:{line}", header, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise StageError(f"{path}:{reader.line_num}: not CSV: {error}") from None
    except UnicodeDecodeError as error:
        raise StageError(f"{path} is not UTF-8 text: {error.reason} after line {reader.line_num}") from None


def _csv_row(place: str, header: list[str], cells: list[str]) -> FileRow:
    value = {name: cell for name, cell in zip(header, cells, strict=False) if name}
    row = _json_row(place, value, json.dumps(value, ensure_ascii=False))
    if not row.fault and len(cells) != len(header):
        return FileRow(place, None, row.raw, f"has {len(cells)} cells, and the header names {len(header)}")
    return row


def _parquet_rows(path: Path, content: BinaryIO) -> Iterator[FileRow]:
    for index, value in iter_parquet(path, content):
        yield _json_row(f"{path}[{index}]", value, json.dumps(value, ensure_ascii=False, default=str))
