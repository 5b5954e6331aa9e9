"""split: divides curated and general examples into train, val and test, so that no two sides share content.

The split `small` is nested inside `full`. What sides must not share, and the proof that they do not, is in
stages/splitting/.
"""

import gc
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from stages.common.download import Sha256, Url, download_file
from stages.common.errors import StageError, run_stage
from stages.common.files import read_json, read_jsonl, write_json, write_jsonl
from stages.common.instruction_sets import MissingInput, read_instructions
from stages.common.params import SAME_RESULT, AtMost, SectionModel, Seed, load_params
from stages.common.processes import map_chunks
from stages.common.records import Example, Page, Rejection
from stages.curation.content import Content, read_contents
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.malformed import malformed
from stages.curation.near_duplicate import near_duplicate_pairs
from stages.curation.rules import Thresholds, curate
from stages.splitting.allocation import SIDES, Split, allocate
from stages.splitting.base_pages import BaseSource, choose_base_pages
from stages.splitting.base_questions import count_asked, read_asked, refuse_asked, was_asked
from stages.splitting.grouping import group_examples
from stages.splitting.proof import Proof, prove, refuse_leaks
from stages.splitting.shared_words import count_shared_wording

PAGES = Path("data/pages.jsonl")
CURATED = Path("data/curated.jsonl")
SPLITS = Path("data/splits")
REJECTED = SPLITS / "general_rejected.jsonl"
LEFT_OUT = SPLITS / "left_out_of_base.json"
TEST_PAGES = SPLITS / "test_pages.json"  # whether base reads each page of test, by title; {} where nobody knows
METRICS = Path("reports/metrics/split.json")
# What the bundled base model has read, and what it was asked there: primer/asked_questions.py wrote this.
BUNDLED_PAGES = Path("data/bundled/pages.jsonl")
BUNDLED_READING = Path("data/bundled/base/reading.json")
BUNDLED_QUESTIONS = Path("data/bundled/base/questions.xz")


class GeneralParams(SectionModel):
    path: str  # JSON Lines, JSON, CSV or Parquet of instructions; docs/stages/split.md lists the shapes that are read
    url: Url  # of such a file, instead of `path`
    sha256: Sha256  # of the file at `url`
    at_most: AtMost
    missing_input: MissingInput
    # SPDX identifier for the data card; auto: CC0-1.0 for the bundled tasks, unknown for others.
    license: Annotated[str, Field(pattern=r"^[A-Za-z0-9.+-]+$"), SAME_RESULT]

    @model_validator(mode="after")
    def _a_url_has_its_hash(self) -> Self:
        if self.url and not self.sha256:
            raise ValueError("url is given, and sha256 is empty; set it to what `sha256sum` says of the file you trust")
        return self


class SyntheticParams(SectionModel):
    at_most: AtMost


class Params(SectionModel):
    seed: Seed
    general: GeneralParams
    synthetic: SyntheticParams
    full: AtMost  # examples in total; if a number, that many must exist
    small: Annotated[int, Field(ge=10)]  # examples in total, taken from full; with 10 or more, no side is empty
    # Curate the general tasks, keep examples that share content on one side, and test no question that base was asked.
    decontaminate: bool

    @model_validator(mode="after")
    def _small_fits(self) -> Self:
        if self.full != "all" and self.small > self.full:
            raise ValueError(f"small is {self.small}, at most the size of full ({self.full})")
        return self


@dataclass(frozen=True)
class Pool:
    """The examples to divide, in random order, and how they were selected."""

    examples: list[Example]
    contents: list[Content]  # of the examples; empty once these are divided
    synthetic: int  # how many of the examples are synthetic
    distinct: int  # general examples that could have been drawn
    rejected: list[Rejection]  # general examples that the rules rejected, and repeated questions


@dataclass(frozen=True)
class Division:
    """The finished splits, with the pool that they were made from and the proof that no two sides share content."""

    pool: Pool
    full: Split
    small: Split
    proof: Proof


