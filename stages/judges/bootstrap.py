"""Intervals by resampling whole clusters of rows, and what they decide about a pair of models.

This is the percentile bootstrap (Efron and Tibshirani, 1993, "An Introduction to the Bootstrap", chapter 13). It draws
whole clusters, because rows about the same page are not independent (Cameron, Gelbach and Miller, 2008,
"Bootstrap-Based Improvements for Inference with Clustered Errors"). It is paired: a drawn row brings the scores of all
models with it, and every call draws the same rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
SIGNIFICANCE = 0.05  # two-sided
POWER = 0.8
FEWEST = 6  # clusters; of fewer, even a unanimous sign test has p > 5% (of six, 2 / 2^6 = 0.031)
DRAWS_AT_ONCE = 2_000_000  # clusters; limits the memory, 16 bytes each

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    mean: float  # of the rows as they are
    low: float
    high: float
    error: float  # standard deviation of the resampled means


class Bootstrap:
    """Resamples of a set of rows, drawn by cluster. The same clusters and seed give the same resamples."""

    def __init__(self, clusters: Sequence[str], resamples: int, seed: int) -> None:
        """`clusters` has the name of each row's cluster, `resamples` is the number of resamples."""
        numbers = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
        self.clusters: Ints = np.array([numbers[name] for name in clusters])  # [rows]
        self.count = len(numbers)  # of clusters
        self._resamples, self._seed = resamples, seed

    def means(self, columns: Mapping[str, Floats]) -> dict[str, Interval]:
        """The mean of each column, [rows]."""
        return self.ratios(columns, np.ones(len(self.clusters)))

    def ratios(self, columns: Mapping[str, Floats], denominators: Floats) -> dict[str, Interval]:
        """The sum of each column, [rows], divided by the sum of the denominators, [rows].

        Resamples in which the denominators sum to 0 are left out. Raises ZeroDivisionError if they are 0 in all rows.
        """
        total = denominators.sum()
        if not total:
            raise ZeroDivisionError("the denominators of all rows are 0")
        sums = np.stack([self._by_cluster(values) for values in (denominators, *columns.values())], axis=1)
        drawn = np.concatenate([weights @ sums for weights in self._weights()])  # [resamples, 1 + columns]
        drawn = drawn[drawn[:, 0] > 0]
        return {
            name: _interval(float(values.sum() / total), drawn[:, index] / drawn[:, 0])
            for index, (name, values) in enumerate(columns.items(), start=1)
        }

    def _by_cluster(self, values: Floats) -> Floats:
        return np.bincount(self.clusters, weights=values, minlength=self.count).astype(np.float64)

    def _weights(self) -> Iterator[Floats]:
        """How many times each cluster is drawn, [resamples, clusters], in batches of resamples."""
        generator = np.random.default_rng(self._seed)
        at_once = max(1, DRAWS_AT_ONCE // self.count)
        for start in range(0, self._resamples, at_once):
            size = min(at_once, self._resamples - start)
            drawn = generator.integers(self.count, size=(size, self.count))
            flat = (drawn + self.count * np.arange(size)[:, None]).ravel()
            yield np.bincount(flat, minlength=size * self.count).reshape(size, self.count).astype(np.float64)


def _interval(mean: float, resampled: Floats) -> Interval:
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(mean, float(low), float(high), float(resampled.std()))


# Decisions


def pair_verdict(win: Interval, clusters: int) -> str:
    """`better` or `worse` if the interval of the win rate (ties count half) is above or below one half.

    `unresolved` if it isn't, or with fewer than `FEWEST` clusters: if those agree, the interval has no width.
    """
    if clusters < FEWEST:
        return "unresolved"
    if win.low > 0.5:
        return "better"
    return "worse" if win.high < 0.5 else "unresolved"


def sign_test(wins: int, losses: int) -> float:
    """The exact two-sided p value of the sign test; ties are left out.

    Dixon and Mood, 1946, "The Statistical Sign Test". It takes rows for independent, even those about the same page.
    """
    count, fewer = wins + losses, min(wins, losses)
    ways, total = 1, 0  # ways to choose i of count, and their sum up to i = fewer
    for i in range(fewer + 1):
        total += ways
        ways = ways * (count - i) // (i + 1)
    p: float = 2 * total / 2**count
    return min(1.0, p)


def rows_to_decide(win: Interval, rows: int, clusters: int) -> int | None:
    """The number of rows that would decide, with a power of 0.8, a win rate as far from one half as the one seen.

    The sample size of a two-sided z test, n = (z_0.975 + z_0.8)^2 variance / difference^2 (Cohen, 1988, "Statistical
    Power Analysis", chapter 2; Miller, 2024, "Adding Error Bars to Evals", section 5). The variance of a row is taken
    from the bootstrap, so it includes the clusters. The result is never less than the rows of `FEWEST` such clusters.
    0 if the pair is decided; None if the win rate is exactly one half, so that there is no difference to find.
    """
    if pair_verdict(win, clusters) != "unresolved":
        return 0
    if win.mean == 0.5:
        return None
    normal = NormalDist()
    z = normal.inv_cdf(1 - SIGNIFICANCE / 2) + normal.inv_cdf(POWER)
    return ceil(rows * max((z * win.error / (win.mean - 0.5)) ** 2, FEWEST / clusters))
