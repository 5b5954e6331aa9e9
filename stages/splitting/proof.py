"""What train, val and test share that would test a model on what it was trained on.

Read off the finished split, side against side, without the clusters that it was made of: a fault in these shows here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from stages.errors import StageError
from stages.records import Example
from stages.splitting.allocation import Split
from stages.splitting.content import KEYS, Keys

SHOWN = 80  # characters of a text in an error


@dataclass(frozen=True)
class Leak:
    """Something that stands on two sides, and two examples that share it."""

    what: str
    first: Example
    second: Example


@dataclass(frozen=True)
class Proof:
    """`leaks` by what is shared; a split that doesn't leak has none."""

    leaks: dict[str, list[Leak]]
    test_examples: int  # how many of the test split share something with another side

    def metrics(self) -> dict[str, int]:
        counts = {f"{what}_on_two_sides": len(leaks) for what, leaks in self.leaks.items()}
        return counts | {"test_examples_that_leak": self.test_examples}


def prove(split: Split, near_duplicates: Iterable[tuple[Example, Example]]) -> Proof:
    """A leak is a finding, no error. Of `near_duplicates` those count that stand on two sides."""
    leaks: dict[str, list[Leak]] = {}
    leaking: set[str] = set()
    for what, keys in KEYS.items():
        shared = _shared(split, keys)
        leaks[what] = list(shared.values())
        leaking |= {example.id for example in split["test"] if keys(example).keys() & shared.keys()}
    side_of = {example.id: side for side, examples in split.items() for example in examples}
    apart = [pair for pair in near_duplicates if len({side_of.get(one.id) for one in pair} - {None}) == 2]
    leaks["near_duplicates"] = [Leak(f"{one.id} and {other.id}", one, other) for one, other in apart]
    leaking |= {one.id for pair in apart for one in pair if side_of[one.id] == "test"}
    return Proof(leaks, len(leaking))


def refuse_leaks(proof: Proof) -> None:
    """Raises StageError that names two examples for each sort of leak."""
    problems = [
        f"{len(leaks)} {what.replace('_', ' ')}, {_named(leaks[0])}" for what, leaks in proof.leaks.items() if leaks
    ]
    if problems:
        raise StageError(
            "\n  ".join(["split: two sides share content, so no split was written:", *problems])
            + "\n  Remove one of the two from its data set, or set split.decontaminate to false, which lets both stand"
        )


def _shared(split: Split, keys: Keys) -> dict[str, Leak]:
    """Each key that stands on two sides, on one of them at least as content."""
    leaks: dict[str, Leak] = {}
    held: dict[str, tuple[Example, bool]] = {}
    for side in ("test", "val", "train"):
        own: dict[str, tuple[Example, bool]] = {}
        for example in split[side]:
            for key, content in keys(example).items():
                if (found := held.get(key)) and (content or found[1]) and key not in leaks:
                    leaks[key] = Leak(key, found[0], example)
                if side != "train" and (content or key not in own):  # train, the largest, is the last: nobody asks
                    own[key] = example, content
        held |= own
    return leaks


def _named(leak: Leak) -> str:
    first, second = (f"{one.id} ({one.instruction[:SHOWN]!r})" for one in (leak.first, leak.second))
    shared = " ".join(leak.what.split())[:SHOWN]
    return f"such as {shared!r} of {first} and {second}"
