"""The protocol: what a judge is shown, how its marks become a judgment, and how judgments become one verdict per row.

A pairwise judge sees every pair in both orders, without the models' names. Totals and winners are computed here, never
taken from the judge. A row's verdict combines both orders, then the repeats, then the judges.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import fmean
from typing import Literal

from stages.common.records import (
    ROLES,
    Answers,
    CheckJudgment,
    CheckName,
    Contestant,
    Judgment,
    Role,
    Scores,
    Teacher,
)

Position = Literal["first", "second", "tie"]

# What a judge is shown


@dataclass(frozen=True)
class Sheet:
    """A task with its reference, and one or two answers without the names of their models."""

    id: str  # of the test row
    instruction: str
    input: str
    reference: str
    models: tuple[Contestant, ...]  # whose answers these are, in the order shown; the judge never sees it
    texts: tuple[str, ...]  # the answers as shown: long ones are cut
    cut: tuple[bool, ...]
    check: CheckName | None = None  # the check of the judge itself that this sheet is part of
    constant: str = ""  # the answer to everything that the check tries


def make_sheet(
    row: Answers, texts: dict[Contestant, str], shown_characters: int, check: CheckName | None = None
) -> Sheet:
    """`texts` are in the order in which they are shown; each is cut to `shown_characters`."""
    return Sheet(
        id=row.id,
        instruction=row.instruction,
        input=row.input,
        reference=row.output,
        models=tuple(texts),
        texts=tuple(text[:shown_characters] for text in texts.values()),
        cut=tuple(len(text) > shown_characters for text in texts.values()),
        check=check,
    )


def both_orders(
    row: Answers, texts: dict[Contestant, str], shown_characters: int, check: CheckName | None = None
) -> Iterator[Sheet]:
    """The sheet with the two texts in the given order, and the sheet with them swapped."""
    yield make_sheet(row, texts, shown_characters, check)
    yield make_sheet(row, dict(reversed(texts.items())), shown_characters, check)


def pair_sheets(rows: Iterable[Answers], pairs: Iterable[str], shown_characters: int) -> Iterator[Sheet]:
    """Every pair of every row, in both orders."""
    for pair, row in product(pairs, rows):
        texts: dict[Contestant, str] = {role: row.answers[role].text for role in pair_roles(pair)}
        yield from both_orders(row, texts, shown_characters)


def solo_sheets(rows: Iterable[Answers], pairs: Iterable[str], shown_characters: int) -> Iterator[Sheet]:
    """Each answer of the pairs' models, on its own sheet."""
    compared = {role for pair in pairs for role in pair_roles(pair)}
    for row, role in product(rows, (role for role in ROLES if role in compared)):
        yield make_sheet(row, {role: row.answers[role].text}, shown_characters)


def pair_roles(pair: str) -> tuple[Role, Role]:
    """The two models of "full-base": full and base. The one trained on more examples comes first."""
    roles: dict[str, Role] = {role: role for role in ROLES}
    first, second = pair.split("-")
    return roles[first], roles[second]


# From marks to a judgment


def make_judgment(
    sheet: Sheet,
    judge: Teacher,
    repeat: int,
    scores: Sequence[Scores],
    declared: Position | None,
    justification: str,
    raw: str = "",
    stripped: Sequence[str] = (),
) -> Judgment:
    """`scores` are in the order of the sheet; `declared` is the winner that the judge names, None for a solo sheet."""
    return _record(
        sheet,
        judge,
        repeat,
        scores=dict(zip(sheet.models, scores, strict=True)),
        declared=None if declared is None else _name_at(sheet, declared),
        winner=None if len(scores) == 1 else _name_at(sheet, higher_total(scores)),
        justification=justification,
        status="ok",
        raw=raw,
        stripped=tuple(stripped),
    )


def make_failed_judgment(sheet: Sheet, judge: Teacher, repeat: int, reason: str, detail: str, raw: str) -> Judgment:
    return _record(
        sheet,
        judge,
        repeat,
        scores={},
        declared=None,
        winner=None,
        justification=detail,
        status="failed",
        reason=reason,
        raw=raw,
    )


