"""Intervals against the normal law, by hand, and against scipy and statsmodels."""

import numpy as np
import pytest

from stages.judges.bootstrap import Bootstrap


def alone(count: int) -> list[str]:
    return [str(n) for n in range(count)]


def test_interval_is_that_of_the_normal_law() -> None:
    """Guards against an interval of the rows instead of their mean: it must shrink with the square root of the rows."""
    values = np.random.default_rng(0).normal(2.0, 1.0, size=400)
    interval = Bootstrap(alone(400), resamples=4000, seed=3).means({"x": values})["x"]
    half = 1.96 * values.std() / 20
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - half, abs=0.01)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.01)
    assert interval.error == pytest.approx(values.std() / 20, rel=0.03)


def test_interval_is_that_of_scipy() -> None:
    """Guards against quantiles on the wrong side, and against another interval than the percentile bootstrap's."""
    from scipy.stats import bootstrap

    values = np.random.default_rng(1).exponential(size=60)  # skewed, so that the two sides differ
    ours = Bootstrap(alone(60), resamples=20_000, seed=1).means({"x": values})["x"]
    theirs = bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(2))
    low, high = theirs.confidence_interval
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.01)
    assert ours.error == pytest.approx(theirs.standard_error, rel=0.03)


def test_clustered_error_is_that_of_statsmodels() -> None:
    """Guards against rows about one page that count as so many independent ones."""
    import statsmodels.api as sm

    generator = np.random.default_rng(2)
    clusters = np.repeat(np.arange(100), generator.integers(1, 8, size=100))
    values = generator.normal(size=100)[clusters] + 0.3 * generator.normal(size=len(clusters))
    ours = Bootstrap([str(one) for one in clusters], resamples=8000, seed=1).means({"x": values})["x"]
    fitted = sm.OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert ours.error == pytest.approx(float(fitted.bse[0]), rel=0.05)
    assert ours.error > 1.5 * values.std() / len(values) ** 0.5


def test_a_cluster_is_drawn_whole() -> None:
    """Two clusters of two rows each: a resample's mean is 0, 1/2 or 1, with 1, 2 and 1 of 4 chances."""
    found = Bootstrap(["a", "a", "b", "b"], resamples=4000, seed=1).means({"x": np.array([0.0, 0.0, 1.0, 1.0])})["x"]
    assert (found.mean, found.low, found.high) == (0.5, 0.0, 1.0)
    assert found.error == pytest.approx(0.125**0.5, abs=0.01)


def test_columns_are_drawn_together() -> None:
    """Guards against a pair whose wins and losses come from different rows: then they would not add up."""
    values = np.random.default_rng(3).integers(0, 2, size=50).astype(float)
    found = Bootstrap(alone(50), resamples=1000, seed=5).means({"win": values, "loss": 1 - values})
    assert found["win"].low == pytest.approx(1 - found["loss"].high)
    assert found == Bootstrap(alone(50), resamples=1000, seed=5).means({"win": values, "loss": 1 - values})
    assert found != Bootstrap(alone(50), resamples=1000, seed=6).means({"win": values, "loss": 1 - values})


def test_draws_in_parts_are_all_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a last part that is lost, or drawn in full."""
    values = np.random.default_rng(3).normal(size=50)
    whole = Bootstrap(alone(50), resamples=105, seed=5).means({"x": values})
    monkeypatch.setattr("stages.judges.bootstrap.DRAWS_AT_ONCE", 500)
    assert Bootstrap(alone(50), resamples=105, seed=5).means({"x": values}) == whole


def test_resamples_without_a_denominator_are_passed_over() -> None:
    """Guards against NaN where few judgments have a winner."""
    found = Bootstrap(alone(5), resamples=500, seed=1).ratios(
        {"x": np.array([2.0, 0, 0, 0, 0])}, np.array([4.0, 0, 0, 0, 0])
    )
    assert (found["x"].low, found["x"].mean, found["x"].high) == (0.5, 0.5, 0.5)
    with pytest.raises(ZeroDivisionError):
        Bootstrap(alone(5), resamples=500, seed=1).ratios({"x": np.zeros(5)}, np.zeros(5))
