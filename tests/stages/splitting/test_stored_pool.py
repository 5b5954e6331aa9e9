"""Who is drawn from numbers alone, against who is drawn from the examples."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from stages.common.params import AtMost
from stages.common.records import Example
from stages.engine.steps import Steps
from stages.splitting.pool import draw_pool
from stages.splitting.stored_pool import draw_places, read_columns, store_examples
from tests.stages.splitting.builders import general

pytest.importorskip("pyarrow", reason="the extra `engine` is not installed")
EXAMPLES = st.lists(
    st.builds(
        general, st.sampled_from(["a", "A?", "b", "c", "d."]), st.just(""), st.text("xyz", min_size=1, max_size=2)
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(EXAMPLES, EXAMPLES, st.sampled_from([3, "all"]), st.sampled_from([2, "all"]))
def test_the_same_are_drawn_in_the_same_order(
    synthetic: list[Example], tasks: list[Example], most_synthetic: AtMost, most_tasks: AtMost
) -> None:
    """Guards against another sample, another order, and another twin of a repeated question."""
    at_most = {"synthetic": most_synthetic, "general": most_tasks}
    pool = draw_pool(synthetic, tasks, at_most, None, random.Random(1))
    with TemporaryDirectory() as name:
        steps = Steps(Path(name))
        for source, examples in (("synthetic", synthetic), ("general", tasks)):
            assert store_examples(steps, source, examples)["count"] == len(examples)
        columns, of_tasks = (read_columns(steps.path(source), by_id=False) for source in ("synthetic", "general"))
        draw = draw_places(columns, of_tasks, at_most, random.Random(1))
    sources = {False: synthetic, True: tasks}
    drawn = zip(draw.is_general.tolist(), draw.numbers.tolist(), strict=True)
    assert [sources[is_general][number] for is_general, number in drawn] == pool.examples
    assert [f"{number:016x}" for number in draw.ids.tolist()] == [example.id for example in pool.examples]
    assert (draw.synthetic, draw.distinct) == (pool.synthetic, pool.distinct)
    assert [(tasks[number], f"asks the same as {twin:016x}") for number, twin in draw.repeated] == [
        (rejection.example, rejection.evidence) for rejection in pool.rejected
    ]


def test_by_id_means_sorted_by_id() -> None:
    """Guards against a draw that depends on the order of the rows in their file, and against ranks of kept rows."""
    examples = [general(word, "", "x") for word in "abcdefgh"]
    kept = np.array([True, False] * 4)
    with TemporaryDirectory() as name:
        steps = Steps(Path(name))
        store_examples(steps, "general", examples)
        columns = read_columns(steps.path("general"), by_id=True, kept=kept)
    in_order = sorted(examples, key=lambda example: example.id)
    assert [f"{number:016x}" for number in columns.ids.tolist()] == [example.id for example in in_order[::2]]
    assert columns.numbers.tolist() == [0, 2, 4, 6]
