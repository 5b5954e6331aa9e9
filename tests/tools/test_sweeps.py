"""The results of a sweep as one table."""

import math
from typing import Any

import pytest

from stages.common.params import Scalar
from tools.experiments import Experiment
from tools.sweeps import find_swept_key, shared_settings, summarize_sweep, swept_keys


def experiment(value: Any, loss: float = 1.0, seed: int = 1) -> Experiment:
    return Experiment(f"{value}-{seed}", {"k": value, "seed": seed}, {"full": loss}, {"full": 2 * loss, "base": 7.0})


def half_width(losses: list[float]) -> float:
    """Of the interval of the mean of these losses, by `summarize_sweep`."""
    summary = summarize_sweep([experiment("a", loss, seed) for seed, loss in enumerate(losses)], "k")
    return float(summary["val_loss_95"][summary["model"] == "full"].item())


def test_the_interval_is_students() -> None:
    """Guards against the normal distribution's 1.96 for three seeds, which is half as wide as it should be."""
    assert half_width([1.0, 2.0, 3.0]) == pytest.approx(4.303 / math.sqrt(3))
    assert math.isnan(half_width([2.0]))
    assert half_width([0.0, 1.0] * 16) == pytest.approx(1.96 * math.sqrt(8 / 31) / math.sqrt(32), rel=1e-4)


def test_a_row_for_each_value_and_model() -> None:
    """Guards against results under another model's name, and against seeds that are counted wrongly."""
    summary = summarize_sweep([experiment(2, 4.0, seed=1), experiment(2, 6.0, seed=2), experiment(1, 3.0)], "k")
    assert summary[["value", "seeds", "model", "total"]].to_numpy().tolist() == [
        [1, 1, "base", 7.0],
        [1, 1, "full", 6.0],
        [2, 2, "base", 7.0],
        [2, 2, "full", 10.0],
    ]
    assert summary["val_loss"].fillna(0).tolist() == [0, 3.0, 0, 5.0]


def test_numbers_are_sorted_and_words_are_not() -> None:
    def values(*given: Any) -> list[Any]:
        summary = summarize_sweep([experiment(value) for value in given], "k")
        return list(dict.fromkeys(summary["value"]))

    assert values(10, 2, 1.5) == [1.5, 2, 10]
    assert [type(value) for value in values(10, 1.5)] == [float, int]
    assert values("b", "a") == ["b", "a"]
    assert values(True, False) == [True, False]
    assert find_swept_key([experiment("b"), experiment("a")], "k") == "k"
    assert swept_keys([experiment("b"), experiment("b", seed=2)]) == []


def test_settings_are_those_that_results_depend_on() -> None:
    """Guards against a report that calls a sweep another experiment because its own language has changed."""
    params: dict[str, Scalar] = {
        "train.rate": 0.1,
        "train.seed": 1,
        "plot.language": "en",
        "plot.examples": 3,
        "train.epochs": 2,
    }
    assert shared_settings([Experiment("a", params, {}, {})], "train.rate") == {"train.epochs": 2}
