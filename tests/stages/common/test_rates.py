"""How long the stages take."""

from pathlib import Path

import pytest

from stages.common.params import read_sections
from stages.common.rates import RunSize, decoding_seconds, duration, stage_seconds, training_seconds


def test_rates_are_those_of_the_benchmarks() -> None:
    """Guards against minutes for hours: a model of half the size takes half the time."""
    assert training_seconds(4250, 124_439_808, "bfloat16") == pytest.approx(10)
    assert training_seconds(1130, 62_219_904, "float32") == pytest.approx(5)
    assert decoding_seconds(5750, 124_439_808, "bfloat16") == pytest.approx(10)


def test_time_follows_rows_tokens_and_the_model(project: Path) -> None:
    """Guards against a figure that forgets a factor: by hand, for GPT-2 124M."""
    sections = read_sections()
    sections["train"]["epochs"] = 2
    taken = stage_seconds(sections, RunSize(1000, 500, 124_439_808, 9000), "bfloat16")
    assert taken["train-full"] == pytest.approx(800 * 2 * 100 / 425)
    assert taken["train-small"] == pytest.approx(400 * 2 * 100 / 425)
    assert taken["infer"] == pytest.approx(3 * 100 * 256 / 173)
    assert taken["base"] == 0
    sections["base"]["source"] = "scratch"
    assert stage_seconds(sections, RunSize(1000, 500, 124_439_808, 9000), "bfloat16")["base"] == pytest.approx(
        9000 / 4 * 2 / 113
    )


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (89.4, "89 s"), (100, "2 min"), (5401, "1.5 h")])
def test_a_duration_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
