"""Which examples are divided: synthetic and general ones, drawn in random order."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from stages.common.params import AtMost
from stages.common.processes import map_chunks
from stages.common.records import Example, Rejection
from stages.curation.content import Content, read_contents
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.malformed import malformed
from stages.curation.rules import Thresholds, curate

Item = TypeVar("Item")


@dataclass(frozen=True)
class Pool:
    """The examples to divide, in random order, and how they were selected."""

    examples: list[Example]
    contents: list[Content]  # of the examples; empty once these are divided
    synthetic: int  # how many of the examples are synthetic
    distinct: int  # general examples that could have been drawn
    rejected: list[Rejection]  # general examples that the rules rejected, and repeated questions


def draw_pool(
    synthetic: list[Example],
    general: list[Example],
    at_most: Mapping[str, AtMost],
    limits: Thresholds | None,
    rng: random.Random,
) -> Pool:
    """Draws up to `at_most` examples of each kind. With `limits`, general examples are curated first; malformed ones,
    such as those with an empty output, and repeated questions are always left out."""
    known: dict[str, Content] = {}  # by id
    if limits:
        # Sorted, so that the order of the rows in their files doesn't matter.
        curation = curate(sorted(general, key=_id), limits, pages={})
        synthetic, general, rejected = sorted(synthetic, key=_id), curation.kept, curation.rejected
        known = {example.id: content for example, content in zip(general, curation.contents, strict=True)}
    else:
        general, rejected = without_malformed(general)
    drawn_synthetic = draw_examples(synthetic, at_most["synthetic"], rng)
    distinct, repeated = without_repetition(general, drawn_synthetic)
    drawn_general = draw_examples(distinct, at_most["general"], rng)
    examples = draw_examples(drawn_synthetic + drawn_general, "all", rng)
    new = [example for example in examples if example.id not in known]
    known |= zip((example.id for example in new), map_chunks(read_contents, new, "words"), strict=True)
    contents = [known[example.id] for example in examples]
    return Pool(examples, contents, len(drawn_synthetic), len(distinct), rejected + repeated)


def draw_examples(examples: Sequence[Item], at_most: AtMost, rng: random.Random) -> list[Item]:
    """A random sample in random order. Which places it takes depends on nothing but their number and the `rng`."""
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


def cut_in_order(pool: Sequence[Item], sizes: Mapping[str, int]) -> dict[str, list[Item]]:
    """The first examples go to test, the next to val and the next to train, whatever they share."""
    test, val = sizes["test"], sizes["val"]
    return {
        "test": list(pool[:test]),
        "val": list(pool[test : test + val]),
        "train": list(pool[test + val : test + val + sizes["train"]]),
    }


def _id(example: Example) -> str:
    return example.id
