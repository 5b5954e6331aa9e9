"""extract: pages from their source, with their attribution."""

from pathlib import Path
from typing import Literal

from stages.errors import run_stage
from stages.files import write_json, write_jsonl
from stages.params import AtMost, SectionModel, load_params
from stages.records import Page
from stages.sources.bundled import read_pages

PAGES = Path("data/pages.jsonl")
METRICS = Path("reports/metrics/extract.json")


class Params(SectionModel):
    source: Literal["bundled"]
    path: str  # the bundled pages
    at_most: AtMost  # pages, from the start of the file


def main() -> None:
    params = load_params("extract", Params)
    read = read_pages(Path(params.path))
    pages = read if params.at_most == "all" else read[: params.at_most]
    write_jsonl(PAGES, pages)
    write_json(METRICS, measure(pages, read=len(read)))


def measure(pages: list[Page], read: int) -> dict[str, int]:
    texts = [section.text for page in pages for section in page.sections]
    return {
        "pages_read": read,
        "pages_kept": len(pages),
        "pages_over_the_limit": read - len(pages),
        "pages_without_text": sum(not page.has_text for page in pages),
        "sections": len(texts),
        "words": sum(len(text.split()) for text in texts),
        "characters": sum(map(len, texts)),
    }


if __name__ == "__main__":
    run_stage(main)
