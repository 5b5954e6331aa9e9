"""synth: a teacher reads the pages and writes examples about them."""

import logging
from collections import Counter
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from stages.errors import StageError, run_stage
from stages.files import read_jsonl, write_json, write_jsonl
from stages.params import Positive, SectionModel, Seed, load_params
from stages.records import Example, Page
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


def main() -> None:
    params = load_params("synth", Params)
    pages = read_jsonl(PAGES, Page)
    examples: list[Example] = []
    skipped: Counter[str] = Counter()
    without: list[str] = []
    for page in tqdm(pages, unit="page", desc="synth", disable=None):
        taught, passed_over = teach(page, params.per_page, params.seed)
        examples += taught
        skipped += passed_over
        without += [] if taught else [page.title]
    if len(examples) < params.at_least:
        raise StageError(
            f"{PAGES}: {len(pages)} pages gave {len(examples)} examples, synth.at_least asks for {params.at_least}; "
            f"extract more pages, raise synth.per_page ({params.per_page}) or lower synth.at_least"
        )
    if without:
        log.warning("%d pages gave no example: %s", len(without), ", ".join(without))
    write_jsonl(SYNTHETIC, examples)
    write_json(METRICS, measure(examples, len(pages), len(without), skipped))


def measure(examples: list[Example], pages: int, without: int, skipped: Counter[str]) -> dict[str, object]:
    kinds = Counter(example.kind for example in examples)
    return {
        "pages": pages,
        "pages_without_examples": without,
        "examples": len(examples),
        "examples_with_input": sum(example.input != "" for example in examples),
        "largest_share_of_a_kind": max(kinds.values()) / len(examples),
        "kinds": dict(sorted(kinds.items())),
        "sentences_passed_over": dict(sorted(skipped.items())),
    }


if __name__ == "__main__":
    run_stage(main)
