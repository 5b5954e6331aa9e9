"""The cache of a wiki's responses: pages by revision, and the last answers about titles, categories and the licence.

Each entry is one file, which is renamed into place under a lock. So processes can share the cache, and a killed one
leaves no half-written entry. A damaged entry is set aside.
"""

import hashlib
import logging
import re
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import Field, ValidationError, model_validator

from stages.common.errors import StageError
from stages.common.files import cache_folder, describe, keep_private, write_text
from stages.common.records import Record, Text

log = logging.getLogger(__name__)


class WikiPage(Record):
    """A revision of a page. Its text is not cleaned, so that other settings for cleaning need no new request."""

    title: Text
    page_id: int
    revision_id: int
    revision_timestamp: Text
    url: Text
    language: Text
    license: str  # that the wiki named when the page was read; `SiteLicense` says what it names now
    text: str
    sha256: str  # of the text

    @model_validator(mode="after")
    def _text_is_whole(self) -> "WikiPage":
        if self.sha256 != text_sha256(self.text):
            raise ValueError("text does not have the SHA-256 in sha256")
        return self


class SiteLicense(Record):
    """The licence that a wiki last said its pages have."""

    license: str  # SPDX identifier; "" if the wiki names no known licence


class ResolvedTitle(Record):
    """The page that a title led to, or the reason why it led to none."""

    title: str  # as it was asked for
    reason: str  # a snake_case code; "" if there is a page
    page_title: str = ""
    page_id: int = 0
    revision_id: int = 0
    redirects: list[str] = Field(default_factory=list)  # the titles on the way to `page_title`
    detail: str = ""  # more about the reason


class CategoryPages(Record):
    """The titles of the pages in a category and, down to `depth` levels, in its subcategories."""

    category: str
    depth: int
    limit: int | str
    titles: list[str]
    reason: str = ""  # why there are none
    detail: str = ""


LICENSE = "license.json"

R = TypeVar("R", bound=Record)


class PageCache:
    """The cache of the wiki at `endpoint`. A reader returns None for what the cache doesn't have.

    All methods raise StageError if the cache folder cannot be used.
    """

    def __init__(self, endpoint: str) -> None:
        readable_name = re.sub(r"[^a-z0-9]+", "-", endpoint.lower().partition("://")[2]).strip("-")[:60]
        self._all = cache_folder("pages")
        self.folder = self._all / f"{readable_name}-{text_sha256(endpoint)[:8]}"

    def read_page(self, page_id: int, revision_id: int) -> WikiPage | None:
        return _read(self._page_path(page_id, revision_id), WikiPage)

    def read_title(self, title: str) -> ResolvedTitle | None:
        return _read(self._path("titles", title), ResolvedTitle)

    def read_category(self, category: str, depth: int, limit: int | str) -> CategoryPages | None:
        return _read(self._path("categories", category, depth, limit), CategoryPages)

    def read_license(self) -> SiteLicense | None:
        return _read(self.folder / LICENSE, SiteLicense)

    def write_license(self, license_id: str) -> None:
        self._write(self.folder / LICENSE, SiteLicense(license=license_id))

    def write_page(self, page: WikiPage) -> None:
        self._write(self._page_path(page.page_id, page.revision_id), page)

    def write_title(self, resolved: ResolvedTitle) -> None:
        self._write(self._path("titles", resolved.title), resolved)

    def write_category(self, pages: CategoryPages) -> None:
        self._write(self._path("categories", pages.category, pages.depth, pages.limit), pages)

    def _page_path(self, page_id: int, revision_id: int) -> Path:
        return self.folder / "revisions" / f"{page_id}-{revision_id}.json"

    def _path(self, kind: str, *parts: object) -> Path:
        """A path named after a hash, because titles contain characters that file names can't."""
        return self.folder / kind / f"{text_sha256('|'.join(map(str, parts)))[:32]}.json"

    def _write(self, path: Path, record: Record) -> None:
        from filelock import FileLock

        try:
            keep_private(self._all)
            keep_private(self.folder)
            with FileLock(self.folder / "lock"):
                write_text(path, record.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise _unusable(path, error) from error


def text_sha256(text: str) -> str:
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
        with suppress(FileNotFoundError):  # another process has set it aside already
            path.replace(aside)
        log.warning("%s is damaged (%s); it is set aside as %s", path, describe(error)[:200], aside.name)
        return None


def _unusable(path: Path, error: OSError) -> StageError:
    return StageError(f"the cache of pages cannot be used: {path}: {error.strerror}; WIKITUNE_CACHE moves it")
