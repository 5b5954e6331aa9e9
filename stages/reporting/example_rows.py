"""Every example that the run kept or rejected, for data.html: what became of it, and how it was scored.

The page shows at most SHOWN_AT_MOST. Of more, it shows all test rows and a sample of the others.
"""

import hashlib
import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from stages.common.files import iter_jsonl
from stages.common.quality_scores import QualityScore
from stages.common.records import Example, RawRow, Rejection

SHOWN_AT_MOST = 100_000
SPLIT_SIDES = ("train", "val", "test")

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True)
class ExampleFate:
    """An example, or a row that should be one, and what became of it."""

    example: Example | RawRow
    reason: str = ""  # "" if it was kept
    evidence: str = ""
    side: str = ""  # of the full split: train, val or test; "" if it is on none
    in_small: bool = False  # whether it is on that side of the small split, too
    score: QualityScore | None = None


@dataclass(frozen=True)
class ExampleFates:
    """The examples of the page, in the order of the files, and how many the run has."""

    rows: tuple[ExampleFate, ...]
    total: int

    @property
    def is_sample(self) -> bool:
        return len(self.rows) < self.total


def read_example_fates(data: Path, scores: dict[str, QualityScore], at_most: int = SHOWN_AT_MOST) -> ExampleFates:
    """Reads a run's curated and rejected examples, and the general tasks of its split. Missing files have none.

    Raises StageError if a file is damaged.
    """
    count = itertools.count()
    numbered = ((next(count), fate) for fate in _all_fates(data, scores))
    # An id is a hash, so those with the smallest ids are a random sample, and the same one each time.
    drawn = heapq.nsmallest(at_most, numbered, key=lambda pair: _rank(pair[1]))
    return ExampleFates(tuple(fate for _, fate in sorted(drawn, key=itemgetter(0))), next(count))


def _rank(fate: ExampleFate) -> tuple[bool, str]:
    example = fate.example
    digits = example.id if isinstance(example, Example) else hashlib.sha256(example.place.encode()).hexdigest()
    return fate.side != "test", digits


def _all_fates(data: Path, scores: dict[str, QualityScore]) -> Iterator[ExampleFate]:
    small = {
        example.id for side in SPLIT_SIDES for example in _read_if_any(data / f"splits/small/{side}.jsonl", Example)
    }
    sides: dict[str, str] = {}
    general: list[Example] = []
    for side in SPLIT_SIDES:
        for example in _read_if_any(data / f"splits/full/{side}.jsonl", Example):
            sides[example.id] = side
            if example.source.kind == "general":
                general.append(example)

    def kept(example: Example) -> ExampleFate:
        name = example.id
        return ExampleFate(example, side=sides.get(name, ""), in_small=name in small, score=scores.get(name))

    yield from map(kept, _read_if_any(data / "curated.jsonl", Example))
    yield from map(kept, general)
    for name in ("rejected.jsonl", "splits/rejected/general.jsonl"):
        for rejection in _read_if_any(data / name, Rejection):
            found = rejection.example
            score = scores.get(found.id) if isinstance(found, Example) else None
            yield ExampleFate(found, rejection.reason, rejection.evidence, score=score)


def _read_if_any(path: Path, record: type[R]) -> Iterator[R]:
    return iter_jsonl(path, record) if path.is_file() and path.stat().st_size else iter(())
