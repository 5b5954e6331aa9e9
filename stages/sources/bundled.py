"""Pages from a file of page records: by default those that come with the project."""

from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_jsonl
from stages.common.records import Page


def read_pages(path: Path) -> list[Page]:
    """Raises StageError, with file and line, for a malformed or repeated page."""
    pages = read_jsonl(path, Page)
    seen: dict[str, int] = {}
    for line, page in enumerate(pages, start=1):
        if page.title in seen:
            raise StageError(f"{path}:{line}: page '{page.title}' stands on line {seen[page.title]} already")
        seen[page.title] = line
    return pages
