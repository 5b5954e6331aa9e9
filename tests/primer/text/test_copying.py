"""Copying: what is said again is what was said."""

import random
from itertools import islice

import pytest

from primer.text import copying
from primer.text.copying import write_copying


def test_a_copy_is_the_line_and_a_change_is_in_one_place() -> None:
    """Guards against answers that can't be copied from the task."""
    rng = random.Random(1)
    for _ in range(300):
        again = copying._again(rng)
        assert again.answer == again.item
        changed = copying._replaced(rng)
        assert changed.answer != changed.item or changed.task.startswith(("Write", "Replace", "Change"))
        neighbor = copying._neighbor(rng)
        assert neighbor.answer.strip("'").removesuffix(".").split("is ")[-1].rstrip("'") in neighbor.item


@pytest.mark.parametrize("seed", [1, 2])
def test_its_words_are_endless(seed: int) -> None:
    """Guards against a list of words that a model could learn by heart."""
    words = {word for document in islice(write_copying(random.Random(seed)), 500) for word in document.split()}
    assert len(words) > 5000
