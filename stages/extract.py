"""extract: pages from their source, with their attribution."""

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from stages.common.errors import run_stage
from stages.common.files import write_json, write_jsonl
from stages.common.params import AtMost, load_params
from stages.common.records import Page
from stages.sources.bundled import read_pages
from stages.sources.wiki_params import WikiParams
from stages.sources.wikipedia import harvest

PAGES = Path("data/pages.jsonl")
METRICS = Path("reports/metrics/extract.json")


class Params(WikiParams):
    source: Literal["bundled", "wikipedia"]
    path: str  # the bundled pages
    at_most: AtMost  # pages, or the titles of a wiki, from the start of the file

    @model_validator(mode="after")
    def _a_wiki_is_told_who_asks(self) -> "Params":
        if self.source == "wikipedia" and not self.pin and not self.contact:
            raise ValueError(
                "source is wikipedia, and contact is empty; set it to your e-mail address or a URL, because wikis "
                "refuse requests from nobody"
            )
        return self


def main() -> None:
    params = load_params("extract", Params)
    if params.source == "bundled":
        read = read_pages(Path(params.path))
        pages = read if params.at_most == "all" else read[: params.at_most]
        metrics = measure(pages, read=len(read), over_the_limit=len(read) - len(pages))
    else:
        found = harvest(params, params.at_most)
        pages = found.pages
        metrics = measure(pages, found.read, found.over_the_limit) | found.metrics()
    write_jsonl(PAGES, pages)
    write_json(METRICS, metrics)


def measure(pages: list[Page], read: int, over_the_limit: int) -> dict[str, object]:
    texts = [section.text for page in pages for section in page.sections]
    return {
        "pages_read": read,
        "pages_kept": len(pages),
        "pages_over_the_limit": over_the_limit,
        "pages_without_text": sum(not page.has_text for page in pages),
        "sections": len(texts),
        "words": sum(len(text.split()) for text in texts),
        "characters": sum(map(len, texts)),
    }


if __name__ == "__main__":
    run_stage(main)