def main() -> None:
    params = load_params("split", Params)
    limits = load_params("curate", Thresholds)
    base_source = load_params("base", BaseSource)
    synthetic = read_jsonl(CURATED, Example)
    general, without_input = read_general(params.general)
    is_bundled = base_source.source == "bundled"
    asked = read_asked(BUNDLED_QUESTIONS) if is_bundled else frozenset()
    division = divide(synthetic, general, params, limits, asked)
    reading = choose_base_pages(
        read_jsonl(PAGES, Page), division.full, base_source, read_bundled_pages() if is_bundled else []
    )
    for name, split in (("full", division.full), ("small", division.small)):
        for side in SIDES:
            write_jsonl(SPLITS / name / f"{side}.jsonl", split[side])
    write_jsonl(REJECTED, division.pool.rejected)
    write_json(LEFT_OUT, reading.left_out)
    write_json(TEST_PAGES, reading.read)
    by_url = len(general) if params.general.url else 0
    metrics = split_metrics(division, len(synthetic), by_url, without_input)
    known = asked if base_source.source in ("bundled", "scratch") else None
    base_metrics = reading.metrics() | count_asked(division.pool.examples, division.full, known)
    write_json(METRICS, metrics | {"base": base_metrics})


def read_bundled_pages() -> list[Page]:
    """The bundled pages that the bundled base model has read."""
    titles = set(read_json(BUNDLED_READING)["pages"]["read"])
    return [page for page in read_jsonl(BUNDLED_PAGES, Page) if page.title in titles]


def read_general(params: GeneralParams) -> tuple[list[Example], int]:
    """The general examples from `url` or `path`, and how many rows had no `input`."""
    path = download_file(params.url, params.sha256) if params.url else Path(params.path)
    return read_instructions(path, params.missing_input)


def divide(
    synthetic: list[Example], general: list[Example], params: Params, limits: Thresholds, asked: frozenset[int]
) -> Division:
    """Draws examples and divides them into train, val and test. `asked` has the hashes of what base was asked.

    Raises StageError if there are too few examples, if groups that must stay together are too large, or if, although
    `decontaminate` is on, two sides share content, or val or test asks what base was asked.
    """
    rng = random.Random(params.seed)
    pool = draw_pool(synthetic, general, params, limits, rng)
    full_sizes, small_sizes = check_sizes(len(pool.examples), params)
    if params.decontaminate:
        similar = near_duplicate_pairs(pool.contents, limits.min_similarity)
        groups = group_examples(pool.examples, pool.contents, similar)
        known = {example.id for example in pool.examples if was_asked(example, asked)}
        full = allocate(pool.examples, groups, full_sizes, rng, only_train=known)
        check_train(len(full["train"]), full_sizes["train"], params)
    else:
        full = cut_in_order(pool.examples, full_sizes)
    pool.contents.clear()  # of a million examples they take gigabytes, which the proof needs
    proof = prove(full, limits.min_similarity)
    if params.decontaminate:
        refuse_leaks(proof)
        refuse_asked(full, asked)
    return Division(pool, full, nested(full, small_sizes), proof)


def draw_pool(
    synthetic: list[Example], general: list[Example], params: Params, limits: Thresholds, rng: random.Random
) -> Pool:
    """Draws up to `at_most` examples of each kind. With `decontaminate`, general examples are curated first; malformed
    ones, such as those with an empty output, and repeated questions are always left out."""
    known: dict[str, Content] = {}  # by id
    if params.decontaminate:
        # Sorted, so that the order of the rows in their files doesn't matter.
        curation = curate(sorted(general, key=_id), limits, pages={})
        synthetic, general, rejected = sorted(synthetic, key=_id), curation.kept, curation.rejected
        known = {example.id: content for example, content in zip(general, curation.contents, strict=True)}
    else:
        general, rejected = without_malformed(general)
    drawn_synthetic = draw_examples(synthetic, params.synthetic.at_most, rng)
    distinct, repeated = without_repetition(general, drawn_synthetic)
    drawn_general = draw_examples(distinct, params.general.at_most, rng)
    examples = draw_examples(drawn_synthetic + drawn_general, "all", rng)
    new = [example for example in examples if example.id not in known]
    known |= zip((example.id for example in new), map_chunks(read_contents, new, "words"), strict=True)
    contents = [known[example.id] for example in examples]
    return Pool(examples, contents, len(drawn_synthetic), len(distinct), rejected + repeated)


def draw_examples(examples: list[Example], at_most: AtMost, rng: random.Random) -> list[Example]:
    """A random sample in random order."""
    count = len(examples) if at_most == "all" else min(at_most, len(examples))
    return rng.sample(examples, count)


