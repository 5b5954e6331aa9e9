import math

import pytest

from stages.curation.diversity import Diversity, effective_number, quantiles
from tests.stages.conftest import MakeExample


def test_what_is_counted(make: MakeExample) -> None:
    """Guards against texts that count as different because of their case, and inputs of examples that have none."""
    diversity = Diversity()
    diversity.add(make("Name a color.", "Blue.", kind="color"))
    diversity.add(make("name a  color.".replace("  ", " "), "Red or green.", kind="color"))
    diversity.add(make("'What' is it?", "Blue.", input="A big cat", kind="what"))
    metrics = diversity.metrics()
    assert metrics["examples"] == 3
    assert (metrics["distinct_instructions"], metrics["distinct_answers"]) == (2, 2)
    assert metrics["most_common_first_words"] == {"name": 2, "what": 1}
    assert metrics["most_common_kinds"] == {"color": 2, "what": 1}
    assert (metrics["first_words"], metrics["kinds"]) == (2, 2)
    words = metrics["words"]
    assert isinstance(words, dict)
    assert words["input"] == dict.fromkeys(("min", "p5", "p25", "median", "p75", "p95", "max"), 3)
    assert words["output"] == {"min": 1, "p5": 1, "p25": 1, "median": 1, "p75": 3, "p95": 3, "max": 3}


def test_nothing_to_count() -> None:
    """Guards against a division by zero, and quantiles of no lengths."""
    metrics = Diversity().metrics()
    assert (metrics["examples"], metrics["effective_kinds"], metrics["words"]) == (0, 0.0, {})


def test_effective_numbers() -> None:
    """Guards against another measure of diversity: four equal kinds are four, and one that rules is little over one."""
    assert effective_number(dict.fromkeys("abcd", 5)) == pytest.approx(4)
    assert effective_number({"a": 3, "b": 1}) == pytest.approx(math.exp(0.75 * math.log(4 / 3) + 0.25 * math.log(4)))
    assert effective_number({"a": 7}) == 1


def test_quantiles_are_lengths_that_occur() -> None:
    lengths = dict.fromkeys(range(1, 101), 1)
    assert quantiles(lengths) == {"min": 1, "p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95, "max": 100}


def test_ties_are_in_the_order_of_the_alphabet(make: MakeExample) -> None:
    """Guards against an order by the hash seed, which would change the file from run to run."""
    diversity = Diversity()
    for word in ("Zebra", "Apple", "Mango"):
        diversity.add(make(f"{word} is what?"))
    assert list(diversity.metrics()["most_common_first_words"]) == ["apple", "mango", "zebra"]  # type: ignore[call-overload]
