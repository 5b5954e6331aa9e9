"""judge: compares the answers in pairs, in both orders and without the models' names, and checks the judge itself.

`wikitune estimate judge` says what a language model as judge would cost; `wikitune label 50` writes a page on which a
person makes 50 of the comparisons, for `judge.labels`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from stages.common.errors import run_stage
from stages.common.files import read_jsonl, write_json, write_jsonl
from stages.common.params import Positive, SectionModel, Seed, load_params
from stages.common.records import ROLES, Answers, CheckJudgment, CheckName, Example, Judgment
from stages.judges.judge_statistics import BootstrapSettings, row_facts, summarize
from stages.judges.labels.agreement import agreement
from stages.judges.labels.choices import Choices, read_labels
from stages.judges.labels.correction import corrected_rates
from stages.judges.panel import PanelMember, inherit_llm, judge_all
from stages.judges.protocol import Sheet, pair_roles, pair_sheets, row_winners, solo_sheets
from stages.judges.self_checks import check_metrics, check_sheets, health_metric, report_failed_checks
from stages.llm.request import LlmParams

ANSWERS = Path("data/answers.jsonl")
TEST = Path("data/splits/full/test.jsonl")  # to know which page each row is about
JUDGMENTS = Path("data/judgments.jsonl")
CHECKS = Path("data/judge_checks.jsonl")
METRICS = Path("reports/metrics/judge.json")


class Params(SectionModel):
    judge: Literal["rubric", "gemini", "openai"]
    panel: list[PanelMember]  # further judges
    seed: Seed  # of the bootstrap, and of the rows drawn for the checks
    pairs: Annotated[list[Literal["full-base", "full-small", "small-base"]], Field(min_length=1)]
    solo: bool  # also score each answer alone
    repeats: Positive  # of each judgment
    shown_characters: Positive  # of an answer
    resamples: Annotated[int, Field(ge=100, le=100_000)]  # of the bootstrap
    checks: list[CheckName]  # of the judge itself
    check_rows: Positive  # test rows in each check
    require_healthy: bool  # stop the run if the judge fails a check
    labels: Annotated[str, Field(min_length=1)]  # people's choices: a file of the label page, or a folder of them
    llm: LlmParams

    @field_validator("pairs", "checks")
    @classmethod
    def _each_once(cls, names: list[str]) -> list[str]:
        if len(set(names)) < len(names):
            raise ValueError("must name each once")
        return names

    @model_validator(mode="before")
    @classmethod
    def _inherit_llm(cls, section: Any) -> Any:
        """A judge of the panel sets only what differs from `judge.llm`."""
        return inherit_llm(section) if isinstance(section, dict) else section

    @model_validator(mode="after")
    def _is_consistent(self) -> "Params":
        judges = [member.teacher for member in self.members]
        if len({(judge.name, judge.model) for judge in judges}) < len(judges):
            raise ValueError("judge and panel must be different judges or models")
        if self.require_healthy and not self.checks:
            raise ValueError("require_healthy asks for checks, and checks is empty")
        return self

    @property
    def members(self) -> list[PanelMember]:
        return [PanelMember(judge=self.judge, llm=self.llm), *self.panel]


def main() -> None:
    params = load_params("judge", Params)
    rows = read_jsonl(ANSWERS, Answers)
    labels = read_labels(Path(params.labels), rows)  # an error here costs nothing yet
    facts = row_facts(rows, read_jsonl(TEST, Example), params.shown_characters)

    judgments = list(judge_all(all_sheets(rows, params), params.members, params.repeats, params.shown_characters))
    of_models = [judgment for judgment in judgments if not isinstance(judgment, CheckJudgment)]
    of_checks = [judgment for judgment in judgments if isinstance(judgment, CheckJudgment)]
    write_jsonl(JUDGMENTS, of_models)
    write_jsonl(CHECKS, of_checks)

    checks = check_metrics(of_checks, params.checks)
    clusters = {row: fact.cluster for row, fact in facts.items()}
    choices = judge_choices(of_models, params.pairs)
    agreed = agreement(labels, choices, clusters, params.resamples, params.seed)
    corrected = corrected_rates(labels, choices, rows, clusters)
    metrics = {
        **health_metric(checks),
        **summarize(of_models, BootstrapSettings(facts, params.resamples, params.seed), corrected),
        "answers_cut": sum(len(row.answers[role].text) > params.shown_characters for row in rows for role in ROLES),
        **({"checks": checks} if checks else {}),
        **({"agreement": agreed} if agreed else {}),
    }
    write_json(METRICS, metrics)
    report_failed_checks(checks, params.require_healthy)


def all_sheets(rows: Sequence[Answers], params: Params) -> list[Sheet]:
    """Everything that the judges read: the pairs, the single answers, and the checks."""
    shown = params.shown_characters
    solo = solo_sheets(rows, params.pairs, shown) if params.solo else ()
    checks = check_sheets(rows, params.checks, params.check_rows, params.seed, shown)
    return [*pair_sheets(rows, params.pairs, shown), *solo, *checks]


def judge_choices(judgments: Sequence[Judgment], pairs: Sequence[str]) -> Choices:
    """The winner of each comparison, by row and pair."""
    return {(row, pair): winner for pair in pairs for row, winner in row_winners(judgments, pair_roles(pair)).items()}


if __name__ == "__main__":
    run_stage(main)
