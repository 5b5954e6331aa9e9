"""Whether a pair is decided, how surely, and how many rows would decide it."""

from math import ceil
from statistics import NormalDist

from stages.judges.bootstrap import Interval

SIGNIFICANCE = 0.05  # two-sided
POWER = 0.8
FEWEST = 6  # clusters: even of one mind, fewer have a sign test of more than 5% (2 / 2^6 is 0.031)


def verdict(win: Interval, clusters: int) -> str:
    """`better` or `worse` where the interval of the win rate (ties as half) lies to one side of one half.

    Of fewer than `FEWEST` clusters nothing is said: when they agree, their bootstrap interval has no width.
    """
    if clusters < FEWEST:
        return "unresolved"
    if win.low > 0.5:
        return "better"
    return "worse" if win.high < 0.5 else "unresolved"


def sign_test(wins: int, losses: int) -> float:
    """The exact two-sided p value of wins and losses that are equally likely; ties are left out.

    Dixon and Mood, 1946, "The Statistical Sign Test". It takes rows for independent, also those about one page.
    """
    count, least = wins + losses, min(wins, losses)
    ways, total = 1, 0  # to choose i of count, and their sum up to i
    for i in range(least + 1):
        total += ways
        ways = ways * (count - i) // (i + 1)
    p: float = 2 * total / 2**count
    return min(1.0, p)


def rows_to_decide(win: Interval, rows: int, clusters: int) -> int | None:
    """How many rows would decide, four times in five, a win rate as far from one half as the one that was seen.

    The sample size of a two-sided z test, n = (z_0.975 + z_0.8)^2 variance / difference^2 (Cohen, 1988, "Statistical
    Power Analysis", chapter 2; Miller, 2024, "Adding Error Bars to Evals", section 5), with a row's variance from the
    bootstrap, which has the clusters in it; at least the rows of `FEWEST` clusters like these. 0 where the pair is
    decided, None where the rate is one half: no number of rows tells a difference from none.
    """
    if verdict(win, clusters) != "unresolved":
        return 0
    if win.mean == 0.5:
        return None
    normal = NormalDist()
    z = normal.inv_cdf(1 - SIGNIFICANCE / 2) + normal.inv_cdf(POWER)
    return ceil(rows * max((z * win.error / (win.mean - 0.5)) ** 2, FEWEST / clusters))