def higher_total(scores: Sequence[Scores]) -> Position:
    """Which of two answers has the higher total."""
    first, second = (score.total for score in scores)
    return "tie" if first == second else "first" if first > second else "second"


def _record(sheet: Sheet, judge: Teacher, repeat: int, **fields: object) -> Judgment:
    fields |= {"id": sheet.id, "models": sheet.models, "judge": judge, "repeat": repeat}
    if sheet.check is not None:
        return CheckJudgment.model_validate(fields | {"check": sheet.check, "constant": sheet.constant})
    return Judgment.model_validate(fields)


def _name_at(sheet: Sheet, position: Position) -> Contestant | Literal["tie"]:
    return "tie" if position == "tie" else sheet.models[("first", "second").index(position)]


# From judgments to a verdict


@dataclass(frozen=True)
class RowVerdict:
    """What all judgments of one row say about two contestants."""

    id: str
    outcome: float  # 1 if the first contestant won, 0 if the second did, 0.5 for a tie
    gain: float  # mean total of the first minus that of the second, -15 to 15
    consistent: int  # how many repeats of all judges named the same winner, or a tie, in both orders
    repeats: int  # of all judges together


def row_verdicts(judgments: Sequence[Judgment], pair: tuple[Contestant, Contestant]) -> list[RowVerdict]:
    """A verdict for each row with judgments of the pair, in their order. None of the judgments may have failed."""
    rows: dict[str, list[Judgment]] = defaultdict(list)
    for judgment in judgments:
        if set(judgment.models) == set(pair):
            rows[judgment.id].append(judgment)
    return [_row_verdict(row_id, of_row, pair) for row_id, of_row in rows.items()]


def usable_judgments(judgments: Sequence[Judgment]) -> list[Judgment]:
    """The judgments of the rows without a failed judgment, so that all models are compared on the same rows."""
    failed_rows = {judgment.id for judgment in judgments if judgment.status == "failed"}
    return [judgment for judgment in judgments if judgment.id not in failed_rows]


def row_winners(judgments: Sequence[Judgment], pair: tuple[Role, Role]) -> dict[str, Role | Literal["tie"]]:
    """The winner of each row that has no failed judgment."""
    first, second = pair
    names: dict[float, Role | Literal["tie"]] = {1.0: first, 0.0: second, 0.5: "tie"}
    return {verdict.id: names[verdict.outcome] for verdict in row_verdicts(usable_judgments(judgments), pair)}


def _row_verdict(row_id: str, judgments: Sequence[Judgment], pair: tuple[Contestant, Contestant]) -> RowVerdict:
    first, second = pair
    repeats: dict[tuple[tuple[str, str | None], int], list[float]] = defaultdict(list)
    for judgment in judgments:
        judge = (judgment.judge.name, judgment.judge.model)
        repeats[judge, judgment.repeat].append(outcome_for(first, judgment))
    votes: dict[tuple[str, str | None], list[float]] = defaultdict(list)
    for (judge, _), outcomes in repeats.items():
        votes[judge].append(combine_orders(outcomes))
    return RowVerdict(
        id=row_id,
        outcome=majority([majority(of_judge) for of_judge in votes.values()]),
        gain=fmean(judgment.scores[first].total - judgment.scores[second].total for judgment in judgments),
        consistent=sum(len(set(outcomes)) == 1 for outcomes in repeats.values()),
        repeats=len(repeats),
    )


def outcome_for(contestant: Contestant, judgment: Judgment) -> float:
    """1 for a win, 0 for a loss, 0.5 for a tie."""
    return 0.5 if judgment.winner == "tie" else float(judgment.winner == contestant)


def combine_orders(outcomes: Sequence[float]) -> float:
    """The outcome if both orders agree on it, else a tie."""
    return outcomes[0] if len(set(outcomes)) == 1 else 0.5


def majority(votes: Sequence[float]) -> float:
    """The outcome with more than half of the votes; a tie if there is none."""
    outcome, count = Counter(votes).most_common(1)[0]
    return outcome if 2 * count > len(votes) else 0.5
