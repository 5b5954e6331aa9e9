"""judge: scores the answers pair by pair, in both orders and without the models' names, and checks the judge itself.

`python -m stages.judge --estimate` says what a language model as judge would be asked, and what that may cost;
`--label 50` writes a page on which a person makes 50 of the comparisons, for `judge.labels`.
"""

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from stages.common.errors import run_stage
from stages.common.files import read_jsonl, write_json, write_jsonl, write_text
from stages.common.params import Positive, SectionModel, Seed, load_params
from stages.common.records import ROLES, Answers, CheckJudgment, CheckName, Example, Judgment
from stages.judges.judge_statistics import Sampling, summarize
from stages.judges.labels.agreement import agreement
from stages.judges.labels.choices import Choices, read_labels
from stages.judges.labels.labelling import draw, render
from stages.judges.panel import Member, estimate_all, inherit, judge_all
from stages.judges.protocol import winners
from stages.judges.rows import row_facts
from stages.judges.self_checks import check_sheets, health, healthy, report
from stages.judges.sheets import Sheet, pair_roles, pair_sheets, solo_sheets
from stages.llm.request import LlmParams

ANSWERS = Path("data/answers.jsonl")
TEST = Path("data/splits/full/test.jsonl")  # says which page a row is about
JUDGMENTS = Path("data/judgments.jsonl")
CHECKS = Path("data/judge_checks.jsonl")
METRICS = Path("reports/metrics/judge.json")
LABEL_PAGE = Path("reports/label.html")


class Params(SectionModel):
    judge: Literal["rubric", "gemini", "openai"]
    panel: list[Member]  # further judges
    seed: Seed  # the bootstrap, and which rows the checks are about
    pairs: Annotated[list[Literal["full-base", "full-small", "small-base"]], Field(min_length=1)]
    solo: bool  # each answer alone, too
    repeats: Positive  # of each judgment
    shown_characters: Positive  # of an answer
    resamples: Annotated[int, Field(ge=100, le=100_000)]  # of the bootstrap
    checks: list[CheckName]  # of the judge itself
    check_rows: Positive  # test rows, of each check
    require_healthy: bool  # a check that is not passed stops the run
    labels: Annotated[str, Field(min_length=1)]  # what people chose: a file of the label page, or a folder of them
    llm: LlmParams

    @field_validator("pairs", "checks")
    @classmethod
    def _each_once(cls, names: list[str]) -> list[str]:
        if len(set(names)) < len(names):
            raise ValueError("must name each once")
        return names

    @model_validator(mode="before")
    @classmethod
    def _members_inherit(cls, section: Any) -> Any:
        """A judge of the panel says only in what its `llm` differs."""
        return inherit(section) if isinstance(section, dict) else section

    @model_validator(mode="after")
    def _fits_together(self) -> "Params":
        judges = [member.teacher for member in self.members]
        if len({(one.name, one.model) for one in judges}) < len(judges):
            raise ValueError("judge and panel must be different judges or models, each from each")
        if self.require_healthy and not self.checks:
            raise ValueError("require_healthy asks for checks, and checks is empty")
        return self

    @property
    def members(self) -> list[Member]:
        return [Member(judge=self.judge, llm=self.llm), *self.panel]


def main() -> None:
    params = load_params("judge", Params)
    rows = read_jsonl(ANSWERS, Answers)
    labels = read_labels(Path(params.labels), rows)  # before anything is paid for
    facts = row_facts(rows, read_jsonl(TEST, Example), params.shown_characters)
    sheets = all_sheets(rows, params)
    judgments = list(judge_all(sheets, params.members, params.repeats, params.shown_characters))
    of_models = [one for one in judgments if not isinstance(one, CheckJudgment)]
    of_checks = [one for one in judgments if isinstance(one, CheckJudgment)]
    write_jsonl(JUDGMENTS, of_models)
    write_jsonl(CHECKS, of_checks)
    cut = {"answers_cut": sum(len(row.answers[role].text) > params.shown_characters for row in rows for role in ROLES)}
    checks = health(of_checks, params.checks)
    summary = summarize(of_models, Sampling(facts, params.resamples, params.seed))
    clusters = {row: fact.cluster for row, fact in facts.items()}
    agreed = agreement(labels, verdicts(of_models, params.pairs), clusters, params.resamples, params.seed)
    parts = {"checks": checks, "agreement": agreed}
    write_json(METRICS, healthy(checks) | summary | cut | {name: part for name, part in parts.items() if part})
    report(checks, params.require_healthy)


def all_sheets(rows: Sequence[Answers], params: Params) -> list[Sheet]:
    """All that the judges read: the pairs, the answers alone, and the checks."""
    shown = params.shown_characters
    alone = solo_sheets(rows, params.pairs, shown) if params.solo else ()
    checks = check_sheets(rows, params.checks, params.check_rows, params.seed, shown)
    return [*pair_sheets(rows, params.pairs, shown), *alone, *checks]


def verdicts(judgments: Sequence[Judgment], pairs: Sequence[str]) -> Choices:
    """Who won which comparison."""
    return {(row, pair): winner for pair in pairs for row, winner in winners(judgments, pair_roles(pair)).items()}


def estimate() -> None:
    """Prints what the language models among the judges would be asked."""
    params = load_params("judge", Params)
    sheets = all_sheets(read_jsonl(ANSWERS, Answers), params)
    print(estimate_all(sheets, params.members, params.repeats, params.shown_characters))  # noqa: T201


def label(count: int) -> None:
    """Writes the page on which a person makes `count` of the comparisons."""
    params = load_params("judge", Params)
    drawn = draw(read_jsonl(ANSWERS, Answers), params.pairs, count, params.seed)
    write_text(LABEL_PAGE, render(drawn, params.shown_characters))
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
