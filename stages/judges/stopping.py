"""Which test rows are judged, in which order, and when judging ends: `judge.at_most` and `judge.stop`."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.common.params import AtMost
from stages.common.records import Answers, Judgment
from stages.judges.confidence_sequence import AnytimeInterval, PageResults, anytime_intervals
from stages.judges.protocol import pair_roles, row_verdicts, usable_judgments

FEWEST_ROWS = 10  # between two looks
MOST_LOOKS = 20
# Metrics of a pair that hold only if the number of rows was fixed before, or that make no sense after an early stop.
FOR_A_FIXED_NUMBER = ("p_holm", "rows_to_decide", "hangs_on")


def rows_to_judge(rows: Sequence[Answers], at_most: AtMost, seed: int) -> list[Answers]:
    """`at_most` of the rows, drawn at random, in the order of the test split. More rows include those of fewer."""
    if at_most == "all" or at_most >= len(rows):
        return list(rows)
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    return [rows[position] for position in sorted(order[:at_most])]


def page_batches(rows: Sequence[Answers], pages: Mapping[str, str], seed: int) -> Iterator[list[Answers]]:
    """The rows in batches, after each of which one looks whether to stop. `pages` has the page of each row.

    Pages are in random order, and their rows stay together. A batch has `FEWEST_ROWS` rows or more.
    """
    by_page: dict[str, list[Answers]] = defaultdict(list)
    for row in rows:
        by_page[pages[row.id]].append(row)
    order = list(by_page)
    random.Random(seed).shuffle(order)
    enough = max(FEWEST_ROWS, -(-len(rows) // MOST_LOOKS))
    batch: list[Answers] = []
    for page in order:
        batch += by_page[page]
        if len(batch) >= enough:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass(frozen=True)
class Look:
    """What is certain after some of the rows."""

    rows: int  # judged so far
    intervals: Mapping[str, AnytimeInterval]  # of the win rate (ties count half) of each pair

    @property
    def all_certain(self) -> bool:
        return all(interval.excludes_half for interval in self.intervals.values())


def take_look(
    judgments: Sequence[Judgment], judged: Sequence[str], pages: Mapping[str, str], largest: int, pairs: Sequence[str]
) -> Look:
    """The intervals after the rows `judged`, in the order in which they were judged.

    `largest` is the number of rows of the largest page of all that may be judged. Rows with a failed judgment are left
    out.
    """
    order = list(dict.fromkeys(pages[row] for row in judged))
    usable = usable_judgments(judgments)
    results = {}
    for pair in pairs:
        wins, rows = dict.fromkeys(order, 0.0), dict.fromkeys(order, 0)
        for verdict in row_verdicts(usable, pair_roles(pair)):
            wins[pages[verdict.id]] += verdict.outcome
            rows[pages[verdict.id]] += 1
        results[pair] = PageResults(list(wins.values()), list(rows.values()))
    return Look(len(judged), anytime_intervals(results, largest))


def stopping_metrics(looks: Sequence[Look]) -> dict[str, Any]:
    """What the looks came to: how many there were, whether all pairs are certain, and after how many rows each was."""
    last = looks[-1]
    return {
        "looks": len(looks),
        "rows_judged": last.rows,
        "certain": int(last.all_certain),
        "certain_after": {
            pair: next(look.rows for look in looks if look.intervals[pair].excludes_half)
            for pair, interval in last.intervals.items()
            if interval.excludes_half
        },
    }


def with_anytime_intervals(metrics: Mapping[str, Any], last: Look) -> dict[str, Any]:
    """The judge's metrics, in whose pairs nothing is left that holds only if the number of rows was fixed before: the
    interval of `win_rate_ties_half` becomes the confidence sequence, the verdict follows from it, and p values are left
    out."""
    pairs = {
        pair: _anytime_pair(figures, last.intervals[pair]) if pair in last.intervals else figures
        for pair, figures in metrics["pairs"].items()
    }
    return {**metrics, "pairs": pairs}


def _anytime_pair(figures: Mapping[str, Any], interval: AnytimeInterval) -> dict[str, Any]:
    verdict = "better" if interval.low > 0.5 else "worse" if interval.high < 0.5 else "unresolved"
    kept = {name: value for name, value in figures.items() if name not in FOR_A_FIXED_NUMBER}
    return kept | {"win_rate_ties_half_95": [interval.low, interval.high], "verdict": verdict}
