"""The two kinds of file that name the pages: page records, and the titles of a wiki's pages."""

import re
import unicodedata
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import iter_jsonl_lines, read_text, repeated_key
from stages.common.records import Page

CATEGORY = "Category:"
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ILLEGAL = re.compile(r"[#<>\[\]{}|\x00-\x1f\x7f]")
_LONGEST_TITLE = 255  # bytes of UTF-8


def read_pages(path: Path) -> list[Page]:
    """The pages of a JSON Lines file. Raises StageError, with file and line, for a malformed or repeated page and for a
    key that a record holds twice."""
    pages = []
    line_of: dict[str, int] = {}
    for number, line, page in iter_jsonl_lines(path, Page):
        if key := repeated_key(line):
            raise StageError(f"{path}:{number}: has the key {key!r} twice; remove one of them")
        if page.title in line_of:
            raise StageError(f"{path}:{number}: page {page.title!r} is on line {line_of[page.title]} already")
        line_of[page.title] = number
        pages.append(page)
    return pages


def read_titles(path: Path) -> list[str]:
    """The titles and `Category:` lines of a file, one per line, in order, without comments (from ` #` to line end).

    Raises StageError if the file has no title.
    """
    lines = read_text(path).split("\n")
    titles = [unicodedata.normalize("NFC", _COMMENT.sub("", line).strip()) for line in lines]
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
