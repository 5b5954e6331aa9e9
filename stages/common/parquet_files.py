"""Rows of Parquet files, in batches, by pyarrow, which is installed only with an extra."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from stages.common.errors import StageError

PARQUET = b"PAR1"  # the first bytes of such a file
_BATCH = 1000  # rows in memory at a time


def iter_parquet(path: Path, content: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields each row, and its index from 0. Raises StageError if pyarrow is missing or the file is damaged."""
    _check_installed(path)
    import pyarrow
    import pyarrow.parquet

    index = 0
    try:
        for batch in pyarrow.parquet.ParquetFile(content).iter_batches(_BATCH):
            for value in batch.to_pylist():
                yield index, value
                index += 1
    except (pyarrow.ArrowException, OSError, ValueError) as error:  # ValueError: text that isn't UTF-8
        raise StageError(f"{path} is a damaged Parquet file, after row {index}: {error}") from None


def count_parquet(path: Path) -> int:
    """The number of rows. Raises the same errors."""
    _check_installed(path)
    import pyarrow
    import pyarrow.parquet

    try:
        return int(pyarrow.parquet.read_metadata(path).num_rows)
    except (pyarrow.ArrowException, OSError) as error:
        raise StageError(f"{path} is a damaged Parquet file: {error}") from None


def _check_installed(path: Path) -> None:
    if find_spec("pyarrow") is None:
        raise StageError(
            f"{path} is a Parquet file, and needs pyarrow, which is not installed; pip install 'wikitune[publish]'"
        )
