"""The three shapes of a step: every row by itself, rows into buckets, and every bucket by itself.

A step reads Parquet files and writes Parquet files, so what it keeps in memory doesn't grow with the data: a batch of
rows for each process, or one bucket. Daft's own group-by and sort keep everything in memory on its native runner
(0.7.26: 1.3 GB for 0.6 GB), so rows that belong together are first written into the same bucket.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from daft import DataFrame, DataType, Expression
    from pyarrow import Table

BATCH = 500  # rows that a process takes at a time, as in `map_chunks`
PARTS_PER_CORE = 3  # so that a core that has done its share can take another's

Rows = Sequence[Any]


def worker_function(
    work: Callable[[Rows], Rows], result: "DataType", batch_size: int = BATCH
) -> "Callable[[Expression], Expression]":
    """A function of Daft columns that calls `work` in processes, with a list of values, for a list of results.

    `work` must be a function of a module, or a `partial` of one.
    """
    import daft

    @daft.cls(use_process=True)
    class Worker:
        def __init__(self) -> None:
            self._work = work

        @daft.method.batch(return_dtype=result, batch_size=batch_size)
        def run(self, column: Any) -> Rows:
            return self._work(column.to_pylist())

    run: Any = Worker().run
    return cast("Callable[[Expression], Expression]", run)


def read_step(folder: Path) -> "DataFrame":
    """The rows of a step, in any order."""
    import daft

    return daft.read_parquet(f"{folder}/**/*.parquet")


def unnest(frame: "DataFrame", column: str, names: Sequence[str]) -> "DataFrame":
    """The other columns, and these fields of a column of structs."""
    from daft import col

    others = [col(name) for name in frame.column_names if name != column]
    return frame.select(*others, *(col(column)[name].alias(name) for name in names))


def write_buckets(frame: "DataFrame", bucket: "Expression", folder: Path) -> None:
    """Writes the rows into one folder for each value of `bucket`."""
    frame.with_column("bucket", bucket).write_parquet(str(folder), partition_cols=["bucket"])


def write_rows(frame: "DataFrame", folder: Path) -> None:
    """Writes the rows; of none, a file with their columns alone."""
    from pyarrow import parquet

    frame.write_parquet(str(folder))
    if not any(folder.iterdir()):
        parquet.write_table(frame.schema().to_pyarrow_schema().empty_table(), folder / "none.parquet")


def read_bucket(folder: Path, number: int) -> Iterator[dict[str, Any]]:
    """The rows of one bucket by their places; none if nothing was written into it."""
    bucket = folder / f"bucket={number}"
    return bucket_rows(bucket) if bucket.exists() else iter(())


def bucket_rows(bucket: Path) -> Iterator[dict[str, Any]]:
    """The rows of a bucket by their places."""
    for batch in read_table(bucket).sort_by("place").to_batches(max_chunksize=BATCH):
        yield from batch.to_pylist()


def read_table(bucket: Path) -> "Table":
    """All rows of a bucket, or of a single file."""
    import pyarrow as pa
    from pyarrow import parquet

    paths = [bucket] if bucket.is_file() else sorted(bucket.glob("*.parquet"))
    return pa.concat_tables([parquet.ParquetFile(path).read() for path in paths])


def map_buckets(folder: Path, work: Callable[[Path], Rows], fields: "dict[str, DataType]") -> "DataFrame":
    """The rows that `work` makes of each bucket: it gets the bucket's folder, and returns a list of dictionaries."""
    import daft
    from daft import DataType, Series, col, lit

    paths = [str(path) for path in sorted(folder.iterdir()) if path.is_dir()]
    if not paths:
        return daft.from_pydict({name: Series.from_pylist([], dtype=kind) for name, kind in fields.items()})
    run = worker_function(_OneByOne(work), DataType.list(DataType.struct(fields)), batch_size=1)
    frame = divide_on_ray(daft.from_pydict({"path": paths}), len(paths))
    rows = frame.select(run(col("path")).alias("row")).where(col("row").list_count() > lit(0)).explode("row")
    return unnest(rows, "row", list(fields))


def divide_on_ray(frame: "DataFrame", rows: int) -> "DataFrame":
    """On Ray, divides a table of so many rows among all cores. Each of its parts gets a process of its own, and to
    start one takes a second, so there are fewer parts than rows."""
    import daft

    if daft.get_or_infer_runner_type() != "ray":
        return frame
    import ray

    cluster: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    return frame.into_partitions(min(rows, PARTS_PER_CORE * int(cluster.get("CPU", 1))))


class _OneByOne:
    """Calls a function of a path for each of a list of texts."""

    def __init__(self, work: Callable[[Path], Rows]) -> None:
        self._work = work

    def __call__(self, paths: Rows) -> Rows:
        return [self._work(Path(path)) for path in paths]
