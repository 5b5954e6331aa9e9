"""The numbers behind the pictures, as tables that `dvc plots` draws and compares.

Their words are those of the data, whatever the report's language, so that experiments can be compared.
"""

import math
from collections.abc import Callable
from pathlib import Path

from stages.common.files import write_csv
from stages.common.records import ROLES, TOTAL_MAX, Role
from stages.reporting.evidence import Evidence

Table = list[dict[str, str | float]]

OUTCOMES = ("win", "tie", "loss")
STATISTICS = {"mean": "percent", "best": "percent_best", "worst": "percent_worst"}  # and their keys in judge.json


def scores(evidence: Evidence) -> Table:
    """How many test rows got each total, by model. A mean of several judgments counts for the nearest total.

    A half counts upwards: `round` would send halves to even totals, and the picture would have gaps at odd ones.
    """
    totals = {role: [row.score(role) for row in evidence.rows] for role in ROLES}

    def count(role: Role, score: int) -> int:
        return sum(total is not None and math.floor(total + 0.5) == score for total in totals[role])

    return [{"total": score, **{role: count(role, score) for role in ROLES}} for score in range(TOTAL_MAX + 1)]


def percents(evidence: Evidence) -> Table:
    """Mean, best and worst percent of the points, a line each."""
    return [
        {"figure": f"{role}: {name}", "model": role, "statistic": name, "percent": found}
        for role in ROLES
        for name, key in STATISTICS.items()
        if (found := evidence.number("judge", "models", role, key)) is not None
    ]


def outcomes(evidence: Evidence) -> Table:
    """Wins, ties and losses of each pair in percent of its test rows, with 95% intervals where there are any."""
    table: Table = []
    for pair, figures in evidence.part("judge", "pairs").items():
        for outcome in OUTCOMES:
            share = figures[f"{outcome}_rate"]
            low, high = (figures.get(f"{outcome}_rate_{end}", share) for end in ("low", "high"))
            table.append(
                {"figure": f"{pair.replace('-', ' against ')}: {outcome}", "pair": pair, "outcome": outcome}
                | {"percent": 100 * share, "low": 100 * low, "high": 100 * high}
            )
    return table


def rejections(evidence: Evidence) -> Table:
    """What each rule rejected, of the synthetic examples and of the general tasks; rules in the order of curation."""
    synthetic, general = evidence.part("curate", "reasons"), evidence.part("split", "general_reasons")
    counts = {reason: (synthetic.get(reason, 0), general.get(reason, 0)) for reason in (*synthetic, *general)}
    return [
        {"reason": reason, "synthetic": ours, "general": others, "rejected": ours + others}
        for reason, (ours, others) in counts.items()
    ]


TABLES: dict[str, Callable[[Evidence], Table]] = {
    "scores": scores,
    "percents": percents,
    "outcomes": outcomes,
    "rejections": rejections,
}


def write_tables(evidence: Evidence, folder: Path) -> None:
    """A CSV file a table; one without rows is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in TABLES.items():
        if table := make(evidence):
            write_csv(folder / f"{name}.csv", table)
