"""Checks of the judge itself, in every run, with texts about which any sound judge must be right.

Each check shows a text under test, the probe, beside another text, the rival, for some of the test rows and in both
orders. The right result is fixed before anything is asked:

- `same_answer`: an answer against itself. The first-shown wins half (ties count half), within the 95% interval of a
  judge who tosses a coin for each of the rows. With fewer than ten rows, hardly any judge could fail it: then it is
  not measured.
- `empty`: an empty text beside the reference gets at most a twentieth of the points.
- `constant`: no answer to everything gets more than a third of the points, as many as one criterion of the three has,
  for clarity. The best of several is measured (`constant_answers.py`): each is shown once for each row, and
  to the rubric for ten times as many rows.
- `reference`: the reference beside a model's answer gets at least four fifths of the points.
- `padded`: the reference with fillers up to three times its length wins at most half against the reference.
- `truncated`: the first half of the reference wins at most a quarter (ties count half), as some halves say it all.
- `declared_winner`: in at most half of the rows, the judge names a winner, or a tie, against its own scores. The texts
  are two models' answers, as in the judging itself.

A judge that gives everything the same scores fails `truncated`; one that always prefers the first answer fails
`same_answer`; one that counts words fails `padded`. Language models as judges are known to let constant and long texts
win (Zheng et al., 2025, "Cheating Automatic LLM Benchmarks: Null Models Achieve High Win Rates"; Dubois et al., 2024,
"Length-Controlled AlpacaEval").
"""

import logging
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Literal

from stages.common.errors import StageError
from stages.common.records import TOTAL_MAX, Answers, CheckJudgment, CheckName, Contestant, Judgment, Teacher
from stages.judges.constant_answers import constant_answers
from stages.judges.protocol import Sheet, both_orders, outcome_for, row_verdicts, usable_judgments

log = logging.getLogger(__name__)

FILLERS = ("That is so.", "It can be said.", "There is more to it.", "Many have thought about it.")
MORE_ROWS = 10  # how many times as many rows constant answers are tried on, if a judgment costs nothing
FEWEST_ROWS = 10  # of `same_answer`: with 3, a judge that always prefers the first is within chance
Z = 1.96  # 95% of the standard normal distribution is between -Z and Z

Results = Mapping[str, Mapping[str, float | str]]  # the metrics of each check, by name


def _empty_text(_: Answers) -> str:
    return ""


def _full_answer(row: Answers) -> str:
    return row.answers["full"].text


def _base_answer(row: Answers) -> str:
    return row.answers["base"].text


def _reference_text(row: Answers) -> str:
    return row.output


def pad_reference(row: Answers) -> str:
    """The reference and whole fillers, until it has at least three times its words."""
    fillers, text = cycle(FILLERS), row.output
    while len(text.split()) < 3 * len(row.output.split()):
        text = f"{text} {next(fillers)}"
    return text


