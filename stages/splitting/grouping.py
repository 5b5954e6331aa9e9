"""What must stay on one side of a split, because who has learned one of the examples knows another."""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from stages.common.records import Example
from stages.curation.content import Content
from stages.splitting.content import shared


def together(
    pool: Sequence[Example], contents: Sequence[Content], near_duplicates: Iterable[tuple[int, int]]
) -> list[int]:
    """A number for each example, that of the first in its group.

    Together are near-duplicates (pairs of places), examples that ask and say the same, and those that share what no
    two sides may share, however indirectly: of three, the first and the last may have only the second in common.
    """
    forest = Forest(len(pool))
    for one, other in near_duplicates:
        forest.join(one, other)
    first: dict[Hashable, int] = {}
    for place, content in enumerate(contents):
        for key in _facts(content):
            forest.join(first.setdefault(key, place), place)
    for several in shared(pool).values():
        for held in several:
            for owner in held.owners[1:]:
                forest.join(held.owners[0], owner)
    return [forest.root(place) for place in range(len(pool))]


class Forest:
    """Union-find: each group is known by the smallest of its numbers."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def root(self, one: int) -> int:
        while self._parents[one] != one:
            self._parents[one] = one = self._parents[self._parents[one]]
        return one

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low


def _facts(content: Content) -> Iterator[Hashable]:
    """The question with any answer, the fact asked from either end, the same answer about each of its subjects."""
    if len(content.question) > 1:
        yield "question", content.question
    if len(content.all) > 1:
        yield "fact", content.all
    core = content.answer - content.question
    if core:
        yield from (("answer", core, subject) for subject in content.subjects)
