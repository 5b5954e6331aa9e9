"""Runs of words that several examples share: where one of them is learned, the others are no test."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stages.curation.content import tokens
from stages.records import Example

_COMMON = 0.005  # share of the texts from which on a word is wording
_PRIME = np.uint64(1099511628211)


def shared_runs(examples: Sequence[Example], run_words: int) -> Iterator[tuple[int, int]]:
    """Pairs of examples (places in the list) of which an input or output shares `run_words` words in a row with one
    of the other's. Half of these must be words that hardly any example has: the rest is the wording of tasks."""
    runs, owners = _runs(examples, run_words)
    order = np.argsort(runs, kind="stable")
    runs, owners = runs[order], owners[order]
    same = (runs[1:] == runs[:-1]) & (owners[1:] != owners[:-1])
    yield from zip(owners[:-1][same].tolist(), owners[1:][same].tolist(), strict=True)


def _runs(examples: Sequence[Example], size: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hash of each run that counts, and the place of its example."""
    words, owners, texts = _numbered(examples)
    if len(words) < size:
        return np.empty(0, np.uint64), np.empty(0, np.int64)
    common = max(2, int(_COMMON * len(examples)))
    rare = np.concatenate([[0], np.cumsum(_examples_with(words, owners)[words] <= common)])
    starts = len(words) - size + 1
    hashes = np.zeros(starts, np.uint64)
    for place in range(size):
        hashes = hashes * _PRIME + words[place : place + starts].astype(np.uint64) + np.uint64(1)
    counts = (texts[:starts] == texts[size - 1 :]) & (2 * (rare[size:] - rare[:-size]) >= size)
    return hashes[counts], owners[:starts][counts]


def _numbered(examples: Sequence[Example]) -> tuple[NDArray[np.int64], ...]:
    """All words of inputs and outputs in a row: their numbers, their examples and their texts."""
    numbers: dict[str, int] = {}
    words: list[int] = []
    lengths = []
    for example in examples:
        for text in (example.input, example.output):
            found = tokens(text.lower())
            words.extend(numbers.setdefault(word, len(numbers)) for word in found)
            lengths.append(len(found))
    texts = np.repeat(np.arange(len(lengths)), lengths)
    return np.array(words, np.int64), texts // 2, texts


def _examples_with(words: NDArray[np.int64], owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """In how many examples each word stands."""
    pairs = np.unique(np.stack([words, owners]), axis=1)
    return np.bincount(pairs[0])
