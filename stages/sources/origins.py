"""Where a wiki's pages come from: the wiki, with the cache beside it, or only the cache.

`harvest` in `wikipedia.py` works with either. A title or category that gives no page comes back with a reason.
"""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Annotated, Protocol

from pydantic import AfterValidator, Field

from stages.common.errors import StageError
from stages.common.params import SAME_RESULT, AtMost, Fraction, Positive, SectionModel
from stages.common.web import parse_url, refuse_password
from stages.sources.mediawiki import WikiApi, WikiError
from stages.sources.page_cache import CategoryPages, PageCache, ResolvedTitle, WikiPage
from stages.sources.queries import TITLES_PER_REQUEST, Wiki

NAMED = 10  # titles in an error message


def _empty_or_api_url(value: str) -> str:
    parse_url(value, "the address of an api.php")
    return refuse_password(value)


class WikiParams(SectionModel):
    """The part of the section `extract` that says which pages to get from which wiki, and how."""

    titles: str  # path of a file with one title or category per line
    endpoint: Annotated[str, AfterValidator(_empty_or_api_url)]  # "": Wikipedia in `language`
    language: Annotated[str, Field(pattern=r"^[a-z]{2,}(-[a-z]+)*$")]  # which Wikipedia
    # An e-mail address or a URL, which becomes part of the user agent.
    contact: Annotated[str, Field(pattern=r"^$|^[!-'*-~]*(@|://)[!-'*-~]+$"), SAME_RESULT]
    license: Annotated[str, Field(pattern=r"^[A-Za-z0-9.+-]+$")]  # SPDX identifier, or auto: what the wiki says
    category_depth: Annotated[int, Field(ge=0, le=10)]  # levels of subcategories
    category_limit: AtMost  # pages per category
    disambiguation: list[str]  # the categories of pages that only list others
    drop_sections: list[str]  # headings; their subsections are dropped, too
    concurrency: Annotated[int, Field(ge=1, le=4), SAME_RESULT]  # requests at the same time
    gap_seconds: Annotated[float, Field(ge=0), SAME_RESULT]  # between the starts of two requests
    timeout_seconds: Annotated[float, Field(gt=0), SAME_RESULT]  # without a byte from the wiki
    attempts: Annotated[Positive, SAME_RESULT]  # per request
    pin: bool  # use the pages in the cache, without any request
    max_failure_rate: Fraction  # share of the titles that may give no page

    def address(self) -> str:
        return self.endpoint or f"https://{self.language}.wikipedia.org/w/api.php"

    def user_agent(self) -> str:
        return f"wikitune ({self.contact})"


class Origin(Protocol):
    """A source of pages: the wiki, or only the cache."""

    def list_category(self, category: str) -> CategoryPages: ...

    def resolve_titles(self, titles: Sequence[str]) -> list[ResolvedTitle]: ...

    def fetch_pages(
        self, resolved: Sequence[ResolvedTitle]
    ) -> Generator[tuple[ResolvedTitle, WikiPage | None], None, None]:
        """The pages, in any order. A title without a page has a reason."""

    def license_of(self, page: WikiPage) -> str:
        """The SPDX identifier that the wiki names for its pages now, "" if it names none that is known."""

    def close(self) -> None: ...


def open_origin(params: WikiParams) -> Origin:
    """The wiki, or only the cache if `params.pin`. Raises StageError if the wiki cannot be used."""
    cache = PageCache(params.address())
    return PinnedCache(params, cache) if params.pin else LiveWiki(params, cache)


