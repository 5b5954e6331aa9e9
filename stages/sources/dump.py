"""Makes page records of a dump, page by page, in constant memory and on all cores.

A page without a record is counted by reason: pages read = pages kept + pages dropped.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple, Never
from urllib.parse import urlsplit

from tqdm import tqdm

from stages.common.errors import StageError
from stages.common.processes import map_stream
from stages.common.records import Page
from stages.common.stage_bar import StageBar
from stages.sources.dump_files import form_of, list_files, unpacked
from stages.sources.dump_pages import RawPage, XmlDump, archive_pages, snapshot_pages
from stages.sources.input_files import CATEGORY, numbered_pages, read_titles
from stages.sources.page_html import html_to_plain_text
from stages.sources.plain_text import to_sections
from stages.sources.totals import PageSize, PageTotals, size_of
from stages.sources.wikitext import BrokenMarkupError, to_plain_text

log = logging.getLogger(__name__)

CHUNK = 100  # pages that a process takes at a time
_NAMED = 10  # titles in a message
_NO_ARTICLE = ("other_namespace", "redirect", "not_wikitext")  # reasons
_MOST_IDS = 2**33  # highest page id; a bit of memory for each below the highest that comes


class Dropped(NamedTuple):
    title: str
    reason: str


class Converted(NamedTuple):
    """What is made of a page: a line of JSON, or the reason why there is none."""

    title: str
    reason: str
    page_id: int = 0
    line: str = ""
    size: PageSize = PageSize(False, 0, 0, 0)
    left_out: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class DumpSettings:
    """The part of the section `extract` that a dump needs."""

    path: Path
    titles: Path | None  # file of the titles of the pages that are wanted; None: all pages
    at_most: int | Literal["all"]
    language: str
    license: str  # SPDX identifier, or auto
    disambiguation: Collection[str]
    drop_sections: Collection[str]
    max_failure_rate: float  # share of the titles that may give no page


@dataclass
class Dump:
    """A dump that is read once. The metrics are known when all lines have been taken."""

    settings: DumpSettings
    totals: PageTotals = field(default_factory=PageTotals)
    dropped: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    asked: int = 0  # titles in the file
    wanted: frozenset[str] | None = None  # titles of the pages that are wanted, as MediaWiki writes them; None: all
    missing: dict[str, list[str]] = field(default_factory=dict)  # titles of the file without a page, by reason

    def __post_init__(self) -> None:
        if self.settings.titles is not None:
            self.wanted = self._wanted_titles(self.settings.titles)

    def lines(self) -> Iterator[str]:
        """The records as JSON, in the order of the files. Raises StageError; so the dump is read to its end or not."""
        convert = partial(convert_pages, self.settings)
        with closing(map_stream(convert, self._items(self._raw_pages()), chunk=CHUNK)) as results:
            yield from self._kept(results)

    def lines_of(self, converted: Iterable[Converted]) -> Iterator[str]:
        """The same of pages that were read and converted elsewhere: all that are wanted, in the order of the files."""
        yield from self._kept(chain.from_iterable(convert_pages(self.settings, [i]) for i in self._items(converted)))

    def _kept(self, results: Iterable[Converted]) -> Iterator[str]:
        for result in results:
            if result.reason:
                self._drop(result, named=self.wanted is not None)
                continue
            self.totals.add(result.size)
            self.left_out.update(dict(result.left_out))
            yield result.line
            if self.wanted is None and self.totals.pages == self.settings.at_most:
                break
        self._check_the_end()

    def metrics(self) -> dict[str, object]:
        read = self.asked or self.totals.pages + self.dropped.total()
        over = max(0, read - self.totals.pages - self.dropped.total())
        named = {"dropped_titles": {reason: self.missing[reason] for reason in sorted(self.missing)}}
        return (
            self.totals.metrics(read, over)
            | {"dropped": dict(sorted(self.dropped.items()))}
            | (named if self.asked else {})
            | {"left_out": dict(sorted(self.left_out.items()))}
        )

    def _wanted_titles(self, path: Path) -> frozenset[str]:
        titles = read_titles(path)
        if categories := [title for title in titles if title.startswith(CATEGORY)]:
            raise StageError(
                f"{path}: {categories[0]}: a dump doesn't say which pages a category has; write the titles of pages, "
                "or set extract.dump_pages=all"
            )
        self.asked = len(titles)
        first = titles if self.settings.at_most == "all" else titles[: self.settings.at_most]
        wanted = [" ".join(title.replace("_", " ").split()) for title in first]
        unique = frozenset(title[:1].upper() + title[1:] for title in wanted)
        if repeated := len(wanted) - len(unique):
            self.dropped["same_page"] = repeated
        return unique

    def _items(self, pages: Iterable[RawPage | Page | Converted]) -> Iterator[RawPage | Page | Converted | Dropped]:
        """The pages, and what is known to give none, which then costs nothing more."""
        seen = _PageIds()
        rest = None if self.wanted is None else set(self.wanted)
        for page in pages:
            if rest is not None:
                if page.title not in rest:
                    continue
                rest.discard(page.title)
            reason = no_article(page)
            if not reason and seen.holds(page.page_id, page.title):
                reason = "same_page"
            yield Dropped(page.title, reason) if reason else page
            if rest is not None and not rest:
                return
        yield from (Dropped(title, "missing") for title in sorted(rest or ()))

    def _raw_pages(self) -> Iterator[RawPage | Page]:
        files = list_files(self.settings.path)
        total = sum(file.stat().st_size for file in files)
        with StageBar(total=total, unit="B", unit_scale=True, desc="extract") as bar:
            for path in files:
                yield from read_file(self.settings, path, bar)

    def _drop(self, result: Converted, *, named: bool) -> None:
        self.dropped[result.reason] += 1
        if named:
            self.missing.setdefault(result.reason, []).append(result.title)
        if named or result.reason == "broken_markup":
            log.warning("%s: no page (%s)", result.title, result.reason.replace("_", " "))

    def _check_the_end(self) -> None:
        failed = {reason: titles for reason, titles in self.missing.items() if reason != "same_page"}
        count = sum(map(len, failed.values()))
        if self.wanted and count / len(self.wanted) > self.settings.max_failure_rate:
            reasons = [f"{reason} ({len(titles)}): {_name_some(titles)}" for reason, titles in sorted(failed.items())]
            allowed = f"extract.max_failure_rate allows a share of {self.settings.max_failure_rate}"
            advice = f"Correct {self.settings.titles}, or raise extract.max_failure_rate"
            raise StageError(
                "\n  ".join([f"{count} of {len(self.wanted)} titles gave no page; {allowed}", *reasons, advice])
            )
        if not self.totals.pages:
            counts = ", ".join(f"{count:,} {reason}" for reason, count in self.dropped.most_common())
            raise StageError(f"{self.settings.path}: none of its pages is an article with text ({counts or 'no page'})")


class _PageIds:
    """The ids of pages that came, a bit for each: a megabyte for eight million."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def holds(self, page_id: int, title: str) -> bool:
        """Whether this id came before; notes it."""
        if not 0 <= page_id < _MOST_IDS:
            raise StageError(f"page {title!r} has the id {page_id}; ids are from 0 and below {_MOST_IDS}")
        place, bit = page_id >> 3, 1 << (page_id & 7)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits)))
        known = bool(self._bits[place] & bit)
        self._bits[place] |= bit
        return known


