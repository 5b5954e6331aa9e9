"""A fixed sample of examples for people to read."""

import hashlib
import heapq
from collections.abc import Iterable

from stages.common.records import Example


def sample(examples: Iterable[Example], size: int, seed: int) -> list[Example]:
    """`size` examples, those with the smallest hashes of seed and id.

    An example is in the sample whatever stands beside it in the file, so that a sample that was read stays read
    when a few of the others change.
    """

    def draw(example: Example) -> str:
        return hashlib.sha256(f"{seed} {example.id}".encode()).hexdigest()

    return heapq.nsmallest(size, examples, key=draw)


def as_text(example: Example) -> str:
    """An example as a person reads it."""
    about = f" ({example.source.title})" if example.source.title else ""
    given = f"\n   input: {example.input}" if example.input else ""
    return f"[{example.kind}]{about} {example.instruction}{given}\n   output: {example.output}"
