import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from stages.common import instruction_files
from stages.common.errors import StageError
from stages.common.files import write_jsonl
from stages.common.instruction_files import MAX_ROW
from stages.common.instruction_sets import ExampleRow, MalformedRow, read_instructions, read_rows
from tests.stages.conftest import MakeExample

GOOD = '{"instruction": "a", "input": "", "output": "b"}'
DEEP = "[" * 100_000 + "]" * 100_000


def rows_of(folder: Path, content: bytes | str) -> list[ExampleRow | MalformedRow]:
    path = folder / "a.jsonl"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_rows(path))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"instruction": "a", "input": ""}', "`output` is missing"),
        ('{"input": "", "output": "b"}', "`instruction` is missing"),
        ('{"instruction": "a", "input": "", "output": NaN}', "`output` is a number, must be a string"),
        ('{"instruction": "a", "input": "", "output": ["b"]}', "`output` is an array, must be a string"),
        ('{"instruction": "a", "instruction": "c", "output": "b"}', "has the key 'instruction' twice"),
        (
            r'{"instruction": "\ud800", "output": "b"}',
            "`instruction` holds half of a surrogate pair: not valid text",
        ),
        ('{"instruction": "a"', "not JSON: Expecting ',' delimiter at column 20"),
        (GOOD + GOOD, "not JSON: Extra data at column 49"),
        ("7", "is a number, must be an object with instruction, input and output"),
        ('{"x": ' + DEEP + "}", "is nested too deep"),
        ('{"x": ' + "9" * 5000 + "}", "not JSON: Exceeds the limit (4300 digits) for integer string conversion"),
        (b'{"instruction": "caf\xe9"}', "is not UTF-8 text: invalid continuation byte at byte 20"),
        ('{"x": "' + "x" * MAX_ROW + '"}', "is longer than 1,048,576 bytes"),
        (" " * (MAX_ROW + 5), "is longer than 1,048,576 bytes"),
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else value[:40],
)
def test_a_malformed_row_is_named_and_the_next_is_read(tmp_path: Path, line: str | bytes, reason: str) -> None:
    """Guards against a row that stops the run, or loses the next row."""
    raw = line.encode() if isinstance(line, str) else line
    first, second, third = rows_of(tmp_path, GOOD.encode() + b"\n" + raw + b"\n" + GOOD.encode())
    assert isinstance(first, ExampleRow) and isinstance(third, ExampleRow)
    assert isinstance(second, MalformedRow)
    assert second.reason.startswith(reason)
    assert second.place == f"{tmp_path / 'a.jsonl'}:2"
    assert second.raw == raw.decode("utf-8", errors="replace").strip()[:200]
    assert third.place == f"{tmp_path / 'a.jsonl'}:3"


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{GOOD}\n{GOOD}\n",
        f"{GOOD}\r\n{GOOD}\r\n",
        f"\n{GOOD}\n  \n\n{GOOD}",
        f"[{GOOD},\n {GOOD}]",
        f"\ufeff\n [{GOOD}, {GOOD}]\n",
    ],
    ids=["byte order mark", "line ends of Windows", "empty lines", "array", "array behind a byte order mark"],
)
def test_what_editors_and_other_tools_write_is_read(tmp_path: Path, content: str) -> None:
    rows = rows_of(tmp_path, content)
    assert [row.example.output for row in rows if isinstance(row, ExampleRow)] == ["b", "b"]
    in_array = content.strip("\ufeff\n ").startswith("[")
    assert [row.place.endswith("]") for row in rows] == [in_array] * 2


def test_an_absent_input_is_empty_and_said(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, '{"instruction": "a", "output": "b"}')
    assert isinstance(row, ExampleRow)
    assert (row.example.input, row.without_input) == ("", True)
    assert row.example.source.kind == "general"
    assert row.example.teacher.name == "a"