def truncate_reference(row: Answers) -> str:
    """The first half of the reference's words, or of its characters if it is a single word."""
    words = row.output.split()
    return " ".join(words[: len(words) // 2]) if len(words) > 1 else row.output[: len(row.output) // 2]


def _points(judgments: Sequence[Judgment]) -> float:
    """The probe's share of the points it could have, 0-1."""
    return sum(judgment.scores["probe"].total for judgment in judgments) / (TOTAL_MAX * len(judgments))


def _wins(judgments: Sequence[Judgment]) -> float:
    """The share of rows that the probe wins; ties count half."""
    verdicts = row_verdicts(judgments, ("probe", "rival"))
    return sum(verdict.outcome for verdict in verdicts) / len(verdicts)


def _first(judgments: Sequence[Judgment]) -> float:
    """The share of judgments that the first-shown text wins; ties count half."""
    return sum(outcome_for(judgment.models[0], judgment) for judgment in judgments) / len(judgments)


def _contradicted(judgments: Sequence[Judgment]) -> float:
    """The share of rows with a judgment whose declared winner isn't the one with the higher total.

    Equal totals contradict nothing: totals are coarse, and the better of two equal ones may still be known.
    """
    against = {judgment.id for judgment in judgments if judgment.winner not in ("tie", judgment.declared)}
    return len(against) / len({judgment.id for judgment in judgments})


def best_constant(judgments: Sequence[Judgment]) -> tuple[float, str]:
    """The share of the points that the best answer to everything has, and its text."""
    by_text: dict[str, list[Judgment]] = defaultdict(list)
    for judgment in judgments:
        if isinstance(judgment, CheckJudgment):
            by_text[judgment.constant].append(judgment)
    return max((_points(of_text), text) for text, of_text in by_text.items())


def _best(judgments: Sequence[Judgment]) -> float:
    return best_constant(judgments)[0]


MEASURES: dict[str, Callable[[Sequence[Judgment]], float]] = {
    "points": _points,
    "wins": _wins,
    "first": _first,
    "contradicted": _contradicted,
    "best": _best,
}


@dataclass(frozen=True)
class JudgeCheck:
    probe: Callable[[Answers], str]
    rival: Callable[[Answers], str]
    measure: Literal["points", "wins", "first", "best", "contradicted"]
    low: float  # bounds of the right result, inclusive
    high: float
    fewest: int = 1  # rows; with fewer it is not measured


CHECKS: dict[CheckName, JudgeCheck] = {
    "same_answer": JudgeCheck(_full_answer, _full_answer, "first", 0.5, 0.5, FEWEST_ROWS),
    "empty": JudgeCheck(_empty_text, _reference_text, "points", 0.0, 0.05),
    "constant": JudgeCheck(_empty_text, _reference_text, "best", 0.0, 1 / 3),  # its probes: constant_answers
    "reference": JudgeCheck(_reference_text, _full_answer, "points", 0.8, 1.0),
    "padded": JudgeCheck(pad_reference, _reference_text, "wins", 0.0, 0.5),
    "truncated": JudgeCheck(truncate_reference, _reference_text, "wins", 0.0, 0.25),
    "declared_winner": JudgeCheck(_full_answer, _base_answer, "contradicted", 0.0, 0.5),
}


def check_sheets(
    rows: Sequence[Answers],
    names: Sequence[CheckName],
    check_rows: int,
    seed: int,
    shown_characters: int,
    costs_nothing: bool = False,
) -> Iterator[Sheet]:
    """Both orders of each check for up to `check_rows` rows: the same rows for all checks, drawn with the seed.

    Constant answers, which are several, come once for each row, first or second by turns; for ten times as many
    rows, if a judgment costs nothing.
    """
    drawn = random.Random(seed).sample(rows, min(check_rows, len(rows)))
    of_constants = random.Random(seed).sample(rows, min(MORE_ROWS * check_rows, len(rows))) if costs_nothing else drawn
    for name in names:
        if name == "constant":
            for place, (text, answer) in enumerate(constant_answers(rows).items()):
                for turn, row in enumerate(of_constants, start=place):
                    shown: dict[Contestant, str] = {"probe": answer(row), "rival": row.output}
                    order = list(both_orders(row, shown, shown_characters, name))
                    yield replace(order[turn % 2], constant=text)
            continue
        for row in drawn:
            texts: dict[Contestant, str] = {"probe": CHECKS[name].probe(row), "rival": CHECKS[name].rival(row)}
            yield from both_orders(row, texts, shown_characters, name)


def check_metrics(judgments: Sequence[CheckJudgment], names: Sequence[CheckName]) -> dict[str, dict[str, float | str]]:
    """For each check: whether it was `passed`, what was `measured` on how many `rows`, and the expected bounds.

    Each judge of a panel is checked separately. The metrics are those of the judge farthest from the bounds; `judge`
    names it if there are several. Rows with a failed judgment are left out; with no rows left, the check isn't passed.
    A check on too few rows is not measured: it has `rows` and no `passed`.
    """
    judges: dict[CheckName, dict[str, list[CheckJudgment]]] = {name: defaultdict(list) for name in names}
    for judgment in judgments:
        judges[judgment.check][_judge_name(judgment.judge)].append(judgment)
    return {name: _farthest_off(CHECKS[name], by_judge) for name, by_judge in judges.items()}


def health_metric(checks: Results) -> dict[str, int]:
    """`healthy`: 0 if a check was failed, 1 if all were passed; no metric if nothing is failed and something was not
    measured, and without checks."""
    if any(check.get("passed") == 0 for check in checks.values()):
        return {"healthy": 0}
    return {"healthy": 1} if checks and all("passed" in check for check in checks.values()) else {}


def report_failed_checks(checks: Results, required: bool) -> None:
    """Logs a warning that names each failed check, and one that names those not measured. Raises StageError instead if
    all have to be passed (`required`)."""
    failed = [
        f"{name}: {_measured(check)}, expected {check['expected_low']:.3f} to {check['expected_high']:.3f}"
        for name, check in checks.items()
        if check.get("passed") == 0
    ]
    unmeasured = [f"{name}: {_measured(check)}" for name, check in checks.items() if "passed" not in check]
    messages = []
    if failed:
        messages.append(f"the judge fails {len(failed)} of {len(checks)} checks of itself:" + _listed(failed))
    if unmeasured:
        messages.append(f"{len(unmeasured)} of {len(checks)} checks of the judge not measured:" + _listed(unmeasured))
    if required and messages:
        advice = (
            "Choose another judge, or set judge.require_healthy to false: the report then says what the judge fails"
            if failed
            else "Raise judge.check_rows, or take these out of judge.checks"
        )
        raise StageError(
            "judge.require_healthy: " + "\n  ".join(messages) + "\n  Nothing else was asked. The judgments of the "
            f"checks are in data/judge_checks.jsonl. {advice}"
        )
    for message in messages:
        log.warning("judge: %s", message)


def _listed(lines: Sequence[str]) -> str:
    return "".join(f"\n  {line}" for line in lines)


def _measured(check: Mapping[str, float | str]) -> str:
    if "measured" in check:
        measured = f"{check['measured']:.3f} on {check['rows']} rows"
    elif check["rows"]:
        measured = f"{check['rows']} usable rows, of the {FEWEST_ROWS} that it needs"
    else:
        measured = "no row was judged"
    return f"{measured} ({check['judge']})" if "judge" in check else measured


def _farthest_off(check: JudgeCheck, by_judge: Mapping[str, Sequence[Judgment]]) -> dict[str, float | str]:
    results = {judge: _result(check, judgments) for judge, judgments in by_judge.items()}
    judge = max(results, key=lambda judge: _badness(results[judge]))
    has_text = check.measure == "best" and results[judge]["rows"]
    text = {"text": best_constant(usable_judgments(by_judge[judge]))[1]} if has_text else {}
    return {**results[judge], **text, **({"judge": judge} if len(results) > 1 else {})}


def _judge_name(judge: Teacher) -> str:
    return f"{judge.name}: {judge.model}" if judge.model else judge.name


def _result(check: JudgeCheck, judgments: Sequence[Judgment]) -> dict[str, float]:
    usable = usable_judgments(judgments)
    rows = len({judgment.id for judgment in usable})
    chance = Z * 0.5 / rows**0.5 if rows and check.measure == "first" else 0.0
    low, high = max(0.0, check.low - chance), min(1.0, check.high + chance)
    expected = {"expected_low": low, "expected_high": high, "rows": rows}
    if rows < check.fewest:
        return expected if check.fewest > 1 else {"passed": 0, **expected}
    measured = MEASURES[check.measure](usable)
    return {"passed": int(low <= measured <= high), "measured": measured, **expected}


def _badness(result: Mapping[str, float]) -> tuple[float, float]:
    """A failed check is worse than one not measured, which is worse than a passed one. Of two failed ones, the one
    farther outside its bounds is worse, and the worst is one without any row."""
    if "measured" not in result:
        return (2.0, float("inf")) if "passed" in result else (1.0, 0.0)
    outside = max(0.0, result["expected_low"] - result["measured"], result["measured"] - result["expected_high"])
    return (0.0 if result["passed"] else 2.0), outside
