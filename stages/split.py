"""split: curated and general examples, shuffled into train, val and test; `small` is nested inside `full`."""

import random
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from stages.curation.exact_duplicate import question_key
from stages.errors import StageError, run_stage
from stages.files import read_jsonl, write_json, write_jsonl
from stages.instructions import MissingInput, read_instructions
from stages.params import AtMost, SectionModel, Seed, load_params
from stages.records import Example

CURATED = Path("data/curated.jsonl")
SPLITS = Path("data/splits")
METRICS = Path("reports/metrics/split.json")

SIDES = ("train", "val", "test")
Split = dict[str, list[Example]]  # side -> examples


class General(SectionModel):
    path: str  # JSON Lines or a JSON array of instruction, input, output
    at_most: AtMost
    missing_input: MissingInput


class Synthetic(SectionModel):
    at_most: AtMost


class Params(SectionModel):
    seed: Seed
    general: General
    synthetic: Synthetic
    full: AtMost  # examples in all; a number must be there, "all" takes what is there
    small: Annotated[int, Field(ge=10)]  # examples in all, out of full; from 10 on, no side is empty

    @model_validator(mode="after")
    def _small_fits(self) -> Self:
        if self.full != "all" and self.small > self.full:
            raise ValueError(f"small is {self.small}, at most the size of full ({self.full})")
        return self


def main() -> None:
    params = load_params("split", Params)
    synthetic = read_jsonl(CURATED, Example)
    general, without_input = read_instructions(Path(params.general.path), params.general.missing_input)
    rng = random.Random(params.seed)
    drawn_synthetic = draw(synthetic, params.synthetic.at_most, rng)
    distinct, repeated = without_repetition(general, taken={question_key(example) for example in drawn_synthetic})
    drawn_general = draw(distinct, params.general.at_most, rng)
    pool = draw(drawn_synthetic + drawn_general, "all", rng)
    wanted = len(pool) if params.full == "all" else params.full
    _check_sizes(len(pool), wanted, params.small)
    full = divide(pool, side_sizes(wanted))
    small = nested(full, side_sizes(params.small))
    for name, split in (("full", full), ("small", small)):
        for side in SIDES:
            write_jsonl(SPLITS / name / f"{side}.jsonl", split[side])
    metrics: dict[str, object] = {
        "synthetic_read": len(synthetic),
        "synthetic_drawn": len(drawn_synthetic),
        "synthetic_not_drawn": len(synthetic) - len(drawn_synthetic),
        "general_read": len(general),
        "general_without_input": without_input,
        "general_repeated": repeated,
        "general_drawn": len(drawn_general),
        "general_not_drawn": len(distinct) - len(drawn_general),
        "drawn_and_not_in_full": len(pool) - wanted,
        "full": {side: len(full[side]) for side in SIDES},
        "small": {side: len(small[side]) for side in SIDES},
        "questions_on_two_sides": questions_on_two_sides(full),
        "answers_on_two_sides": answers_on_two_sides(full),
    }
    write_json(METRICS, metrics)


def draw(examples: list[Example], at_most: AtMost, rng: random.Random) -> list[Example]:
    """A random sample in random order."""
    count = len(examples) if at_most == "all" else min(at_most, len(examples))
    return rng.sample(examples, count)


def without_repetition(examples: list[Example], taken: set[tuple[str, str]]) -> tuple[list[Example], int]:
    """The examples whose question stands neither in `taken` nor earlier in the list, and how many others there were."""
    seen = set(taken)
    distinct = []
    for example in examples:
        if question_key(example) not in seen:
            seen.add(question_key(example))
            distinct.append(example)
    return distinct, len(examples) - len(distinct)


def side_sizes(total: int) -> dict[str, int]:
    """80/10/10, rounded so that val and test are equal and train takes the rest."""
    tenth = round(total / 10)
    return {"train": total - 2 * tenth, "val": tenth, "test": tenth}


def divide(pool: list[Example], sizes: dict[str, int]) -> Split:
    """The first examples to test, the next to val, the next to train: no question is there twice."""
    test, val = sizes["test"], sizes["val"]
    return {
        "test": pool[:test],
        "val": pool[test : test + val],
        "train": pool[test + val : test + val + sizes["train"]],
    }


def nested(full: Split, sizes: dict[str, int]) -> Split:
    """The first examples of each side: train out of train, val out of val, test out of test."""
    return {side: full[side][: sizes[side]] for side in SIDES}


def questions_on_two_sides(split: Split) -> int:
    """How many questions stand on more than one side: 0, or a model is tested on what it was trained on."""
    keys = [{question_key(example) for example in split[side]} for side in SIDES]
    return sum(map(len, keys)) - len(set().union(*keys))


def answers_on_two_sides(split: Split) -> int:
    """How many answers of val and test stand word for word in train, too, under other questions."""
    trained = {example.output for example in split["train"]}
    return sum(example.output in trained for side in ("val", "test") for example in split[side])


def _check_sizes(available: int, full: int, small: int) -> None:
    if full > available:
        raise StageError(
            f"params.yaml: split.full asks for {full} examples, {available} are there ({full - available} missing); "
            "write or extract more, raise split.synthetic.at_most and split.general.at_most, or set split.full to all"
        )
    if small > full:
        raise StageError(f"params.yaml: split.small is {small}, must be at most the size of full, {full}")


if __name__ == "__main__":
    run_stage(main)