def test_records_keep_their_source_and_teacher(tmp_path: Path, make: MakeExample) -> None:
    """Guards against losing the attribution."""
    write_jsonl(tmp_path / "a.jsonl", [make(kind="when")])
    (row,) = read_rows(tmp_path / "a.jsonl")
    assert isinstance(row, ExampleRow)
    assert row.example == make(kind="when")
    (bad,) = rows_of(tmp_path, GOOD[:-1] + r', "teacher": {"name": "x"}, "source": {"kind": "general", "\ud800": 1}}')
    assert isinstance(bad, MalformedRow)
    assert bad.reason == (
        r"source or teacher: Input should be a valid string, unable to parse raw data as a unicode string (is '\ud800')"
    )


def test_elements_of_an_array_are_named_by_index(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, f'[{GOOD}, 7, {{"a": {{"b": 1, "b": 2}}}}]')
    assert [row.place.removeprefix(str(tmp_path)) for row in rows] == ["/a.jsonl[0]", "/a.jsonl[1]", "/a.jsonl[2]"]
    assert [row.raw for row in rows if isinstance(row, MalformedRow)] == [
        "7",
        '{"a": {"b": 1, "b": 2}}',
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"[{GOOD}", r"a.jsonl:1:50: not JSON: Expecting ',' delimiter"),
        (f"[{GOOD}]\n{GOOD}", r"a.jsonl:2:1: not JSON: Extra data"),
        (b"[\xff]", r"a.jsonl is not UTF-8 text: invalid start byte at byte 1"),
        (DEEP, r"a.jsonl is JSON that is nested too deep"),
        ("[" + "9" * 5000 + "]", r"a.jsonl is not JSON: Exceeds the limit"),
    ],
    ids=["cut", "something behind", "not UTF-8", "deep", "a huge number"],
)
def test_a_broken_array_is_an_error(tmp_path: Path, content: str | bytes, message: str) -> None:
    """Guards against taking half of a file for all of it."""
    with pytest.raises(StageError, match=message):
        rows_of(tmp_path, content)


