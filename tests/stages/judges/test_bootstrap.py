"""Intervals, by hand and against scipy and statsmodels."""

import numpy as np
import pytest

from stages.judges.bootstrap import (
    T_95,
    Bootstrap,
    Interval,
    most_unseen,
    rate_interval,
    student_95,
    ties_half_interval,
)


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
    unseen = most_unseen(1)  # four of the clusters say nothing
    assert intervals["x"].mean == 0.5
    assert (intervals["x"].low, intervals["x"].high) == pytest.approx((0.5 - unseen / 2, 0.5 + unseen / 2))
    with pytest.raises(ZeroDivisionError):
        Bootstrap(alone(5), resamples=500, seed=1).ratios({"x": np.zeros(5)}, np.zeros(5))


# Where all rows agree, and near 0 and 1


def rate_of(outcomes: list[float], clusters: list[str]) -> Interval:
    """Of `win_rate_ties_half`, which is that of the wins if there are no ties."""
    values = np.array(outcomes)
    bootstrap = Bootstrap(clusters, resamples=2000, seed=1)
    means = bootstrap.means({"half": values, "win": (values == 1).astype(float), "loss": (values == 0).astype(float)})
    win, loss = (rate_interval(means[name], len(values), bootstrap.count) for name in ("win", "loss"))
    found = ties_half_interval(means["half"], win, loss)
    if 0.5 not in outcomes:
        assert (found.low, found.high) == pytest.approx((win.low, win.high), abs=1e-6)
    return found


def test_no_win_of_200_is_no_proof_of_none() -> None:
    """Guards against "0.0% to 0.0%". The upper end is that of Wilson's interval for 0 of 200."""
    from scipy.stats import binomtest

    none, all_won = rate_of([0.0] * 200, alone(200)), rate_of([1.0] * 200, alone(200))
    theirs = binomtest(0, 200).proportion_ci(method="wilson")
    assert (none.mean, none.low, none.high) == pytest.approx((0.0, theirs.low, theirs.high))
    assert 3 / 200 < none.high < 4 / 200
    assert (all_won.low, all_won.mean, all_won.high) == pytest.approx((1 - none.high, 1.0, 1.0))
    tied = rate_of([0.5] * 200, alone(200))
    assert (tied.low, tied.high) == pytest.approx((0.5 - none.high / 2, 0.5 + none.high / 2))


def test_rows_of_a_page_that_agree_count_as_one() -> None:
    """Guards against 200 rows about 20 pages that prove as much as 200 pages."""
    pages = [str(n // 10) for n in range(200)]
    assert rate_of([0.0] * 200, pages).high == pytest.approx(rate_of([0.0] * 20, alone(20)).high)


def test_scores_that_are_all_the_same_have_an_interval() -> None:
    """Guards against a model that is certain to get 0 of 15 points for ever."""
    means = Bootstrap(alone(200), 200, 1).means(
        {"total": np.zeros(200), "gain": np.full(200, 3.0)}, {"total": (0.0, 15.0), "gain": (-15.0, 15.0)}
    )
    unseen = most_unseen(200)
    assert (means["total"].low, means["total"].high) == pytest.approx((0.0, 15 * unseen))
    assert (means["gain"].low, means["gain"].high) == pytest.approx((3 - 18 * unseen, 3 + 12 * unseen))


def test_a_rate_has_wilsons_interval() -> None:
    """Guards against an interval that leaves 0 to 1, or knows nothing of few rows near the ends."""
    from scipy.stats import binomtest

    for wins in (1, 3, 50, 99):
        ours = rate_of([1.0] * wins + [0.0] * (100 - wins), alone(100))
        theirs = binomtest(wins, 100).proportion_ci(method="wilson")
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.007)
        mirrored = rate_of([0.0] * wins + [1.0] * (100 - wins), alone(100))
        assert (mirrored.low, mirrored.high) == pytest.approx((1 - ours.high, 1 - ours.low))


def test_ties_make_a_rate_more_certain() -> None:
    """Guards against the variance of wins and losses for rows of which half are ties."""
    with_ties = rate_of([1.0] * 50 + [0.5] * 100 + [0.0] * 50, alone(200))
    without = rate_of([1.0] * 100 + [0.0] * 100, alone(200))
    assert with_ties.high - 0.5 == pytest.approx((without.high - 0.5) / 2**0.5, rel=0.05)


@pytest.mark.parametrize(("rate", "pages"), [(0.02, 60), (0.3, 60), (0.5, 25), (0.9, 60)])
def test_a_rates_interval_contains_the_rate(rate: float, pages: int) -> None:
    """Guards against intervals that are too narrow if the rows of a page go together, or the rate is near 0 or 1."""
    rng = np.random.default_rng(1)
    clusters, right = [str(n // 3) for n in range(3 * pages)], 0
    for _ in range(300):
        of_page, own = rng.random(pages).repeat(3), rng.random(3 * pages)
        values = (np.where(rng.random(3 * pages) < 0.4, of_page, own) < rate).astype(float)
        bootstrap = Bootstrap(clusters, resamples=200, seed=1)
        found = rate_interval(bootstrap.means({"x": values})["x"], len(values), bootstrap.count)
        right += found.low <= rate <= found.high
    assert right >= 276  # 92%; at 95% fewer have a chance of 1%


@pytest.mark.parametrize("chances", [(0.66, 0.34, 0.0), (0.4, 0.4, 0.2), (0.05, 0.95, 0.0), (0.88, 0.1, 0.02)])
def test_a_rates_interval_with_ties_contains_the_rate(chances: tuple[float, float, float]) -> None:
    """Guards against ties that are taken for certain, and an end that the rate passes more often than the other."""
    rng = np.random.default_rng(2)
    below = above = 0
    for _ in range(300):
        found = rate_of(list(rng.choice([1.0, 0.5, 0.0], size=100, p=chances)), alone(100))
        rate = chances[0] + chances[1] / 2
        below, above = below + (rate < found.low), above + (rate > found.high)
    assert below + above <= 24  # 8%; at 5%, more have a chance of 1%
    assert max(below, above) <= 16  # 5.3%; at 2.5%, more have a chance of 0.3%


def test_student_is_scipys() -> None:
    from scipy.stats import t

    assert [student_95(degrees) for degrees in range(1, 31)] == list(T_95)
    assert list(T_95) == pytest.approx([t.ppf(0.975, degrees) for degrees in range(1, 31)], abs=6e-4)
    assert student_95(31) == pytest.approx(1.96, abs=1e-3) and student_95(0) == T_95[0]
