"""The length effect, by hand, against statsmodels, and where there is no fit."""

import numpy as np
import pytest

from stages.judges.length_effect import fit_logistic, is_separated, length_effect, logistic


def simulated(strength: float, slope: float, rows: int = 4000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcomes, differences in words and clusters of rows that follow the curve; a tenth are ties."""
    generator = np.random.default_rng(0)
    words = generator.normal(5, 20, size=rows).round()
    rates = logistic(strength + slope * np.tanh(words / words.std()))
    outcomes = (generator.random(rows) < rates).astype(float)
    outcomes[generator.random(rows) < 0.1] = 0.5
    return outcomes, words, generator.integers(0, rows // 4, size=rows)


def test_fit_is_that_of_statsmodels() -> None:
    """Guards against coefficients that aren't the maximum-likelihood ones, lost ties, and errors that treat rows about
    one page as independent."""
    import statsmodels.api as sm

    outcomes, words, clusters = simulated(0.3, 1.0, rows=600)
    effect = length_effect(outcomes, words, clusters)
    design = sm.add_constant(np.tanh(words / words.std()))
    model = sm.GLM(outcomes, design, family=sm.families.Binomial())
    theirs = model.fit(cov_type="cluster", cov_kwds={"groups": clusters})
    assert effect.fit == "ok" and effect.slope and effect.controlled
    assert effect.slope.mean == pytest.approx(theirs.params[1], rel=1e-6)
    assert (effect.slope.low, effect.slope.high) == pytest.approx(theirs.conf_int()[1], rel=1e-5)
    assert effect.controlled.mean == pytest.approx(1 / (1 + np.exp(-theirs.params[0])), rel=1e-6)
    assert (effect.controlled.low, effect.controlled.high) == pytest.approx(logistic(theirs.conf_int()[0]), rel=1e-5)


def test_a_simulated_effect_is_recovered() -> None:
    """Guards against a controlled rate that still holds the length: the raw rate is higher here, as first is longer."""
    outcomes, words, clusters = simulated(0.0, 2.0)
    effect = length_effect(outcomes, words, clusters)
    assert effect.slope and effect.controlled
    assert outcomes.mean() > 0.55
    assert effect.controlled.low < 0.5 < effect.controlled.high
    assert effect.slope.low > 1.5


def test_a_fit_by_hand() -> None:
    """The fitted rates at the two lengths are the observed ones, 3 of 4 and 1 of 4, so equal lengths give one half."""
    outcomes = np.array([1.0, 1, 1, 0, 1, 0, 0, 0])
    words = np.array([10.0] * 4 + [-10.0] * 4)
    effect = length_effect(outcomes, words, np.arange(8))
    assert effect.slope and effect.controlled
    assert effect.controlled.mean == pytest.approx(0.5)
    assert effect.slope.mean == pytest.approx(np.log(3) / np.tanh(1))


@pytest.mark.parametrize(
    ("outcomes", "words", "expected"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "separated"),  # nobody lost
        ([0, 0, 1, 1], [1, 2, 3, 4], "separated"),
        ([0, 0, 1, 1], [1, 2, 2, 4], "separated"),  # except for one length that both have
        ([1, 0.5, 0.5, 0], [4, 2, 2, 1], "separated"),  # ties at only one length
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
    effect = length_effect(values, longer, np.arange(len(words)))
    assert effect.fit == expected
    assert (effect.slope is None) == (effect.controlled is None) == (expected not in {"ok", "extrapolated"})
    if effect.slope and effect.controlled:
        assert np.isfinite([effect.slope.low, effect.slope.high, effect.controlled.low, effect.controlled.high]).all()


def test_almost_separated_rows_are_still_fitted() -> None:
    """Guards against a method that steps over the top and away."""
    words = np.concatenate([np.linspace(-100, -1, 500), np.linspace(1, 100, 500)])
    outcomes = (words > 0).astype(float)
    outcomes[[0, 999]] = [1.0, 0.0]  # the two most unlikely ones
    assert not is_separated(outcomes, words)
    effect = length_effect(outcomes, words, np.arange(1000))
    assert effect.fit == "ok" and effect.slope and effect.slope.mean > 3


def test_a_fit_that_runs_away_is_no_fit() -> None:
    """Guards against an effect of hundreds of log odds, with an interval that says nothing: all won, but two ties."""
    words = np.arange(1.0, 301.0)
    outcomes = np.ones(300)
    outcomes[[0, 2]] = 0.5
    design = np.stack([np.ones(300), np.tanh(words / words.std())], axis=1)
    steep = fit_logistic(design, outcomes)
    assert not is_separated(outcomes, words)
    assert steep is not None and steep[1] > 50
    assert length_effect(outcomes, words, np.arange(300)).fit == "separated"


def test_one_page_gives_no_interval() -> None:
    """Guards against a division by the number of clusters minus one."""
    outcomes, words, _ = simulated(0.0, 1.0, rows=50)
    assert length_effect(outcomes, words, np.zeros(50, dtype=int)).fit == "too_few"
