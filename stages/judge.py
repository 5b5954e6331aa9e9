"""judge: scores the answers pair by pair, in a random order and without the models' names."""

import random
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from tqdm import tqdm

from stages.errors import run_stage
from stages.files import read_jsonl, write_json, write_jsonl
from stages.judges import rubric
from stages.judges.statistics import pair_roles, summarize
from stages.params import SectionModel, Seed, load_params
from stages.records import Answers, Judgment, Role, Teacher

ANSWERS = Path("data/answers.jsonl")
JUDGMENTS = Path("data/judgments.jsonl")
METRICS = Path("reports/metrics/judge.json")


class Params(SectionModel):
    judge: Literal["rubric"]
    seed: Seed  # which answer of a pair is shown first, and the bootstrap
    pairs: Annotated[list[Literal["full-base", "full-small", "small-base"]], Field(min_length=1)]
    resamples: Annotated[int, Field(ge=100, le=100_000)]  # of the bootstrap

    @field_validator("pairs")
    @classmethod
    def _each_once(cls, pairs: list[str]) -> list[str]:
        if len(set(pairs)) < len(pairs):
            raise ValueError("must name each pair once")
        return pairs


def main() -> None:
    params = load_params("judge", Params)
    rows = read_jsonl(ANSWERS, Answers)
    rng = random.Random(params.seed)
    comparisons = list(product(params.pairs, rows))
    judgments = [
        judge_pair(row, shuffled(pair_roles(pair), rng))
        for pair, row in tqdm(comparisons, unit="judgment", desc="judge", disable=None)
    ]
    write_jsonl(JUDGMENTS, judgments)
    write_json(METRICS, summarize(judgments, params.resamples, params.seed))


def shuffled(models: tuple[Role, Role], rng: random.Random) -> tuple[Role, Role]:
    return models if rng.random() < 0.5 else (models[1], models[0])


def judge_pair(row: Answers, models: tuple[Role, Role]) -> Judgment:
    """The judge sees a first and a second answer; only here are they given their names back."""
    readings = [rubric.score(row.instruction, row.input, row.output, row.answers[model].text) for model in models]
    (first, _), (second, _) = readings
    remarks = [rubric.justify(reading) for _, reading in readings]
    return Judgment(
        id=row.id,
        models=models,
        scores={models[0]: first, models[1]: second},
        winner="tie" if first.total == second.total else models[0] if first.total > second.total else models[1],
        justification=f"The first answer {remarks[0]}; the second {remarks[1]}.",
        judge=Teacher(name="rubric"),
        status="ok",
        raw="",
    )


if __name__ == "__main__":
    run_stage(main)