def read_file(settings: DumpSettings, path: Path, bar: "tqdm[Never]") -> Iterator[RawPage | Page]:
    """The pages of one file of a dump. Raises StageError, also if it is of another wiki than the one that is wanted."""
    pages = _pages_of(path, bar)
    if (first := next(pages, None)) is not None:
        _check_wiki(settings, path, first)
        yield first
    yield from pages


def _check_wiki(settings: DumpSettings, path: Path, page: RawPage | Page) -> None:
    wanted = settings.language
    host = urlsplit(page.url).hostname or ""
    language = host.partition(".")[0] if host.endswith(".wikipedia.org") else page.language
    if language != wanted:
        raise StageError(
            f"{path} is of {host or 'a wiki'} in the language {language or 'that it does not name'}, and "
            f"extract.language is {wanted}; set extract.language={language or wanted}, or take another dump"
        )
    if settings.license == "auto" and not page.license:
        raise StageError(
            f"{path} does not say under which licence the pages of {host or 'its wiki'} are; ask its owners, and "
            "set extract.license to its SPDX identifier, such as CC-BY-SA-4.0"
        )


def _pages_of(path: Path, bar: "tqdm[Never]") -> Iterator[RawPage | Page]:
    form = form_of(path)
    if form == "parquet":
        yield from (page for _, page in numbered_pages(path))
        bar.update(path.stat().st_size)
        return
    with unpacked(path, bar) as file:
        if form == "xml":
            yield from XmlDump(path, file).pages()
        elif form == "archive":
            yield from archive_pages(path, file)
        else:
            yield from snapshot_pages(path, file)


