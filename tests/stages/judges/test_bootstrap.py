"""Intervals and decisions, by hand and against scipy and statsmodels."""

import numpy as np
import pytest

from stages.judges.bootstrap import Bootstrap, Interval, pair_verdict, rows_to_decide, sign_test


def alone(count: int) -> list[str]:
    return [str(n) for n in range(count)]


def test_interval_is_that_of_the_normal_approximation() -> None:
    """Guards against an interval of the rows instead of their mean: it must shrink with the square root of the rows."""
    values = np.random.default_rng(0).normal(2.0, 1.0, size=400)
    interval = Bootstrap(alone(400), resamples=4000, seed=3).means({"x": values})["x"]
    half = 1.96 * values.std() / 20
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - half, abs=0.01)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.01)
    assert interval.error == pytest.approx(values.std() / 20, rel=0.03)


def test_interval_is_that_of_scipy() -> None:
    """Guards against swapped quantiles, and against another interval than the percentile bootstrap's."""
    from scipy.stats import bootstrap

    values = np.random.default_rng(1).exponential(size=60)  # skewed, so that the two sides differ
    ours = Bootstrap(alone(60), resamples=20_000, seed=1).means({"x": values})["x"]
    theirs = bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(2))
    low, high = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.01)
    assert ours.error == pytest.approx(theirs.standard_error, rel=0.03)


def test_clustered_error_is_that_of_statsmodels() -> None:
    """Guards against rows about one page that count as independent."""
    import statsmodels.api as sm

    generator = np.random.default_rng(2)
    clusters = np.repeat(np.arange(100), generator.integers(1, 8, size=100))
    values = generator.normal(size=100)[clusters] + 0.3 * generator.normal(size=len(clusters))
    ours = Bootstrap([str(cluster) for cluster in clusters], resamples=8000, seed=1).means({"x": values})["x"]
    fitted = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert ours.error == pytest.approx(float(fitted.bse[0]), rel=0.05)
    assert ours.error > 1.5 * values.std() / len(values) ** 0.5


def test_a_cluster_is_drawn_whole() -> None:
    """Two clusters of two rows each: a resample's mean is 0, 1/2 or 1, with 1, 2 and 1 of 4 chances."""
    intervals = Bootstrap(["a", "a", "b", "b"], resamples=4000, seed=1).means({"x": np.array([0.0, 0.0, 1.0, 1.0])})
    interval = intervals["x"]
    assert (interval.mean, interval.low, interval.high) == (0.5, 0.0, 1.0)
    assert interval.error == pytest.approx(0.125**0.5, abs=0.01)


def test_columns_are_drawn_together() -> None:
    """Guards against wins and losses resampled from different rows, which would not add up."""
    values = np.random.default_rng(3).integers(0, 2, size=50).astype(float)
    intervals = Bootstrap(alone(50), resamples=1000, seed=5).means({"win": values, "loss": 1 - values})
    assert intervals["win"].low == pytest.approx(1 - intervals["loss"].high)
    assert intervals == Bootstrap(alone(50), resamples=1000, seed=5).means({"win": values, "loss": 1 - values})
    assert intervals != Bootstrap(alone(50), resamples=1000, seed=6).means({"win": values, "loss": 1 - values})


def test_draws_in_batches_are_all_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a last batch that is lost, or drawn in full."""
    values = np.random.default_rng(3).normal(size=50)
    whole = Bootstrap(alone(50), resamples=105, seed=5).means({"x": values})
    monkeypatch.setattr("stages.judges.bootstrap.DRAWS_AT_ONCE", 500)
    assert Bootstrap(alone(50), resamples=105, seed=5).means({"x": values}) == whole


def test_resamples_without_a_denominator_are_left_out() -> None:
    """Guards against NaN where few judgments have a winner."""
    intervals = Bootstrap(alone(5), resamples=500, seed=1).ratios(
        {"x": np.array([2.0, 0, 0, 0, 0])}, np.array([4.0, 0, 0, 0, 0])
    )
    assert (intervals["x"].low, intervals["x"].mean, intervals["x"].high) == (0.5, 0.5, 0.5)
    with pytest.raises(ZeroDivisionError):
        Bootstrap(alone(5), resamples=500, seed=1).ratios({"x": np.zeros(5)}, np.zeros(5))


# Decisions


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
def test_verdict_if_the_interval_is_on_one_side(low: float, high: float, expected: str) -> None:
    """Guards against a winner by chance."""
    assert pair_verdict(Interval((low + high) / 2, low, high, 0.1), clusters=6) == expected


def test_a_few_unanimous_clusters_decide_nothing() -> None:
    """Guards against "better" after one test row, or one page, whose bootstrap interval has no width."""
    all_won = Interval(1.0, 1.0, 1.0, error=0.0)
    assert (pair_verdict(all_won, clusters=1), pair_verdict(all_won, clusters=5)) == ("unresolved", "unresolved")
    assert pair_verdict(all_won, clusters=6) == "better" and sign_test(5, 0) > 0.05 > sign_test(6, 0)
    assert rows_to_decide(all_won, rows=1, clusters=1) == 6
    assert rows_to_decide(all_won, rows=9, clusters=4) == 14  # 9 rows for 4 pages are 13.5 for 6


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
    assert pair_verdict(win, clusters=100) == "unresolved"
    assert rows_to_decide(win, rows=100, clusters=100) == pytest.approx(
        theirs, rel=0.03
    )  # as far as the bootstrap's error goes
