"""Intervals by resampling whole clusters of rows.

Percentile bootstrap (Efron and Tibshirani, 1993, "An Introduction to the Bootstrap", chapter 13) over clusters, as rows
about one page are not independent (Cameron, Gelbach and Miller, 2008, "Bootstrap-Based Improvements for Inference with
Clustered Errors"). It is paired: a drawn row brings the scores of all models along, and each call draws the same rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
DRAWS_AT_ONCE = 2_000_000  # clusters; bounds the memory, 16 bytes each

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Interval:
    mean: float  # of the rows as they are
    low: float
    high: float
    error: float  # standard deviation of the resampled means


class Bootstrap:
    """`clusters` names the cluster of each row."""

    def __init__(self, clusters: Sequence[str], resamples: int, seed: int) -> None:
        numbers = {name: number for number, name in enumerate(dict.fromkeys(clusters))}
        self.clusters: Ints = np.array([numbers[name] for name in clusters])
        self.count = len(numbers)
        self._resamples, self._seed = resamples, seed

    def means(self, columns: Mapping[str, Floats]) -> dict[str, Interval]:
        """Of some values a row."""
        return self.ratios(columns, np.ones(len(self.clusters)))

    def ratios(self, columns: Mapping[str, Floats], denominators: Floats) -> dict[str, Interval]:
        """Of each column's sum to that of the denominators. Resamples without anything to divide by are passed over.

        Raises ZeroDivisionError where the rows as they are have nothing.
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
        """How often each cluster was drawn, [resamples, clusters], some resamples at a time."""
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
