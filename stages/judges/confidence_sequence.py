"""When may judging stop? An interval for the win rate that may be looked at after every page, as often as one likes.

An ordinary 95% interval holds for one number of rows that was fixed before. Whoever looks again and again, and stops
when the interval excludes one half, is wrong far more often than in 5% of cases. A confidence sequence holds at all
looks at once: the chance that it *ever* excludes the true win rate is at most 5%.

The method is betting (Waudby-Smith and Ramdas, 2024, "Estimating means of bounded random variables by betting", Journal
of the Royal Statistical Society B 86(1)). To test whether the win rate is `rate`, somebody bets on every page that it
is higher, at odds that are fair if it isn't. Nobody can expect to get richer by fair bets. By Ville's inequality
(1939), the chance of ever having 1/a times the first capital is at most a. So once the capital exceeds 1/a, `rate` is
too low.

- *The unit is the page.* Rows about one page are not independent, but pages are drawn at random. One bet is about all
  rows of a page: it wins or loses by wins - rate * rows, where a tie is half a win. If the win rate is `rate`, the
  expectation of this is 0, whatever the rows of a page have to do with one another, and whether or not models do better
  on pages with many rows. A general task is a page by itself.
- *The stake* is a fraction of the capital, so small that the worst possible page can't ruin the bettor. Which fraction
  is best depends on the true win rate, so the capital is divided into parts of which each bets on its own, with one of
  the `STAKES` (the method of mixtures; section 4 of the paper).
- *Two sides, several pairs.* A bettor on a higher and one on a lower win rate get half of the error each. The errors of
  several pairs are divided by Holm's method (1979, "A Simple Sequentially Rejective Multiple Test Procedure"), which
  may be used at every look, because 1 / capital is a p value at every look: the chance that any verdict is ever wrong
  is at most 5%.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ERROR = 0.05  # the chance that any of the sequences ever excludes its win rate wrongly
# Of the capital, if all pages have one row and the win rate is one half: a row lost costs these shares of it. On
# a page of more rows the stake is the same for each row, as far as it is safe.
STAKES = (0.08, 0.25, 0.6)
SAFE = 0.98  # of the stake that the worst possible page would take whole
STEPS = 40  # of the search for an end of the interval: its error is 2^-40

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PageResults:
    """What a pair's comparisons came to on the pages so far, in the order in which they were judged."""

    wins: Sequence[float]  # of each page; ties count half
    rows: Sequence[int]


@dataclass(frozen=True)
class AnytimeInterval:
    """The confidence sequence of a win rate at its last look."""

    low: float
    high: float

    @property
    def excludes_half(self) -> bool:
        return self.low > 0.5 or self.high < 0.5


def anytime_intervals(results: Mapping[str, PageResults], largest: int) -> dict[str, AnytimeInterval]:
    """The interval of each pair, whose pages come in random order.

    `largest` is the number of rows that the largest page of the test set has. Before the first page the interval is
    0 to 1. A rate that was excluded at an earlier page stays excluded.
    """
    evidence = {pair: _against_half(result, largest) for pair, result in results.items()}
    limits = holm_limits(evidence)
    return {pair: _interval(result, largest, limits[pair]) for pair, result in results.items()}


def holm_limits(evidence: Mapping[str, float]) -> dict[str, float]:
    """The logarithm of the capital at which a rate of a pair is excluded. `evidence` is the logarithm of the capital
    against one half that the pair's richer bettor has had at most."""
    limits: dict[str, float] = {}
    left = len(evidence)
    for pair in sorted(evidence, key=evidence.__getitem__, reverse=True):
        limits[pair] = log_limit(left)
        if evidence[pair] < limits[pair]:  # neither this pair nor a weaker one is certain: all of them share the error
            return {other: limits.get(other, log_limit(left)) for other in evidence}
        left -= 1
    return limits


def log_limit(pairs: int) -> float:
    """The logarithm of the capital at which a rate is excluded if so many pairs share the error."""
    return float(np.log(2 * pairs / ERROR))


def log_capital(wins: Floats, rows: Floats, largest: int, rate: float) -> Floats:
    """The logarithm of the capital after each page of one who bets that the win rate is above `rate`, [..., pages].

    It begins with a capital of 1. `wins` and `rows` are those of each page, [..., pages]; `rate` is above 0.
    """
    gained = wins / (rate * largest) - rows / largest  # of the stake; -1 at worst
    parts = [np.log1p(min(stake * largest, SAFE) * gained).cumsum(axis=-1) for stake in STAKES]
    capital: Floats = np.logaddexp.reduce(parts, axis=0) - np.log(len(STAKES))
    return capital


def _against_half(result: PageResults, largest: int) -> float:
    return max(_most(*sides, largest, 0.5) for sides in _both_sides(result))


def _interval(result: PageResults, largest: int, limit: float) -> AnytimeInterval:
    low, high = (_lower_end(*side, largest, limit) for side in _both_sides(result))
    return AnytimeInterval(low, 1 - high)


def _both_sides(result: PageResults) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """Wins and rows of each page, from the side of either model."""
    wins, rows = np.asarray(result.wins, dtype=float), np.asarray(result.rows, dtype=float)
    return (wins, rows), (rows - wins, rows)


def _most(wins: Floats, rows: Floats, largest: int, rate: float) -> float:
    """The logarithm of the largest capital that there was."""
    return float(log_capital(wins, rows, largest, rate).max(initial=0.0))


def _lower_end(wins: Floats, rows: Floats, largest: int, limit: float) -> float:
    """The largest win rate that is too low. The higher the rate, the less its bettor wins, so halving finds it."""
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        rate = (low + high) / 2
        low, high = (rate, high) if _most(wins, rows, largest, rate) >= limit else (low, rate)
    return low
