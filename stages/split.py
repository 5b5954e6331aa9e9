"""split: curated and general examples in train, val and test, no two of which share content; `small` inside `full`."""

import gc
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from stages.common.download import Sha256, Url, download_file
from stages.common.errors import StageError, run_stage
from stages.common.files import read_jsonl, write_json, write_jsonl
from stages.common.instruction_sets import MissingInput, read_instructions
from stages.common.params import AtMost, SectionModel, Seed, load_params
from stages.common.records import Example, Rejection
from stages.curation.content import Content, read_content
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.near_duplicate import near_duplicate_pairs
from stages.curation.rules import curate
from stages.curation.thresholds import Thresholds
from stages.splitting.allocation import SIDES, Split, allocate
from stages.splitting.grouping import together
from stages.splitting.proof import prove, refuse_leaks

CURATED = Path("data/curated.jsonl")
SPLITS = Path("data/splits")
REJECTED = SPLITS / "general_rejected.jsonl"
METRICS = Path("reports/metrics/split.json")


class General(SectionModel):
    path: str  # JSON Lines or a JSON array of instruction, input, output
    url: Url  # of such a file, in the place of `path`
    sha256: Sha256  # of what `url` gives
    at_most: AtMost
    missing_input: MissingInput

    @model_validator(mode="after")
    def _a_url_has_its_hash(self) -> Self:
        if self.url and not self.sha256:
            raise ValueError("url is given, and sha256 is empty; set it to what `sha256sum` says of the file you trust")
        return self


class Synthetic(SectionModel):
    at_most: AtMost


class Params(SectionModel):
    seed: Seed
    general: General
    synthetic: Synthetic
    full: AtMost  # examples in all; a number must be there, "all" takes what is there
    small: Annotated[int, Field(ge=10)]  # examples in all, out of full; from 10 on, no side is empty
    decontaminate: bool  # whether general tasks are curated, and what shares content stays on one side

    @model_validator(mode="after")
    def _small_fits(self) -> Self:
        if self.full != "all" and self.small > self.full:
            raise ValueError(f"small is {self.small}, at most the size of full ({self.full})")
        return self


def main() -> None:
    params = load_params("split", Params)
    limits = load_params("curate", Thresholds)
    synthetic = read_jsonl(CURATED, Example)
    url = params.general.url
    source = download_file(url, params.general.sha256) if url else Path(params.general.path)
    general, without_input = read_instructions(source, params.general.missing_input)
    by_url = len(general) if url else 0
    rejected: list[Rejection] = []
    read: dict[str, Content] = {}  # by id
    if params.decontaminate:
        # Sorted, so that rows may change places in their files.
        curation = curate(sorted(general, key=_id), limits, pages={})
        synthetic, general, rejected = sorted(synthetic, key=_id), curation.kept, curation.rejected
        read = {example.id: content for example, content in zip(general, curation.contents, strict=True)}
    rng = random.Random(params.seed)
    drawn_synthetic = draw(synthetic, params.synthetic.at_most, rng)
    distinct, repeated = without_repetition(general, drawn_synthetic)
    rejected = rejected + repeated
    drawn_general = draw(distinct, params.general.at_most, rng)
    pool = draw(drawn_synthetic + drawn_general, "all", rng)
    full_sizes, small_sizes = check_sizes(len(pool), params)
    contents = [read.get(example.id) or read_content(example) for example in pool]
    similar = list(near_duplicate_pairs(contents, limits.min_similarity))
    if params.decontaminate:
        full = allocate(pool, together(pool, contents, similar), full_sizes, rng)
    else:
        full = divide(pool, full_sizes)
    small = nested(full, small_sizes)
    proof = prove(full, ((pool[one], pool[other]) for one, other in similar))
    if params.decontaminate:
        refuse_leaks(proof)
    for name, split in (("full", full), ("small", small)):
        for side in SIDES:
            write_jsonl(SPLITS / name / f"{side}.jsonl", split[side])
    write_jsonl(REJECTED, rejected)
    metrics: dict[str, object] = {
        "synthetic_read": len(synthetic),
        "synthetic_drawn": len(drawn_synthetic),
        "synthetic_not_drawn": len(synthetic) - len(drawn_synthetic),
        "general_read": len(distinct) + len(rejected),
        "general_by_url": by_url,
        "general_without_input": without_input,
        "general_rejected": len(rejected),
        "general_reasons": dict(sorted(Counter(one.reason for one in rejected).items())),
        "general_drawn": len(drawn_general),
        "general_not_drawn": len(distinct) - len(drawn_general),
        "drawn_and_not_in_full": len(pool) - sum(full_sizes.values()),
        "full": full_sizes,
        "small": small_sizes,
    }
    write_json(METRICS, metrics | proof.metrics())


def draw(examples: list[Example], at_most: AtMost, rng: random.Random) -> list[Example]:
    """A random sample in random order."""
    count = len(examples) if at_most == "all" else min(at_most, len(examples))
    return rng.sample(examples, count)


def without_repetition(examples: list[Example], taken: list[Example]) -> tuple[list[Example], list[Rejection]]:
    """The examples whose question stands neither in `taken` nor earlier in the list, and the others."""
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
    """80/10/10, rounded so that val and test are equal and train takes the rest."""
    tenth = round(total / 10)
    return {"train": total - 2 * tenth, "val": tenth, "test": tenth}


def divide(pool: list[Example], sizes: Mapping[str, int]) -> Split:
    """The first examples to test, the next to val, the next to train, whatever they share."""
    test, val = sizes["test"], sizes["val"]
    return {
        "test": pool[:test],
        "val": pool[test : test + val],
        "train": pool[test + val : test + val + sizes["train"]],
    }


def nested(full: Split, sizes: Mapping[str, int]) -> Split:
    """The first examples of each side: train out of train, val out of val, test out of test."""
    return {side: full[side][: sizes[side]] for side in SIDES}


def check_sizes(available: int, params: Params) -> tuple[dict[str, int], dict[str, int]]:
    """How many examples each side of full and of small has. Raises StageError where there are too few."""
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


def _id(example: Example) -> str:
    return example.id


if __name__ == "__main__":
    gc.disable()  # millions of small objects, none of them in a cycle: looking for some takes a quarter of the time
    run_stage(main)
