"""Files of page records, and of titles."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import Table, parquet

from stages.common.errors import StageError
from stages.common.records import Page
from stages.sources.input_files import read_pages, read_titles, title_problem, without_broken_text
from tests.stages.sources.conftest import Extraction
from tests.stages.sources.local_wiki import LocalWiki

PAGE = {
    "title": "Tide",
    "page_id": 1,
    "revision_id": 7,
    "revision_timestamp": "2026-01-31T00:00:00Z",
    "url": "https://example.org/tide",
    "language": "en",
    "license": "CC-BY-4.0",
    "sections": [{"heading": "", "level": 1, "text": "Tides are long."}],
}


def test_a_category_may_be_written_in_any_case(tmp_path: Path) -> None:
    """Guards against a page that no wiki has, for a line that its own search box understands."""
    lines = ["category:Rivers", "CATEGORY : Lakes ", "Category:Seas", "Category_:_Bays", "Category theory: a history"]
    (tmp_path / "titles.txt").write_text("\n".join(lines), encoding="utf-8")
    assert read_titles(tmp_path / "titles.txt") == [
        *("Category:Rivers", "Category:Lakes", "Category:Seas", "Category:Bays"),
        "Category theory: a history",
    ]


def test_a_title_that_two_pages_have_is_named(tmp_path: Path) -> None:
    """Guards against examples that name the wrong page as their source."""
    path = tmp_path / "pages.jsonl"
    path.write_text("\n".join(json.dumps(PAGE | {"title": title}) for title in ("Tide", "Nile", "Nile")))
    with pytest.raises(StageError, match=r"pages.jsonl:3: page 'Nile' is on line 2 already"):
        read_pages(path)


def test_pages_with_a_byte_order_mark_and_blank_lines_are_read(tmp_path: Path) -> None:
    """Guards against files that went through an editor, and errors that count the records instead of the lines."""
    path = tmp_path / "pages.jsonl"
    path.write_text(f"\ufeff{json.dumps(PAGE)}\n\n{json.dumps(PAGE | {'title': 'Nile'})}\n\n")
    assert [page.title for page in read_pages(path)] == ["Tide", "Nile"]
    path.write_text(f"\n{json.dumps(PAGE)}\n\n{json.dumps(PAGE)}\n")
    with pytest.raises(StageError, match=r"pages.jsonl:4: page 'Tide' is on line 2 already"):
        read_pages(path)


def test_pages_may_be_in_parquet(tmp_path: Path) -> None:
    """Guards against another reading of the same pages, and against errors without the row."""
    pages, path = [PAGE, PAGE | {"title": "Nile", "page_id": 2}], tmp_path / "pages.parquet"
    parquet.write_table(Table.from_pylist(pages), path)
    assert [page.model_dump() for page in read_pages(path)] == pages
    parquet.write_table(Table.from_pylist([PAGE, PAGE]), path)
    with pytest.raises(StageError, match=r"pages.parquet\[1\]: page 'Tide' is on row 0 already"):
        read_pages(path)
    parquet.write_table(Table.from_pylist([{**PAGE, "license": ""}]), path)
    with pytest.raises(StageError, match=r"pages.parquet\[0\]: license: String should have at least 1 character"):
        read_pages(path)
    parquet.write_table(Table.from_pylist([PAGE]).slice(0, 0), path)
    with pytest.raises(StageError, match=r"pages.parquet holds no record; at least 1 is needed"):
        read_pages(path)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_pages_and_titles_in_utf_16_are_named_as_such(tmp_path: Path, encoding: str) -> None:
    """Guards against "Invalid JSON: expected value at column 1", which says nothing to who saved from a spreadsheet."""
    (tmp_path / "a").write_bytes(json.dumps(PAGE).encode(encoding))
    for read in (read_pages, read_titles):
        with pytest.raises(StageError, match=f"a is {encoding[:6].upper()} text; save it as UTF-8"):
            read(tmp_path / "a")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"page_id": 1', '"page_id": 1, "page_id": 2', "page_id"),
        ('"title": "Tide"', '"title": "Tide", "title": "Tide"', "title"),
        ('"level": 1', '"level": 1, "level": 2', "level"),
    ],
)
def test_a_key_that_a_page_has_twice_is_named(tmp_path: Path, old: str, new: str, key: str) -> None:
    """Guards against the last of two values, taken without a word."""
    path = tmp_path / "pages.jsonl"
    path.write_text(f"{json.dumps(PAGE | {'title': 'Nile'})}\n{json.dumps(PAGE).replace(old, new)}\n")
    with pytest.raises(StageError, match=f"pages.jsonl:2: has the key '{key}' twice; remove one of them"):
        read_pages(path)


def test_titles_come_in_order_and_normalized(tmp_path: Path) -> None:
    """Guards against a `#` inside a title taken for a comment, and one title in two Unicode forms."""
    (tmp_path / "a.txt").write_bytes("\ufeffNile\r\nCategory:Rivers # all\n#x\nC#\n Cafe\u0301\t#\n".encode())
    assert read_titles(tmp_path / "a.txt") == ["Nile", "Category:Rivers", "C#", "Caf\u00e9"]


@pytest.mark.parametrize(
    ("title", "problem"),
    [
        ("Nile", ""),
        ("x" * 255, ""),
        ("x" * 256, "illegal_title"),
        ("é" * 128, "illegal_title"),  # 256 bytes
        ("A|B", "illegal_title"),
        ("C#", "illegal_title"),
        ("a\x7fb", "illegal_title"),
        ("", "empty_title"),
        ("_ _", "empty_title"),
        (":", "empty_title"),
    ],
)
def test_a_title_that_no_wiki_can_have_has_a_problem(title: str, problem: str) -> None:
    """Guards against a title that a wiki takes for two, and a length counted in characters instead of bytes."""
    assert title_problem(title) == problem


def test_comments_and_empty_lines_are_no_titles(wiki: LocalWiki, run: Extraction) -> None:
    wiki.add("Nile")
    assert run("\ufeff# Rivers", "", "  Nile  # the longest", "\t")["pages_read"] == 1
    with pytest.raises(StageError, match=r"titles.txt names no page; a line is a title, or Category: and a name"):
        run("# nothing")


def test_what_templates_leave_in_a_page_is_left_out_and_counted(page: Callable[..., Page]) -> None:
    """Guards against a base model that learns "an area of  and", and a sound page that is written in another way."""
    hole = "It has an area of  and a population of approximately ."
    sound = page("Tide", "Tides  rise. They fall.\n\n- twice", "A day.")
    broken = page("Nile", f"It is long. {hole}\n\nIt is old.\n{hole}", "This page is a stub.")
    assert without_broken_text(sound) == (sound, {})
    cleaned, left_out = without_broken_text(broken)
    assert [section.text for section in cleaned.sections] == ["It is long.\n\nIt is old.", ""]
    assert left_out == {"notice": 1, "sentence_with_a_hole": 2}
