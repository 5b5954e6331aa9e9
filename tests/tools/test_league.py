"""The Bradley-Terry model, by hand and against statsmodels."""

import numpy as np
import pytest

from tools.experiments import Experiment
from tools.league import fit_strengths, make_league
from tools.same_rows import SharedRows


def league_of(rows: int, **totals: list[list[int]]) -> SharedRows:
    """Runs e0, e1, ... of `rows` rows, over which each model's totals repeat."""
    runs = [Experiment(f"e{n}", {}, {}, {}) for n in range(len(next(iter(totals.values()))))]
    tiled = {
        role: np.array([np.resize(np.array(of_run, float), rows) for of_run in found]) for role, found in totals.items()
    }
    return SharedRows(runs, [str(n) for n in range(rows)], tiled, {}, 0)


def test_strengths_of_two_models_are_their_log_odds() -> None:
    """60 wins of 100, and half a win for both: log(60.5 / 40.5), half of it above the mean and half below."""
    wins = np.array([[[0.0, 60.0], [40.0, 0.0]]])
    half = np.log(60.5 / 40.5) / 2
    assert fit_strengths(wins)[0] == pytest.approx([half, -half])


def test_strengths_are_those_of_a_logistic_regression() -> None:
    """Guards against a fit that stops early, or counts a game twice."""
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    wins = rng.integers(1, 80, size=(4, 4)).astype(float) * (1 - np.eye(4))
    design, outcomes = [], []
    for i in range(4):
        for j in range(i):
            row = np.zeros(4)
            row[[i, j]] = 1, -1
            design.append(row[1:])  # player 0 is the reference
            outcomes.append([wins[i, j] + 0.5, wins[j, i] + 0.5])
    fitted = sm.GLM(np.array(outcomes), np.array(design), family=sm.families.Binomial()).fit().params
    theirs = np.concatenate([[0.0], fitted])
    assert fit_strengths(wins[None])[0] == pytest.approx(theirs - theirs.mean(), abs=1e-6)


def test_each_fit_is_that_of_its_own_wins() -> None:
    """Guards against resamples that are mixed up, and a step that overshoots where one model always wins."""
    wins = np.array([[[0.0, 500.0, 500], [0, 0, 250], [0, 250, 0]], [[0, 1, 2], [3, 0, 4], [5, 6, 0]]])
    together = fit_strengths(wins)
    assert together == pytest.approx(np.concatenate([fit_strengths(fit[None]) for fit in wins]), abs=1e-6)
    assert together[0, 0] > 4 and together[0, 1] == pytest.approx(together[0, 2], abs=1e-6)


def test_the_league_is_in_order_and_has_intervals() -> None:
    """Guards against strengths beside another model's name. The stronger full wins 3 of 4 rows against the weaker."""
    shared = league_of(200, full=[[9, 9, 9, 2], [5, 5, 5, 5]], small=[[4, 4, 4, 4], [3, 3, 3, 9]], base=[[0], [0]])
    lines = make_league(shared)
    assert [(line.model, line.runs) for line in lines] == [
        ("full", ("e0",)),
        ("full", ("e1",)),
        ("small", ("e0",)),
        ("small", ("e1",)),  # which has more points, in a quarter of the rows, and wins fewer
        ("base", ("e0", "e1")),  # the same in both
    ]
    assert [line.total for line in lines] == [7.25, 5, 4, 4.5, 0]
    assert all(line.low < line.strength < line.high for line in lines)
    assert sum(line.strength for line in lines) == pytest.approx(0, abs=1e-6)
    assert make_league(shared) == lines


def test_intervals_shrink_with_the_rows() -> None:
    rng = np.random.default_rng(1)
    full = rng.integers(0, 16, size=1600).tolist()
    small = rng.integers(0, 15, size=1600).tolist()
    many = make_league(league_of(1600, full=[full], small=[small]))[0]
    few = make_league(league_of(400, full=[full[:400]], small=[small[:400]]))[0]
    assert few.high - few.low == pytest.approx(2 * (many.high - many.low), rel=0.15)
