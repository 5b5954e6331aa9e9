"""synth: a teacher reads the pages and writes examples about them.

`wikitune estimate synth` says what a language model as teacher would cost; `wikitune sample 100` prints examples.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from stages.common.errors import StageError, run_stage
from stages.common.files import count_lines, iter_jsonl, read_jsonl, write_json, write_jsonl
from stages.common.params import Positive, SectionModel, Seed, load_params
from stages.common.records import Example, Page, Teacher
from stages.common.stage_bar import StageBar
from stages.llm.replies import stripped_counts
from stages.llm.request import LlmParams, Request
from stages.llm.service import Service
from stages.teachers import Lesson
from stages.teachers.llm_teacher import page_request, read_lesson
from stages.teachers.rules.teacher import teach

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


class Tally:
    """Counts over the pages. They are added up page by page, since only one page is in memory at a time."""

    def __init__(self) -> None:
        self.pages = 0
        self.with_input = 0
        self.ids: set[str] = set()  # of the examples; copies have the same id
        self.kinds: Counter[str] = Counter()  # examples by kind; a model's have none
        self.without: Counter[str] = Counter()  # pages without examples, by reason
        self.passed_over: Counter[str] = Counter()  # sentences, by reason
        self.fewer = 0  # pages about which a language model wrote fewer examples than asked for
        self.surplus = 0  # examples that it wrote beyond that; they are left out
        self.stripped: list[Sequence[str]] = []  # what stood around the objects in its replies

    def add(self, lesson: Lesson) -> None:
        self.pages += 1
        self.passed_over += lesson.skipped
        self.kinds.update(example.kind or "unnamed" for example in lesson.examples)
        self.fewer += lesson.fewer
        self.surplus += lesson.surplus
        self.stripped.append(lesson.stripped)
        self.ids.update(example.id for example in lesson.examples)
        self.with_input += sum(example.input != "" for example in lesson.examples)
        if lesson.empty_because:
            self.without[lesson.empty_because] += 1

    @property
    def copies(self) -> int:
        """How many examples repeat an earlier one word for word. Curation rejects them."""
        return self.kinds.total() - len(self.ids)

    def metrics(self, params: Params) -> dict[str, object]:
        """The content of the metrics file."""
        of_model = {
            "pages_with_fewer_examples": self.fewer,
            "examples_beyond_per_page": self.surplus,
            **stripped_counts(self.stripped),
        }
        return {
            "pages": self.pages,
            "pages_without_examples": dict(sorted(self.without.items())),
            "examples": self.kinds.total(),
            "copies": self.copies,
            "examples_with_input": self.with_input,
            "largest_share_of_a_kind": max(self.kinds.values()) / self.kinds.total(),
            "kinds": dict(sorted(self.kinds.items())),
            "sentences_passed_over": dict(sorted(self.passed_over.items())),
        } | (of_model if params.teacher != "rules" else {})


def main() -> None:
    params = load_params("synth", Params)
    tally = Tally()
    lessons = lessons_by_rules(params) if params.teacher == "rules" else lessons_by_model(params)
    write_jsonl(SYNTHETIC, synthesize(lessons, params, tally))
    write_json(METRICS, tally.metrics(params))


def lessons_by_rules(params: Params) -> Iterator[tuple[Page, Lesson]]:
    """Each page with the rules' lesson on it."""
    pages = StageBar(iter_jsonl(PAGES, Page), total=count_lines(PAGES), unit="page", desc="synth")
    return ((page, teach(page, params.per_page, params.seed)) for page in pages)


def lessons_by_model(params: Params) -> Iterator[tuple[Page, Lesson]]:
    """Each page with the language model's lesson on it."""
    pages = read_jsonl(PAGES, Page)
    outcomes = iter(teacher_service(params).ask(requests(pages, params)))
    teacher = Teacher(name=params.teacher, model=params.llm.model)
    for page in pages:
        if page.has_text:
            yield page, read_lesson(page, next(outcomes), teacher, params.per_page)
        else:
            yield page, Lesson([], "no_text")


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


def synthesize(lessons: Iterable[tuple[Page, Lesson]], params: Params, tally: Tally) -> Iterator[Example]:
    """The examples of the pages, counted in `tally`. Raises StageError at the end if there are too few."""
    for page, lesson in lessons:
        tally.add(lesson)
        if lesson.empty_because:
            log.warning("%s: no example (%s)", page.title, lesson.empty_because.replace("_", " "))
        yield from lesson.examples
    if len(tally.ids) < params.at_least:
        copies = f" ({tally.copies} copies of these don't count)" if tally.copies else ""
        raise StageError(
            f"{PAGES}: {tally.pages} pages gave {len(tally.ids)} examples, synth.at_least asks for "
            f"{params.at_least}{copies}; extract more pages, raise synth.per_page ({params.per_page}) or lower "
            f"synth.at_least"
        )


if __name__ == "__main__":
    run_stage(main)
