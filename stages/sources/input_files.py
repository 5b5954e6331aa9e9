"""The two kinds of file that name the pages: page records, and the titles of a wiki's pages."""

import re
import unicodedata
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_jsonl, read_text
from stages.common.records import Page

CATEGORY = "Category:"
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ILLEGAL = re.compile(r"[#<>\[\]{}|\x00-\x1f\x7f]")
_LONGEST_TITLE = 255  # bytes of UTF-8


def read_pages(path: Path) -> list[Page]:
    """The pages of a JSON Lines file. Raises StageError, with file and line, for a malformed or repeated page."""
    pages = read_jsonl(path, Page)
    line_of: dict[str, int] = {}
    for line, page in enumerate(pages, start=1):
        if page.title in line_of:
            raise StageError(f"{path}:{line}: page '{page.title}' is on line {line_of[page.title]} already")
        line_of[page.title] = line
    return pages


def read_titles(path: Path) -> list[str]:
    """The titles and `Category:` lines of a file, one per line, in order, without comments (from ` #` to line end).

    Raises StageError if the file has no title.
    """
    lines = read_text(path).removeprefix("\ufeff").split("\n")
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
