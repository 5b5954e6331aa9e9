"""What the rows decide about a pair of models: a test, its correction for several pairs, and what it hangs on."""

from collections import Counter
from collections.abc import Mapping
from math import ceil
from statistics import NormalDist

import numpy as np

from stages.judges.bootstrap import Floats, Interval

SIGNIFICANCE = 0.05  # two-sided, of all pairs together
POWER = 0.8
FEWEST = 6  # clusters; of fewer, even a unanimous sign test has p > 5% (of six, 2 / 2^6 = 0.031)


def sign_flip_test(sums: Floats) -> float:
    """The exact two-sided p value of the hypothesis that either model is as likely to win.

    `sums`, [clusters], has each cluster's sum of outcomes (1, 0.5 or 0) less one half. If neither model is better, the
    sign of a cluster's sum is a toss of a coin; p is the share of all ways to toss them whose total is at least as far
    from 0 as the one seen (Canay, Romano and Shaikh, 2017, "Randomization Tests under an Approximate Symmetry
    Assumption"). With a row per cluster, this is the sign test (Dixon and Mood, 1946).
    """
    halves = np.rint(2 * sums).astype(np.int64)
    total = abs(int(halves.sum()))
    if not total:
        return 1.0
    chances = np.ones(1)  # of each sum of the clusters whose sign is plus
    for size, count in sorted(Counter(np.abs(halves[halves != 0]).tolist()).items()):
        spread = np.zeros(size * count + 1)
        spread[::size] = _coin_tosses(count)
        chances = np.convolve(chances, spread)
    plus = (total + len(chances) - 1) // 2  # total = plus - minus, and plus + minus = len(chances) - 1
    return min(1.0, 2 * float(chances[plus:].sum()))


def _coin_tosses(count: int) -> Floats:
    """The chance of each number of heads, from 0 to `count`: [count + 1]."""
    log_factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, count + 1)))])
    chances: Floats = np.exp(log_factorials[-1] - log_factorials - log_factorials[::-1] - count * np.log(2))
    return chances


def holm_factors(p_values: Mapping[str, float]) -> dict[str, int]:
    """By how many each p value is multiplied: the smallest by their number, the next by one less, and so on.

    Holm, 1979, "A Simple Sequentially Rejective Multiple Test Procedure": with this, the chance of any wrong verdict is
    at most `SIGNIFICANCE`, however many pairs there are.
    """
    ranked = sorted(p_values, key=lambda name: p_values[name])
    return {name: len(ranked) - rank for rank, name in enumerate(ranked)}


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """The p values after Holm's correction, each at most 1 and at least as large as those of smaller ones."""
    corrected, largest = {}, 0.0
    for name, factor in sorted(holm_factors(p_values).items(), key=lambda item: -item[1]):
        largest = max(largest, min(1.0, factor * p_values[name]))
        corrected[name] = largest
    return {name: corrected[name] for name in p_values}


def pair_verdict(win: Interval, p: float) -> str:
    """`better` or `worse` if the interval of the win rate (ties count half) is above or below one half and the
    corrected p value is at most 5%, else `unresolved`."""
    if p > SIGNIFICANCE:
        return "unresolved"
    if win.low > 0.5:
        return "better"
    return "worse" if win.high < 0.5 else "unresolved"


def count_decisive(sums: Floats, factor: int) -> int:
    """How few clusters carry a verdict: without so many that speak most for it, its p value is above 5%.

    `sums` are those of `sign_flip_test`, and `factor` that of Holm. After Broderick, Giordano and Meager, 2020, "An
    Automatic Finite-Sample Robustness Metric: When Can Dropping a Little Data Make a Big Difference?"
    """
    ordered = np.sort(sums if sums.sum() < 0 else -sums)  # what speaks most for the verdict comes first
    few, many = 0, len(ordered)  # the verdict stands without `few`, and falls without `many`
    while many - few > 1:
        middle = (few + many) // 2
        left = ordered[middle:]
        stands = left.sum() < 0 and factor * sign_flip_test(left) <= SIGNIFICANCE
        few, many = (middle, many) if stands else (few, middle)
    return many


def rows_to_decide(win: Interval, rows: int, clusters: int, significance: float) -> int | None:
    """The number of rows that would decide, with a power of 0.8, a win rate as far from one half as the one seen.

    The sample size of a two-sided z test, n = (z_{1 - significance / 2} + z_0.8)^2 variance / difference^2 (Cohen,
    1988, "Statistical Power Analysis", chapter 2; Miller, 2024, "Adding Error Bars to Evals", section 5). The variance
    of a row is taken from the bootstrap, so it includes the clusters. The result is never less than the rows of
    `FEWEST` such clusters, and more than `rows`, which did not decide. None if the win rate is exactly one half, so
    that there is no difference to find.
    """
    if win.mean == 0.5:
        return None
    normal = NormalDist()
    z = normal.inv_cdf(1 - significance / 2) + normal.inv_cdf(POWER)
    needed = ceil(rows * max((z * win.error / (win.mean - 0.5)) ** 2, FEWEST / clusters))
    return max(needed, rows + 1)
