"""What is asked of a MediaWiki: what it is, where titles lead, what categories hold, and pages.

Pages come through the client of `wikipedia-api`, a page a request: text, revision and attribution are of one answer.
Titles are asked for fifty at a time and categories only as far as they are needed, which that client cannot do.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from stages.common.errors import StageError
from stages.common.files import describe
from stages.sources.answers import PageInfo, Query
from stages.sources.mediawiki import Api, WikiError
from stages.sources.page_cache import Lead, WikiPage, digest

TITLES_A_REQUEST = 50  # MediaWiki's limit for those who aren't logged in
MEMBERS_A_REQUEST = 500
LOOKS = 3  # at a page that is edited while it is being read
_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/(zero))/(\d\.\d)")
# One answer for text and revision: the client's own three requests would be three moments.
_PAGE: dict[str, str | int] = {
    "prop": "info|revisions|extracts",
    "inprop": "url",
    "rvprop": "ids|timestamp",
    "explaintext": 1,
    "exsectionformat": "wiki",
    "maxlag": 5,
}


@dataclass
class _Answer:
    """A query's pages by title, and how titles became those."""

    pages: dict[str, PageInfo] = field(default_factory=dict)
    normal: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)  # titles of other wikis


class Wiki:
    """A wiki that answers. Raises StageError where it doesn't, isn't a MediaWiki or gives no plain text."""

    def __init__(self, api: Api, user_agent: str) -> None:
        import wikipediaapi

        self.api = api
        self.language, self.license, self.rights = self._about()
        self.client = wikipediaapi.Wikipedia(user_agent, "en", extra_api_params=_PAGE, max_retries=0, transport=api)

    def _about(self) -> tuple[str, str, str]:
        """Language code, SPDX identifier of the licence ("" if unknown), and the licence as the wiki names it."""
        wanted = {"meta": "siteinfo", "siprop": "general|rightsinfo|extensions"}
        try:
            query = self.api.query(wanted, quick=True).query
        except WikiError as error:
            raise StageError(
                f"{self.api.endpoint} gives no answer: {error}\n"
                "  Set extract.endpoint to the api.php of a MediaWiki that can be reached, extract.pin=true for the "
                "pages in the cache, or extract.source=bundled"
            ) from error
        general, rights = query.general, query.rightsinfo
        if not general.generator.startswith("MediaWiki") or not general.lang:
            raise StageError(f"{self.api.endpoint} is not the API of a MediaWiki; set extract.endpoint to its api.php")
        if "TextExtracts" not in {extension.name for extension in query.extensions}:
            raise StageError(
                f"{self.api.endpoint} gives no plain text: it needs MediaWiki's extension TextExtracts; "
                "set extract.endpoint to a wiki that has it"
            )
        return general.lang, spdx(rights.url or ""), f"{rights.text} ({rights.url})"

    def members(self, category: str, depth: int, limit: int | str) -> list[str]:
        """Titles of articles, those of the category first, then those of its subcategories. Raises WikiError."""
        found: dict[str, None] = {}
        waiting, seen = [(category, 0)], {category}
        while waiting and len(found) != limit:
            name, level = waiting.pop(0)
            for title in self._listed(name, "page", limit):
                found[title] = None
                if len(found) == limit:
                    break
            for title in self._listed(name, "subcat", limit) if level < depth and len(found) != limit else ():
                if title not in seen:
                    seen.add(title)
                    waiting.append((title, level + 1))
        return list(found)

    def _listed(self, category: str, kind: str, limit: int | str) -> Iterator[str]:
        most = MEMBERS_A_REQUEST if isinstance(limit, str) or kind == "subcat" else min(limit, MEMBERS_A_REQUEST)
        wanted: dict[str, str | int] = {"list": "categorymembers", "cmtitle": category, "cmtype": kind, "cmlimit": most}
        for part in self._parts(wanted):
            for member in part.categorymembers:
                if kind == "subcat" or member.ns == 0:
                    yield member.title

    def resolve(self, titles: Sequence[str], disambiguation: Iterable[str]) -> list[Lead]:
        """Where titles lead, in their order; `disambiguation` names the categories that such pages are in."""
        wanted: dict[str, str | int] = {"titles": "|".join(titles), "redirects": 1, "ppprop": "disambiguation"}
        wanted |= {"prop": "info|pageprops"}
        if marks := "|".join(f"Category:{name}" for name in disambiguation):
            wanted |= {"prop": "info|pageprops|categories", "clcategories": marks, "cllimit": "max"}
        answer = _Answer()
        for part in self._parts(wanted):
            for page in part.pages:
                answer.pages[page.title] = _joined(answer.pages.get(page.title), page)
            answer.normal |= {step.start: step.to for step in part.normalized}
            answer.redirects |= {step.start: step.to for step in part.redirects}
            answer.elsewhere |= {step.to for step in part.redirects if step.tointerwiki is not None}
            answer.elsewhere |= {other.title for other in part.interwiki}
        return [_lead(title, answer) for title in titles]

    def _parts(self, wanted: dict[str, str | int]) -> Iterator[Query]:
        while True:
            answer = self.api.query(wanted)
            yield answer.query
            if answer.more is None:
                return
            if answer.more.items() <= wanted.items():  # else it would be asked without end
                raise WikiError("no_answer", f"an answer that goes on where it began: {answer.more}")
            wanted = wanted | answer.more

    def fetch(self, title: str) -> WikiPage:
        """The page as it is now. Raises WikiError."""
        for _ in range(LOOKS):
            page = self.client.page(title)
            try:
                page_id = page.pageid
            except KeyError as error:  # how the client says that the answer holds no page
                raise WikiError("no_answer", f"an answer without {error}") from error
            if not page_id or page_id < 0:
                raise WikiError("missing", "deleted a moment ago")
            revision = getattr(page, "revisions", [{}])[0]
            if revision.get("revid") == getattr(page, "lastrevid", None):
                return self._page(page, revision)
        raise WikiError("moved", f"edited at each of {LOOKS} looks")

    def _page(self, page: Any, revision: dict[str, Any]) -> WikiPage:
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
                    "sha256": digest(text),
                }
            )
        except ValidationError as error:
            raise WikiError("no_answer", describe(error)) from error


