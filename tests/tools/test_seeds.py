"""Verdicts over seeds."""

import numpy as np
import pytest

from stages.common.errors import StageError
from stages.judges.bootstrap import Floats, Interval
from tools.experiments import Experiment
from tools.same_rows import SharedRows
from tools.seeds import check_other_trainings, mean_over_seeds, verdicts_over_seeds


def shared_rows(full: Floats, clusters: list[str] | None = None) -> SharedRows:
    """Runs in which full has these totals, [runs, rows], and base always 5."""
    runs, rows = full.shape
    experiments = [Experiment(f"e{seed}", {"train.seed": seed}, {}, {}) for seed in range(runs)]
    outcomes = np.sign(full - 5) / 2 + 0.5
    totals = {"base": np.full((runs, rows), 5.0), "full": full}
    return SharedRows(experiments, clusters or [str(n) for n in range(rows)], totals, {"full-base": outcomes}, 0)


def width(interval: Interval) -> float:
    return interval.high - interval.low


def test_a_clear_win_in_every_run(rng: np.random.Generator) -> None:
    [found] = verdicts_over_seeds(shared_rows(np.where(rng.random((5, 200)) < 0.75, 8.0, 3.0)))
    assert (found.pair, found.verdict, found.ahead, found.runs) == ("full-base", "better", 5, 5)
    assert found.win.low < 0.75 < found.win.high and found.p_holm < 0.001
    assert found.gain.low < 1.75 < found.gain.high


def test_seeds_that_disagree_decide_nothing(rng: np.random.Generator) -> None:
    """Guards against a verdict from test rows alone: each of these runs has one, in either direction."""
    rates = np.array([0.8, 0.35, 0.75, 0.3, 0.7])
    shared = shared_rows(np.where(rng.random((5, 400)) < rates[:, None], 8.0, 3.0))
    [found] = verdicts_over_seeds(shared)
    assert (found.verdict, found.ahead) == ("unresolved", 3)
    alone, _ = mean_over_seeds(np.tile(shared.outcomes["full-base"].mean(axis=0), (5, 1)), shared, (0.0, 1.0))
    assert width(found.win) > 4 * width(alone)
    expected = 2 * 2.776 * rates.std(ddof=1) / 5**0.5  # Student's interval of five means
    assert width(found.win) == pytest.approx(expected, rel=0.2)


def test_two_runs_decide_nothing() -> None:
    """Guards against two runs that agree by chance."""
    [two] = verdicts_over_seeds(shared_rows(np.full((2, 100), 8.0)))
    [three] = verdicts_over_seeds(shared_rows(np.full((3, 100), 8.0)))
    assert (two.verdict, three.verdict) == ("unresolved", "better")
    assert three.win.mean == three.win.high == 1.0 and 0.95 < three.win.low < 1.0  # no "100% to 100%"


def test_rows_about_one_page_are_drawn_together(rng: np.random.Generator) -> None:
    wins = np.repeat(np.where(rng.random((4, 60)) < 0.6, 8.0, 3.0)[[0, 0, 0, 0]], 3, axis=1)
    by_page = verdicts_over_seeds(shared_rows(wins, [str(n // 3) for n in range(180)]))[0].win
    by_row = verdicts_over_seeds(shared_rows(wins))[0].win
    assert width(by_page) == pytest.approx(3**0.5 * width(by_row), rel=0.1)


@pytest.mark.parametrize(("runs", "of_seeds"), [(3, 0.15), (5, 0.3)])
def test_the_interval_contains_the_rate_of_other_seeds(runs: int, of_seeds: float, rng: np.random.Generator) -> None:
    """Guards against an interval that is too narrow for few seeds. Seeds and pages both move the chance of a win."""
    right, pages = 0, np.arange(120) // 2
    for _ in range(100):
        moved = of_seeds * rng.normal(size=(runs, 1)) + 0.6 * rng.normal(size=60)[pages]
        wins = (moved + rng.normal(size=(runs, 120)) > 0).astype(float)
        shared = shared_rows(np.where(wins, 8.0, 3.0), [str(page) for page in pages])
        interval = verdicts_over_seeds(shared)[0].win
        right += interval.low <= 0.5 <= interval.high
    assert right >= 90  # at 95%, fewer have a chance of 1%


def test_a_training_counts_once() -> None:
    """Guards against another seed of the judge that passes for another training."""
    runs = [Experiment(str(n), {"train.seed": 1, "base.seed": 1, "judge.seed": n}, {}, {}) for n in range(2)]
    with pytest.raises(StageError, match=r"0 and 1 are the same training \(train\.seed 1, base\.seed 1\)"):
        check_other_trainings(runs)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)
