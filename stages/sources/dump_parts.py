"""Reads a dump on an engine, each of its files as a part of the work, with the results of `Dump.lines`.

What depends on other files (a page that came before, the limit) is decided afterwards, in the order of the files.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Never

from tqdm import tqdm

from stages.engine.apart import check_engine
from stages.engine.parts import run_parts
from stages.engine.steps import facts_text, kept_steps
from stages.sources.dump import CHUNK, Converted, Dump, convert_pages, no_article, read_file
from stages.sources.dump_files import list_files
from stages.sources.totals import PageSize

_PAGES = "pages.parquet"


def lines_on_engine(engine: str, address: str, dump: Dump) -> Iterator[str]:
    """The lines of `Dump.lines`. Each file is a step, which a run that was killed doesn't repeat if the file has the
    same name, size and time: to hash a dump takes minutes."""
    check_engine(engine)
    files = [path.resolve() for path in list_files(dump.settings.path)]
    settings = facts_text(asdict(dump.settings) | {"wanted": sorted(dump.wanted or ())})
    with kept_steps("extract", [], settings) as steps:
        done = run_parts(engine, address, steps, list(map(_state, files)), partial(_convert_file, dump, files))
        yield from dump.lines_of(page for folder, _ in done for page in _read_pages(folder))


def _state(path: Path) -> str:
    """A name for this file as it is now."""
    found = path.stat()
    return hashlib.sha256(f"{path} {found.st_size} {found.st_mtime_ns}".encode()).hexdigest()[:16]


def _convert_file(dump: Dump, files: list[Path], number: int, folder: Path) -> None:
    """Writes what is made of each page of one file that is wanted."""
    import pyarrow as pa
    from pyarrow import parquet

    count = pa.int64()
    schema = pa.schema(
        {
            "title": pa.string(),
            "reason": pa.string(),
            "page_id": count,
            "line": pa.string(),
            "size": pa.struct({"has_text": pa.bool_(), "sections": count, "words": count, "characters": count}),
            "left_out": pa.map_(pa.string(), count),
        }
    )
    with tqdm(disable=True) as bar, parquet.ParquetWriter(folder / _PAGES, schema) as writer:
        pages = _convert(dump, files[number], bar)
        while part := list(islice(pages, CHUNK)):
            rows = [page._asdict() | {"size": page.size._asdict()} for page in part]
            writer.write_table(pa.Table.from_pylist(rows, schema))


def _convert(dump: Dump, path: Path, bar: "tqdm[Never]") -> Iterator[Converted]:
    for page in read_file(dump.settings, path, bar):
        if dump.wanted is None or page.title in dump.wanted:
            reason = no_article(page)
            yield from [Converted(page.title, reason)] if reason else convert_pages(dump.settings, [page])


def _read_pages(folder: Path) -> Iterator[Converted]:
    from pyarrow import parquet

    for batch in parquet.ParquetFile(folder / _PAGES).iter_batches(CHUNK):
        for row in batch.to_pylist():
            yield Converted(**row | {"size": PageSize(**row["size"]), "left_out": tuple(row["left_out"])})
