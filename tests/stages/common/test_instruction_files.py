"""The formats of other people's files. The rows are the same in all of them."""

import csv
import gzip
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from stages.common.errors import StageError
from stages.common.instruction_files import MAX_ROW
from stages.common.instruction_sets import MalformedRow, read_instructions, read_rows

ROWS = [
    {"instruction": "Name the color.", "input": "", "output": 'Red,\nas "said"; it\'s the 1st.'},
    {"instruction": "Übersetze.", "input": "日本\t語", "output": "Japanisch."},
]


def as_lines(rows: list[dict[str, str]]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def as_pretty(rows: list[dict[str, str]]) -> bytes:
    return "\n".join(json.dumps(row, indent=2, ensure_ascii=False) for row in rows).encode()


def as_wrapped(rows: list[dict[str, str]], indent: int | None = 2, key: str = "data", **more: object) -> bytes:
    return json.dumps({**more, key: rows}, indent=indent).encode()


def as_csv(rows: list[dict[str, str]], separator: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_parquet(rows: list[dict[str, str]]) -> bytes:
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), file)
    return file.getvalue()


FORMATS: dict[str, Callable[[list[dict[str, str]]], bytes]] = {
    "a.jsonl": as_lines,
    "a.json": lambda rows: json.dumps(rows).encode(),
    "pretty array.json": lambda rows: json.dumps(rows, indent=4).encode(),
    "pretty.json": as_pretty,
    "pretty with blank lines.jsonl": lambda rows: b"\n" + as_pretty(rows).replace(b"}\n{", b"}\n\n{") + b"\n",
    "wrapped.json": as_wrapped,
    "wrapped on one line.json": lambda rows: as_wrapped(rows, None),
    "wrapped with more.json": lambda rows: as_wrapped(rows, 1, "examples", version="1.0", tags=["a", 'b"]']),
    "wrapped as instances.json": lambda rows: as_wrapped(rows, None, "instances"),
    "a.csv": as_csv,
    "from Excel.csv": lambda rows: b"\xef\xbb\xbf" + as_csv(rows, ";").replace(b"\r\n", b"\n"),
    "a.tsv": lambda rows: as_csv(rows, "\t"),
    "csv by another name.txt": as_csv,
    "a.parquet": as_parquet,
    "parquet by another name": as_parquet,
    "a.jsonl.gz": lambda rows: gzip.compress(as_lines(rows)),
    "a.json.gz": lambda rows: gzip.compress(json.dumps(rows).encode()),
    "a.csv.gz": lambda rows: gzip.compress(as_csv(rows)),
    "gzip by another name.json": lambda rows: gzip.compress(as_wrapped(rows)),
    "a.parquet.gz": lambda rows: gzip.compress(as_parquet(rows)),
}


def write(folder: Path, content: bytes, name: str = "a") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str) -> None:
    examples, without_input = read_instructions(write(tmp_path, FORMATS[name](ROWS), name), "error")
    texts = [{key: getattr(example, key) for key in ("instruction", "input", "output")} for example in examples]
    assert (texts, without_input) == (ROWS, 0)
    assert {example.teacher.name for example in examples} == {Path(name.removesuffix(".gz")).stem}


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_of_more_than_a_mebibyte_is_malformed_in_every_format(tmp_path: Path, name: str) -> None:
    """Guards against a row that one format takes and another refuses, and against one that stops the run."""
    large = {"instruction": "Count.", "input": "", "output": "x" * MAX_ROW}
    fits = large | {"output": "x" * (MAX_ROW - 200)}
    kept, malformed, last = read_rows(write(tmp_path, FORMATS[name]([fits, large, ROWS[0]]), name))
    assert isinstance(malformed, MalformedRow)
    assert malformed.reason == "is longer than 1,048,576 bytes"
    assert not isinstance(kept, MalformedRow) and not isinstance(last, MalformedRow)


