"""extract: gets the pages from a file or a wiki, with their attribution."""

from pathlib import Path
from typing import Literal

from pydantic import model_validator

from stages.common.errors import run_stage
from stages.common.files import write_json, write_jsonl
from stages.common.params import AtMost, load_params
from stages.common.records import Page
from stages.sources.input_files import read_pages, without_broken_text
from stages.sources.origins import WikiParams
from stages.sources.wikipedia import harvest

PAGES = Path("data/pages.jsonl")
METRICS = Path("reports/metrics/extract.json")


class Params(WikiParams):
    source: Literal["bundled", "wikipedia"]
    path: str  # file of the bundled pages
    at_most: AtMost  # pages, or titles of a wiki, from the start of the file

    @model_validator(mode="after")
    def _wiki_needs_a_contact(self) -> "Params":
        if self.source == "wikipedia" and not self.pin and not self.contact:
            raise ValueError(
                "source is wikipedia, and contact is empty; set it to your e-mail address or a URL: wikis refuse "
                "requests without a contact"
            )
        return self


def main() -> None:
    params = load_params("extract", Params)
    if params.source == "bundled":
        all_pages = read_pages(Path(params.path))
        pages, left_out = without_broken_text(all_pages if params.at_most == "all" else all_pages[: params.at_most])
        metrics = page_metrics(pages, read=len(all_pages), over_the_limit=len(all_pages) - len(pages))
        metrics |= {"left_out": left_out} if left_out else {}
    else:
        result = harvest(params, params.at_most)
        pages = result.pages
        metrics = page_metrics(pages, result.read, result.over_the_limit) | result.metrics()
    write_jsonl(PAGES, pages)
    write_json(METRICS, metrics)


def page_metrics(pages: list[Page], read: int, over_the_limit: int) -> dict[str, object]:
    """The metrics of any source. `read` counts pages, or titles of a wiki."""
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
