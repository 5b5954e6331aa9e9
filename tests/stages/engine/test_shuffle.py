"""Rows in buckets: each bucket holds the rows of all tasks that belong to it, once."""

from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from stages.engine.shuffle import part_name, read_spread, write_spread, write_whole

pa = pytest.importorskip("pyarrow", reason="the extra `engine` is not installed")
ROWS = st.lists(st.tuples(st.integers(0, 4), st.text(max_size=3)), max_size=12)  # bucket and text


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_a_bucket_has_its_rows_of_all_tasks_in_order(tasks: list[list[tuple[int, str]]]) -> None:
    """Guards against a bucket that loses rows because a task had none for it, and against a task that counts twice."""
    expected = defaultdict(list)
    with TemporaryDirectory() as name:
        folder = Path(name) / "step"
        for number, rows in enumerate(tasks):
            table = pa.table({"text": pa.array([text for _, text in rows], pa.string())})
            for _ in range(2):  # on a cluster, a task may come twice
                write_spread(folder / part_name(number), table, np.array([bucket for bucket, _ in rows], int), 5)
            for bucket, text in rows:
                expected[bucket].append(text)
        for bucket in range(5):
            assert read_spread(folder, bucket)["text"].to_pylist() == expected[bucket]
        assert not list(folder.glob("*.tmp"))


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    """Guards against a step without rows that the next one can't read."""
    write_whole(tmp_path / part_name(0), pa.table({"place": pa.array([], pa.int64())}))
    assert read_spread(tmp_path).schema.names == ["place"]
