"""A finished split in files, in the order test, val, train."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stages.engine.shuffle import part_name, read_spread, run_tasks, write_spread
from stages.engine.steps import Steps
from stages.splitting.stored_pool import ROWS_PER_PART, Numbers, StoredPool

IN_ORDER = ("test", "val", "train")


@dataclass(frozen=True)
class StoredSplit:
    """Examples by their place in the split."""

    folder: Path  # of the step that wrote them
    sizes: tuple[int, int, int]  # of test, val and train

    @property
    def parts(self) -> int:
        return max(1, -(-sum(self.sizes) // ROWS_PER_PART))

    def read(self, part: int) -> tuple[Numbers, list[str]]:
        """Places, rising, and examples of a part."""
        table = read_spread(self.folder, part).sort_by("place")
        return table["place"].to_numpy(), table["example"].to_pylist()

    def rows(self, side: str, most: int | None = None) -> Iterator[str]:
        """The first examples of a side, or all of them."""
        start = sum(self.sizes[: IN_ORDER.index(side)])
        end = start + self.sizes[IN_ORDER.index(side)]
        end = end if most is None else min(end, start + most)
        for part in self.parts_of(start, end):
            places, rows = self.read(part)
            yield from (row for place, row in zip(places.tolist(), rows, strict=True) if start <= place < end)

    def parts_of(self, start: int, end: int) -> range:
        """The parts with these places."""
        return range(start // ROWS_PER_PART, -(-end // ROWS_PER_PART)) if end > start else range(0)

    def sides_of(self, places: Numbers) -> NDArray[np.int8]:
        """The number of the side of each place in `IN_ORDER`."""
        return np.searchsorted(np.cumsum(self.sizes)[:2], places, side="right").astype(np.int8)

    def side_of(self, place: int) -> str:
        return IN_ORDER[int(self.sides_of(np.array([place]))[0])]

    def at(self, places: Numbers) -> Iterator[tuple[int, str]]:
        """The examples at these places, which must rise."""
        for part in sorted(set((places // ROWS_PER_PART).tolist())):
            of_part, rows = self.read(part)
            wanted = np.flatnonzero(np.isin(of_part, places))
            yield from ((int(of_part[row]), rows[row]) for row in wanted.tolist())


def store_split(steps: Steps, pool: StoredPool, places: Path, split: StoredSplit) -> None:
    """Writes the examples of the pool that have a place in the split. Daft must be ready."""
    work = partial(_order_part, pool, places, split)
    steps.run("ordered", lambda _: run_tasks(work, len(pool.parts), "ordered"))


def _order_part(pool: StoredPool, places: Path, split: StoredSplit, part: int) -> None:
    import pyarrow as pa

    of_rows, rows = pool.read(places, part)
    table = pa.table({"place": of_rows, "example": pa.array(rows, pa.string())})
    write_spread(split.folder / part_name(part), table, of_rows // ROWS_PER_PART, split.parts)
