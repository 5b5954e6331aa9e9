"""The length effect, against statsmodels and where there is none to be had."""

import numpy as np
import pytest

from stages.judges.length_effect import fit_logistic, length_effect, logistic, separated


def simulated(strength: float, slope: float, rows: int = 4000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, differences in words and clusters of rows that follow the curve; a tenth are ties."""
    generator = np.random.default_rng(0)
    words = generator.normal(5, 20, size=rows).round()
    rates = logistic(strength + slope * np.tanh(words / words.std()))
    outcomes = (generator.random(rows) < rates).astype(float)
    outcomes[generator.random(rows) < 0.1] = 0.5
    return outcomes, words, generator.integers(0, rows // 4, size=rows)


def test_fit_is_that_of_statsmodels() -> None:
    """Guards against coefficients that are not those of largest likelihood, ties that vanish, and errors that take rows
    about one page for independent."""
    import statsmodels.api as sm

    outcomes, words, clusters = simulated(0.3, 1.0, rows=600)
    found = length_effect(outcomes, words, clusters)
    design = sm.add_constant(np.tanh(words / words.std()))
    model = sm.GLM(outcomes, design, family=sm.families.Binomial())
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert found.fit == "ok" and found.slope and found.controlled
    assert found.slope.mean == pytest.approx(theirs.params[1], rel=1e-6)
    assert (found.slope.low, found.slope.high) == pytest.approx(theirs.conf_int()[1], rel=1e-5)
    assert found.controlled.mean == pytest.approx(1 / (1 + np.exp(-theirs.params[0])), rel=1e-6)
    assert (found.controlled.low, found.controlled.high) == pytest.approx(logistic(theirs.conf_int()[0]), rel=1e-5)


def test_what_was_put_in_is_found() -> None:
    """Guards against a controlled rate that still holds the length: the raw rate is higher here, as first is longer."""
    outcomes, words, clusters = simulated(0.0, 2.0)
    found = length_effect(outcomes, words, clusters)
    assert found.slope and found.controlled
    assert outcomes.mean() > 0.55
    assert found.controlled.low < 0.5 < found.controlled.high
    assert found.slope.low > 1.5


def test_a_fit_by_hand() -> None:
    """At each of two lengths the rates are what was seen: 3 of 4 and 1 of 4, so that equal lengths give one half."""
    outcomes = np.array([1.0, 1, 1, 0, 1, 0, 0, 0])
    words = np.array([10.0] * 4 + [-10.0] * 4)
    found = length_effect(outcomes, words, np.arange(8))
    assert found.slope and found.controlled
    assert found.controlled.mean == pytest.approx(0.5)
    assert found.slope.mean == pytest.approx(np.log(3) / np.tanh(1))


@pytest.mark.parametrize(
    ("outcomes", "words", "expected"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "separated"),  # nobody lost
        ([0, 0, 1, 1], [1, 2, 3, 4], "separated"),
        ([0, 0, 1, 1], [1, 2, 2, 4], "separated"),  # but for one length that both have
        ([1, 0.5, 0.5, 0], [4, 2, 2, 1], "separated"),  # ties at one length alone
        ([1, 0.5, 0.5, 1], [-2, -1, 1, 2], "ok"),
        ([1, 0, 1, 0], [3, 3, 3, 3], "constant"),
        ([1, 0], [1, 2], "too_few"),
        ([1, 0, 1, 0], [1, 2, 3, 4], "extrapolated"),  # first is always the longer one
    ],
)
def test_where_no_curve_can_be_had_there_are_no_numbers(
    outcomes: list[float], words: list[float], expected: str
) -> None:
    """Guards against infinite, or NaN, effects in the metrics."""
    values, longer = np.array(outcomes, dtype=float), np.array(words, dtype=float)
    found = length_effect(values, longer, np.arange(len(words)))
    assert found.fit == expected
    assert (found.slope is None) == (found.controlled is None) == (expected not in {"ok", "extrapolated"})
    if found.slope and found.controlled:
        assert np.isfinite([found.slope.low, found.slope.high, found.controlled.low, found.controlled.high]).all()


def test_almost_separated_rows_are_still_fitted() -> None:
    """Guards against a method that steps over the top and away."""
    words = np.concatenate([np.linspace(-100, -1, 500), np.linspace(1, 100, 500)])
    outcomes = (words > 0).astype(float)
    outcomes[[0, 999]] = [1.0, 0.0]  # the two most unlikely ones
    assert not separated(outcomes, words)
    found = length_effect(outcomes, words, np.arange(1000))
    assert found.fit == "ok" and found.slope and found.slope.mean > 3


def test_a_fit_that_runs_away_is_no_fit() -> None:
    """Guards against an effect of hundreds of log odds, with an interval that says nothing: all won, but two ties."""
    words = np.arange(1.0, 301.0)
    outcomes = np.ones(300)
    outcomes[[0, 2]] = 0.5
    design = np.stack([np.ones(300), np.tanh(words / words.std())], axis=1)
    steep = fit_logistic(design, outcomes)
    assert not separated(outcomes, words)
    assert steep is not None and steep[1] > 50
    assert length_effect(outcomes, words, np.arange(300)).fit == "separated"


def test_one_page_gives_no_interval() -> None:
    """Guards against a division by the number of clusters less one."""
    outcomes, words, _ = simulated(0.0, 1.0, rows=50)
    assert length_effect(outcomes, words, np.zeros(50, dtype=int)).fit == "too_few"