class LiveWiki:
    """The wiki. The cache keeps every response; failed requests are not kept, so that the next run repeats them."""

    def __init__(self, params: WikiParams, cache: PageCache) -> None:
        self.params, self.cache = params, cache
        self.api = WikiApi(
            params.address(),
            params.user_agent(),
            gap=params.gap_seconds,
            timeout=params.timeout_seconds,
            attempts=params.attempts,
        )
        try:
            self.wiki = Wiki(self.api, params.user_agent())
            if params.license == "auto" and not self.wiki.license:
                raise StageError(_unknown_license(params.address(), self.wiki.rights))
            cache.write_license(self.wiki.license)
        except StageError:
            self.api.close()
            raise

    def list_category(self, category: str) -> CategoryPages:
        depth, limit = self.params.category_depth, self.params.category_limit
        pages = CategoryPages(category=category, depth=depth, limit=limit, titles=[])
        try:
            titles = self.wiki.list_category(category, depth, limit)
        except WikiError as error:
            return pages.model_copy(update={"reason": error.reason, "detail": str(error)})
        pages = pages.model_copy(update={"titles": titles, "reason": "" if titles else "empty_category"})
        self.cache.write_category(pages)
        return pages

    def resolve_titles(self, titles: Sequence[str]) -> list[ResolvedTitle]:
        resolved: list[ResolvedTitle] = []
        for start in range(0, len(titles), TITLES_PER_REQUEST):
            batch = titles[start : start + TITLES_PER_REQUEST]
            try:
                answers = self.wiki.resolve_titles(batch, self.params.disambiguation)
            except WikiError as error:
                resolved += [ResolvedTitle(title=title, reason=error.reason, detail=str(error)) for title in batch]
                continue
            for answer in answers:
                self.cache.write_title(answer)
            resolved += answers
        return resolved

    def fetch_pages(
        self, resolved: Sequence[ResolvedTitle]
    ) -> Generator[tuple[ResolvedTitle, WikiPage | None], None, None]:
        pool = ThreadPoolExecutor(self.params.concurrency)
        try:
            for done in as_completed([pool.submit(self._fetch_page, title) for title in resolved]):
                yield done.result()
        finally:
            self.api.stop()
            pool.shutdown(cancel_futures=True)

    def _fetch_page(self, resolved: ResolvedTitle) -> tuple[ResolvedTitle, WikiPage | None]:
        page = self.cache.read_page(resolved.page_id, resolved.revision_id)
        if page is None:
            try:
                page = self.wiki.fetch_page(resolved.page_title)
            except WikiError as error:
                return resolved.model_copy(update={"reason": error.reason, "detail": str(error)}), None
            self.cache.write_page(page)
            # The page may have been edited since the title was resolved.
            resolved = resolved.model_copy(update={"page_id": page.page_id, "revision_id": page.revision_id})
            self.cache.write_title(resolved)
        return resolved, page

    def license_of(self, page: WikiPage) -> str:  # noqa: ARG002 # all pages of a wiki have the same licence
        return self.wiki.license

    def close(self) -> None:
        self.api.close()


class PinnedCache:
    """Only the cache: what the wiki last said. Raises StageError, with the titles, for what the cache doesn't have."""

    def __init__(self, params: WikiParams, cache: PageCache) -> None:
        self.params, self.cache = params, cache

    def list_category(self, category: str) -> CategoryPages:
        pages = self.cache.read_category(category, self.params.category_depth, self.params.category_limit)
        if pages is None:
            raise self._not_cached([category])
        return pages

    def resolve_titles(self, titles: Sequence[str]) -> list[ResolvedTitle]:
        resolved = [self.cache.read_title(title) for title in titles]
        if absent := [title for title, answer in zip(titles, resolved, strict=True) if answer is None]:
            raise self._not_cached(absent)
        return [answer for answer in resolved if answer is not None]

    def fetch_pages(
        self, resolved: Sequence[ResolvedTitle]
    ) -> Generator[tuple[ResolvedTitle, WikiPage | None], None, None]:
        pages = [self.cache.read_page(title.page_id, title.revision_id) for title in resolved]
        if absent := [title.title for title, page in zip(resolved, pages, strict=True) if page is None]:
            raise self._not_cached(absent)
        yield from zip(resolved, pages, strict=True)

    def license_of(self, page: WikiPage) -> str:
        """What the wiki last named. Caches of older versions know only what it named when the page was read."""
        site = self.cache.read_license()
        return page.license if site is None else site.license

    def close(self) -> None:
        """There is nothing to close."""

    def _not_cached(self, titles: list[str]) -> StageError:
        return StageError(
            f"extract.pin is true, and {len(titles)} of the titles and categories are not in the cache of "
            f"{self.params.address()} ({self.cache.folder}): {name_some(titles)}\n"
            "  Set extract.pin=false once, so that the wiki is asked"
        )


def _unknown_license(address: str, rights: str) -> str:
    """What to say if a wiki doesn't name a licence that is known; `rights` is what it names, "" if nothing."""
    advice = "set extract.license to its SPDX identifier, such as CC-BY-SA-4.0"
    if rights:
        return f"{address} names no licence that is known: it says {rights}; {advice}"
    return f"{address} does not say under which licence its pages are; ask its owners, and {advice}"


def name_some(titles: Sequence[str]) -> str:
    """The first titles, and how many more there are."""
    more = len(titles) - NAMED
    return ", ".join(titles[:NAMED]) + (f" and {more} more" if more > 0 else "")
