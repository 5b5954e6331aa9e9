"""From what a judge says of a sheet to a record: totals and winners are computed here, never taken from the judge."""

from collections.abc import Sequence
from typing import Literal

from stages.common.records import CheckJudgment, Contestant, Judgment, Scores, Teacher
from stages.judges.sheets import Sheet

Position = Literal["first", "second", "tie"]


def marked(
    sheet: Sheet,
    judge: Teacher,
    repeat: int,
    scores: Sequence[Scores],
    declared: Position | None,
    justification: str,
    raw: str = "",
) -> Judgment:
    """`scores` are those of the answers, `declared` is the winner that the judge names, as they were shown."""
    return _record(
        sheet,
        id=sheet.id,
        models=sheet.models,
        repeat=repeat,
        scores=dict(zip(sheet.models, scores, strict=True)),
        declared=None if declared is None else _named(sheet, declared),
        winner=None if len(scores) == 1 else _named(sheet, better(scores)),
        justification=justification,
        judge=judge,
        status="ok",
        raw=raw,
    )


def failed(sheet: Sheet, judge: Teacher, repeat: int, reason: str, detail: str, raw: str) -> Judgment:
    return _record(
        sheet,
        id=sheet.id,
        models=sheet.models,
        repeat=repeat,
        scores={},
        declared=None,
        winner=None,
        justification=detail,
        judge=judge,
        status="failed",
        reason=reason,
        raw=raw,
    )


def better(scores: Sequence[Scores]) -> Position:
    """Which of two has the higher total."""
    first, second = (one.total for one in scores)
    return "tie" if first == second else "first" if first > second else "second"


def _record(sheet: Sheet, **fields: object) -> Judgment:
    if sheet.check is not None:
        return CheckJudgment.model_validate(fields | {"check": sheet.check})
    return Judgment.model_validate(fields)


def _named(sheet: Sheet, position: Position) -> Contestant | Literal["tie"]:
    return "tie" if position == "tie" else sheet.models[("first", "second").index(position)]
