"""Under which words the search for rewordings finds a question, and where it looks for those of another.

A near-duplicate of a short question has all its words, so it has its two rarest. A near-duplicate of a passage has a
share of its words. The words of a question come by rarity, the rarest first. Words are texts or numbers; any order of
rarity finds all near-duplicates, if it is the same for all questions.
"""

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import TypeVar

from stages.curation.vocabulary import LONG

W = TypeVar("W", int, str)
Key = tuple[str, tuple[W, ...]]
SHORT, PASSAGE = "short", "passage"  # the two sorts of keys


def keys_in_index(words: Sequence[W]) -> Iterator[Key[W]]:
    """Under what a question is found: a short one under its two rarest words, a passage under each of its words."""
    if len(words) < LONG:
        yield SHORT, tuple(words[:2])
    else:
        yield from ((PASSAGE, (word,)) for word in words)


def keys_to_look_up(
    words: list[W], fixed: frozenset[W], frequency: Callable[[W], int], min_similarity: float
) -> Iterator[Key[W]]:
    """Where all near-duplicates of a question that have as many words or fewer are found (of a passage, all)."""
    yield from ((SHORT, part) for part in _rarest_of_parts(words, fixed, min_similarity))
    if len(words) >= LONG:
        yield from ((PASSAGE, (word,)) for word in _required_words(words, fixed, frequency, min_similarity))


def by_rarity(words: Sequence[W], frequency: Callable[[W], int]) -> list[W]:
    """The rarest first, and equally frequent ones in their order here, which must be the same for all questions."""
    return sorted(words, key=frequency)


def _rarest_of_parts(words: list[W], fixed: frozenset[W], min_similarity: float) -> Iterator[tuple[W, ...]]:
    """The two rarest words of each short question that is a part of this one and so may be its near-duplicate: one that
    lacks none of the fixed words and few others. `words` are those of this question, rarest first."""
    size = len(words)
    missing = _most_missing(size, min_similarity)
    if size - missing >= LONG:
        return
    for end in range(1, size):
        if end - 1 > missing:
            break
        for start in range(end):
            if fixed.isdisjoint(words[:start]) and fixed.isdisjoint(words[start + 1 : end]):
                yield words[start], words[end]
    if size - 1 <= missing:
        yield from ((word,) for word in words if fixed <= {word})
    if size <= missing and not fixed:
        yield ()


def _most_missing(size: int, min_similarity: float) -> int:
    """How many of a question's words a near-duplicate may lack."""
    missing = size - ceil(min_similarity * size - 1e-9)
    return max(missing, 1) if size == 3 else missing  # two words of three are enough if the answer is the same


def _required_words(
    words: list[W], fixed: frozenset[W], frequency: Callable[[W], int], min_similarity: float
) -> list[W]:
    """Words of a passage, rarest first, at least one of which is in each passage that is a near-duplicate.

    That has all fixed words, so the rarest of them is enough; and it lacks few words, so one more than those is enough.
    The cheaper choice is taken.
    """
    choices = [words[: _most_missing(len(words), min_similarity) + 1]]
    if fixed:
        choices.append([next(word for word in words if word in fixed)])
    return min(choices, key=lambda choice: sum(map(frequency, choice)))
