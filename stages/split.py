"""split: divides curated and general examples into train, val and test, so that no two sides share content.

The split `small` is nested inside `full`. What sides must not share, and the proof that they do not, is in
stages/splitting/.
"""

import gc
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from stages.common.download import Sha256, Url, download_file
from stages.common.errors import StageError, run_stage
from stages.common.files import iter_jsonl, read_json, read_jsonl, write_json, write_jsonl, write_lines
from stages.common.instruction_sets import Instructions, MissingInput, read_instructions
from stages.common.params import SAME_RESULT, AtMost, SectionModel, Seed, load_params
from stages.common.records import Example, Page, Rejection
from stages.curation.near_duplicate import near_duplicate_pairs
from stages.curation.rules import Thresholds
from stages.engine.apart import check_engine, run_on_engine
from stages.engine.choice import EngineName, RayParams
from stages.engine.steps import kept_steps
from stages.splitting.allocation import SIDES, Split, allocate
from stages.splitting.base_pages import BaseReading, BaseSource, choose_base_pages
from stages.splitting.base_questions import (
    asked_counts,
    count_asked,
    known_questions,
    read_asked,
    refuse_asked,
    was_asked,
)
from stages.splitting.division import EngineDivision
from stages.splitting.grouping import group_examples
from stages.splitting.pool import Pool, cut_in_order, draw_pool
from stages.splitting.proof import Proof, prove, refuse_leaks
from stages.splitting.shared_words import count_shared_wording
from stages.splitting.stored_split import IN_ORDER

PAGES = Path("data/pages.jsonl")
CURATED = Path("data/curated.jsonl")
SPLITS = Path("data/splits")
REJECTED = SPLITS / "rejected/general.jsonl"
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
    engine: EngineName
    ray: RayParams

    @property
    def at_most(self) -> dict[str, AtMost]:
        """How many examples of each kind are drawn."""
        return {"synthetic": self.synthetic.at_most, "general": self.general.at_most}

    @model_validator(mode="after")
    def _small_fits(self) -> Self:
        if self.full != "all" and self.small > self.full:
            raise ValueError(f"small is {self.small}, at most the size of full ({self.full})")
        return self


@dataclass(frozen=True)
class Division:
    """The finished splits, with the pool that they were made from and the proof that no two sides share content."""

    pool: Pool
    full: Split
    small: Split
    proof: Proof


@dataclass(frozen=True)
class SplitOutcome:
    """All that the stage writes: lines and records, which an engine reads from its files, and what is counted."""

    lines: Mapping[str, Mapping[str, Iterable[str]]]  # of full and small, by side
    rejected: Iterable[Rejection]  # general examples
    reading: BaseReading
    proof: Proof
    sizes: dict[str, dict[str, int]]  # of full and small, by side
    drawn: dict[str, int]  # of each kind
    read: Mapping[str, int]  # of each kind
    without_input: int  # general examples
    distinct: int  # general examples that could have been drawn
    asked: dict[str, int | str]  # see `count_asked`
    shared_wording: int  # see `count_shared_wording`


def main() -> None:
    params = load_params("split", Params)
    limits = load_params("curate", Thresholds)
    base_source = load_params("base", BaseSource)
    divided = divide_in_memory if params.engine == "local" else divide_on_engine
    with divided(params, limits, base_source) as outcome:
        reasons: Counter[str] = Counter()
        for name, sides in outcome.lines.items():
            for side in SIDES:
                write_lines(SPLITS / name / f"{side}.jsonl", sides[side])
        write_jsonl(REJECTED, tally_rejections(outcome.rejected, reasons))
        write_json(LEFT_OUT, outcome.reading.left_out)
        write_json(TEST_PAGES, outcome.reading.read)
        metrics = split_metrics(outcome, reasons, bool(params.general.url))
    write_json(METRICS, metrics)


@contextmanager
def divide_in_memory(params: Params, limits: Thresholds, base: BaseSource) -> Iterator[SplitOutcome]:
    synthetic = read_jsonl(CURATED, Example)
    general, without_input = read_instructions(general_file(params.general), params.general.missing_input)
    is_bundled = base.source == "bundled"
    asked = read_asked(BUNDLED_QUESTIONS) if is_bundled else frozenset()
    division = divide(synthetic, general, params, limits, asked)
    pool, full = division.pool, division.full
    reading = choose_base_pages(read_jsonl(PAGES, Page), full, base, read_bundled_pages() if is_bundled else [])
    splits = {"full": full, "small": division.small}
    yield SplitOutcome(
        lines={
            name: {side: (example.model_dump_json() for example in split[side]) for side in SIDES}
            for name, split in splits.items()
        },
        rejected=pool.rejected,
        reading=reading,
        proof=division.proof,
        sizes={name: {side: len(split[side]) for side in SIDES} for name, split in splits.items()},
        drawn={"synthetic": pool.synthetic, "general": len(pool.examples) - pool.synthetic},
        read={"synthetic": len(synthetic), "general": len(general)},
        without_input=without_input,
        distinct=pool.distinct,
        asked=count_asked(pool.examples, full, asked if base.source in ("bundled", "scratch") else None),
        shared_wording=count_shared_wording(full),
    )


