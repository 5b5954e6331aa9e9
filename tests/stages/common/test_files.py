import hashlib
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.files import (
    cache_folder,
    count_lines,
    iter_jsonl_range,
    line_ranges,
    numbered_lines,
    read_json,
    read_jsonl,
    read_text,
    repeated_key,
    sha256_of_file,
    usable_cache_folder,
    write_csv,
    write_json,
    write_jsonl,
)
from stages.common.records import Example, Page
from tests.stages.conftest import MakeExample


def test_records_come_back_as_they_were_written(tmp_path: Path, make: MakeExample) -> None:
    """Guards against text that breaks a line-based format: line ends, quotes, characters beyond ASCII."""
    examples = [make('Two\nlines \u2028 and "quotes"', "Naïve 日本."), make("x", "y", input="{}")]
    write_jsonl(tmp_path / "a.jsonl", examples)
    assert read_jsonl(tmp_path / "a.jsonl", Example) == examples
    assert not list(tmp_path.glob(".*"))


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Guards against half a file after a crash, and NaN in metrics, which break their readers."""
    path = tmp_path / "metrics.json"
    write_json(path, {"loss": 1.5})
    with pytest.raises(StageError, match=r"metrics.json: full.loss is nan, and a result must be a finite number"):
        write_json(path, {"steps": 3, "full": {"loss": math.nan}})
    assert json.loads(path.read_text()) == {"loss": 1.5}


def test_infinity_gets_into_no_curve(tmp_path: Path) -> None:
    """Guards against a picture that cannot be drawn."""
    with pytest.raises(StageError, match=r"a.csv: row 2, loss is inf, and a result must be a finite number"):
        write_csv(tmp_path / "a.csv", [{"step": 0, "loss": None}, {"step": 1, "loss": math.inf}])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("constant", ["NaN", "-Infinity"])
def test_what_is_no_json_number_is_named(tmp_path: Path, constant: str) -> None:
    """Guards against NaN in the report: Python's own JSON reader accepts it."""
    (tmp_path / "a.json").write_text(f'{{"loss": {constant}}}')
    with pytest.raises(StageError, match=f"a.json holds {constant}, which is not JSON; run `dvc repro`"):
        read_json(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[" * 3000 + "]" * 3000, r"a.json is nested too deeply to read; run `dvc repro`"),
        ('{"a": ' * 100_000, r"a.json is nested too deeply to read; run `dvc repro`"),
        (f'{{"a": {"9" * 5000}}}', r"a.json holds a number of more than 4,300 digits; run `dvc repro`"),
        ('{"a": -1e999}', r"a.json holds the number '-1e999', which is too large; run `dvc repro`"),
        (r'{"a": ["\uD83d"]}', r"a.json holds half of a surrogate pair, which is not text; run `dvc repro`"),
        (r'{"\ude00": 1}', r"a.json holds half of a surrogate pair, which is not text; run `dvc repro`"),
        ('{"a": 1'.encode("utf-16"), r"a.json is UTF-16 text; save it as UTF-8"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "utf-16",
)
def test_json_that_cannot_be_held_is_named(tmp_path: Path, content: str | bytes, message: str) -> None:
    """Guards against tracebacks: Python's reader gives up on depth and digits, and its writer on half a character."""
    (tmp_path / "a.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(StageError, match=message):
        read_json(tmp_path / "a.json")


def test_whole_pairs_and_a_byte_order_mark_are_fine_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('\ufeff{"a": "\\ud83d\\ude00"}')
    assert read_json(tmp_path / "a.json") == {"a": "\U0001f600"}


def test_a_byte_order_mark_and_blank_lines_are_no_records(tmp_path: Path, make: MakeExample) -> None:
    """Guards against files that went through an editor."""
    (tmp_path / "a.jsonl").write_text(f"\ufeff{line(make())}\r\n\r\n  \n{line(make('b'))}\n\n\n")
    assert read_jsonl(tmp_path / "a.jsonl", Example) == [make(), make("b")]
    (tmp_path / "a.jsonl").write_text(f"\ufeff\n\n{line(make())}\n{line(make())[:-1]}\n")
    with pytest.raises(StageError, match=r"a.jsonl:4: Invalid JSON"):
        read_jsonl(tmp_path / "a.jsonl", Example)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_ranges_of_lines_hold_every_record_once(tmp_path: Path, make: MakeExample, size: int) -> None:
    """Guards against a record at the border of two parts that is in both, or in none, and against a wrong line."""
    path = tmp_path / "a.jsonl"
    examples = [make(f"Name the é {number}.") for number in range(5)]
    lines = [example.model_dump_json().encode() for example in examples]
    path.write_bytes(b"\xef\xbb\xbf" + b"\n".join([lines[0], b"", *lines[1:]]))  # no line feed at the end
    ranges = line_ranges(path, size)
    assert [found for part in ranges for found in iter_jsonl_range(path, Example, part)] == examples
    path.write_bytes(b"\n".join([*lines, b"{}"]) + b"\n")
    with pytest.raises(StageError, match=r"a\.jsonl:6: id: Field required"):
        [list(iter_jsonl_range(path, Example, part)) for part in line_ranges(path, size)]


def test_two_writers_of_one_file_do_not_mix(tmp_path: Path, make: MakeExample) -> None:
    """Guards against two stages, run by hand, that write into one temporary file."""

    def records() -> Iterator[Example]:
        yield make("a")
        write_jsonl(path, [make("b")])  # the other one begins and ends meanwhile
        assert read_jsonl(path, Example) == [make("b")]
        yield make("c")

    path = tmp_path / "a.jsonl"
    write_jsonl(path, records())
    assert read_jsonl(path, Example) == [make("a"), make("c")]
    assert [file.name for file in tmp_path.iterdir()] == ["a.jsonl"]


def test_temporary_files_are_known_to_git_and_as_open_as_others(root: Path, tmp_path: Path, make: MakeExample) -> None:
    """Guards against leftovers of a killed stage in a commit, and files that other users can no longer read."""

    def records() -> Iterator[Example]:
        (temporary,) = tmp_path.iterdir()
        assert re.fullmatch(r"\.a\.jsonl\.[0-9a-f]{8}\.tmp", temporary.name)
        assert ".*.tmp" in (root / ".gitignore").read_text().splitlines()
        yield make()

    write_jsonl(tmp_path / "a.jsonl", records())
    (tmp_path / "other").touch()
    assert (tmp_path / "a.jsonl").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_repeated_key_is_found_at_any_depth() -> None:
    """Guards against a parser that silently takes the last of two values."""
    assert repeated_key('{"a": [{"b": {"c": 1, "d": 2, "c": 3}}]}') == "c"
    assert repeated_key(b'{"a": {"b": 1}, "b": {"a": 2}}') is None


def line(example: Example, **changes: object) -> str:
    return json.dumps({**example.model_dump(), **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"output": 5}, r"a.jsonl:2: output: Input should be a valid string \(is 5\)"),
        ({"mood": "good"}, r"a.jsonl:2: mood: Extra inputs are not permitted \(is 'good'\)"),
        ({"id": "0123456789abcdef"}, "a.jsonl:2: id 0123456789abcdef is not the hash of the three texts"),
        ({"source": {"kind": "rumor"}}, "a.jsonl:2: source.kind: Input should be 'synthetic' or 'general'"),
    ],
)
def test_a_bad_record_is_named_by_file_line_and_field(
    tmp_path: Path, make: MakeExample, changes: dict[str, object], message: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{line(make())}\n{line(make(), **changes)}\n")
    with pytest.raises(StageError, match=message):
        read_jsonl(path, Example)


def test_an_example_without_input_is_named(tmp_path: Path, make: MakeExample) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({key: value for key, value in make().model_dump().items() if key != "input"}))
    with pytest.raises(StageError, match=r"a.jsonl:1: input: Field required"):
        read_jsonl(path, Example)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{\n", r"a.jsonl:1: Invalid JSON"),
        (b"", r"a.jsonl holds no record; at least 1 is needed"),
        (b"\xff", r"a.jsonl:1: Invalid JSON: expected value at line 1 column 1"),
        (b"\xff\xfe", r"a.jsonl is UTF-16 text; save it as UTF-8"),
        ("{}\n".encode("utf-16-be"), r"a.jsonl is UTF-16 text; save it as UTF-8"),
        ("{}\n".encode("utf-32"), r"a.jsonl is UTF-32 text; save it as UTF-8"),
        (b"\xef\xbb\xbf", r"a.jsonl holds no record; at least 1 is needed"),
        (b"\n \r\n", r"a.jsonl holds no record; at least 1 is needed"),
        (b"\n\n{\n", r"a.jsonl:3: Invalid JSON"),
        (b'{"title": ' + b"[" * 3000, r"a.jsonl:1: Invalid JSON: recursion limit exceeded"),
        (b'{"title": ' + b"9" * 5000 + b"}", r"a.jsonl:1: Invalid JSON: number out of range"),
        (rb'{"title": "\ud800"}', r"a.jsonl:1: Invalid JSON: unexpected end of hex escape"),
        (b'{"title": "\xed\xa0\x80"}', r"a.jsonl:1: Invalid JSON: invalid unicode code point"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(StageError, match=message):
        read_jsonl(tmp_path / "a.jsonl", Page)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"a.jsonl does not exist; if a stage writes it, run `dvc repro`"):
        read_jsonl(tmp_path / "a.jsonl", Page)


def test_csv_leaves_none_empty(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [{"step": 0, "loss": None}, {"step": 1, "loss": 0.5}])
    assert (tmp_path / "a.csv").read_text() == "step,loss\n0,\n1,0.5\n"


def test_the_cache_is_the_users_or_the_one_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against paid answers and snapshots in a folder where the next run doesn't look."""
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path))
    assert cache_folder("pages") == tmp_path / "pages"
    monkeypatch.delenv("WIKITUNE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert cache_folder("pages") == tmp_path / "home/wikitune/pages"


def test_a_cache_that_cannot_be_written_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against "work in another folder" for a home folder without the right to write."""
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path))
    (tmp_path / "snapshots").mkdir(mode=0o755)  # as an earlier version made it
    assert usable_cache_folder("snapshots").stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path / "file"))
    message = r"the cache folder \S+file/snapshots cannot be used: Not a directory; set WIKITUNE_CACHE"
    with pytest.raises(StageError, match=message):
        usable_cache_folder("snapshots")
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path))
    monkeypatch.setattr("os.access", lambda folder, rights: False)  # tests may run as root, who may write anywhere
    with pytest.raises(StageError, match=r"snapshots cannot be used: Permission denied; set WIKITUNE_CACHE"):
        usable_cache_folder("snapshots")


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    (tmp_path / "a").write_bytes(content)
    assert sha256_of_file(tmp_path / "a") == hashlib.sha256(content).hexdigest()
    with pytest.raises(StageError, match=r"a folder cannot be read: Is a directory"):
        (tmp_path / "a folder").mkdir()
        sha256_of_file(tmp_path / "a folder")


def test_lines_end_at_line_feeds_alone(tmp_path: Path) -> None:
    """Guards against wrong line numbers after a JSON string that contains another kind of line end."""
    assert list(numbered_lines("a\u2028b\n\nc\n")) == [(1, "a\u2028b"), (2, ""), (3, "c")]
    assert list(numbered_lines("")) == []
    (tmp_path / "a").write_bytes(b"a\n\nb")
    assert count_lines(tmp_path / "a") == 3


def test_text_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"caf\xe9")
    with pytest.raises(StageError, match=r"a.txt is not UTF-8 text: unexpected end of data at byte 3"):
        read_text(tmp_path / "a.txt")


def test_a_long_value_is_cut_in_an_error(tmp_path: Path, make: MakeExample) -> None:
    """Guards against a message as long as a whole file."""
    (tmp_path / "a.jsonl").write_text(line(make(), source="x" * 1000))
    with pytest.raises(StageError, match=r"source: Input should be .* \(is 'x{79}\.\.\.\)$"):
        read_jsonl(tmp_path / "a.jsonl", Example)
