"""The win rate corrected for the judge's errors, as far as people's labels show them.

Prediction-powered inference (Angelopoulos, Bates, Fannjiang, Jordan and Zrnic, 2023): the mean of the judge's outcomes
over all rows, plus the mean difference between people's outcomes and the judge's over the labelled rows. How much the
judge counts, from 0 (only the labels) to 1, is the weight with the smallest variance: the slope of people's outcomes
on the judge's ("power tuning", Angelopoulos, Duchi and Zrnic, 2023, "PPI++: Efficient Prediction-Powered Inference").

The labelled rows must be a random sample of the rows whose answers differ, as those of the label page are. Rows whose
answers have the same words are ties, for the judge and for people, and need no label.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from stages.common.records import Answers
from stages.judges.bootstrap import Floats, Interval, Ints, student_95
from stages.judges.decisions import FEWEST
from stages.judges.labels.choices import Choices, Comparison, Labels
from stages.judges.protocol import pair_roles

# Labels that are imagined for the variance, half a win off in either direction: a few labels that all agree with the
# judge don't prove that the next one does (as Agresti and Coull, 1998, add two wins and two losses to a rate).
IMAGINED = 4


@dataclass(frozen=True)
class JudgedRows:
    """The rows of one pair. All arrays have shape [rows]; outcomes are 1, 0.5 or 0 for the pair's first model."""

    judged: Floats  # the judge's outcomes
    labels: Floats  # people's mean outcome, NaN without a label
    different: NDArray[np.bool_]  # whether the two answers differ, so that the row may be labelled
    clusters: Ints  # the number of each row's cluster


def corrected_rates(
    labels: Labels, verdicts: Choices, rows: Sequence[Answers], clusters: Mapping[str, str]
) -> dict[str, dict[str, float | list[float]]]:
    """For each pair with labels: `labels`, how many of its rows have one, and `corrected_win_rate` with its interval.

    The rate, in which a tie counts half, is left out if the labels are about fewer than `FEWEST` clusters. `verdicts`
    are the judge's, and `clusters` maps the id of a row to its cluster.
    """
    by_id = {row.id: row for row in rows}
    found: dict[str, dict[str, float | list[float]]] = {}
    for pair in dict.fromkeys(pair for _, pair in verdicts):
        people: dict[str, list[float]] = defaultdict(list)
        for choices in labels.people:
            for (row, of_pair), choice in choices.items():
                if of_pair == pair and (row, pair) in verdicts:
                    people[row].append(_outcome(choice, pair))
        if not people:
            continue
        judged = [row for row, of_pair in verdicts if of_pair == pair]
        numbers = {name: number for number, name in enumerate(dict.fromkeys(clusters[row] for row in judged))}
        data = JudgedRows(
            judged=np.array([_outcome(verdicts[row, pair], pair) for row in judged]),
            labels=np.array([fmean(people[row]) if row in people else np.nan for row in judged]),
            different=np.array([row in people or _differ(by_id[row], pair) for row in judged]),
            clusters=np.array([numbers[clusters[row]] for row in judged]),
        )
        found[pair] = {"labels": len(people)}
        if len({clusters[row] for row in people}) >= FEWEST:
            rate = correct_rate(data)
            found[pair] |= {"corrected_win_rate": rate.mean, "corrected_win_rate_95": [rate.low, rate.high]}
    return found


def _outcome(choice: str, pair: str) -> float:
    return 0.5 if choice == "tie" else float(choice == pair_roles(pair)[0])


def _differ(row: Answers, pair: str) -> bool:
    """Whether the label page may show this comparison."""
    first, second = Comparison(row, pair, swapped=False).texts
    return first.split() != second.split()


def correct_rate(rows: JudgedRows, weight: float | None = None) -> Interval:
    """The corrected win rate with its 95% interval. `weight` is how much the judge counts, by default the best.

    The standard error is that of the estimate's linear form, summed by cluster (Cameron and Miller, 2015). In it, each
    difference is what it would be for a line fitted without it (HC3: MacKinnon and White, 1985). The interval is
    Student's, with two degrees of freedom fewer than there are labelled clusters, and ends at 0 and 1.
    """
    labelled = ~np.isnan(rows.labels)
    count, total = int(labelled.sum()), len(labelled)
    judged, labels = rows.judged[labelled], rows.labels[labelled]
    if weight is None:
        weight = _best_weight(judged, labels)
    share = float(rows.different.mean())
    residuals = labels - weight * judged
    known = np.where(rows.different, weight * rows.judged + residuals.mean(), 0.5)
    rate = float(known.mean())
    parts = (known - rate) / total
    parts[labelled] += (
        share * (residuals - residuals.mean()) / (1 - _leverages(judged if weight else np.zeros(count))) / count
    )
    sums = np.bincount(rows.clusters, weights=parts)
    groups = int((np.bincount(rows.clusters) > 0).sum())
    imagined = IMAGINED * (share * 0.5 / count) ** 2
    error = float((groups / max(1, groups - 1) * (sums**2).sum() + imagined) ** 0.5)
    half = error * student_95(len(np.unique(rows.clusters[labelled])) - 2)
    return Interval(rate, max(0.0, rate - half), min(1.0, rate + half), error)


def _best_weight(judged: Floats, labels: Floats) -> float:
    deviations = judged - judged.mean()
    variance = float((deviations**2).sum())
    return min(1.0, max(0.0, float((deviations * labels).sum()) / variance)) if variance else 0.0


def _leverages(judged: Floats) -> Floats:
    """How much each label draws the fitted line to itself, at most one half."""
    deviations = (judged - judged.mean()) ** 2
    leverages: Floats = np.minimum(0.5, 1 / len(judged) + deviations / (deviations.sum() or 1.0))
    return leverages
