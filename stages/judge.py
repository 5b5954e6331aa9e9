"""judge: compares the answers in pairs, in both orders and without the models' names, and checks the judge itself.

It also counts exact answers, and says how far the loss of pages has risen.

`wikitune estimate judge` says what a language model as judge would cost; `wikitune label 50` writes a page on which a
person makes 50 of the comparisons, for `judge.labels`.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from stages.common.errors import StageError, run_stage
from stages.common.files import read_json, read_jsonl, write_json, write_jsonl
from stages.common.params import AtMost, Positive, SectionModel, Seed, load_params
from stages.common.records import ROLES, Answers, CheckJudgment, CheckName, Example, Judgment
from stages.judges.exact_rates import exact_metrics, find_exact_answers, group_rows, page_totals
from stages.judges.forgetting import forgetting_metrics
from stages.judges.judge_statistics import BootstrapSettings, row_facts, summarize
from stages.judges.labels.agreement import agreement
from stages.judges.labels.choices import Choices, read_labels
from stages.judges.labels.correction import corrected_rates
from stages.judges.panel import Panel, PanelMember, inherit_llm
from stages.judges.protocol import Sheet, pair_roles, pair_sheets, row_winners, solo_sheets
from stages.judges.self_checks import Results, check_metrics, check_sheets, health_metric, report_failed_checks
from stages.judges.stopping import (
    Look,
    page_batches,
    rows_to_judge,
    stopping_metrics,
    take_look,
    with_anytime_intervals,
)
from stages.llm.replies import stripped_counts
from stages.llm.request import LlmParams

ANSWERS = Path("data/answers.jsonl")
TEST = Path("data/splits/full/test.jsonl")  # to know which page each row is about
TEST_PAGES = Path("data/splits/test_pages.json")  # and whether base has read it
PAGE_LOSSES = Path("data/page_losses.json")
JUDGMENTS = Path("data/judgments.jsonl")
CHECKS = Path("data/judge_checks.jsonl")
EXACT = Path("data/exact.json")  # by row id, whether each model's answer is exact
METRICS = Path("reports/metrics/judge.json")


class Params(SectionModel):
    judge: Literal["rubric", "gemini", "openai"]
    panel: list[PanelMember]  # further judges
    seed: Seed  # of the bootstrap, and of the rows drawn
    pairs: Annotated[list[Literal["full-base", "full-small", "small-base"]], Field(min_length=1)]
    at_most: AtMost  # test rows to judge, drawn at random
    stop: Literal["all", "certain"]  # when all rows are judged, or when all pairs are certain
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


def ask_panel(params: Params, planned: int) -> Panel:
    """The judges of params.yaml. `planned` is how many sheets they may read at most."""
    return Panel(params.members, params.repeats, params.shown_characters, planned)


def main(make_panel: Callable[[Params, int], Panel] = ask_panel) -> None:
    params = load_params("judge", Params)
    rows = read_jsonl(ANSWERS, Answers)
    labels = read_labels(Path(params.labels), rows)  # an error here costs nothing yet
    examples = read_jsonl(TEST, Example)
    facts = row_facts(rows, examples, params.shown_characters)
    clusters = {row: fact.cluster for row, fact in facts.items()}
    pages_read = read_json(TEST_PAGES)
    groups = group_rows(rows, examples, pages_read)
    panel = make_panel(params, len(all_sheets(rows, params)))

    drawn = rows_to_judge(rows, params.at_most, params.seed)
    checks = check_judge(drawn, panel, params)
    judgments, looks = judge_rows(drawn, panel, params, clusters)
    panel.check_failures()
    write_jsonl(JUDGMENTS, judgments)
    exact = find_exact_answers(rows)
    write_json(EXACT, exact)

    choices = judge_choices(judgments, params.pairs)
    agreed = agreement(labels, choices, clusters, params.resamples, params.seed)
    corrected = corrected_rates(labels, choices, rows, clusters)
    settings = BootstrapSettings(facts, params.resamples, params.seed)
    summary = summarize(judgments, settings, corrected)
    by_page = page_totals(judgments, groups, settings)
    forgetting = forgetting_metrics(read_json(PAGE_LOSSES), pages_read, params.resamples, params.seed)
    judged = {judgment.id for judgment in judgments}
    metrics = {
        **health_metric(checks),
        **(with_anytime_intervals(summary, looks[-1]) if looks else summary),
        "exact": exact_metrics(exact, groups, settings),
        **({"totals_by_page": by_page} if by_page else {}),
        **({"forgetting": forgetting} if forgetting else {}),
        "rows_not_judged": len(rows) - len(judged),
        **stripped_counts(judgment.stripped for judgment in judgments),
        "answers_cut": count_cut([row for row in rows if row.id in judged], params),
        **({"stopping": stopping_metrics(looks)} if looks else {}),
        **({"checks": checks} if checks else {}),
        **({"agreement": agreed} if agreed else {}),
    }
    write_json(METRICS, metrics)


def check_judge(rows: Sequence[Answers], panel: Panel, params: Params) -> Results:
    """The metrics of the checks of the judge itself. They come first, so that a judge that has to pass them and doesn't
    is asked, and paid for, nothing else. Raises StageError then, with the metrics written."""
    judgments = [
        judgment for judgment in panel.judge(sheets_of_checks(rows, params)) if isinstance(judgment, CheckJudgment)
    ]
    write_jsonl(CHECKS, judgments)
    checks = check_metrics(judgments, params.checks)
    try:
        report_failed_checks(checks, params.require_healthy)
    except StageError:
        write_json(METRICS, {**health_metric(checks), "checks": checks})
        raise
    return checks


def judge_rows(
    rows: Sequence[Answers], panel: Panel, params: Params, pages: Mapping[str, str]
) -> tuple[list[Judgment], list[Look]]:
    """The judgments of the rows and, with `judge.stop: certain`, what was certain after each batch of them. `pages` has
    the page of each row."""
    if params.stop == "all":
        return list(panel.judge(row_sheets(rows, params))), []
    largest = max(Counter(pages[row.id] for row in rows).values())
    judgments: list[Judgment] = []
    judged: list[str] = []
    looks: list[Look] = []
    for batch in page_batches(rows, pages, params.seed):
        judgments += panel.judge(row_sheets(batch, params))
        judged += [row.id for row in batch]
        looks.append(take_look(judgments, judged, pages, largest, params.pairs))
        if looks[-1].all_certain:
            break
    return judgments, looks


def all_sheets(rows: Sequence[Answers], params: Params) -> list[Sheet]:
    """Everything that the judges may read about the rows that are drawn: the checks, and the rows themselves."""
    drawn = rows_to_judge(rows, params.at_most, params.seed)
    return [*sheets_of_checks(drawn, params), *row_sheets(drawn, params)]


def sheets_of_checks(rows: Sequence[Answers], params: Params) -> list[Sheet]:
    costs_nothing = all(member.judge == "rubric" for member in params.members)
    return list(
        check_sheets(rows, params.checks, params.check_rows, params.seed, params.shown_characters, costs_nothing)
    )


def row_sheets(rows: Sequence[Answers], params: Params) -> list[Sheet]:
    """The pairs of the rows and, with `judge.solo`, the single answers."""
    shown = params.shown_characters
    return [*pair_sheets(rows, params.pairs, shown), *(solo_sheets(rows, params.pairs, shown) if params.solo else ())]


def count_cut(rows: Sequence[Answers], params: Params) -> int:
    """The number of answers that the judge saw only in part."""
    return sum(len(row.answers[role].text) > params.shown_characters for row in rows for role in ROLES)


def judge_choices(judgments: Sequence[Judgment], pairs: Sequence[str]) -> Choices:
    """The winner of each comparison, by row and pair."""
    return {(row, pair): winner for pair in pairs for row, winner in row_winners(judgments, pair_roles(pair)).items()}


if __name__ == "__main__":
    run_stage(main)
