"""Checks of the judge itself, in every run: texts about which any judge worth its name must be right.

Each shows a text that is tried out, the probe, beside a rival, for some of the test rows and in both orders. What must
come out is stated before anything is asked:

- `same_answer`: an answer against itself; the first-shown wins half (ties count half), within the 95% that a judge who
  draws lots has on so many rows.
- `empty`: nothing, beside the reference, earns at most a twentieth of the points.
- `constant`: one sentence that says nothing, in answer to everything, earns at most a third: what one criterion of the
  three gives, for being clear.
- `reference`: the reference itself, beside a model's answer, earns at least four fifths.
- `padded`: the reference with fillers up to three times its length wins no more than half against the reference.
- `truncated`: the first half of the reference wins at most a quarter (ties count half): some halves say it all.

A judge that gives everything the same scores fails `truncated`, one that always prefers the first answer `same_answer`,
one that counts words `padded`. That language models as judges let constant and long texts win is known (Zheng et al.,
2025, "Cheating Automatic LLM Benchmarks: Null Models Achieve High Win Rates"; Dubois et al., 2024, "Length-Controlled
AlpacaEval").
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
from stages.judges.protocol import points_of, row_verdicts
from stages.judges.sheets import Sheet, both_orders

log = logging.getLogger(__name__)

CONSTANT = "That is an interesting question, and there are many ways to look at it."
FILLERS = ("That is so.", "It can be said.", "There is more to it.", "Many have thought about it.")
Z = 1.96  # of the normal law: 95% lie between -Z and Z

Results = Mapping[str, Mapping[str, float | str]]  # of each check


def _nothing(_: Answers) -> str:
    return ""


def _constant(_: Answers) -> str:
    return CONSTANT


def _answer(row: Answers) -> str:
    return row.answers["full"].text


def _reference(row: Answers) -> str:
    return row.output


def padded(row: Answers) -> str:
    """Whole fillers, until it has at least three times the reference's words."""
    fillers, text = cycle(FILLERS), row.output
    while len(text.split()) < 3 * len(row.output.split()):
        text = f"{text} {next(fillers)}"
    return text


def truncated(row: Answers) -> str:
    """The first half of the reference's words; of a single word, the first half of its letters."""
    words = row.output.split()
    return " ".join(words[: len(words) // 2]) if len(words) > 1 else row.output[: len(row.output) // 2]


@dataclass(frozen=True)
class Check:
    probe: Callable[[Answers], str]
    rival: Callable[[Answers], str]
    # The probe's share of the points; its share of the wins, or that of the first-shown (ties count half).
    measure: Literal["points", "wins", "first"]
    low: float  # what must come out, bounds included
    high: float


CHECKS: dict[CheckName, Check] = {
    "same_answer": Check(_answer, _answer, "first", 0.5, 0.5),
    "empty": Check(_nothing, _reference, "points", 0.0, 0.05),
    "constant": Check(_constant, _reference, "points", 0.0, 1 / 3),
    "reference": Check(_reference, _answer, "points", 0.8, 1.0),
    "padded": Check(padded, _reference, "wins", 0.0, 0.5),
    "truncated": Check(truncated, _reference, "wins", 0.0, 0.25),
}


def check_sheets(
    rows: Sequence[Answers], names: Sequence[CheckName], check_rows: int, seed: int, shown_characters: int
) -> Iterator[Sheet]:
    """The same rows for all checks, drawn with the seed."""
    drawn = random.Random(seed).sample(rows, min(check_rows, len(rows)))
    for name in names:
        for row in drawn:
            texts: dict[Contestant, str] = {"probe": CHECKS[name].probe(row), "rival": CHECKS[name].rival(row)}
            yield from both_orders(row, texts, shown_characters, name)


def health(judgments: Sequence[CheckJudgment], names: Sequence[CheckName]) -> dict[str, dict[str, float | str]]:
    """Of each check whether it was passed, what was measured on how many rows, and what was expected.

    Each judge is checked alone, and the one that is farthest off stands for all, by its name (`judge`) where there are
    several. Rows with a failed judgment are left out; without any row there is nothing measured, and nothing passed.
    """
    of_judges: dict[CheckName, dict[str, list[CheckJudgment]]] = {name: defaultdict(list) for name in names}
    for one in judgments:
        of_judges[one.check][_named(one.judge)].append(one)
    return {name: _farthest_off(CHECKS[name], by_judge) for name, by_judge in of_judges.items()}


def healthy(checks: Results) -> dict[str, int]:
    """`healthy` is 1 where all checks were passed; without a check nothing is said."""
    return {"healthy": int(all(one["passed"] for one in checks.values()))} if checks else {}


def report(checks: Results, required: bool) -> None:
    """Names each check that was not passed in the log; raises StageError instead where all are `required`."""
    problems = [
        f"{name}: {_measured(one)}, expected {one['expected_low']:.3f} to {one['expected_high']:.3f}"
        for name, one in checks.items()
        if not one["passed"]
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


def _farthest_off(check: Check, by_judge: Mapping[str, Sequence[Judgment]]) -> dict[str, float | str]:
    results = {judge: _result(check, judgments) for judge, judgments in by_judge.items()}
    judge = max(results, key=lambda judge: _distance(results[judge]))
    return {**results[judge], **({"judge": judge} if len(results) > 1 else {})}


def _named(judge: Teacher) -> str:
    return f"{judge.name}: {judge.model}" if judge.model else judge.name


def _result(check: Check, judgments: Sequence[Judgment]) -> dict[str, float]:
    lost = {one.id for one in judgments if one.status == "failed"}
    usable = [one for one in judgments if one.id not in lost]
    rows = len({one.id for one in usable})
    chance = Z * 0.5 / rows**0.5 if rows and check.measure == "first" else 0.0
    low, high = max(0.0, check.low - chance), min(1.0, check.high + chance)
    if not rows:
        return {"passed": 0, "expected_low": low, "expected_high": high, "rows": 0}
    measured = MEASURES[check.measure](usable)
    passed = int(low <= measured <= high)
    return {"passed": passed, "measured": measured, "expected_low": low, "expected_high": high, "rows": rows}


def _distance(result: Mapping[str, float]) -> float:
    """How far it is from what was expected; farthest where nothing was measured."""
    if not result["rows"]:
        return float("inf")
    return max(0.0, result["expected_low"] - result["measured"], result["measured"] - result["expected_high"])


def _measured(result: Mapping[str, float | str]) -> str:
    seen = f"{result['measured']:.3f} on {result['rows']} rows" if result["rows"] else "no row was judged"
    return f"{seen} ({result['judge']})" if "judge" in result else seen


def _points(judgments: Sequence[Judgment]) -> float:
    return sum(one.scores["probe"].total for one in judgments) / (TOTAL_MAX * len(judgments))


def _wins(judgments: Sequence[Judgment]) -> float:
    verdicts = row_verdicts(judgments, ("probe", "rival"))
    return sum(one.outcome for one in verdicts) / len(verdicts)


def _first(judgments: Sequence[Judgment]) -> float:
    return sum(points_of(one.models[0], one) for one in judgments) / len(judgments)


MEASURES: dict[str, Callable[[Sequence[Judgment]], float]] = {"points": _points, "wins": _wins, "first": _first}
