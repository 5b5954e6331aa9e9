"""Groups examples that must stay on one side of a split, because a model that learned one of them knows the other.

What two sides must not share is a question, a page or a run of words. Runs count if they are content, that is, in an
input or an output. Many tasks share the wording of an instruction ("judge whether this claim is true or false"), so the
runs of an instruction count only if they are content in another example.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stages.common.records import Example
from stages.curation.content import Content
from stages.curation.exact_duplicate import question_key
from stages.english.normal_form import normal_form

RUN = 8  # words

_WORD = re.compile(r"\w+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, and without a pattern in its bits

Owners = list[int]  # positions of the examples that have something in common, rising


def group_examples(
    pool: Sequence[Example], contents: Sequence[Content], near_duplicates: Iterable[tuple[int, int]]
) -> list[int]:
    """The group of each example, as the position of the group's first example.

    A group joins near-duplicates (pairs of positions), examples that ask or state the same fact, and examples that
    share what no two sides may share. Groups are transitive: if A goes with B and B with C, all three are one group.
    """
    forest = Forest(len(pool))
    for first, second in near_duplicates:
        forest.join(first, second)
    first_with: dict[Hashable, int] = {}
    for place, content in enumerate(contents):
        for fact in facts_of(content):
            forest.join(first_with.setdefault(fact, place), place)
    for owners in shared_content(pool):
        for owner in owners[1:]:
            forest.join(owners[0], owner)
    return [forest.root(place) for place in range(len(pool))]


class Forest:
    """Union-find: disjoint groups of the numbers below `size`. The smallest number of a group is its root."""

    def __init__(self, size: int) -> None:
        self._parents = list(range(size))

    def root(self, number: int) -> int:
        while self._parents[number] != number:
            self._parents[number] = number = self._parents[self._parents[number]]  # halves the way for the next search
        return number

    def join(self, first: int, second: int) -> None:
        low, high = sorted((self.root(first), self.root(second)))
        self._parents[high] = low


def facts_of(content: Content) -> Iterator[tuple[Hashable, ...]]:
    """Keys of the facts that an example asks or states: its question (whatever the answer), question and answer
    together (the fact may be asked from either end), and its answer about each of the subjects."""
    if len(content.question) > 1:
        yield "question", content.question
    if len(content.all) > 1:
        yield "fact", content.all
    core = content.answer - content.question
    if core:
        yield from (("answer", core, subject) for subject in content.subjects)


def shared_content(examples: Sequence[Example]) -> Iterator[Owners]:
    """The owners of each question, each page and each run of words that several examples (or texts of one) have."""
    yield from _shared_keys(map(question_key, examples))
    yield from _shared_keys(map(page_key, examples))
    yield from _shared_runs(examples)


def page_key(example: Example) -> str | None:
    """Equal for two examples about the same page; None without a page."""
    return example.source.title and normal_form(example.source.title)


def _shared_keys(keys: Iterable[Hashable | None]) -> Iterator[Owners]:
    owners: dict[Hashable, Owners] = {}
    for place, key in enumerate(keys):
        if key is not None:
            owners.setdefault(key, []).append(place)
    return (places for places in owners.values() if len(places) > 1)


def _shared_runs(examples: Sequence[Example]) -> Iterator[Owners]:
    """Owners of each run of `RUN` words, without case and punctuation, that is content in one of them.

    Runs are compared by 64-bit hashes, because the texts of millions of runs would fill the memory. In two of a million
    sets of 100,000 examples, two different runs have the same hash.
    """
    numbers: dict[str, int] = {}
    return owners_of_runs(*hash_runs(examples, lambda word: numbers.setdefault(word, len(numbers))))


def owners_of_runs(hashes: NDArray[np.uint64], texts: NDArray[np.int64]) -> Iterator[Owners]:
    """The positions of the examples that have the same hash, for each that is content in one of them."""
    order = np.argsort(hashes, kind="stable")
    hashes, texts = hashes[order], texts[order]
    is_first = np.ones(len(hashes), bool)
    is_first[1:] = hashes[1:] != hashes[:-1]
    starts = np.flatnonzero(is_first)
    ends = np.append(starts[1:], len(hashes))
    is_content = np.logical_or.reduceat(texts % 3 != 0, starts)
    several = (ends - starts > 1) & is_content
    for start, end in zip(starts[several], ends[several], strict=True):
        yield (texts[start:end] // 3).tolist()


def hash_runs(
    examples: Sequence[Example], number_of: Callable[[str], int]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hash of each run, and the number of its text: 3 x position for an instruction, + 1 for an input, + 2 for an
    output. `number_of` gives every word a number of its own."""
    words: list[int] = []
    lengths: list[int] = []
    for example in examples:
        for text in (example.instruction, example.input, example.output):
            of_text = _WORD.findall(normal_form(text))
            words += map(number_of, of_text)
            lengths.append(len(of_text))
    texts = np.repeat(np.arange(len(lengths)), lengths)
    starts = max(0, len(words) - RUN + 1)
    numbered = np.array(words, np.uint64)
    hashes = np.zeros(starts, np.uint64)
    for place in range(RUN):
        hashes = hashes * _MULTIPLIER + numbered[place : place + starts] + np.uint64(1)
    # A run must not extend into the next text.
    whole = texts[:starts] == texts[len(words) - starts :] if starts else np.zeros(0, bool)
    return hashes[whole], texts[:starts][whole]