def no_article(page: RawPage | Page | Converted) -> str:
    """Why a page can't be an article, whatever its text says, as a snake_case code, or ""."""
    if isinstance(page, Converted):
        return page.reason if page.reason in _NO_ARTICLE else ""
    if isinstance(page, Page):
        return ""
    if page.namespace != 0:
        return "other_namespace"
    if page.redirect or page.text[:20].lstrip().lower().startswith("#redirect"):
        return "redirect"
    return "" if page.model in ("wikitext", "html") else "not_wikitext"


def convert_pages(settings: DumpSettings, items: Sequence[RawPage | Page | Converted | Dropped]) -> list[Converted]:
    disambiguation = frozenset(name.replace("_", " ").casefold() for name in settings.disambiguation)
    return [_convert_one(settings, disambiguation, item) for item in items]


def _convert_one(
    settings: DumpSettings, disambiguation: frozenset[str], item: RawPage | Page | Converted | Dropped
) -> Converted:
    if isinstance(item, Converted):
        return item
    if isinstance(item, Dropped):
        return Converted(item.title, item.reason)
    if isinstance(item, Page):
        return Converted(item.title, "", item.page_id, item.model_dump_json(), size_of(item))
    left_out: Counter[str] = Counter()
    if item.model == "html":
        text, categories, lists_others = html_to_plain_text(item.text), item.categories, False
    else:
        try:
            plain = to_plain_text(item.text, item.namespaces)
        except BrokenMarkupError:
            return Converted(item.title, "broken_markup", item.page_id)
        text, categories, lists_others = plain.text, tuple(plain.categories), plain.is_disambiguation
        left_out += plain.left_out
    if lists_others or not disambiguation.isdisjoint(category.casefold() for category in categories):
        return Converted(item.title, "disambiguation", item.page_id)
    sections, parts = to_sections(text, settings.drop_sections, item.language)
    if not sections:
        return Converted(item.title, "no_text", item.page_id)
    page = Page(
        title=item.title,
        page_id=item.page_id,
        revision_id=item.revision_id,
        revision_timestamp=item.timestamp,
        url=item.url,
        language=item.language,
        license=item.license if settings.license == "auto" else settings.license,
        sections=sections,
    )
    counts = tuple((left_out + parts).items())
    return Converted(item.title, "", item.page_id, page.model_dump_json(), size_of(page), counts)


def _name_some(titles: Iterable[str]) -> str:
    titles = list(titles)
    more = len(titles) - _NAMED
    return ", ".join(titles[:_NAMED]) + (f" and {more} more" if more > 0 else "")
