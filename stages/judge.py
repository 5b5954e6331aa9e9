"""judge: scores the answers pair by pair, in a random order and without the models' names.

`python -m stages.judge --estimate` says what a language model as judge would be asked, and what that may cost;
`--label 50` writes a page on which a person makes 50 of the comparisons, for `judge.labels`.
"""

import argparse
import random
from functools import partial
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from tqdm import tqdm

from stages.errors import StageError, run_stage
from stages.files import read_jsonl, write_json, write_jsonl, write_text
from stages.judges import llm, rubric
from stages.judges.agreement import agreement
from stages.judges.labelling import draw, render
from stages.judges.labels import Choices, read_labels
from stages.judges.statistics import pair_name, pair_roles, summarize
from stages.llm.request import LlmParams
from stages.llm.service import Service
from stages.params import SectionModel, Seed, load_params
from stages.records import Answers, Judgment, Role, Teacher

ANSWERS = Path("data/answers.jsonl")
JUDGMENTS = Path("data/judgments.jsonl")
METRICS = Path("reports/metrics/judge.json")
LABEL_PAGE = Path("reports/label.html")
SHOWN_CHARACTERS = 2000  # of an answer

Comparison = tuple[Answers, tuple[Role, Role]]  # and the models in the order in which they are shown


class Params(SectionModel):
    judge: Literal["rubric", "gemini", "openai"]
    seed: Seed  # which answer of a pair is shown first, and the bootstrap
    pairs: Annotated[list[Literal["full-base", "full-small", "small-base"]], Field(min_length=1)]
    resamples: Annotated[int, Field(ge=100, le=100_000)]  # of the bootstrap
    labels: Annotated[str, Field(min_length=1)]  # what people chose: a file of the label page, or a folder of them
    llm: LlmParams

    @field_validator("pairs")
    @classmethod
    def _each_once(cls, pairs: list[str]) -> list[str]:
        if len(set(pairs)) < len(pairs):
            raise ValueError("must name each pair once")
        return pairs


def main() -> None:
    params = load_params("judge", Params)
    rows = read_jsonl(ANSWERS, Answers)
    people = read_labels(Path(params.labels), rows)  # before anything is paid for
    shown = comparisons(rows, params)
    judgments = by_rubric(shown) if params.judge == "rubric" else by_model(shown, params)
    write_jsonl(JUDGMENTS, judgments)
    metrics = summarize(judgments, params.resamples, params.seed)
    clusters = {row.id: row.id for row in rows}
    agreed = agreement(people, verdicts(judgments), clusters, params.resamples, params.seed)
    write_json(METRICS, metrics | ({"agreement": agreed} if agreed else {}))


def comparisons(rows: list[Answers], params: Params) -> list[Comparison]:
    """Every pair of every row, in the order in which the judge sees the two."""
    rng = random.Random(params.seed)
    return [(row, shuffled(pair_roles(pair), rng)) for pair, row in product(params.pairs, rows)]


def verdicts(judgments: list[Judgment]) -> Choices:
    """Who won which comparison; failed judgments are no verdicts."""
    return {(one.id, pair_name(one)): one.winner for one in judgments if one.winner is not None}


def by_rubric(shown: list[Comparison]) -> list[Judgment]:
    return [judge_pair(row, models) for row, models in tqdm(shown, unit="judgment", desc="judge", disable=None)]


def by_model(shown: list[Comparison], params: Params) -> list[Judgment]:
    outcomes = service(params).ask([llm.judge_request(row, models) for row, models in shown])
    judge = Teacher(name=params.judge, model=params.llm.model)
    judged = zip(shown, outcomes, strict=True)
    return [llm.judgment(row, models, outcome, judge) for (row, models), outcome in judged]


def service(params: Params) -> Service:
    if params.judge == "rubric":
        raise StageError("params.yaml: judge.judge is rubric, which costs nothing; choose gemini or openai")
    return Service("judge", params.judge, params.llm)


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


def estimate() -> None:
    """Prints what a language model would be asked."""
    params = load_params("judge", Params)
    shown = comparisons(read_jsonl(ANSWERS, Answers), params)
    print(service(params).estimate([llm.judge_request(row, models) for row, models in shown]))  # noqa: T201


def label(count: int) -> None:
    """Writes the page on which a person makes `count` of the comparisons."""
    params = load_params("judge", Params)
    drawn = draw(read_jsonl(ANSWERS, Answers), params.pairs, count, params.seed)
    write_text(LABEL_PAGE, render(drawn, SHOWN_CHARACTERS))
    print(f"{LABEL_PAGE}: {count} comparisons; open it in a browser, and put what it downloads into {params.labels}")  # noqa: T201


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m stages.judge", description="Scores the answers pair by pair.")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--estimate", action="store_true", help="print what asking a language model may cost instead")
    instead.add_argument("--label", type=int, metavar="N", help="write a page for a person with N comparisons instead")
    options = parser.parse_args()
    if options.label is not None:
        run_stage(partial(label, options.label))
    else:
        run_stage(estimate if options.estimate else main)