def test_wide_characters_count_by_their_bytes(tmp_path: Path) -> None:
    """Guards against a limit in characters for some formats and in bytes for others."""
    row = {"instruction": "Count.", "input": "", "output": "日" * (MAX_ROW // 3)}
    for content in (json.dumps(row, ensure_ascii=False), json.dumps([row], ensure_ascii=False)):
        (read,) = read_rows(write(tmp_path, content.encode()))
        assert isinstance(read, MalformedRow)


@pytest.mark.parametrize("name", ["a.json", "pretty.json", "wrapped.json", "a.csv", "a.parquet"])
def test_a_bad_row_is_named_by_its_place(tmp_path: Path, name: str) -> None:
    rows = [*ROWS, {"instruction": "a", "input": "", "history": "b", "output": "c"}]
    path = write(tmp_path, FORMATS[name]([{"history": "", **row} for row in rows]), name)
    place = {"pretty.json": ":13", "a.csv": ":5"}.get(name, "[2]")  # a cell of the first row has two lines
    with pytest.raises(StageError, match="`history` holds text that would be dropped") as error:
        read_instructions(path, "error")
    assert f"{path}{place}: " in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("utf-16", as_lines(ROWS).decode().encode("utf-16"), r"utf-16 is UTF-16 text; save it as UTF-8"),
        ("no mark", as_lines(ROWS).decode().encode("utf-16-le"), r"no mark is UTF-16 text; save it as UTF-8"),
        ("utf-32", as_lines(ROWS).decode().encode("utf-32"), r"utf-32 is UTF-32 text; save it as UTF-8"),
        ("u.csv", as_csv(ROWS).decode().encode("utf-16"), r"u.csv is UTF-16 text; save it as UTF-8"),
        ("u.gz", gzip.compress(as_csv(ROWS).decode().encode("utf-16")), r"u.gz is UTF-16 text; save it as UTF-8"),
        ("cut.gz", gzip.compress(as_lines(ROWS * 50))[:-20], r"cut.gz is a damaged gzip file: Compressed file ended"),
        ("bad.gz", b"\x1f\x8b\x08" + b"x" * 20, r"bad.gz is a damaged gzip file: "),
        ("a.zip", b"PK\x03\x04...", r"a.zip is packed by ZIP, which is not read; unpack it, or pack it by gzip"),
        ("a.zst", b"\x28\xb5\x2f\xfd...", r"a.zst is packed by Zstandard, which is not read"),
        ("cut.json", as_wrapped(ROWS)[:-5], r"cut.json:\d+:\d+: not JSON: Expecting ',' delimiter"),
        ("pretty", as_pretty(ROWS)[:-3], r"pretty:\d+:\d+: not JSON: "),
        ("deep", b'{\n"a": ' + b"[" * 100_000, r"deep is JSON that is nested too deep; write one row a line"),
        ("digits", b'{\n"a": ' + b"9" * 5000 + b"}", r"digits is not JSON: Exceeds the limit"),
        ("quote.csv", b'instruction,output\n"a,b\n', r"quote.csv:2: not CSV: unexpected end of data"),
        ("twice.csv", b"instruction,output,output\na,b,c\n", r"twice.csv:1: names the column 'output' twice"),
        ("latin.csv", b"instruction,output\ncaf\xe9,b\n", r"latin.csv is not UTF-8 text: invalid continuation byte"),
        ("cut.parquet", as_parquet(ROWS)[:-9], r"cut.parquet is a damaged Parquet file, after row 0: "),
        ("empty.csv", b"instruction,input,output\n", r"empty.csv holds no instruction; at least 1 is needed"),
        ("empty.gz", gzip.compress(b""), r"empty.gz holds no instruction; at least 1 is needed"),
        ("empty.parquet", as_parquet(ROWS[:0]), r"empty.parquet holds no instruction; at least 1 is needed"),
        ("two.json", as_wrapped(ROWS, train=ROWS), r"two.json:1: has no known shape, the keys are data, train; want"),
        ("none.json", as_wrapped([]), r"none.json:1: has no known shape, the keys are data; wanted are"),
        ("squad.json", b'{"data": [{"title": "a"}]}', r"squad.json\[0\]: has no known shape, the keys are title;"),
        ("qa.csv", b"question,answer\na,b\n", r"qa.csv:2: has no known shape, the keys are answer, question; wanted"),
        ("cells.csv", b"instruction,input,output\na,b\n", r"cells.csv:2: has 2 cells, and the header names 3"),
        ("more.csv", b"instruction,input,output\na,b,c,d\n", r"more.csv:2: has 4 cells, and the header names 3"),
        ("index.parquet", as_parquet([{"instruction": 5, "output": "b"}]), r"\[0\]: `instruction` is a number, must"),  # type: ignore[dict-item]
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    """Guards against tracebacks of libraries, and half of a file taken for all of it."""
    with pytest.raises(StageError, match=message):
        read_instructions(write(tmp_path, content, name), "empty")


def test_the_index_that_pandas_writes_is_no_text(tmp_path: Path) -> None:
    path = write(tmp_path, b",instruction,input,output\n0,a,,b\n\n1,c,,d\n", "a.csv")
    assert [example.output for example in read_instructions(path, "error")[0]] == ["b", "d"]


def test_columns_of_parquet_may_hold_conversations_and_nothing(tmp_path: Path) -> None:
    turn = [{"role": "user", "content": "Name a color."}, {"role": "assistant", "content": "Red."}]
    table = pyarrow.Table.from_pylist([{"messages": turn, "input": None}])
    pyarrow.parquet.write_table(table, tmp_path / "a")
    assert [example.output for example in read_instructions(tmp_path / "a", "error")[0]] == ["Red."]


def test_parquet_without_pyarrow_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, as_parquet(ROWS), "a.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(StageError, match=r"a.parquet is a Parquet file, .* pip install 'wikitune\[publish\]'"):
        read_instructions(path, "error")


def test_a_cut_first_line_does_not_make_a_document_of_all_lines(tmp_path: Path) -> None:
    """Guards against a file of a million rows that one bad row stops, as if it were pretty-printed JSON."""
    first, second = read_rows(write(tmp_path, b'{"instruction": "a",\n' + as_lines(ROWS[:1])))
    assert isinstance(first, MalformedRow) and not isinstance(second, MalformedRow)
