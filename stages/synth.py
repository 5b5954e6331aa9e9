"""synth: a teacher reads the pages and writes examples about them.

`python -m stages.synth --sample 100` prints that many of the examples in data/synthetic.jsonl, for reading.
"""

import argparse
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from stages.errors import StageError, run_stage
from stages.files import count_lines, iter_jsonl, write_json, write_jsonl
from stages.params import Positive, SectionModel, Seed, load_params
from stages.records import Example, Page
from stages.sampling import as_text, sample
from stages.teachers.rules.teacher import teach

log = logging.getLogger(__name__)

PAGES = Path("data/pages.jsonl")
SYNTHETIC = Path("data/synthetic.jsonl")
METRICS = Path("reports/metrics/synth.json")


class Params(SectionModel):
    teacher: Literal["rules"]
    seed: Seed
    per_page: Positive  # examples, at most
    at_least: Positive  # examples in all; fewer stop the stage


class Tally:
    """What came of the pages; it grows while they pass, as no more than one of them is kept."""

    def __init__(self) -> None:
        self.pages = 0
        self.with_input = 0
        self.kinds: Counter[str] = Counter()
        self.without: Counter[str] = Counter()  # pages that gave no example, by reason
        self.passed_over: Counter[str] = Counter()  # sentences, by reason

    def metrics(self) -> dict[str, object]:
        return {
            "pages": self.pages,
            "pages_without_examples": dict(sorted(self.without.items())),
            "examples": self.kinds.total(),
            "examples_with_input": self.with_input,
            "largest_share_of_a_kind": max(self.kinds.values()) / self.kinds.total(),
            "kinds": dict(sorted(self.kinds.items())),
            "sentences_passed_over": dict(sorted(self.passed_over.items())),
        }


def main() -> None:
    params = load_params("synth", Params)
    tally = Tally()
    pages = tqdm(iter_jsonl(PAGES, Page), total=count_lines(PAGES), unit="page", desc="synth", disable=None)
    write_jsonl(SYNTHETIC, synthesize(pages, params, tally))
    write_json(METRICS, tally.metrics())


def synthesize(pages: Iterable[Page], params: Params, tally: Tally) -> Iterator[Example]:
    """Raises StageError at the end of the pages where they gave too few examples."""
    for page in pages:
        lesson = teach(page, params.per_page, params.seed)
        tally.pages += 1
        tally.passed_over += lesson.skipped
        tally.kinds.update(example.kind for example in lesson.examples)
        tally.with_input += sum(example.input != "" for example in lesson.examples)
        if lesson.nothing:
            tally.without[lesson.nothing] += 1
            log.warning("%s: no example (%s)", page.title, lesson.nothing.replace("_", " "))
        yield from lesson.examples
    if tally.kinds.total() < params.at_least:
        raise StageError(
            f"{PAGES}: {tally.pages} pages gave {tally.kinds.total()} examples, synth.at_least asks for "
            f"{params.at_least}; extract more pages, raise synth.per_page ({params.per_page}) or lower synth.at_least"
        )


def show(size: int) -> None:
    """Prints a sample, drawn with the seed of the stage."""
    seed = load_params("synth", Params).seed
    for number, example in enumerate(sample(iter_jsonl(SYNTHETIC, Example), size, seed), start=1):
        print(f"{number}. {as_text(example)}\n")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m stages.synth", description="Writes examples about the pages.")
    parser.add_argument("--sample", type=int, metavar="N", help="print N examples of data/synthetic.jsonl instead")
    wanted = parser.parse_args().sample
    run_stage(main if wanted is None else partial(show, wanted))
