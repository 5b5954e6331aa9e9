"""The rules' examples about many pages: on all cores of this machine, or on an engine.

A lesson depends on its page alone, so the pages are cut into parts. What is made of a part is the same everywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from stages.common.files import LineRange, count_lines, iter_jsonl, iter_jsonl_range, line_ranges
from stages.common.processes import map_stream
from stages.common.records import Page
from stages.common.stage_bar import StageBar
from stages.engine.apart import check_engine
from stages.engine.parts import run_parts
from stages.engine.steps import facts_text, kept_steps
from stages.teachers.rules.teacher import teach
from stages.teachers.tally import Tally, TaughtPart, taught_part

_PART = 50  # pages that a process takes at a time: a fifth of a second
_PARTS_ALONE = 10  # parts that this process does itself; another one takes two seconds to start
_PAGES_PER_STEP = 2_000  # pages in a part on an engine: ten seconds of one core, and 15 MB in memory
_EXAMPLES = "examples.parquet"


def teach_locally(path: Path, per_page: int, seed: int) -> Iterator[TaughtPart]:
    """All pages of a file, in order, on all cores. Only some parts are in memory at a time."""
    teach_each = partial(_teach_each, per_page, seed)
    with (
        StageBar(total=count_lines(path), unit="page", desc="synth") as bar,
        closing(map_stream(teach_each, _parts_of(path), chunk=1, alone=_PARTS_ALONE)) as parts,
    ):
        for part in parts:
            bar.update(part.tally.pages)
            yield part


def _parts_of(path: Path) -> Iterator[list[Page]]:
    pages = iter_jsonl(path, Page)
    while part := list(islice(pages, _PART)):
        yield part


def _teach_each(per_page: int, seed: int, parts: Sequence[list[Page]]) -> list[TaughtPart]:
    return [_teach_part(per_page, seed, part) for part in parts]


def _teach_part(per_page: int, seed: int, pages: Iterable[Page]) -> TaughtPart:
    return taught_part((page, teach(page, per_page, seed)) for page in pages)


def teach_on_engine(engine: str, address: str, path: Path, per_page: int, seed: int) -> Iterator[TaughtPart]:
    """The same on an engine: each part is a step, which a run that was killed doesn't repeat."""
    check_engine(engine)
    next(iter_jsonl(path, Page))  # raises what `teach_locally` would, if there is no page
    ranges = line_ranges(path, _PAGES_PER_STEP)
    names = [f"lines-{lines.first:010}" for lines in ranges]
    work = partial(_teach_range, path.resolve(), ranges, per_page, seed)
    with kept_steps("synth", [path], facts_text({"per_page": per_page, "seed": seed})) as steps:
        for folder, facts in run_parts(engine, address, steps, names, work):
            yield _read_part(folder, facts)


def _teach_range(
    path: Path, ranges: Sequence[LineRange], per_page: int, seed: int, number: int, folder: Path
) -> dict[str, Any]:
    import pyarrow as pa
    from pyarrow import parquet

    part = _teach_part(per_page, seed, iter_jsonl_range(path, Page, ranges[number]))
    ids = pa.array(part.tally.ids, pa.uint64())
    parquet.write_table(pa.table({"example": pa.array(part.lines, pa.string()), "id": ids}), folder / _EXAMPLES)
    return part.tally.facts() | {"empty": part.empty}


def _read_part(folder: Path, facts: dict[str, Any]) -> TaughtPart:
    from pyarrow import parquet

    rows = parquet.ParquetFile(folder / _EXAMPLES).read()
    empty = [(title, reason) for title, reason in facts.pop("empty")]
    return TaughtPart(rows["example"].to_pylist(), Tally.of(facts, rows["id"].to_numpy().tobytes()), empty)