def spdx(url: str) -> str:
    """The SPDX identifier of a Creative Commons licence by its address, "" for any other."""
    found = _CREATIVE_COMMONS.search(url)
    if found is None:
        return ""
    return f"CC0-{found[3]}" if found[2] else f"CC-{found[1].upper()}-{found[3]}"


def _lead(title: str, answer: _Answer) -> Lead:
    current, path = answer.normal.get(title, title), list[str]()
    while current in answer.redirects:
        if current in path:
            return Lead(title=title, reason="redirect_loop", redirects=path)
        path.append(current)
        current = answer.redirects[current]
    page = answer.pages.get(current)
    reason = "interwiki" if current in answer.elsewhere else _reason(page)
    if page is None or page.pageid is None or page.lastrevid is None or reason:
        return Lead(title=title, reason=reason or "no_answer", page_title=current, redirects=path)
    return Lead(
        title=title,
        reason="",
        page_title=current,
        page_id=page.pageid,
        revision_id=page.lastrevid,
        redirects=path,
    )


def _joined(known: PageInfo | None, page: PageInfo) -> PageInfo:
    """What the parts of an answer say of a page, together."""
    return page if known is None else known.model_copy(update=page.model_dump(exclude_unset=True))


def _reason(page: PageInfo | None) -> str:
    """Why a page of an answer isn't an article, "" where it is one."""
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
    marked = "disambiguation" in page.pageprops or page.categories  # of those that were asked for
    return "disambiguation" if marked else ""