@contextmanager
def divide_on_engine(params: Params, limits: Thresholds, base: BaseSource) -> Iterator[SplitOutcome]:
    """The same by steps on disk, with a few numbers of each example in memory."""
    check_engine(params.engine)
    run = partial(run_on_engine, params.engine, params.ray.address)
    path = general_file(params.general)
    general = Instructions(path, params.general.missing_input)
    is_bundled, is_known = base.source == "bundled", base.source in ("bundled", "scratch")
    asked = BUNDLED_QUESTIONS.resolve() if is_bundled else None
    pages_read = {"bundled": [BUNDLED_PAGES, BUNDLED_READING, BUNDLED_QUESTIONS], "scratch": [PAGES]}
    inputs = [CURATED, path, *pages_read.get(base.source, [])]
    settings = [params.model_dump_json(exclude={"engine", "ray"}), limits.model_dump_json(), base.model_dump_json()]
    rng = random.Random(params.seed)
    with kept_steps("split", inputs, "\n".join(settings)) as steps:
        work = EngineDivision(steps, run, limits, params.decontaminate, asked)
        stored = work.store_inputs(iter_jsonl(CURATED, Example), general, params.at_most, rng)
        draw = stored.draw
        full_sizes, small_sizes = check_sizes(len(draw.ids), params)
        split = work.allocate(stored, full_sizes, rng)
        sizes = dict(zip(IN_ORDER, split.sizes, strict=True))
        check_train(sizes["train"], full_sizes["train"], params)
        pages = read_bundled_pages() if is_bundled else iter_jsonl(PAGES, Page) if is_known else []
        work.store(stored, split, pages, base)
        proof = work.prove(split)
        if params.decontaminate:
            refuse_leaks(proof)
            refuse_asked(work.asked_in_barred(split), known_questions(asked))
        smaller = {side: min(sizes[side], small_sizes[side]) for side in SIDES}
        yield SplitOutcome(
            lines={
                "full": {side: split.rows(side) for side in SIDES},
                "small": {side: split.rows(side, smaller[side]) for side in SIDES},
            },
            rejected=work.rejected(draw),
            reading=work.base_reading(split, base),
            proof=proof,
            sizes={"full": {side: sizes[side] for side in SIDES}, "small": smaller},
            drawn={"synthetic": draw.synthetic, "general": len(draw.ids) - draw.synthetic},
            read=stored.read,
            without_input=stored.without_input,
            distinct=draw.distinct,
            asked=work.count_asked(split) if is_known else asked_counts(*["unknown"] * 3),
            shared_wording=work.shared_wording(split),
        )


def read_bundled_pages() -> list[Page]:
    """The bundled pages that the bundled base model has read."""
    titles = set(read_json(BUNDLED_READING)["pages"]["read"])
    return [page for page in read_jsonl(BUNDLED_PAGES, Page) if page.title in titles]


def general_file(params: GeneralParams) -> Path:
    return download_file(params.url, params.sha256) if params.url else Path(params.path)


def divide(
    synthetic: list[Example], general: list[Example], params: Params, limits: Thresholds, asked: frozenset[int]
) -> Division:
    """Draws examples and divides them into train, val and test. `asked` has the hashes of what base was asked.

    Raises StageError if there are too few examples, if groups that must stay together are too large, or if, although
    `decontaminate` is on, two sides share content, or val or test asks what base was asked.
    """
    rng = random.Random(params.seed)
    pool = draw_pool(synthetic, general, params.at_most, limits if params.decontaminate else None, rng)
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


def side_sizes(total: int) -> dict[str, int]:
    """80/10/10 percent. Val and test have the same size; train takes what rounding leaves."""
    tenth = round(total / 10)
    return {"train": total - 2 * tenth, "val": tenth, "test": tenth}


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


def tally_rejections(rejected: Iterable[Rejection], reasons: Counter[str]) -> Iterator[Rejection]:
    for rejection in rejected:
        reasons[rejection.reason] += 1
        yield rejection


def split_metrics(outcome: SplitOutcome, reasons: Mapping[str, int], is_by_url: bool) -> dict[str, object]:
    """`reasons` says how many general examples were rejected for each reason."""
    read, drawn, full_sizes = outcome.read, outcome.drawn, outcome.sizes["full"]
    return {
        "synthetic_read": read["synthetic"],
        "synthetic_drawn": drawn["synthetic"],
        "synthetic_not_drawn": read["synthetic"] - drawn["synthetic"],
        "general_read": outcome.distinct + sum(reasons.values()),
        "general_by_url": read["general"] if is_by_url else 0,
        "general_without_input": outcome.without_input,
        "general_rejected": sum(reasons.values()),
        "general_reasons": dict(sorted(reasons.items())),
        "general_drawn": drawn["general"],
        "general_not_drawn": outcome.distinct - drawn["general"],
        "drawn_and_not_in_full": sum(drawn.values()) - sum(full_sizes.values()),
        "full": full_sizes,
        "small": outcome.sizes["small"],
        **outcome.proof.metrics(),
        "test_examples_that_share_wording": outcome.shared_wording,
        "base": outcome.reading.metrics() | outcome.asked,
    }


if __name__ == "__main__":
    gc.disable()  # looking for cycles among millions of small objects, which have none, takes a quarter of the time
    run_stage(main)
