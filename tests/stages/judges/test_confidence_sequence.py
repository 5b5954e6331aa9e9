"""The interval that may be looked at after every page."""

import math
from itertools import product

import numpy as np
import pytest

from benchmarks.sequential_judging import PAGES, TASKS, Scenario, simulate_judging
from stages.judges.confidence_sequence import (
    PageResults,
    anytime_intervals,
    holm_limits,
    log_capital,
    log_limit,
)


def interval_of(wins: list[float], rows: list[int] | None = None, largest: int = 1) -> tuple[float, float]:
    found = anytime_intervals({"full-base": PageResults(wins, rows or [1] * len(wins))}, largest)["full-base"]
    return found.low, found.high


@pytest.mark.parametrize("rate", [0.2, 0.5, 0.9])
def test_bets_are_fair(rate: float) -> None:
    """Guards against a bettor who gets richer by betting alone: the mean over all outcomes of fair pages is 1.

    A page of two rows, whose rows are won together, then one of one row."""
    mean = 0.0
    for first, second in product((0, 1), repeat=2):
        chance = (rate if first else 1 - rate) * (rate if second else 1 - rate)
        capital = np.exp(log_capital(np.array([2.0 * first, second]), np.array([2.0, 1.0]), 2, rate))
        mean += chance * capital[-1]
    assert mean == pytest.approx(1.0, abs=1e-12)


def test_the_capital_by_hand() -> None:
    """With one half as the rate, a row won multiplies the parts by 1.08, 1.25 and 1.6, and a row lost by 0.92, 0.75
    and 0.4. On pages of up to eight rows, the third stake is capped: the worst page leaves 2% of its part."""
    won = np.exp(log_capital(np.array([1.0, 1.0, 0.0]), np.ones(3), 1, 0.5))
    assert won == pytest.approx(
        [(1.08 + 1.25 + 1.6) / 3, (1.08**2 + 1.25**2 + 1.6**2) / 3, (1.1664 * 0.92 + 1.5625 * 0.75 + 2.56 * 0.4) / 3]
    )
    lost = np.exp(log_capital(np.array([0.0]), np.array([8.0]), 8, 0.5))
    assert lost == pytest.approx([(1 - 0.64 + 0.02 + 0.02) / 3])


def test_ends_of_the_interval() -> None:
    assert interval_of([]) == (0.0, 1.0)
    low, high = interval_of([1.0] * 8)
    assert low == pytest.approx(0.430, abs=0.001) and high == 1.0
    assert interval_of([1.0] * 9)[0] < 0.5 < interval_of([1.0] * 10)[0]
    assert list(interval_of([0.0] * 8)) == pytest.approx([0.0, 1 - low])
    assert interval_of([0.5] * 200)[0] < 0.5 < interval_of([0.5] * 200)[1]


def test_rows_of_one_page_are_one_bet() -> None:
    """Guards against a verdict from forty rows about five pages, which are five draws."""
    assert interval_of([1.0] * 40)[0] > 0.8
    assert interval_of([8.0] * 5, [8] * 5, largest=8)[0] < 0.5


def test_a_rate_that_was_excluded_stays_excluded() -> None:
    """Guards against a verdict that is taken back, or that depends on when one looks."""
    lows = [interval_of([1.0] * 12 + [0.0] * more)[0] for more in (0, 1, 5, 8)]
    assert lows[0] > 0.5
    assert lows == [lows[0]] * 4


def test_the_error_is_divided_among_the_pairs_that_are_not_certain() -> None:
    """Guards against three pairs of which each has 5%, and against an error that a certain pair keeps for itself."""
    three, two, one = (log_limit(pairs) for pairs in (3, 2, 1))
    assert (three, one) == pytest.approx((math.log(120), math.log(40)))
    assert holm_limits({"a": 0.0, "b": 1.0, "c": 2.0}) == {"a": three, "b": three, "c": three}
    assert holm_limits({"a": 4.0, "b": 9.0, "c": 1.0}) == {"b": three, "a": two, "c": two}
    assert holm_limits({"a": 4.5, "b": 9.0, "c": 3.7}) == {"b": three, "a": two, "c": one}
    assert holm_limits({"a": two + 0.1, "b": two + 0.2}) == {"b": two, "a": one}


def test_intervals_exclude_half_where_holm_does() -> None:
    strong, weak = PageResults([1.0] * 30, [1] * 30), PageResults([1.0, 0.0] * 15, [1] * 30)
    found = anytime_intervals({"full-base": strong, "full-small": weak}, 1)
    assert [found[pair].excludes_half for pair in ("full-base", "full-small")] == [True, False]
    assert found["full-small"].low < 0.5 < found["full-small"].high


@pytest.mark.parametrize(
    "scenario",
    [
        Scenario("", 0.5, 0.0, PAGES, 1.0, 3),
        Scenario("", 0.5, 0.0, TASKS, 0.0, 1),
        Scenario("", 0.4625, 0.075, PAGES, 0.2, 3),
        Scenario(
            "", 0.8, 0.0, PAGES, 0.2, 1, tasks_win=0.2
        ),  # no effect over all rows, opposite ones on pages and tasks
    ],
)
def test_equal_models_are_rarely_told_apart(scenario: Scenario) -> None:
    """Guards against the error of an interval that holds for one look only: 20 looks make that about 25%."""
    assert scenario.effect == 0
    assert simulate_judging(scenario, 2000, seed=1).wrong <= 0.05


@pytest.mark.parametrize(("pages", "pairs"), [(PAGES, 1), (PAGES, 3), (TASKS, 3)])
def test_a_large_effect_saves_judgments(pages: tuple[int, ...], pairs: int) -> None:
    """Guards against stakes so small that stopping early saves nothing: 75% wins and 7.5% ties."""
    found = simulate_judging(Scenario("", 0.75, 0.075, pages, 0.2 if pages is PAGES else 0.0, pairs), 1000, seed=2)
    assert found.saved >= 0.4
    assert found.wrong == 0
    assert found.certain > 0.99
