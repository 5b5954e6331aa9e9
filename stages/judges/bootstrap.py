"""Intervals by resampling whole clusters of rows.

This is the percentile bootstrap (Efron and Tibshirani, 1993, "An Introduction to the Bootstrap", chapter 13). It draws
whole clusters, because rows about the same page are not independent (Cameron, Gelbach and Miller, 2008,
"Bootstrap-Based Improvements for Inference with Clustered Errors"). It is paired: a drawn row brings the scores of all
models with it, and every call draws the same rows.

No interval has a width of 0. Where all clusters agree, resampling knows nothing of a cluster that differs, and
`most_unseen` says how many there may still be. Rates get a score interval, which is sound near 0 and 1 as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
Z_95 = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
# Student's t, two-sided 95%, for 1 to 30 degrees of freedom; for more, the normal distribution is close enough.
T_95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131),
    *(2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
DRAWS_AT_ONCE = 2_000_000  # clusters; limits the memory, 16 bytes each
SAME = 1e-12  # resamples that differ by less differ only by rounding

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bounds = tuple[float, float]  # the smallest and the largest value that a row can have


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

    def means(self, columns: Mapping[str, Floats], bounds: Mapping[str, Bounds] | None = None) -> dict[str, Interval]:
        """The mean of each column, [rows]. `bounds` are those of its values, 0 and 1 for columns that it lacks."""
        return self.ratios(columns, np.ones(len(self.clusters)), bounds)

    def ratios(
        self, columns: Mapping[str, Floats], denominators: Floats, bounds: Mapping[str, Bounds] | None = None
    ) -> dict[str, Interval]:
        """The sum of each column, [rows], divided by the sum of the denominators, [rows]; `bounds` are those of a row's
        ratio.

        Resamples in which the denominators sum to 0 are left out. Raises ZeroDivisionError if they are 0 in all rows.
        """
        total = denominators.sum()
        if not total:
            raise ZeroDivisionError("the denominators of all rows are 0")
        sums = np.stack([self.sums(values) for values in (denominators, *columns.values())], axis=1)
        drawn = np.concatenate([weights @ sums for weights in self.weights()])  # [resamples, 1 + columns]
        drawn = drawn[drawn[:, 0] > 0]
        unseen = most_unseen(int((sums[:, 0] > 0).sum()))
        return {
            name: _interval(
                float(values.sum() / total), drawn[:, index] / drawn[:, 0], unseen, (bounds or {}).get(name, (0.0, 1.0))
            )
            for index, (name, values) in enumerate(columns.items(), start=1)
        }

    def sums(self, values: Floats) -> Floats:
        """The sum of the values, [rows], in each cluster: [clusters]."""
        return np.bincount(self.clusters, weights=values, minlength=self.count).astype(np.float64)

    def weights(self) -> Iterator[Floats]:
        """How many times each cluster is drawn, [resamples, clusters], in batches of resamples."""
        generator = np.random.default_rng(self._seed)
        at_once = max(1, DRAWS_AT_ONCE // self.count)
        for start in range(0, self._resamples, at_once):
            size = min(at_once, self._resamples - start)
            drawn = generator.integers(self.count, size=(size, self.count))
            flat = (drawn + self.count * np.arange(size)[:, None]).ravel()
            yield np.bincount(flat, minlength=size * self.count).reshape(size, self.count).astype(np.float64)


def _interval(mean: float, resampled: Floats, unseen: float, bounds: Bounds) -> Interval:
    if np.ptp(resampled) < SAME:
        smallest, largest = bounds
        return Interval(mean, mean - unseen * (mean - smallest), mean + unseen * (largest - mean), 0.0)
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(mean, float(low), float(high), float(resampled.std()))


def most_unseen(clusters: int) -> float:
    """The largest share of clusters, 0 to 1, that may be unlike all of the `clusters` seen: z^2 / (clusters + z^2).

    The upper end of Wilson's score interval for 0 of so many; about 4 / clusters, beside the 3 / clusters of the "rule
    of three", which is one-sided (Hanley and Lippman-Hand, 1983, "If Nothing Goes Wrong, Is Everything All Right?").
    """
    return Z_95**2 / (clusters + Z_95**2)


def rate_interval(resampled: Interval, rows: int, clusters: int) -> Interval:
    """The score interval of a rate, whose rows are 1 or 0: the rates within t standard errors of the one seen.

    Wilson, 1927, "Probable Inference, the Law of Succession, and Statistical Inference". The number of rows is the
    effective one, the variance of a row by that of the bootstrap's mean, at most `rows`, with Student's t of the
    clusters (Korn and Graubard, 1998, "Confidence Intervals for Proportions with Small Expected Number of Positive
    Counts Estimated from Survey Data"). If all rows are alike, each cluster counts as one row.
    """
    rate = resampled.mean
    variance = rate * (1 - rate)
    if variance < SAME:
        unseen = most_unseen(clusters)
        return Interval(rate, rate - unseen * rate, rate + unseen * (1 - rate), resampled.error)
    effective = float(rows)
    if resampled.error and clusters > 1:
        effective = min(effective, variance / resampled.error**2 * (clusters - 1) / clusters)
    a = student_95(clusters - 1) ** 2 / effective
    middle = (rate + a / 2) / (1 + a)  # (rate - r)^2 = a r (1 - r), solved for r
    half = max(0.0, middle**2 - rate**2 / (1 + a)) ** 0.5
    return Interval(rate, max(0.0, middle - half), min(1.0, middle + half), resampled.error)


def ties_half_interval(resampled: Interval, win: Interval, loss: Interval) -> Interval:
    """The interval of the win rate in which a tie counts half, (1 + win - loss) / 2, from the score intervals of both.

    Newcombe, 1998, "Improved Confidence Intervals for the Difference between Binomial Proportions Based on Paired
    Data": the distances of the ends are added like errors that correlate, as they do in the bootstrap. Without ties, it
    is the interval of `win`.
    """
    correlation = 0.0 if win.error or loss.error else -1.0  # all rows alike: a row that isn't may change either
    if errors := 2 * win.error * loss.error:
        correlation = (win.error**2 + loss.error**2 - (2 * resampled.error) ** 2) / errors
        correlation = min(1.0, max(-1.0, correlation))

    def distance(of_win: float, of_loss: float) -> float:
        return float(max(0.0, of_win**2 + of_loss**2 - 2 * correlation * of_win * of_loss) ** 0.5) / 2

    low = resampled.mean - distance(win.mean - win.low, loss.high - loss.mean)
    high = resampled.mean + distance(win.high - win.mean, loss.mean - loss.low)
    return Interval(resampled.mean, max(0.0, low), min(1.0, high), resampled.error)


def student_95(degrees: int) -> float:
    """Student's t, two-sided 95%; that of 1 for fewer degrees of freedom."""
    return T_95[max(1, degrees) - 1] if degrees <= len(T_95) else Z_95
