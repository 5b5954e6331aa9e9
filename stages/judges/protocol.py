"""From single judgments to one verdict a row and pair: both orders, then the repeats, then the judges."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from stages.common.records import Contestant, Judgment, Role


@dataclass(frozen=True)
class RowVerdict:
    """What the judgments of one row say of two contestants."""

    id: str
    outcome: float  # 1 where the first contestant won, 0 where the second did, 0.5 for a tie
    gain: float  # the first one's mean total less the second one's, -15 to 15
    consistent: int  # repeats of all judges in which both orders named the same winner, or both a tie
    repeats: int  # of all judges


def row_verdicts(judgments: Sequence[Judgment], pair: tuple[Contestant, Contestant]) -> list[RowVerdict]:
    """One for each row with judgments about the pair, in their order. None of the judgments may have failed."""
    rows: dict[str, list[Judgment]] = defaultdict(list)
    for judgment in judgments:
        if set(judgment.models) == set(pair):
            rows[judgment.id].append(judgment)
    return [_row_verdict(one, of_row, pair) for one, of_row in rows.items()]


def winners(judgments: Sequence[Judgment], pair: tuple[Role, Role]) -> dict[str, Role | Literal["tie"]]:
    """The winner of record of each row that has no failed judgment."""
    lost = {one.id for one in judgments if one.status == "failed"}
    first, second = pair
    names: dict[float, Role | Literal["tie"]] = {1.0: first, 0.0: second, 0.5: "tie"}
    usable = [one for one in judgments if one.id not in lost]
    return {one.id: names[one.outcome] for one in row_verdicts(usable, pair)}


def _row_verdict(row_id: str, judgments: Sequence[Judgment], pair: tuple[Contestant, Contestant]) -> RowVerdict:
    orders: dict[tuple[tuple[str, str | None], int], list[float]] = defaultdict(list)
    for one in judgments:
        orders[(one.judge.name, one.judge.model), one.repeat].append(points_of(pair[0], one))
    votes: dict[tuple[str, str | None], list[float]] = defaultdict(list)
    for (judge, _), outcomes in orders.items():
        votes[judge].append(both(outcomes))
    first, second = pair
    return RowVerdict(
        id=row_id,
        outcome=majority([majority(of_judge) for of_judge in votes.values()]),
        gain=fmean(one.scores[first].total - one.scores[second].total for one in judgments),
        consistent=sum(len(set(outcomes)) == 1 for outcomes in orders.values()),
        repeats=len(orders),
    )


def points_of(contestant: Contestant, judgment: Judgment) -> float:
    """1 for a win, 0 for a loss, 0.5 for a tie."""
    return 0.5 if judgment.winner == "tie" else float(judgment.winner == contestant)


def both(outcomes: Sequence[float]) -> float:
    """The outcome on which both orders agree; a tie where they don't."""
    return outcomes[0] if len(set(outcomes)) == 1 else 0.5


def majority(votes: Sequence[float]) -> float:
    """The outcome that more than half of the votes name; a tie where none has so many."""
    outcome, count = Counter(votes).most_common(1)[0]
    return outcome if 2 * count > len(votes) else 0.5