def test_an_endless_line_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with path.open("wb") as file:
        file.writelines([b'{"x": "', *(b"x" * 2**20 for _ in range(50)), b'"}\n', GOOD.encode()])
    tracemalloc.start()
    rows = list(read_rows(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(row) for row in rows] == [MalformedRow, ExampleRow]
    assert peak < 8 * 2**20


def test_a_line_of_just_the_limit_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a limit that counts the line end."""
    monkeypatch.setattr(instruction_files, "MAX_ROW", len(GOOD))
    assert [type(row) for row in rows_of(tmp_path, f"{GOOD}\n{GOOD}")] == [ExampleRow, ExampleRow]
    assert [type(row) for row in rows_of(tmp_path, f"{GOOD} \n{GOOD}")] == [MalformedRow, ExampleRow]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            '{"instruction": "a", "input": ""}',
            r"a.jsonl:2: `output` is missing, the keys are input, instruction; wanted",
        ),
        ('{"instruction": "a", "output": "b"}', r'a.jsonl:2: has no `input`; write "input": "" where there is none'),
    ],
)
def test_a_bad_instruction_stops_the_reader_of_instructions(tmp_path: Path, row: str, message: str) -> None:
    """Guards against a training set that silently lacks rows, or holds rows with nothing to learn."""
    (tmp_path / "a.jsonl").write_text(f"{GOOD}\n{row}\n")
    with pytest.raises(StageError, match=message):
        read_instructions(tmp_path / "a.jsonl", "error")


def test_absent_inputs_are_counted_if_they_are_allowed(tmp_path: Path) -> None:
    without = '{"instruction": "c", "output": "d"}'
    (tmp_path / "a.jsonl").write_text(f"{GOOD}\n{without}\n{without}\n")
    examples, without_input = read_instructions(tmp_path / "a.jsonl", "empty")
    assert [(example.instruction, example.input) for example in examples] == [("a", ""), ("c", ""), ("c", "")]
    assert without_input == 2


def test_a_file_without_instructions_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("\n\n")
    with pytest.raises(StageError, match=r"a.jsonl holds no instruction; at least 1 is needed"):
        read_instructions(tmp_path / "a.jsonl", "empty")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = ("instruction", "input", "output", "kind", "source", "teacher")
ROW = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), st.text(max_size=5) | JSON, max_size=6) | JSON


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rows")


@settings(max_examples=300, deadline=None, derandomize=True)
@given(rows=st.lists(ROW, max_size=5), ascii_only=st.booleans(), end=st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_no_row_of_json_is_lost(folder: Path, rows: list[object], ascii_only: bool, end: str) -> None:
    """Guards against any value that raises an error or vanishes, in lines and in an array."""
    lines = [json.dumps(row) for row in rows]
    if not (lines and lines[0].startswith("[")):  # nor alone in its file: an object may then hold all rows
        assert len(rows_of(folder, end.join([*lines, GOOD]))) == len(rows) + 1
    assert len(rows_of(folder, f"[{','.join(lines)}]")) == len(rows)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(content=st.binary(max_size=60) | st.lists(st.sampled_from([GOOD, "[", "]", "{", ",", "\n", '"', "\ufeff"])))
def test_no_bytes_raise_anything_but_an_error_for_the_reader(folder: Path, content: bytes | list[str]) -> None:
    raw = content if isinstance(content, bytes) else "".join(content).encode()
    lines = [line for line in raw.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]
    array = bool(lines) and lines[0].lstrip().startswith(b"[")
    # One object over several lines, or one that may hold all rows.
    whole = bool(lines) and lines[0].lstrip().startswith(b"{") and (len(lines) == 1 or lines[1].lstrip()[:1] in b'"}')
    try:
        rows = rows_of(folder, raw)
    except StageError:
        assert (
            array or whole or raw.startswith(b"\x1f\x8b\x08") or not json.detect_encoding(raw[:4]).startswith("utf-8")
        )
        return
    if not (array or whole):
        assert len(rows) == len(lines)


def test_the_set_of_the_book_can_take_the_place_of_ours(instruction_data: Path) -> None:
    """Guards against a border that reads our own format alone: this one is a JSON array."""
    examples, without_input = read_instructions(instruction_data, "error")
    assert (len(examples), without_input) == (1100, 0)
    assert all(example.source.kind == "general" for example in examples)
    assert examples[0].teacher.name == "instruction-data"


def write_text(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_array_and_lines_are_the_same(tmp_path: Path) -> None:
    rows = [{"instruction": f"Task {i}.", "input": "", "output": "Done.", "extra": 1} for i in range(3)]
    array = write_text(tmp_path / "a.json", json.dumps(rows, indent=2))
    lines = write_text(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert read_instructions(array, "error") == read_instructions(lines, "error")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"instruction": "a", "output": "b"}]', r"a.json\[0\]: has no `input`; write"),
        (
            '{"instruction": "a", "input": "", "output": "b"}\n{"a": 1}',
            "a.json:2: has no known shape, the keys are a; wanted are `instruction`, `input`",
        ),
        ('{"instruction": "a", "input": ""}', "a.json:1: `output` is missing"),
        ('{"instruction": "a", "input": "", "output": ["b"]}', "a.json:1: `output` is an array, must be a string"),
        ("[1]", r"a.json\[0\]: is a number, must be an object"),
        ('{"instruction": "a"', "a.json:1: not JSON: Expecting"),
        ("[{]", r"a.json:1:3: not JSON"),
        ("[]", "a.json holds no instruction; at least 1 is needed"),
    ],
)
def test_a_bad_instruction_is_named_by_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StageError, match=message):
        read_instructions(write_text(tmp_path / "a.json", text), "error")


def test_a_missing_input_is_empty_and_counted_where_that_is_asked_for(tmp_path: Path) -> None:
    path = write_text(
        tmp_path / "a.json", '[{"instruction": "a", "output": "b"}, {"instruction": "c", "input": "d", "output": "e"}]'
    )
    examples, without_input = read_instructions(path, "empty")
    assert [example.input for example in examples] == ["", "d"]
    assert without_input == 1
