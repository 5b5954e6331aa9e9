"""Pages of Wikipedia or another MediaWiki, by their titles and categories.

Whatever gives no page is counted by reason and named: titles that were read are pages kept plus titles dropped.
"""

import logging
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from tqdm import tqdm

from stages.common.errors import StageError
from stages.common.records import Page
from stages.sources.input_files import CATEGORY, problem_of, read_titles
from stages.sources.page_cache import Lead, Members, PageCache, WikiPage
from stages.sources.pinned import Pinned, name_some
from stages.sources.plain_text import to_sections
from stages.sources.wiki_params import WikiParams

log = logging.getLogger(__name__)


class Origin(Protocol):
    """The wiki, or the cache alone. What cannot be had comes with its reason."""

    def members(self, category: str) -> Members: ...

    def resolve(self, titles: Sequence[str]) -> list[Lead]: ...

    def fetch(self, leads: Sequence[Lead]) -> Generator[tuple[Lead, WikiPage | None], None, None]:
        """The pages, in any order; a lead without one has a reason."""

    def close(self) -> None: ...


@dataclass
class Harvest:
    """The pages, and what became of the titles."""

    pages: list[Page] = field(default_factory=list)
    read: int = 0  # titles, those of the categories included
    over_the_limit: int = 0
    dropped: dict[str, list[str]] = field(default_factory=dict)  # titles by reason
    redirects: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # of the pages' texts, by reason

    def drop(self, title: str, reason: str, detail: str = "") -> None:
        self.dropped.setdefault(reason, []).append(title)
        log.warning("%s: no page (%s%s)", title, reason.replace("_", " "), f": {detail}" if detail else "")

    def failures(self) -> dict[str, list[str]]:
        return {reason: titles for reason, titles in self.dropped.items() if reason != "same_page"}

    def metrics(self) -> dict[str, object]:
        """Besides those of every source. The lists are for readers: `dvc metrics` shows the numbers alone."""
        dropped = {reason: sorted(self.dropped[reason]) for reason in sorted(self.dropped)}
        return {
            "dropped": {reason: len(titles) for reason, titles in dropped.items()},
            "dropped_titles": dropped,
            "redirects": self.redirects,
            "left_out": dict(sorted(self.left_out.items())),
        }


def harvest(params: WikiParams, at_most: int | Literal["all"]) -> Harvest:
    """The pages of the titles file, in its order. Raises StageError."""
    lines = read_titles(Path(params.titles))
    result = Harvest()
    with closing(_open(params)) as origin:
        titles = list(_expand(lines, origin, result))
        result.read = len(titles) + sum(map(len, result.dropped.values()))
        result.over_the_limit = 0 if at_most == "all" else max(0, len(titles) - at_most)
        leads = _resolve(titles[: len(titles) - result.over_the_limit], origin, result)
        _check(result, params)
        pages = _fetch(leads, origin, result, params)
    _check(result, params)
    for lead in leads:
        if lead.page_id in pages:
            _keep(lead, pages[lead.page_id], result, params)
    _check(result, params)
    if not result.pages:
        raise StageError(f"{params.titles}: none of its {result.read} titles gave a page")
    return result


def _open(params: WikiParams) -> Origin:
    cache = PageCache(params.address())
    if params.pin:
        return Pinned(params, cache)
    from stages.sources.origins import Live

    return Live(params, cache)


def _expand(lines: list[str], origin: Origin, result: Harvest) -> Iterator[str]:
    """The titles, with those of a category where it stands."""
    for line in lines:
        if not line.startswith(CATEGORY):
            yield line
        elif problem := problem_of(line.removeprefix(CATEGORY)) or problem_of(line):
            result.drop(line, problem)
        else:
            found = origin.members(line)
            if found.reason:
                result.drop(line, found.reason, found.detail)
            yield from found.titles


def _resolve(titles: list[str], origin: Origin, result: Harvest) -> list[Lead]:
    """Where the titles lead, each page once."""
    for title in titles:
        if problem := problem_of(title):
            result.drop(title, problem)
    legal = [title for title in titles if not problem_of(title)]
    asked = list(dict.fromkeys(legal))
    found = dict(zip(asked, origin.resolve(asked), strict=True))
    first: dict[int, Lead] = {}
    for title in legal:
        lead = found[title]
        if lead.reason:
            result.drop(title, lead.reason, lead.detail)
        elif lead.page_id in first:
            result.drop(title, "same_page", f"as {first[lead.page_id].title}")
        else:
            first[lead.page_id] = lead
        if lead.redirects and lead.page_title:
            result.redirects.append(" -> ".join(dict.fromkeys([title, *lead.redirects, lead.page_title])))
    return list(first.values())


def _fetch(leads: list[Lead], origin: Origin, result: Harvest, params: WikiParams) -> dict[int, WikiPage]:
    """The pages by the id that their lead had; no more are asked for once too many have failed."""
    pages: dict[int, WikiPage] = {}
    wanted = {lead.title: lead.page_id for lead in leads}
    with closing(origin.fetch(leads)) as coming:
        for lead, page in tqdm(coming, total=len(leads), unit="page", desc="extract", disable=None):
            if page is not None:
                pages[wanted[lead.title]] = page
            else:
                result.drop(lead.title, lead.reason, lead.detail)
                if _too_many(result, params):
                    break
    return pages


def _keep(lead: Lead, page: WikiPage, result: Harvest, params: WikiParams) -> None:
    sections, left_out = to_sections(page.text, params.drop_sections, page.language)
    result.left_out += left_out
    granted = page.license if params.license == "auto" else params.license
    if not granted:
        raise StageError(f"{page.url} has no licence that is known; set extract.license to its SPDX identifier")
    if not sections:
        result.drop(lead.title, "no_text")
    elif any(page.page_id == other.page_id for other in result.pages):
        result.drop(lead.title, "same_page", f"as {page.title}")
    else:
        result.pages.append(
            Page(
                title=page.title,
                page_id=page.page_id,
                revision_id=page.revision_id,
                revision_timestamp=page.revision_timestamp,
                url=page.url,
                language=page.language,
                license=granted,
                sections=sections,
            )
        )


def _too_many(result: Harvest, params: WikiParams) -> bool:
    failed = sum(map(len, result.failures().values()))
    return failed / (result.read - result.over_the_limit) > params.max_failure_rate


def _check(result: Harvest, params: WikiParams) -> None:
    if not _too_many(result, params):
        return
    failures = result.failures()
    reasons = [f"{reason} ({len(titles)}): {name_some(titles)}" for reason, titles in sorted(failures.items())]
    raise StageError(
        "\n  ".join(
            [
                f"{sum(map(len, failures.values()))} of {result.read - result.over_the_limit} titles gave no page; "
                f"extract.max_failure_rate allows a share of {params.max_failure_rate}",
                *reasons,
                f"Correct {params.titles}, or raise extract.max_failure_rate; the pages that came are in the cache, "
                "and the next run goes on from there",
            ]
        )
    )
