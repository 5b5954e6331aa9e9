"""What is decided about a pair, by hand and against scipy and statsmodels."""

import numpy as np
import pytest

from stages.judges.bootstrap import Bootstrap, Floats, Interval
from stages.judges.decisions import (
    count_decisive,
    holm,
    holm_factors,
    pair_verdict,
    rows_to_decide,
    sign_flip_test,
)


def rows_of(wins: int, losses: int, ties: int = 0) -> Floats:
    """Each a cluster of its own."""
    return np.array([0.5] * wins + [-0.5] * losses + [0.0] * ties)


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
    assert sign_flip_test(rows_of(wins, losses, ties=3)) == pytest.approx(expected)


def test_with_a_row_per_cluster_it_is_scipys_sign_test() -> None:
    """Guards against a tail that leaves out the value itself, or overflows with thousands of rows."""
    from scipy.stats import binomtest

    for wins, losses in [(3, 8), (60, 40), (115, 85), (149, 0), (5100, 4900), (9000, 1000)]:
        theirs = binomtest(wins, wins + losses).pvalue
        assert sign_flip_test(rows_of(wins, losses)) == pytest.approx(theirs, rel=1e-9)


def test_the_rows_of_a_page_are_one_toss() -> None:
    """Of the 8 ways to toss sums of 2, 1 and 0.5, two have a total as far from 0 as 3.5, four as far as 2.5."""
    assert sign_flip_test(np.array([2.0, 1.0, 0.5])) == pytest.approx(2 / 8)
    assert sign_flip_test(np.array([2.0, 1.0, -0.5])) == pytest.approx(4 / 8)
    assert sign_flip_test(np.full(5, 20.0)) == pytest.approx(2 / 32)  # 200 unanimous rows about five pages


def test_flips_are_those_of_scipys_permutation_test() -> None:
    from scipy.stats import permutation_test

    sums = np.random.default_rng(4).integers(-5, 8, size=12) / 2
    theirs = permutation_test((sums,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert sign_flip_test(sums) == pytest.approx(theirs.pvalue)


def test_holm_is_that_of_statsmodels() -> None:
    """Guards against three chances of a wrong verdict where one was meant."""
    from statsmodels.stats.multitest import multipletests

    for values in ([0.01, 0.04, 0.03], [0.2, 0.9, 0.6], [0.04], [0.02, 0.02, 0.02]):
        named = {str(n): value for n, value in enumerate(values)}
        assert list(holm(named).values()) == pytest.approx(list(multipletests(values, method="holm")[1]))
        assert list(holm(named)) == list(named)
    assert holm_factors({"a": 0.5, "b": 0.1, "c": 0.3}) == {"b": 3, "c": 2, "a": 1}


def test_of_equal_models_at_most_one_family_in_twenty_has_a_winner() -> None:
    """Guards against verdicts by chance: three pairs of equal models, whose rows come in pages of three."""
    rng = np.random.default_rng(5)
    wrong = 0
    for _ in range(400):
        pages = rng.choice([-0.5, 0.0, 0.5], size=(3, 50, 3)).sum(axis=2) + rng.choice([-1.0, 1.0], size=(3, 50))
        wrong += min(holm({str(n): sign_flip_test(sums) for n, sums in enumerate(pages)}).values()) <= 0.05
    assert wrong <= 31  # of 400 at 5%, more have a chance of 1%


@pytest.mark.parametrize(
    ("low", "high", "p", "expected"),
    [
        (0.51, 0.7, 0.05, "better"),
        (0.2, 0.49, 0.01, "worse"),
        (0.5, 0.7, 0.01, "unresolved"),
        (0.3, 0.5, 0.01, "unresolved"),
        (0.51, 0.7, 0.051, "unresolved"),  # after Holm
        (0.2, 0.49, 0.06, "unresolved"),
    ],
)
def test_verdict_needs_the_interval_and_the_test(low: float, high: float, p: float, expected: str) -> None:
    """Guards against a winner by chance."""
    assert pair_verdict(Interval((low + high) / 2, low, high, 0.1), p) == expected


def test_a_few_unanimous_clusters_decide_nothing() -> None:
    """Guards against "better" after one test row, or one page."""
    assert sign_flip_test(rows_of(5, 0)) > 0.05 > sign_flip_test(rows_of(6, 0))
    all_won = Interval(1.0, 0.6, 1.0, error=0.0)
    assert rows_to_decide(all_won, rows=1, clusters=1, significance=0.05) == 6
    assert rows_to_decide(all_won, rows=9, clusters=4, significance=0.05) == 14  # 9 rows for 4 pages are 13.5 for 6


@pytest.mark.parametrize("sign", [1, -1])
def test_what_a_verdict_hangs_on(sign: int) -> None:
    """By hand: 10 wins against 1 loss have p = 0.012, 8 against 1 have 0.039, 7 against 1 have 0.07."""
    sums = sign * rows_of(10, 1, ties=20)
    assert count_decisive(sums, factor=1) == 3
    assert count_decisive(sums, factor=2) == 2  # 9 against 1 have 0.021, 8 against 1 twice 0.039
    assert count_decisive(sign * np.array([9.0] + [0.5] * 5), factor=1) == 1  # unanimous, six pages
    strong = sign * rows_of(150, 20)
    kept = 150 - count_decisive(strong, factor=1)
    assert sign_flip_test(rows_of(kept + 1, 20)) <= 0.05 < sign_flip_test(rows_of(kept, 20))


def test_rows_to_decide_by_hand() -> None:
    """A rate of 0.55 with a standard deviation of 0.5 a row: (1.95996 + 0.84162)^2 * 0.25 / 0.0025 = 784.9. With half
    of the significance, of two pairs that are open, (2.24140 + 0.84162)^2 * 100 = 950.5."""
    unresolved = Interval(0.55, 0.45, 0.65, error=0.05)  # 0.5 / sqrt(100 rows)
    assert rows_to_decide(unresolved, rows=100, clusters=100, significance=0.05) == 785
    assert rows_to_decide(unresolved, rows=100, clusters=100, significance=0.025) == 951
    assert rows_to_decide(Interval(0.45, 0.35, 0.55, 0.05), rows=100, clusters=100, significance=0.05) == 785
    assert rows_to_decide(Interval(0.5, 0.4, 0.6, 0.05), rows=100, clusters=100, significance=0.05) is None
    assert rows_to_decide(Interval(0.65, 0.55, 0.75, 0.05), rows=100, clusters=100, significance=0.05) == 101


def test_rows_to_decide_are_those_of_statsmodels() -> None:
    """Guards against a sample size for another test, another power, or one side only."""
    from statsmodels.stats.power import NormalIndPower

    outcomes = np.array([1.0] * 54 + [0.0] * 43 + [0.5] * 3)
    win = Bootstrap([str(n) for n in range(100)], resamples=20_000, seed=1).means({"x": outcomes})["x"]
    effect = (outcomes.mean() - 0.5) / outcomes.std()
    theirs = NormalIndPower(ddof=0).solve_power(effect, alpha=0.05, power=0.8, ratio=0)
    ours = rows_to_decide(win, rows=100, clusters=100, significance=0.05)
    assert ours == pytest.approx(theirs, rel=0.03)  # as far as the bootstrap's error goes
