"""synth: a teacher reads the pages and writes examples about them.

`wikitune estimate synth` says what a language model as teacher would cost; `wikitune sample 100` prints examples.
"""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from stages.common.errors import StageError, run_stage
from stages.common.files import iter_jsonl, write_json, write_lines
from stages.common.params import Positive, SectionModel, Seed, load_params
from stages.common.records import Page, Teacher
from stages.engine.choice import EngineName, RayParams
from stages.llm.replies import stripped_counts
from stages.llm.request import LlmParams, Request
from stages.llm.service import Service
from stages.teachers import Lesson
from stages.teachers.llm_teacher import page_request, read_lesson
from stages.teachers.rules.many_pages import teach_locally, teach_on_engine
from stages.teachers.tally import Tally, TaughtPart, taught_part

log = logging.getLogger(__name__)

PAGES = Path("data/pages.jsonl")
SYNTHETIC = Path("data/synthetic.jsonl")
METRICS = Path("reports/metrics/synth.json")


class Params(SectionModel):
    teacher: Literal["rules", "gemini", "openai"]
    seed: Seed  # of the rules' choices
    per_page: Positive  # examples per page, at most
    at_least: Positive  # different examples in all; fewer stop the stage
    page_characters: Positive  # that a language model reads of a page
    llm: LlmParams
    engine: EngineName  # of the rules
    ray: RayParams


def main() -> None:
    params = load_params("synth", Params)
    tally = Tally()
    parts = parts_by_rules(params) if params.teacher == "rules" else parts_by_model(params)
    write_lines(SYNTHETIC, synthesize(parts, params, tally))
    write_json(METRICS, synth_metrics(tally, params))


def parts_by_rules(params: Params) -> Iterator[TaughtPart]:
    """What the rules write, some pages at a time."""
    if params.engine == "local":
        return teach_locally(PAGES, params.per_page, params.seed)
    return teach_on_engine(params.engine, params.ray.address, PAGES, params.per_page, params.seed)


def parts_by_model(params: Params) -> Iterator[TaughtPart]:
    """What the language model writes, page by page."""
    outcomes = iter(teacher_service(params).ask(requests(iter_jsonl(PAGES, Page), params)))
    teacher = Teacher(name=params.teacher, model=params.llm.model)
    for page in iter_jsonl(PAGES, Page):  # read again, so that only the requests were in memory
        known = read_lesson(page, next(outcomes), teacher, params.per_page) if page.has_text else None
        yield taught_part([(page, known or Lesson([], "no_text"))])


def requests(pages: Iterable[Page], params: Params) -> list[Request]:
    """One request per page with text. Raises StageError if even complete answers to all would be too few examples."""
    asked = [page_request(page, params.per_page, params.page_characters) for page in pages if page.has_text]
    if len(asked) * params.per_page < params.at_least:
        raise StageError(
            f"{PAGES}: {len(asked)} pages have text, so that synth.per_page ({params.per_page}) gives at most "
            f"{len(asked) * params.per_page} examples, and synth.at_least asks for {params.at_least}. "
            "Nothing was asked; extract more pages, raise synth.per_page or lower synth.at_least"
        )
    return asked


def teacher_service(params: Params) -> Service:
    if params.teacher == "rules":
        raise StageError("params.yaml: synth.teacher is rules, which cost nothing; choose gemini or openai")
    return Service("synth", params.teacher, params.llm)


def synthesize(parts: Iterable[TaughtPart], params: Params, tally: Tally) -> Iterator[str]:
    """The examples of the pages as JSON, counted in `tally`. Raises StageError at the end if there are too few."""
    for part in parts:
        tally.update(part.tally)
        for title, reason in part.empty:
            log.warning("%s: no example (%s)", title, reason.replace("_", " "))
        yield from part.lines
    if tally.different < params.at_least:
        copies = f" ({tally.copies} copies of these don't count)" if tally.copies else ""
        raise StageError(
            f"{PAGES}: {tally.pages} pages gave {tally.different} examples, synth.at_least asks for "
            f"{params.at_least}{copies}; extract more pages, raise synth.per_page ({params.per_page}) or lower "
            f"synth.at_least"
        )


def synth_metrics(tally: Tally, params: Params) -> dict[str, object]:
    """The content of the metrics file."""
    of_model = {
        "pages_with_fewer_examples": tally.fewer,
        "examples_beyond_per_page": tally.surplus,
        **stripped_counts([list(tally.stripped.elements())]),
    }
    return {
        "pages": tally.pages,
        "pages_without_examples": dict(sorted(tally.without.items())),
        "examples": tally.kinds.total(),
        "copies": tally.copies,
        "examples_with_input": tally.with_input,
        "largest_share_of_a_kind": max(tally.kinds.values()) / tally.kinds.total(),
        "kinds": dict(sorted(tally.kinds.items())),
        "sentences_passed_over": dict(sorted(tally.passed_over.items())),
    } | (of_model if params.teacher != "rules" else {})


if __name__ == "__main__":
    run_stage(main)