def without_malformed(examples: list[Example]) -> tuple[list[Example], list[Rejection]]:
    """The examples with sound texts, and the others as rejections."""
    sound, rejected = [], []
    for example in examples:
        if evidence := malformed(example):
            rejected.append(Rejection(example=example, reason="malformed", evidence=evidence))
        else:
            sound.append(example)
    return sound, rejected


def without_repetition(examples: list[Example], taken: list[Example]) -> tuple[list[Example], list[Rejection]]:
    """The examples whose question is new (neither in `taken` nor earlier in the list), and the others as rejections."""
    seen = {question_key(example): example.id for example in taken}
    distinct, repeated = [], []
    for example in examples:
        if evidence := exact_duplicate(example, seen):
            repeated.append(Rejection(example=example, reason="exact_duplicate", evidence=evidence))
        else:
            seen[question_key(example)] = example.id
            distinct.append(example)
    return distinct, repeated


def side_sizes(total: int) -> dict[str, int]:
    """80/10/10 percent. Val and test have the same size; train takes what rounding leaves."""
    tenth = round(total / 10)
    return {"train": total - 2 * tenth, "val": tenth, "test": tenth}


def cut_in_order(pool: list[Example], sizes: Mapping[str, int]) -> Split:
    """The first examples go to test, the next to val and the next to train, whatever they share."""
    test, val = sizes["test"], sizes["val"]
    return {
        "test": pool[:test],
        "val": pool[test : test + val],
        "train": pool[test + val : test + val + sizes["train"]],
    }


def nested(full: Split, sizes: Mapping[str, int]) -> Split:
    """The first examples of each side: train from train, val from val, test from test."""
    return {side: full[side][: sizes[side]] for side in SIDES}


def check_sizes(available: int, params: Params) -> tuple[dict[str, int], dict[str, int]]:
    """The number of examples on each side of full and of small. Raises StageError if there are too few examples."""
    full = available if params.full == "all" else params.full
    if full > available:
        raise StageError(
            f"params.yaml: split.full asks for {full} examples, {available} are there ({full - available} missing); "
            "write or extract more, raise split.synthetic.at_most and split.general.at_most, or set split.full to all"
        )
    if params.small > full:
        raise StageError(f"params.yaml: split.small is {params.small}, must be at most the size of full, {full}")
    full_sizes, small_sizes = side_sizes(full), side_sizes(params.small)
    for side in SIDES:
        if small_sizes[side] > full_sizes[side]:
            raise StageError(
                f"params.yaml: split.small is {params.small}, whose {side} has {small_sizes[side]} examples; that of "
                f"full ({full}) has {full_sizes[side]}; set split.small to {full} or lower it"
            )
    return full_sizes, small_sizes


def check_train(found: int, wanted: int, params: Params) -> None:
    """Raises StageError if `full` is a number, and examples that were left out of val and test are missing in train."""
    if params.full != "all" and found < wanted:
        raise StageError(
            f"params.yaml: split.full asks for {params.full} examples, {wanted - found} are missing: the base model "
            "was asked their questions, so they can't stand in val or test; lower split.full, or set it to all"
        )


def split_metrics(division: Division, synthetic_read: int, by_url: int, without_input: int) -> dict[str, object]:
    pool, rejected = division.pool, division.pool.rejected
    drawn_general = len(pool.examples) - pool.synthetic
    full_sizes, small_sizes = ({side: len(split[side]) for side in SIDES} for split in (division.full, division.small))
    return {
        "synthetic_read": synthetic_read,
        "synthetic_drawn": pool.synthetic,
        "synthetic_not_drawn": synthetic_read - pool.synthetic,
        "general_read": pool.distinct + len(rejected),
        "general_by_url": by_url,
        "general_without_input": without_input,
        "general_rejected": len(rejected),
        "general_reasons": dict(sorted(Counter(rejection.reason for rejection in rejected).items())),
        "general_drawn": drawn_general,
        "general_not_drawn": pool.distinct - drawn_general,
        "drawn_and_not_in_full": len(pool.examples) - sum(full_sizes.values()),
        "full": full_sizes,
        "small": small_sizes,
        **division.proof.metrics(),
        "test_examples_that_share_wording": count_shared_wording(division.full),
    }


def _id(example: Example) -> str:
    return example.id


if __name__ == "__main__":
    gc.disable()  # looking for cycles among millions of small objects, which have none, takes a quarter of the time
    run_stage(main)
