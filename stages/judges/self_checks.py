"""Checks of the judge itself, in every run, with texts about which any sound judge must be right.

Each check shows a text under test, the probe, beside another text, the rival, for some of the test rows and in both
orders. The right result is fixed before anything is asked:

- `same_answer`: an answer against itself. The first-shown wins half (ties count half), within the 95% interval of a
  judge who tosses a coin for each of the rows.
- `empty`: an empty text beside the reference gets at most a twentieth of the points.
- `constant`: the same meaningless sentence in answer to everything gets at most a third of the points: as many as one
  criterion of the three has, for clarity.
- `reference`: the reference beside a model's answer gets at least four fifths of the points.
- `padded`: the reference with fillers up to three times its length wins at most half against the reference.
- `truncated`: the first half of the reference wins at most a quarter (ties count half), as some halves say it all.

A judge that gives everything the same scores fails `truncated`; one that always prefers the first answer fails
`same_answer`; one that counts words fails `padded`. Language models as judges are known to let constant and long texts
win (Zheng et al., 2025, "Cheating Automatic LLM Benchmarks: Null Models Achieve High Win Rates"; Dubois et al., 2024,
"Length-Controlled AlpacaEval").
"""

import logging
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Literal

from stages.common.errors import StageError
from stages.common.records import TOTAL_MAX, Answers, CheckJudgment, CheckName, Contestant, Judgment, Teacher
from stages.judges.protocol import Sheet, both_orders, outcome_for, row_verdicts, usable_judgments

log = logging.getLogger(__name__)

CONSTANT = "That is an interesting question, and there are many ways to look at it."
FILLERS = ("That is so.", "It can be said.", "There is more to it.", "Many have thought about it.")
Z = 1.96  # 95% of the standard normal distribution is between -Z and Z

Results = Mapping[str, Mapping[str, float | str]]  # the metrics of each check, by name


def _empty_text(_: Answers) -> str:
    return ""


def _constant_text(_: Answers) -> str:
    return CONSTANT


def _full_answer(row: Answers) -> str:
    return row.answers["full"].text


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


MEASURES: dict[str, Callable[[Sequence[Judgment]], float]] = {"points": _points, "wins": _wins, "first": _first}


@dataclass(frozen=True)
class JudgeCheck:
    probe: Callable[[Answers], str]
    rival: Callable[[Answers], str]
    measure: Literal["points", "wins", "first"]
    low: float  # bounds of the right result, inclusive
    high: float


CHECKS: dict[CheckName, JudgeCheck] = {
    "same_answer": JudgeCheck(_full_answer, _full_answer, "first", 0.5, 0.5),
    "empty": JudgeCheck(_empty_text, _reference_text, "points", 0.0, 0.05),
    "constant": JudgeCheck(_constant_text, _reference_text, "points", 0.0, 1 / 3),
    "reference": JudgeCheck(_reference_text, _full_answer, "points", 0.8, 1.0),
    "padded": JudgeCheck(pad_reference, _reference_text, "wins", 0.0, 0.5),
    "truncated": JudgeCheck(truncate_reference, _reference_text, "wins", 0.0, 0.25),
}


def check_sheets(
    rows: Sequence[Answers], names: Sequence[CheckName], check_rows: int, seed: int, shown_characters: int
) -> Iterator[Sheet]:
    """Both orders of each check for up to `check_rows` rows: the same rows for all checks, drawn with the seed."""
    drawn = random.Random(seed).sample(rows, min(check_rows, len(rows)))
    for name in names:
        for row in drawn:
            texts: dict[Contestant, str] = {"probe": CHECKS[name].probe(row), "rival": CHECKS[name].rival(row)}
            yield from both_orders(row, texts, shown_characters, name)


def check_metrics(judgments: Sequence[CheckJudgment], names: Sequence[CheckName]) -> dict[str, dict[str, float | str]]:
    """For each check: whether it was `passed`, what was `measured` on how many `rows`, and the expected bounds.

    Each judge of a panel is checked separately. The metrics are those of the judge farthest from the bounds; `judge`
    names it if there are several. Rows with a failed judgment are left out; with no rows left, the check isn't passed.
    """
    judges: dict[CheckName, dict[str, list[CheckJudgment]]] = {name: defaultdict(list) for name in names}
    for judgment in judgments:
        judges[judgment.check][_judge_name(judgment.judge)].append(judgment)
    return {name: _farthest_off(CHECKS[name], by_judge) for name, by_judge in judges.items()}


def health_metric(checks: Results) -> dict[str, int]:
    """`healthy`: 1 if all checks were passed, else 0; no metric without checks."""
    return {"healthy": int(all(check["passed"] for check in checks.values()))} if checks else {}


def report_failed_checks(checks: Results, required: bool) -> None:
    """Logs a warning that names each failed check. Raises StageError instead if all are `required`."""
    problems = [
        f"{name}: {_measured(check)}, expected {check['expected_low']:.3f} to {check['expected_high']:.3f}"
        for name, check in checks.items()
        if not check["passed"]
    ]
    if not problems:
        return
    message = "\n  ".join([f"the judge fails {len(problems)} of {len(checks)} checks of itself:", *problems])
    if required:
        raise StageError(
            f"judge.require_healthy: {message}\n  Its judgments of them are in data/judge_checks.jsonl. Choose another "
            "judge, or set judge.require_healthy to false: the report then says what the judge fails"
        )
    log.warning("judge: %s", message)


def _measured(check: Mapping[str, float | str]) -> str:
    measured = f"{check['measured']:.3f} on {check['rows']} rows" if check["rows"] else "no row was judged"
    return f"{measured} ({check['judge']})" if "judge" in check else measured


def _farthest_off(check: JudgeCheck, by_judge: Mapping[str, Sequence[Judgment]]) -> dict[str, float | str]:
    results = {judge: _result(check, judgments) for judge, judgments in by_judge.items()}
    judge = max(results, key=lambda judge: _distance(results[judge]))
    return {**results[judge], **({"judge": judge} if len(results) > 1 else {})}


def _judge_name(judge: Teacher) -> str:
    return f"{judge.name}: {judge.model}" if judge.model else judge.name


def _result(check: JudgeCheck, judgments: Sequence[Judgment]) -> dict[str, float]:
    usable = usable_judgments(judgments)
    rows = len({judgment.id for judgment in usable})
    chance = Z * 0.5 / rows**0.5 if rows and check.measure == "first" else 0.0
    low, high = max(0.0, check.low - chance), min(1.0, check.high + chance)
    if not rows:
        return {"passed": 0, "expected_low": low, "expected_high": high, "rows": 0}
    measured = MEASURES[check.measure](usable)
    passed = int(low <= measured <= high)
    return {"passed": passed, "measured": measured, "expected_low": low, "expected_high": high, "rows": rows}


def _distance(result: Mapping[str, float]) -> float:
    """How far the result is outside its bounds; infinite if nothing was measured."""
    if not result["rows"]:
        return float("inf")
    return max(0.0, result["expected_low"] - result["measured"], result["measured"] - result["expected_high"])
