"""synth: a teacher reads the pages and writes examples about them.

`python -m stages.synth --sample 100` prints that many of the examples in data/synthetic.jsonl, for reading;
`--estimate` says what a language model as teacher would be asked, and what that may cost.
"""

import argparse
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from stages.common.errors import StageError, run_stage
from stages.common.files import count_lines, iter_jsonl, read_jsonl, write_json, write_jsonl
from stages.common.params import Positive, SectionModel, Seed, load_params
from stages.common.records import Example, Page, Teacher
from stages.llm.request import LlmParams, Request
from stages.llm.service import Service
from stages.sampling import as_text, sample
from stages.teachers.lesson import Lesson
from stages.teachers.llm_teacher import lesson, page_request
from stages.teachers.rules.teacher import teach

log = logging.getLogger(__name__)

PAGES = Path("data/pages.jsonl")
SYNTHETIC = Path("data/synthetic.jsonl")
METRICS = Path("reports/metrics/synth.json")


class Params(SectionModel):
    teacher: Literal["rules", "gemini", "openai"]
    seed: Seed  # of the rules
    per_page: Positive  # examples, at most
    at_least: Positive  # examples in all; fewer stop the stage
    page_characters: Positive  # of a page, that a language model reads
    llm: LlmParams


class Tally:
    """What came of the pages; it grows while they pass, as no more than one of them is kept."""

    def __init__(self) -> None:
        self.pages = 0
        self.with_input = 0
        self.kinds: Counter[str] = Counter()  # a model's examples have none
        self.without: Counter[str] = Counter()  # pages that gave no example, by reason
        self.passed_over: Counter[str] = Counter()  # sentences, by reason
        self.fewer = 0  # pages with fewer examples than a language model was asked for
        self.surplus = 0  # examples beyond that, which are left out

    def metrics(self, params: Params) -> dict[str, object]:
        of_a_model = {"pages_with_fewer_examples": self.fewer, "examples_beyond_per_page": self.surplus}
        return {
            "pages": self.pages,
            "pages_without_examples": dict(sorted(self.without.items())),
            "examples": self.kinds.total(),
            "examples_with_input": self.with_input,
            "largest_share_of_a_kind": max(self.kinds.values()) / self.kinds.total(),
            "kinds": dict(sorted(self.kinds.items())),
            "sentences_passed_over": dict(sorted(self.passed_over.items())),
        } | (of_a_model if params.teacher != "rules" else {})


def main() -> None:
    params = load_params("synth", Params)
    tally = Tally()
    lessons = by_rules(params) if params.teacher == "rules" else by_model(params)
    write_jsonl(SYNTHETIC, synthesize(lessons, params, tally))
    write_json(METRICS, tally.metrics(params))


def by_rules(params: Params) -> Iterator[tuple[Page, Lesson]]:
    pages = tqdm(iter_jsonl(PAGES, Page), total=count_lines(PAGES), unit="page", desc="synth", disable=None)
    return ((page, teach(page, params.per_page, params.seed)) for page in pages)


def by_model(params: Params) -> Iterator[tuple[Page, Lesson]]:
    pages = read_jsonl(PAGES, Page)
    outcomes = iter(service(params).ask(requests(pages, params)))
    teacher = Teacher(name=params.teacher, model=params.llm.model)
    for page in pages:
        yield page, lesson(page, next(outcomes), teacher, params.per_page) if page.has_text else Lesson([], "no_text")


def requests(pages: Iterable[Page], params: Params) -> list[Request]:
    """Raises StageError where whole answers to all of them would be too few examples."""
    found = [page_request(page, params.per_page, params.page_characters) for page in pages if page.has_text]
    if len(found) * params.per_page < params.at_least:
        raise StageError(
            f"{PAGES}: {len(found)} pages have text, so that synth.per_page ({params.per_page}) gives at most "
            f"{len(found) * params.per_page} examples, and synth.at_least asks for {params.at_least}. "
            "Nothing was asked; extract more pages, raise synth.per_page or lower synth.at_least"
        )
    return found


def service(params: Params) -> Service:
    if params.teacher == "rules":
        raise StageError("params.yaml: synth.teacher is rules, which cost nothing; choose gemini or openai")
    return Service("synth", params.teacher, params.llm)


def synthesize(lessons: Iterable[tuple[Page, Lesson]], params: Params, tally: Tally) -> Iterator[Example]:
    """Raises StageError at the end of the pages where they gave too few examples."""
    for page, found in lessons:
        tally.pages += 1
        tally.passed_over += found.skipped
        tally.kinds.update(example.kind or "unnamed" for example in found.examples)
        tally.fewer += found.fewer
        tally.surplus += found.surplus
        tally.with_input += sum(example.input != "" for example in found.examples)
        if found.nothing:
            tally.without[found.nothing] += 1
            log.warning("%s: no example (%s)", page.title, found.nothing.replace("_", " "))
        yield from found.examples
    if tally.kinds.total() < params.at_least:
        raise StageError(
            f"{PAGES}: {tally.pages} pages gave {tally.kinds.total()} examples, synth.at_least asks for "
            f"{params.at_least}; extract more pages, raise synth.per_page ({params.per_page}) or lower synth.at_least"
        )


def estimate() -> None:
    """Prints what a language model would be asked."""
    params = load_params("synth", Params)
    print(service(params).estimate(requests(read_jsonl(PAGES, Page), params)))  # noqa: T201


def show(size: int) -> None:
    """Prints a sample, drawn with the seed of the stage."""
    seed = load_params("synth", Params).seed
    for number, example in enumerate(sample(iter_jsonl(SYNTHETIC, Example), size, seed), start=1):
        print(f"{number}. {as_text(example)}\n")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m stages.synth", description="Writes examples about the pages.")
    parser.add_argument("--sample", type=int, metavar="N", help="print N examples of data/synthetic.jsonl instead")
    parser.add_argument("--estimate", action="store_true", help="print what asking a language model may cost instead")
    wanted = parser.parse_args()
    run_stage(estimate if wanted.estimate else main if wanted.sample is None else partial(show, wanted.sample))
