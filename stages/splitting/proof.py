"""What train, val and test share that would test a model on what it was trained on.

Read off the finished split, side against side, without the groups that it was made of: a fault in these shows here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stages.common.errors import StageError
from stages.common.records import Example
from stages.splitting.allocation import Split
from stages.splitting.content import Shared, common, shared

SHOWN = 80  # characters of a text in an error
_ORDER = ("test", "val", "train")


@dataclass(frozen=True)
class Leak:
    """Two examples on two sides, and what they share, as text."""

    what: str
    first: Example
    second: Example


@dataclass(frozen=True)
class Proof:
    """By what is shared: how often, and one example of it; a split that doesn't leak has none."""

    counts: dict[str, int]
    leaks: dict[str, Leak]
    test_examples: int  # how many of the test split share something with another side

    def metrics(self) -> dict[str, int]:
        counts = {f"{what}_on_two_sides": count for what, count in self.counts.items()}
        return counts | {"test_examples_that_leak": self.test_examples}


def prove(split: Split, near_duplicates: Iterable[tuple[Example, Example]]) -> Proof:
    """A leak is a finding, no error. Of `near_duplicates` those count that stand on two sides."""
    examples = [example for side in _ORDER for example in split[side]]
    sides = [side for side in _ORDER for _ in split[side]]
    counts: dict[str, int] = {}
    leaks: dict[str, Leak] = {}
    leaking: set[str] = set()
    for what, several in shared(examples).items():
        apart = [one for one in several if sides[one.owners[0]] != sides[one.owners[-1]]]
        counts[what] = len(apart)
        leaking |= {examples[owner].id for one in apart for owner in one.owners if sides[owner] == "test"}
        if apart:
            first, second = (examples[owner] for owner in _two(apart[0], sides))
            leaks[what] = Leak(common(what, first, second), first, second)
    side_of = {example.id: side for example, side in zip(examples, sides, strict=True)}
    pairs = [pair for pair in near_duplicates if len({side_of.get(one.id) for one in pair} - {None}) == 2]
    counts["near_duplicates"] = len(pairs)
    leaking |= {one.id for pair in pairs for one in pair if side_of[one.id] == "test"}
    if pairs:
        leaks["near_duplicates"] = Leak(" and ".join(one.id for one in pairs[0]), *pairs[0])
    return Proof(counts, leaks, len(leaking))


def refuse_leaks(proof: Proof) -> None:
    """Raises StageError that names two examples for each sort of leak."""
    problems = [f"{proof.counts[what]} {what.replace('_', ' ')}, {_named(leak)}" for what, leak in proof.leaks.items()]
    if problems:
        raise StageError(
            "\n  ".join(["split: two sides share content, so no split was written:", *problems])
            + "\n  Remove one of the two from its data set, or set split.decontaminate to false, which lets both stand"
        )


def _two(one: Shared, sides: Sequence[str]) -> tuple[int, int]:
    """Owners on two sides, one of which has it as content."""
    first, last, content = one.owners[0], one.owners[-1], one.owners[one.content.index(True)]
    return (content, last) if sides[content] != sides[last] else (first, content)


def _named(leak: Leak) -> str:
    first, second = (f"{one.id} ({one.instruction[:SHOWN]!r})" for one in (leak.first, leak.second))
    shown = " ".join(leak.what.split())[:SHOWN]
    return f"such as {shown!r} of {first} and {second}"
