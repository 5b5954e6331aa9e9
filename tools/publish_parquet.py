"""Examples as Parquet, in bounded memory."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from stages.common.files import iter_jsonl
from stages.common.records import Example

ROWS = 10_000  # a row group


def write_parquet(source: Path, target: Path) -> None:
    """The examples of a JSON Lines file, with the columns of `stages/reporting/cards/data_card.py`."""
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    schema = example_schema()
    with ParquetWriter(target, schema) as writer:
        rows = (example.model_dump() for example in iter_jsonl(source, Example))
        for group in groups(rows):
            writer.write_table(Table.from_pylist(group, schema=schema))


def example_schema() -> Any:
    """A `pyarrow.Schema`."""
    import pyarrow as pa

    text = pa.string()
    source = pa.struct([("kind", text), ("title", text), ("revision_id", pa.int64()), ("url", text)])
    teacher = pa.struct([("name", text), ("model", text)])
    texts = [(name, text) for name in ("id", "instruction", "input", "output", "kind")]
    return pa.schema([*texts, ("source", source), ("teacher", teacher)])


def groups(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while group := list(islice(rows, ROWS)):
        yield group
