"""The queries to a MediaWiki: what it is, where titles lead, which pages a category has, and the pages themselves.

Pages are read with the client of `wikipedia-api`, one request per page, so that text, revision and attribution come
from the same response. Titles are resolved fifty at a time, and categories are read only as far as needed, which that
client cannot do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stages.common.errors import StageError
from stages.common.files import describe
from stages.sources.mediawiki import PageInfo, QueryResult, WikiApi, WikiError
from stages.sources.page_cache import ResolvedTitle, WikiPage, text_sha256

if TYPE_CHECKING:
    from wikipediaapi import WikipediaResource

TITLES_PER_REQUEST = 50  # MediaWiki's limit for users who aren't logged in
MEMBERS_PER_REQUEST = 500
# Parts of an answer after which a wiki is not believed to end it: a category has half a million pages by then.
MOST_PARTS_ON_TITLES, MOST_PARTS_OF_A_CATEGORY = 100, 1000
LOOKS = 3  # attempts at a page that is edited while it is being read
_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/(zero))/(\d\.\d)")
# All parts of a page in one response. The client's own three requests could meet three different revisions.
_PAGE: dict[str, str | int] = {
    "prop": "info|revisions|extracts",
    "inprop": "url",
    "rvprop": "ids|timestamp",
    "explaintext": 1,
    "exsectionformat": "wiki",
    "maxlag": 5,
}


@dataclass
class _TitleAnswers:
    """What all responses to one query about titles say, put together."""

    pages: dict[str, PageInfo] = field(default_factory=dict)  # by title
    normalized: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    interwiki: set[str] = field(default_factory=set)  # titles of other wikis


class Wiki:
    """A wiki that can be read. Raises StageError if it can't be reached, isn't a MediaWiki or gives no plain text."""

    def __init__(self, api: WikiApi, user_agent: str) -> None:
        self.api = api
        self.language, self.license, self.rights = self._read_site_info()
        self._client = _page_client(api, user_agent)

    def _read_site_info(self) -> tuple[str, str, str]:
        """The language code, the licence's SPDX identifier ("" if unknown), and the licence as the wiki names it ("" if
        it names none)."""
        wanted = {"meta": "siteinfo", "siprop": "general|rightsinfo|extensions"}
        try:
            query = self.api.query(wanted, quick=True).query
        except WikiError as error:
            raise StageError(
                f"{self.api.endpoint} gives no answer: {error}\n"
                "  Set extract.endpoint to the api.php of a MediaWiki that can be reached, extract.pin=true for the "
                "pages in the cache, or extract.source=bundled"
            ) from error
        if not query.general.generator.startswith("MediaWiki") or not query.general.lang:
            raise StageError(f"{self.api.endpoint} is not the API of a MediaWiki; set extract.endpoint to its api.php")
        if "TextExtracts" not in {extension.name for extension in query.extensions}:
            raise StageError(
                f"{self.api.endpoint} gives no plain text: it needs MediaWiki's extension TextExtracts; "
                "set extract.endpoint to a wiki that has it"
            )
        named = [part for part in (query.rightsinfo.text, query.rightsinfo.url) if part]
        return query.general.lang, spdx_identifier(query.rightsinfo.url or ""), ", ".join(named)

    def list_category(self, category: str, depth: int, limit: int | str) -> list[str]:
        """Titles of at most `limit` articles (or "all"): the category's own, then those of `depth` levels below it.

        Raises WikiError.
        """
        titles: dict[str, None] = {}  # as an ordered set
        waiting, seen = [(category, 0)], {category}
        while waiting and len(titles) != limit:
            name, level = waiting.pop(0)
            for title in self._list_members(name, "page", limit):
                titles[title] = None
                if len(titles) == limit:
                    return list(titles)
            if level < depth:
                for title in self._list_members(name, "subcat", limit):
                    if title not in seen:
                        seen.add(title)
                        waiting.append((title, level + 1))
        return list(titles)

    def _list_members(self, category: str, kind: str, limit: int | str) -> Iterator[str]:
        """Titles of the articles (`kind` "page") or the subcategories ("subcat") right in a category."""
        most = MEMBERS_PER_REQUEST if isinstance(limit, str) or kind == "subcat" else min(limit, MEMBERS_PER_REQUEST)
        wanted: dict[str, str | int] = {"list": "categorymembers", "cmtitle": category, "cmtype": kind, "cmlimit": most}
        for result in self._query_all(wanted, MOST_PARTS_OF_A_CATEGORY):
            for member in result.categorymembers:
                if kind == "subcat" or member.ns == 0:
                    yield member.title

    def resolve_titles(self, titles: Sequence[str], disambiguation: Iterable[str]) -> list[ResolvedTitle]:
        """Where each of at most TITLES_PER_REQUEST titles leads, in order. Raises WikiError.

        `disambiguation` names the categories of pages that only list others.
        """
        wanted: dict[str, str | int] = {"titles": "|".join(titles), "redirects": 1, "ppprop": "disambiguation"}
        wanted |= {"prop": "info|pageprops"}
        if categories := "|".join(f"Category:{name}" for name in disambiguation):
            wanted |= {"prop": "info|pageprops|categories", "clcategories": categories, "cllimit": "max"}
        answers = _TitleAnswers()
        for result in self._query_all(wanted, MOST_PARTS_ON_TITLES):
            for page in result.pages:
                answers.pages[page.title] = _merge(answers.pages.get(page.title), page)
            answers.normalized |= {step.start: step.to for step in result.normalized}
            answers.redirects |= {step.start: step.to for step in result.redirects}
            answers.interwiki |= {step.to for step in result.redirects if step.tointerwiki is not None}
            answers.interwiki |= {interwiki.title for interwiki in result.interwiki}
        return [_resolve(title, answers) for title in titles]

    def _query_all(self, wanted: dict[str, str | int], most: int) -> Iterator[QueryResult]:
        """All parts of the answer to a query. Raises WikiError if there are more than `most`."""
        for _ in range(most):
            response = self.api.query(wanted)
            yield response.query
            if response.more is None:
                return
            if response.more.items() <= wanted.items():  # the same request again, and so without end
                raise WikiError("no_answer", f"an answer that goes on where it began: {response.more}")
            wanted = wanted | response.more
        raise WikiError("no_answer", f"{self.api.endpoint} doesn't end its answer after {most:,} parts, the limit")

    def fetch_page(self, title: str) -> WikiPage:
        """The current revision of a page. Raises WikiError."""
        for _ in range(LOOKS):
            page = self._client.page(title)
            try:
                page_id = page.pageid
            except KeyError as error:  # how the client says that the response has no page
                raise WikiError("no_answer", f"an answer without {error}") from error
            if not page_id or page_id < 0:
                raise WikiError("missing", "deleted a moment ago")
            revision = getattr(page, "revisions", [{}])[0]
            if revision.get("revid") == getattr(page, "lastrevid", None):
                return self._to_wiki_page(page, revision)
        raise WikiError("moved", f"edited at each of {LOOKS} looks")

    def _to_wiki_page(self, page: Any, revision: dict[str, Any]) -> WikiPage:
        text = getattr(page, "extract", None)
        if text is None:
            raise WikiError("no_extract", "an answer without text")
        try:
            return WikiPage.model_validate(
                {
                    "title": page.title,
                    "page_id": page.pageid,
                    "revision_id": revision.get("revid"),
                    "revision_timestamp": revision.get("timestamp"),
                    "url": getattr(page, "canonicalurl", None),
                    "language": self.language,
                    "license": self.license,
                    "text": text,
                    "sha256": text_sha256(text),
                }
            )
        except ValidationError as error:
            raise WikiError("no_answer", describe(error)) from error


def _page_client(api: WikiApi, user_agent: str) -> "WikipediaResource":
    """The client of `wikipedia-api`, made to send its requests through `api`: its HTTP clients implement `_get`."""
    import wikipediaapi

    class PageClient(wikipediaapi.WikipediaResource, wikipediaapi.BaseHTTPClient):  # type: ignore[misc] # untyped
        def _get(self, language: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002 # the API has its own
            return api.get(params, f"{user_agent} {wikipediaapi.USER_AGENT}")

    return PageClient(user_agent, "en", extra_api_params=_PAGE)


def spdx_identifier(url: str) -> str:
    """The SPDX identifier of the Creative Commons licence at this URL, or "" for any other URL."""
    match = _CREATIVE_COMMONS.search(url)
    if match is None:
        return ""
    return f"CC0-{match[3]}" if match[2] else f"CC-{match[1].upper()}-{match[3]}"


def _merge(known: PageInfo | None, page: PageInfo) -> PageInfo:
    """What several responses say about the same page, together."""
    return page if known is None else known.model_copy(update=page.model_dump(exclude_unset=True))


def _resolve(title: str, answers: _TitleAnswers) -> ResolvedTitle:
    current, path = answers.normalized.get(title, title), list[str]()
    while current in answers.redirects:
        if current in path:
            return ResolvedTitle(title=title, reason="redirect_loop", redirects=path)
        path.append(current)
        current = answers.redirects[current]
    page = answers.pages.get(current)
    reason = "interwiki" if current in answers.interwiki else _why_no_article(page)
    if page is None or page.pageid is None or page.lastrevid is None or reason:
        return ResolvedTitle(title=title, reason=reason or "no_answer", page_title=current, redirects=path)
    return ResolvedTitle(
        title=title,
        reason="",
        page_title=current,
        page_id=page.pageid,
        revision_id=page.lastrevid,
        redirects=path,
    )


def _why_no_article(page: PageInfo | None) -> str:
    """The reason why a response gives no article, or "" if it gives one."""
    if page is None:
        return "no_answer"
    if page.invalid:
        return "illegal_title"
    if page.ns < 0:
        return "special_page"
    if page.ns > 0:
        return "not_an_article"
    if page.missing:
        return "missing"
    # A response lists only the categories that were asked for: those of disambiguation pages.
    return "disambiguation" if "disambiguation" in page.pageprops or page.categories else ""
