"""The examples to divide, in files: who is drawn, and where each one stands.

What is in memory is a few numbers for each example: its id, its kind, and hashes of its question. An example has a
place in the pool, and later one in the finished split, where test comes first, then val, then train.
"""

import random
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.common.params import AtMost
from stages.common.records import Example, Rejection
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.engine.plans import read_table
from stages.engine.shuffle import part_name
from stages.engine.stable_keys import stable_key
from stages.engine.steps import Steps
from stages.splitting.pool import draw_examples

ROWS_PER_PART = 20_000  # of the files of examples
SOURCES = ("synthetic", "general")
IDS, ASKED = "ids.npy", "asked.npy"

Numbers = NDArray[np.int64]


def store_examples(
    steps: Steps, name: str, examples: Iterable[Example], facts: Callable[[], Mapping[str, Any]] = dict
) -> dict[str, Any]:
    """Stores the examples in their order, with their ids and the hashes of their questions, as the step of this name.
    Returns their number ("count") and other `facts`, which are asked for when all examples have been read."""

    def work(folder: Path) -> dict[str, Any]:
        import pyarrow as pa
        from pyarrow import parquet

        ids, asked = array("Q"), array("q")
        rest = iter(examples)
        for number in range(10**6):
            part = list(islice(rest, ROWS_PER_PART))
            if not part:
                break
            places = range(len(ids), len(ids) + len(part))
            rows = [example.model_dump_json() for example in part]
            parquet.write_table(pa.table({"place": places, "example": rows}), folder / part_name(number))
            ids.extend(int(example.id, 16) for example in part)
            asked.extend(stable_key("asked", question_key(example)) for example in part)
        np.save(folder / IDS, np.array(ids, np.uint64))
        np.save(folder / ASKED, np.array(asked, np.int64))
        return {"count": len(ids)} | dict(facts())

    return steps.run(name, work)


def store_by_id(steps: Steps, source: Path) -> None:
    """The step `examples` of curation, from what `store_examples` wrote. An example's place is its rank by id."""

    def work(folder: Path) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        order = np.argsort(np.load(source / IDS), kind="stable")
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(len(order))
        for path in sorted(source.glob("*.parquet")):
            table = parquet.read_table(path)
            table = table.set_column(0, "place", pa.array(ranks[table["place"].to_numpy()]))
            parquet.write_table(table, folder / path.name)

    steps.run("examples", work)


@dataclass(frozen=True)
class Draw:
    """Who is drawn. An example of a source has a number there; those of the pool are in the order of the pool."""

    is_general: NDArray[np.bool_]
    numbers: Numbers  # of each example of the pool in its source
    ids: NDArray[np.uint64]
    synthetic: int  # how many are synthetic
    distinct: int  # general examples that could have been drawn
    repeated: list[tuple[int, int]]  # numbers of general examples that repeat a question, and ids of those they repeat


@dataclass(frozen=True)
class Columns:
    """Ids and hashes of questions of the examples of a source, in the order in which they are drawn from."""

    numbers: Numbers
    ids: NDArray[np.uint64]
    asked: Numbers


def read_columns(folder: Path, by_id: bool, kept: NDArray[np.bool_] | None = None) -> Columns:
    """What `store_examples` wrote, in the order of the files, or by id. `kept` says which, in that order, are left;
    general examples that were curated have their rank by id as number."""
    ids, asked = np.load(folder / IDS), np.load(folder / ASKED)
    order = np.argsort(ids, kind="stable") if by_id else np.arange(len(ids))
    if kept is None:
        return Columns(order, ids[order], asked[order])
    return Columns(np.flatnonzero(kept), ids[order][kept], asked[order][kept])


def draw_places(synthetic: Columns, general: Columns, at_most: Mapping[str, AtMost], rng: random.Random) -> Draw:
    """Draws the very examples that `draw_pool` draws with this `rng`, in that order."""

    def draw(count: int, most: AtMost) -> Numbers:
        return np.array(draw_examples(range(count), most, rng), np.int64)

    taken = draw(len(synthetic.ids), at_most["synthetic"])
    twins = _twins(synthetic.asked[taken], general.asked)
    distinct = np.flatnonzero(twins < 0)
    ids = np.concatenate([synthetic.ids[taken], general.ids])
    repeated = [(int(general.numbers[place]), int(ids[twins[place]])) for place in np.flatnonzero(twins >= 0)]
    drawn = distinct[draw(len(distinct), at_most["general"])]
    numbers = np.concatenate([synthetic.numbers[taken], general.numbers[drawn]])
    is_general = np.repeat([False, True], [len(taken), len(drawn)])
    all_ids = np.concatenate([synthetic.ids[taken], general.ids[drawn]])
    order = draw(len(numbers), "all")
    return Draw(is_general[order], numbers[order], all_ids[order], len(taken), len(distinct), repeated)


def _twins(taken: Numbers, asked: Numbers) -> Numbers:
    """For each question of `asked`: where the same one is among those of `taken` and `asked` in a row (the last in
    `taken`, or else the first before it), or -1."""
    twins = np.full(len(asked), -1, np.int64)
    keys, last = np.unique(taken[::-1], return_index=True)
    if len(keys):
        found = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
        is_taken = keys[found] == asked
        twins[is_taken] = len(taken) - 1 - last[found[is_taken]]
    new = np.flatnonzero(twins < 0)
    _, first, inverse = np.unique(asked[new], return_index=True, return_inverse=True)
    earlier = new[first[inverse]]
    repeats = earlier != new
    twins[new[repeats]] = len(taken) + earlier[repeats]
    return twins


@dataclass(frozen=True)
class StoredPool:
    """The files of both sources, cut into parts."""

    parts: tuple[tuple[str, Path], ...]  # source and file, or folder of files

    def read(self, places: Path, part: int) -> tuple[Numbers, list[str]]:
        """The places, by what `save_places` wrote, of those examples of a part that have one, and the examples."""
        source, path = self.parts[part]
        table = read_table(path).select(["place", "example"])
        of_rows = np.load(places / f"{source}.npy", mmap_mode="r")[table["place"].to_numpy()]
        return of_rows[of_rows >= 0], table["example"].filter(of_rows >= 0).to_pylist()


def stored_pool(folders: Mapping[str, Path]) -> StoredPool:
    """The pool whose sources are in these folders: files of `store_examples`, or the buckets of curation."""
    return StoredPool(
        tuple(
            (source, path)
            for source in SOURCES
            for pattern in ("*.parquet", "bucket=*")
            for path in sorted(folders[source].glob(pattern))
        )
    )


def save_places(folder: Path, draw: Draw, counts: Mapping[str, int], places: Numbers) -> None:
    """Writes, for each source, the place of each of its examples, -1 for none. `places` are those of the pool."""
    for source in SOURCES:
        of_source = draw.is_general == (source == "general")
        of_numbers = np.full(counts[source], -1, np.int64)
        of_numbers[draw.numbers[of_source]] = places[of_source]
        np.save(folder / f"{source}.npy", of_numbers)


def repeated_questions(repeated: Sequence[tuple[int, int]], rows: Iterable[Mapping[str, Any]]) -> Iterator[Rejection]:
    """The rejections of general examples that repeat a question; `rows` has all examples, in order."""
    twins = dict(repeated)
    for row in (row for row in rows if row["place"] in twins):
        example = Example.model_validate_json(row["example"])
        evidence = exact_duplicate(example, {question_key(example): f"{twins[row['place']]:016x}"})
        yield Rejection(example=example, reason="exact_duplicate", evidence=evidence or "")
