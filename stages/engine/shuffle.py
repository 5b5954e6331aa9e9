"""Rows that many processes distribute to buckets, each of which one process then reads whole.

A task writes one Parquet file, in which each bucket is a row group, and nothing if it has no rows for it. A bucket is
the row group of its number in all files. So there are as many files as tasks, however many buckets there are.
"""

import logging
import secrets
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from stages.engine.plans import Rows, divide_on_ray, worker_function

if TYPE_CHECKING:
    from pyarrow import Table

log = logging.getLogger(__name__)


def run_tasks(work: Callable[[int], None], tasks: int, label: str) -> None:
    """Calls `work` with each number below `tasks`, in processes of the engine. A call may come twice, if a machine of a
    cluster is lost; so `work` writes files under names of its own (`write_whole`)."""
    import daft
    from daft import DataType, col

    if tasks == 1 and daft.get_or_infer_runner_type() == "native":  # it takes a second to start a process for it
        work(0)
        return
    run = worker_function(_Numbered(work), DataType.int64(), batch_size=1)
    frame = divide_on_ray(daft.from_pydict({"task": list(range(tasks))}), tasks)
    done = frame.select(run(col("task")).alias("done"))
    for _ in tqdm(done.iter_rows(), total=tasks, unit="part", desc=label, disable=None):
        pass


class _Numbered:
    """Calls a function of a number for each of a list of numbers."""

    def __init__(self, work: Callable[[int], None]) -> None:
        self._work = work

    def __call__(self, numbers: Rows) -> Rows:
        for number in numbers:
            self._work(number)
        return numbers


def write_whole(path: Path, table: "Table") -> None:
    """Writes a table under a temporary name and renames it."""
    write_spread(path, table, np.zeros(len(table), np.int64), 1)


def write_spread(path: Path, table: "Table", buckets: NDArray[Any], count: int) -> None:
    """Writes the rows, those of each bucket (a number below `count` for each row) in a row group, in their order."""
    from pyarrow import parquet

    path.parent.mkdir(parents=True, exist_ok=True)
    table = table.take(np.argsort(buckets, kind="stable"))
    ends = np.cumsum(np.bincount(buckets.astype(np.int64), minlength=count)).tolist()
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    with parquet.ParquetWriter(temporary, table.schema) as writer:
        for start, end in pairwise([0, *ends]):
            writer.write_table(table.slice(start, end - start), row_group_size=max(1, end - start))
    temporary.replace(path)


def read_spread(folder: Path, bucket: int = 0) -> "Table":
    """The rows of a bucket, by the names of the files; of what `write_whole` wrote, bucket 0 is all."""
    import pyarrow as pa
    from pyarrow import parquet

    paths = sorted(folder.glob("*.parquet"))
    return pa.concat_tables([parquet.ParquetFile(path).read_row_group(bucket) for path in paths])


def part_name(number: int) -> str:
    return f"{number:06}.parquet"
