"""Examples that must stay on one side of a split, because who has learned one of them knows another."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain

from stages.curation.content import Content, read_content
from stages.curation.exact_duplicate import question_key
from stages.curation.near_duplicate import near_duplicate_pairs
from stages.curation.shared_runs import shared_runs
from stages.records import Example


def clusters(examples: Sequence[Example], min_similarity: float, run_words: int) -> list[int]:
    """A number for each example, that of the first in its cluster.

    Together are: near-duplicates, the same question with any answer, the same answer about the same subject, the same
    fact asked from either end, a run of words in input or output, and all synthetic examples of a page.
    """
    contents = [read_content(example) for example in examples]
    return clusters_of(examples, contents, near_duplicate_pairs(contents, min_similarity), run_words)


def clusters_of(
    examples: Sequence[Example], contents: Sequence[Content], similar: Iterable[tuple[int, int]], run_words: int
) -> list[int]:
    """The same for who has read the contents and compared them: `similar` are the places of near-duplicates."""
    forest = Forest(len(examples))
    first: dict[Hashable, int] = {}
    for place, (example, content) in enumerate(zip(examples, contents, strict=True)):
        for key in _keys(example, content):
            forest.join(first.setdefault(key, place), place)
    for one, other in chain(similar, shared_runs(examples, run_words)):
        forest.join(one, other)
    return [forest.root(place) for place in range(len(examples))]


class Forest:
    """Union-find: each cluster is known by the smallest of its numbers."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def root(self, one: int) -> int:
        while self._parents[one] != one:
            self._parents[one] = one = self._parents[self._parents[one]]
        return one

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self._parents[high] = low


def _keys(example: Example, content: Content) -> Iterator[Hashable]:
    """What examples of a cluster have in common word for word."""
    if example.source.kind == "synthetic" and example.source.title is not None:
        yield "page", example.source.title
    yield "asked", question_key(example)
    if len(content.question) > 1:
        yield "question", content.question
    if len(content.all) > 1:
        yield "fact", content.all
    core = content.answer - content.question
    if core:
        yield from (("answer", core, subject) for subject in content.subjects)
