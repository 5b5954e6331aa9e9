"""extract: gets the pages from a file, a wiki or a wiki's dump, with their attribution."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from stages.common.errors import run_stage
from stages.common.files import write_json, write_jsonl, write_lines
from stages.common.params import AtMost, load_params
from stages.common.records import Page
from stages.engine.choice import EngineName, RayParams
from stages.sources.input_files import iter_pages, without_broken_text
from stages.sources.origins import WikiParams
from stages.sources.totals import PageTotals, size_of
from stages.sources.wikipedia import harvest

PAGES = Path("data/pages.jsonl")
METRICS = Path("reports/metrics/extract.json")


class Params(WikiParams):
    source: Literal["bundled", "wikipedia", "dump"]
    path: str  # file of the bundled pages; of a dump: a file, or a folder of them
    at_most: AtMost  # pages, or titles of a wiki, from the start of the file
    dump_pages: Literal["all", "titles"]  # of a dump: all articles, or those that the file `titles` names
    engine: EngineName  # of a dump
    ray: RayParams

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
        metrics = _extract_records(params)
    elif params.source == "dump":
        metrics = _extract_dump(params)
    else:
        result = harvest(params, params.at_most)
        write_jsonl(PAGES, result.pages)
        totals = PageTotals()
        for page in result.pages:
            totals.add(size_of(page))
        metrics = totals.metrics(result.read, result.over_the_limit) | result.metrics()
    write_json(METRICS, metrics)


def _extract_records(params: Params) -> dict[str, object]:
    totals, left_out, over_the_limit = PageTotals(), Counter[str](), 0

    def cleaned() -> Iterator[Page]:
        nonlocal over_the_limit
        pages = iter_pages(Path(params.path))
        for page in islice(pages, None if params.at_most == "all" else params.at_most):
            whole, reasons = without_broken_text(page)
            totals.add(size_of(whole))
            left_out.update(reasons)
            yield whole
        over_the_limit = sum(1 for _ in pages)

    write_jsonl(PAGES, cleaned())
    metrics = totals.metrics(totals.pages + over_the_limit, over_the_limit)
    return metrics | ({"left_out": dict(sorted(left_out.items()))} if left_out else {})


def _extract_dump(params: Params) -> dict[str, object]:
    # With readers of formats that the other sources don't need.
    from stages.sources.dump import Dump, DumpSettings
    from stages.sources.dump_parts import lines_on_engine

    dump = Dump(
        DumpSettings(
            path=Path(params.path),
            titles=Path(params.titles) if params.dump_pages == "titles" else None,
            at_most=params.at_most,
            language=params.language,
            license=params.license,
            disambiguation=params.disambiguation,
            drop_sections=params.drop_sections,
            max_failure_rate=params.max_failure_rate,
        )
    )
    if params.engine == "local":
        write_lines(PAGES, dump.lines())
    else:
        write_lines(PAGES, lines_on_engine(params.engine, params.ray.address, dump))
    return dump.metrics()


if __name__ == "__main__":
    run_stage(main)
