"""The two kinds of file that name the pages: page records, and the titles of a wiki's pages."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import iter_jsonl_lines, read_text, repeated_key
from stages.common.records import Page
from stages.english.holes import without_broken_sentences

CATEGORY = "Category:"
_CATEGORY = re.compile(r"[\s_]*category[\s_]*:[\s_]*", re.IGNORECASE)  # as MediaWiki reads the name of a namespace
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


def without_broken_text(pages: list[Page]) -> tuple[list[Page], dict[str, int]]:
    """The pages without what templates leave behind (sentences with a hole, empty brackets) and without notices
    ("This page ..."), as those of a wiki, and how many sentences were left out, by reason."""
    left_out: Counter[str] = Counter()
    cleaned = []
    for page in pages:
        sections = []
        for section in page.sections:
            lines = section.text.split("\n")
            whole = []
            for line in lines:
                text, reasons = without_broken_sentences(line, page.language)
                left_out += reasons
                whole += [text] if text or not line else []
            sections.append(section if whole == lines else section.model_copy(update={"text": "\n".join(whole)}))
        cleaned.append(page.model_copy(update={"sections": sections}))
    return cleaned, dict(sorted(left_out.items()))


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
