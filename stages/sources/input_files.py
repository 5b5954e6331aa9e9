"""The file that names the pages of a wiki: a title or a `Category:` a line; `#` starts a comment."""

import re
import unicodedata
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_text

CATEGORY = "Category:"
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ILLEGAL = re.compile(r"[#<>\[\]{}|\x00-\x1f\x7f]")
_LONGEST = 255  # bytes


def read_titles(path: Path) -> list[str]:
    """The lines with a title, in order, without their comments. Raises StageError where there is none."""
    lines = read_text(path).removeprefix("\ufeff").split("\n")
    titles = [unicodedata.normalize("NFC", _COMMENT.sub("", line).strip()) for line in lines]
    if not any(titles):
        raise StageError(f"{path} names no page; a line is a title, or {CATEGORY} and a name")
    return [title for title in titles if title]


def problem_of(title: str) -> str:
    """Why a wiki can have no such title, "" where it can. A wiki would take `A|B` for two titles, and answer one."""
    if not title.replace("_", " ").strip(" :"):
        return "empty_title"
    if _ILLEGAL.search(title) or len(title.encode()) > _LONGEST:
        return "illegal_title"
    return ""
