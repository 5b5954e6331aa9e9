"""Gets the pages that a file of titles and categories names, from Wikipedia or another MediaWiki.

A title without a page is counted by reason and named in the log: titles read = pages kept + titles dropped + titles
over the limit.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from stages.common.errors import StageError
from stages.common.records import Page
from stages.common.stage_bar import StageBar
from stages.sources.input_files import CATEGORY, read_titles, title_problem
from stages.sources.origins import Origin, WikiParams, name_some, open_origin
from stages.sources.page_cache import ResolvedTitle, WikiPage
from stages.sources.plain_text import to_sections

log = logging.getLogger(__name__)


@dataclass
class Harvest:
    """The pages, and what became of each title."""

    pages: list[Page] = field(default_factory=list)
    read: int = 0  # titles, including those of categories
    over_the_limit: int = 0
    dropped: dict[str, list[str]] = field(default_factory=dict)  # titles by reason
    redirects: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # parts of the pages' texts, by reason

    def drop(self, title: str, reason: str, detail: str = "") -> None:
        self.dropped.setdefault(reason, []).append(title)
        log.warning("%s: no page (%s%s)", title, reason.replace("_", " "), f": {detail}" if detail else "")

    def failures(self) -> dict[str, list[str]]:
        """The dropped titles by reason, without those whose page another title gave."""
        return {reason: titles for reason, titles in self.dropped.items() if reason != "same_page"}

    def metrics(self) -> dict[str, object]:
        """The metrics that only a wiki has. The lists are for readers: `dvc metrics` shows only the numbers."""
        dropped = {reason: sorted(self.dropped[reason]) for reason in sorted(self.dropped)}
        return {
            "dropped": {reason: len(titles) for reason, titles in dropped.items()},
            "dropped_titles": dropped,
            "redirects": self.redirects,
            "left_out": dict(sorted(self.left_out.items())),
        }


def harvest(params: WikiParams, at_most: int | Literal["all"]) -> Harvest:
    """The pages of the titles file, in its order; only the first `at_most` titles are looked at. Raises StageError."""
    lines = read_titles(Path(params.titles))
    result = Harvest()
    with closing(open_origin(params)) as origin:
        titles = list(_expand_categories(lines, origin, result))
        result.read = len(titles) + sum(map(len, result.dropped.values()))
        result.over_the_limit = 0 if at_most == "all" else max(0, len(titles) - at_most)
        resolved = _resolve_titles(titles[: len(titles) - result.over_the_limit], origin, result)
        _stop_if_too_many_failed(result, params)
        pages = _fetch_pages(resolved, origin, result, params)
    _stop_if_too_many_failed(result, params)
    for title in resolved:
        if title.page_id in pages:
            page = pages[title.page_id]
            license_id = origin.license_of(page) if params.license == "auto" else params.license
            _add_page(title, page, license_id, result, params)
    _stop_if_too_many_failed(result, params)
    if not result.pages:
        raise StageError(f"{params.titles}: none of its {result.read} titles gave a page")
    return result


def _expand_categories(lines: list[str], origin: Origin, result: Harvest) -> Iterator[str]:
    """The titles, with the titles of each category in its place."""
    for line in lines:
        if not line.startswith(CATEGORY):
            yield line
        elif problem := title_problem(line.removeprefix(CATEGORY)) or title_problem(line):
            result.drop(line, problem)
        else:
            category = origin.list_category(line)
            if category.reason:
                result.drop(line, category.reason, category.detail)
            yield from category.titles


def _resolve_titles(titles: list[str], origin: Origin, result: Harvest) -> list[ResolvedTitle]:
    """Where the titles lead, each page once."""
    for title in titles:
        if problem := title_problem(title):
            result.drop(title, problem)
    legal = [title for title in titles if not title_problem(title)]
    unique = list(dict.fromkeys(legal))
    answers = dict(zip(unique, origin.resolve_titles(unique), strict=True))
    first: dict[int, ResolvedTitle] = {}  # by page id
    for title in legal:
        answer = answers[title]
        if answer.reason:
            result.drop(title, answer.reason, answer.detail)
        elif answer.page_id in first:
            result.drop(title, "same_page", f"as {first[answer.page_id].title}")
        else:
            first[answer.page_id] = answer
        if answer.redirects and answer.page_title:
            result.redirects.append(" -> ".join(dict.fromkeys([title, *answer.redirects, answer.page_title])))
    return list(first.values())


def _fetch_pages(
    resolved: list[ResolvedTitle], origin: Origin, result: Harvest, params: WikiParams
) -> dict[int, WikiPage]:
    """The pages by the page id that their title was resolved to. Stops as soon as too many have failed."""
    pages: dict[int, WikiPage] = {}
    page_ids = {title.title: title.page_id for title in resolved}
    with closing(origin.fetch_pages(resolved)) as arriving:
        for title, page in StageBar(arriving, total=len(resolved), unit="page", desc="extract"):
            if page is not None:
                pages[page_ids[title.title]] = page
            else:
                result.drop(title.title, title.reason, title.detail)
                if _too_many_failed(result, params):
                    break
    return pages


def _add_page(title: ResolvedTitle, page: WikiPage, license_id: str, result: Harvest, params: WikiParams) -> None:
    sections, left_out = to_sections(page.text, params.drop_sections, page.language)
    result.left_out += left_out
    if not license_id:
        raise StageError(f"{page.url} has no licence that is known; set extract.license to its SPDX identifier")
    if not sections:
        result.drop(title.title, "no_text")
    elif any(page.page_id == kept.page_id for kept in result.pages):
        result.drop(title.title, "same_page", f"as {page.title}")
    else:
        result.pages.append(
            Page(
                title=page.title,
                page_id=page.page_id,
                revision_id=page.revision_id,
                revision_timestamp=page.revision_timestamp,
                url=page.url,
                language=page.language,
                license=license_id,
                sections=sections,
            )
        )


def _too_many_failed(result: Harvest, params: WikiParams) -> bool:
    failed = sum(map(len, result.failures().values()))
    return failed / (result.read - result.over_the_limit) > params.max_failure_rate


def _stop_if_too_many_failed(result: Harvest, params: WikiParams) -> None:
    if not _too_many_failed(result, params):
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
                "and the next run continues from there",
            ]
        )
    )
