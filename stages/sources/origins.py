"""Pages from a wiki, with the cache beside it. Import this module where it is used: httpx takes its time."""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from stages.common.errors import StageError
from stages.sources.mediawiki import Api, WikiError
from stages.sources.page_cache import Lead, Members, PageCache, WikiPage
from stages.sources.queries import TITLES_A_REQUEST, Wiki
from stages.sources.wiki_params import WikiParams


class Live:
    """Whatever the wiki says is kept in the cache; a request that fails is not, so that the next run asks again."""

    def __init__(self, params: WikiParams, cache: PageCache) -> None:
        self.params, self.cache = params, cache
        self.api = Api(
            params.address(),
            params.user_agent(),
            gap=params.gap_seconds,
            timeout=params.timeout_seconds,
            attempts=params.attempts,
        )
        self.wiki = Wiki(self.api, params.user_agent())
        if params.license == "auto" and not self.wiki.license:
            raise StageError(
                f"{params.address()} names no licence that is known: it says {self.wiki.rights}; "
                "set extract.license to its SPDX identifier, such as CC-BY-SA-4.0"
            )

    def members(self, category: str) -> Members:
        depth, limit = self.params.category_depth, self.params.category_limit
        found = Members(category=category, depth=depth, limit=limit, titles=[])
        try:
            found = found.model_copy(update={"titles": self.wiki.members(category, depth, limit)})
        except WikiError as error:
            return found.model_copy(update={"reason": error.reason, "detail": str(error)})
        found = found if found.titles else found.model_copy(update={"reason": "empty_category"})
        self.cache.put_members(found)
        return found

    def resolve(self, titles: Sequence[str]) -> list[Lead]:
        leads: list[Lead] = []
        for start in range(0, len(titles), TITLES_A_REQUEST):
            some = titles[start : start + TITLES_A_REQUEST]
            try:
                found = self.wiki.resolve(some, self.params.disambiguation)
            except WikiError as error:
                leads += [Lead(title=title, reason=error.reason, detail=str(error)) for title in some]
                continue
            for lead in found:
                self.cache.put_lead(lead)
            leads += found
        return leads

    def fetch(self, leads: Sequence[Lead]) -> Generator[tuple[Lead, WikiPage | None], None, None]:
        pool = ThreadPoolExecutor(self.params.concurrency)
        try:
            for done in as_completed([pool.submit(self._fetch, lead) for lead in leads]):
                yield done.result()
        finally:
            self.api.stop()
            pool.shutdown(cancel_futures=True)

    def _fetch(self, lead: Lead) -> tuple[Lead, WikiPage | None]:
        page = self.cache.page(lead.page_id, lead.revision_id)
        if page is None:
            try:
                page = self.wiki.fetch(lead.page_title)
            except WikiError as error:
                return lead.model_copy(update={"reason": error.reason, "detail": str(error)}), None
            self.cache.put_page(page)
            lead = lead.model_copy(update={"page_id": page.page_id, "revision_id": page.revision_id})
            self.cache.put_lead(lead)
        return lead, page

    def close(self) -> None:
        self.api.close()
