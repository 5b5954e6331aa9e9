"""The sign test, the verdict, and how many rows would decide, by hand and against scipy and statsmodels."""

import numpy as np
import pytest

from stages.judges.bootstrap import Bootstrap, Interval
from stages.judges.decisions import rows_to_decide, sign_test, verdict


@pytest.mark.parametrize(
    ("wins", "losses", "expected"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 2 / 32),  # all five of one sign, on either side
        (4, 1, 2 * (1 + 5) / 32),
        (2, 2, 1.0),  # twice 11/16, which is no probability
        (0, 10, 2 / 1024),
    ],
)
def test_sign_test_by_hand(wins: int, losses: int, expected: float) -> None:
    assert sign_test(wins, losses) == pytest.approx(expected)


def test_sign_test_is_scipys() -> None:
    """Guards against a tail that leaves out the value itself, or overflows with thousands of rows."""
    from scipy.stats import binomtest

    for wins, losses in [(3, 8), (60, 40), (115, 85), (149, 0), (5100, 4900), (9000, 1000)]:
        assert sign_test(wins, losses) == pytest.approx(binomtest(wins, wins + losses).pvalue, rel=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.51, 0.7, "better"), (0.2, 0.49, "worse"), (0.5, 0.7, "unresolved"), (0.3, 0.5, "unresolved")],
)
def test_verdict_where_the_interval_lies_to_one_side(low: float, high: float, expected: str) -> None:
    """Guards against a winner of noise."""
    assert verdict(Interval((low + high) / 2, low, high, 0.1), clusters=6) == expected


def test_a_few_rows_of_one_mind_decide_nothing() -> None:
    """Guards against "better" on the strength of one test row, or one page, whose bootstrap interval has no width."""
    all_won = Interval(1.0, 1.0, 1.0, error=0.0)
    assert (verdict(all_won, clusters=1), verdict(all_won, clusters=5)) == ("unresolved", "unresolved")
    assert verdict(all_won, clusters=6) == "better" and sign_test(5, 0) > 0.05 > sign_test(6, 0)
    assert rows_to_decide(all_won, rows=1, clusters=1) == 6
    assert rows_to_decide(all_won, rows=9, clusters=4) == 14  # 9 rows of 4 pages, so 13.5 of 6


def test_rows_to_decide_by_hand() -> None:
    """A rate of 0.55 with a standard deviation of 0.5 a row: (1.95996 + 0.84162)^2 * 0.25 / 0.0025 = 784.9."""
    unresolved = Interval(0.55, 0.45, 0.65, error=0.05)  # 0.5 / sqrt(100 rows)
    assert rows_to_decide(unresolved, rows=100, clusters=100) == 785
    assert rows_to_decide(Interval(0.45, 0.35, 0.55, 0.05), rows=100, clusters=100) == 785
    assert rows_to_decide(Interval(0.7, 0.6, 0.8, 0.05), rows=100, clusters=100) == 0
    assert rows_to_decide(Interval(0.5, 0.4, 0.6, 0.05), rows=100, clusters=100) is None


def test_rows_to_decide_are_those_of_statsmodels() -> None:
    """Guards against a sample size for another test, another power, or one side only."""
    from statsmodels.stats.power import NormalIndPower

    outcomes = np.array([1.0] * 54 + [0.0] * 43 + [0.5] * 3)
    win = Bootstrap([str(n) for n in range(100)], resamples=20_000, seed=1).means({"x": outcomes})["x"]
    effect = (outcomes.mean() - 0.5) / outcomes.std()
    theirs = NormalIndPower(ddof=0).solve_power(effect, alpha=0.05, power=0.8, ratio=0)
    assert verdict(win, clusters=100) == "unresolved"
    assert rows_to_decide(win, rows=100, clusters=100) == pytest.approx(
        theirs, rel=0.03
    )  # as far as the bootstrap's error goes
