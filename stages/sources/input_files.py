"""The two kinds of file that name the pages: page records, and the titles of a wiki's pages."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from stages.common.errors import StageError
from stages.common.files import describe, iter_jsonl_lines, read_text, readable, repeated_key
from stages.common.parquet_files import PARQUET, iter_parquet
from stages.common.records import Page
from stages.english.holes import without_broken_sentences

CATEGORY = "Category:"
_CATEGORY = re.compile(r"[\s_]*category[\s_]*:[\s_]*", re.IGNORECASE)  # as MediaWiki reads the name of a namespace
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ILLEGAL = re.compile(r"[#<>\[\]{}|\x00-\x1f\x7f]")
_LONGEST_TITLE = 255  # bytes of UTF-8


def read_pages(path: Path) -> list[Page]:
    """All pages of a file, in order. Raises the same errors as `iter_pages`."""
    return list(iter_pages(path))


def iter_pages(path: Path) -> Iterator[Page]:
    """Yields the pages of a JSON Lines or Parquet file one by one. Raises StageError, with file and line or row, for a
    malformed or repeated page and for a key that a record holds twice."""
    place_of: dict[str, int] = {}
    kind, opening, closing = ("row", "[", "]") if _is_parquet(path) else ("line", ":", "")
    for number, page in numbered_pages(path):
        if page.title in place_of:
            raise StageError(
                f"{path}{opening}{number}{closing}: page {page.title!r} is on {kind} {place_of[page.title]} already"
            )
        place_of[page.title] = number
        yield page


def _is_parquet(path: Path) -> bool:
    with readable(path) as file:
        return file.read(len(PARQUET)) == PARQUET


def numbered_pages(path: Path) -> Iterator[tuple[int, Page]]:
    """Each page, with its line from 1 or, in a Parquet file, its row from 0. Titles may repeat, and are not kept."""
    if _is_parquet(path):
        empty = True
        with readable(path) as file:
            for index, row in iter_parquet(path, file):
                empty = False
                try:
                    yield index, Page.model_validate(row)
                except ValidationError as error:
                    raise StageError(f"{path}[{index}]: {describe(error)}") from None
        if empty:
            raise StageError(f"{path} holds no record; at least 1 is needed")
        return
    for number, line, page in iter_jsonl_lines(path, Page):
        if key := repeated_key(line):
            raise StageError(f"{path}:{number}: has the key {key!r} twice; remove one of them")
        yield number, page


def without_broken_text(page: Page) -> tuple[Page, Counter[str]]:
    """The page without what templates leave behind (sentences with a hole, empty brackets) and without notices
    ("This page ..."), as those of a wiki, and how many sentences were left out, by reason."""
    left_out: Counter[str] = Counter()
    sections = []
    for section in page.sections:
        lines = section.text.split("\n")
        whole = []
        for line in lines:
            text, reasons = without_broken_sentences(line, page.language)
            left_out += reasons
            whole += [text] if text or not line else []
        sections.append(section if whole == lines else section.model_copy(update={"text": "\n".join(whole)}))
    return page.model_copy(update={"sections": sections}), left_out


def read_titles(path: Path) -> list[str]:
    """The titles and `Category:` lines of a file, one per line, in order, without comments (from ` #` to line end).
    `category:` may be written in any case.

    Raises StageError if the file has no title.
    """
    lines = read_text(path).split("\n")
    titles = [unicodedata.normalize("NFC", _COMMENT.sub("", line).strip()) for line in lines]
    titles = [_CATEGORY.sub(CATEGORY, title, count=1) if _CATEGORY.match(title) else title for title in titles]
    if not any(titles):
        raise StageError(f"{path} names no page; a line is a title, or {CATEGORY} and a name")
    return [title for title in titles if title]


def title_problem(title: str) -> str:
    """The reason why no MediaWiki can have this title, or "" if the title is fine.

    A title such as `A|B` must not be sent: a wiki takes it for two titles.
    """
    if not title.replace("_", " ").strip(" :"):
        return "empty_title"
    if _ILLEGAL.search(title) or len(title.encode()) > _LONGEST_TITLE:
        return "illegal_title"
    return ""
