"""Pages from the cache alone: what the wiki said when it was last asked."""

from collections.abc import Generator, Sequence

from stages.common.errors import StageError
from stages.sources.page_cache import Lead, Members, PageCache, WikiPage
from stages.sources.wiki_params import WikiParams

NAMED = 10  # titles in an error message


class Pinned:
    """Raises StageError, with the titles, for what the cache doesn't have."""

    def __init__(self, params: WikiParams, cache: PageCache) -> None:
        self.params, self.cache = params, cache

    def members(self, category: str) -> Members:
        found = self.cache.members(category, self.params.category_depth, self.params.category_limit)
        if found is None:
            raise self._absent([category])
        return found

    def resolve(self, titles: Sequence[str]) -> list[Lead]:
        leads = [self.cache.lead(title) for title in titles]
        absent = [title for title, lead in zip(titles, leads, strict=True) if lead is None]
        if absent:
            raise self._absent(absent)
        return [lead for lead in leads if lead is not None]

    def fetch(self, leads: Sequence[Lead]) -> Generator[tuple[Lead, WikiPage | None], None, None]:
        pages = [self.cache.page(lead.page_id, lead.revision_id) for lead in leads]
        absent = [lead.title for lead, page in zip(leads, pages, strict=True) if page is None]
        if absent:
            raise self._absent(absent)
        yield from zip(leads, pages, strict=True)

    def close(self) -> None:
        """Nothing is open."""

    def _absent(self, titles: list[str]) -> StageError:
        return StageError(
            f"extract.pin is true, and {len(titles)} of the titles and categories are not in the cache of "
            f"{self.params.address()} ({self.cache.folder}): {name_some(titles)}\n"
            "  Set extract.pin=false once, so that the wiki is asked"
        )


def name_some(titles: Sequence[str]) -> str:
    more = len(titles) - NAMED
    return ", ".join(titles[:NAMED]) + (f" and {more} more" if more > 0 else "")
