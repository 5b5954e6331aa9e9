"""Pages of a wiki as they came, kept by revision, with what titles and categories led to when last asked.

An entry is a file of its own, renamed into place under a lock, so that processes can share the cache and a killed one
leaves it whole. An entry that can't be read is set aside.
"""

import hashlib
import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError, model_validator

from stages.common.errors import StageError
from stages.common.files import cache_folder, describe, write_text
from stages.common.records import Record, Text

log = logging.getLogger(__name__)


class WikiPage(Record):
    """A revision of a page: its text as the wiki gave it, so that cleaning it otherwise needs no new request."""

    title: Text
    page_id: int
    revision_id: int
    revision_timestamp: Text
    url: Text
    language: Text
    license: str  # SPDX identifier; "" where the wiki names none that is known
    text: str
    sha256: str  # of the text

    @model_validator(mode="after")
    def _text_is_whole(self) -> "WikiPage":
        if self.sha256 != digest(self.text):
            raise ValueError("text is not the one that sha256 was taken of")
        return self


class Lead(Record):
    """What a title led to."""

    title: str  # as it was asked for
    reason: str  # why it gives no page, a snake_case code; "" where it gives one
    page_title: str = ""
    page_id: int = 0
    revision_id: int = 0
    redirects: list[str] = Field(default_factory=list)  # the titles on the way to `page_title`
    detail: str = ""  # of the reason


class Members(Record):
    """The pages of a category and, down to a depth, of its subcategories."""

    category: str
    depth: int
    limit: int | str
    titles: list[str]
    reason: str = ""  # why there is none
    detail: str = ""


R = TypeVar("R", bound=Record)


class PageCache:
    def __init__(self, endpoint: str) -> None:
        readable = re.sub(r"[^a-z0-9]+", "-", endpoint.lower().partition("://")[2]).strip("-")[:60]
        self.folder = cache_folder("pages") / f"{readable}-{digest(endpoint)[:8]}"

    def page(self, page_id: int, revision_id: int) -> WikiPage | None:
        return _read(self._page_path(page_id, revision_id), WikiPage)

    def lead(self, title: str) -> Lead | None:
        return _read(self._path("titles", title), Lead)

    def members(self, category: str, depth: int, limit: int | str) -> Members | None:
        return _read(self._path("categories", category, depth, limit), Members)

    def put_page(self, page: WikiPage) -> None:
        self._write(self._page_path(page.page_id, page.revision_id), page)

    def put_lead(self, lead: Lead) -> None:
        self._write(self._path("titles", lead.title), lead)

    def put_members(self, found: Members) -> None:
        self._write(self._path("categories", found.category, found.depth, found.limit), found)

    def _page_path(self, page_id: int, revision_id: int) -> Path:
        return self.folder / "revisions" / f"{page_id}-{revision_id}.json"

    def _path(self, kind: str, *parts: object) -> Path:
        """Titles hold what file names can't."""
        return self.folder / kind / f"{digest('|'.join(map(str, parts)))[:32]}.json"

    def _write(self, path: Path, record: Record) -> None:
        from filelock import FileLock

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "lock"):
                write_text(path, record.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise _unusable(path, error) from error


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(path: Path, record: type[R]) -> R | None:
    try:
        return record.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error
    except ValidationError as error:
        aside = path.with_suffix(".damaged")
        with suppress(FileNotFoundError):  # another process was first
            path.replace(aside)
        log.warning("%s is damaged (%s); it is set aside as %s", path, describe(error)[:200], aside.name)
        return None


def _unusable(path: Path, error: OSError) -> StageError:
    return StageError(f"the cache of pages cannot be used: {path}: {error.strerror}; WIKITUNE_CACHE moves it")
