"""How often words come, counted by hashes: which of two words is rarer, the same in all processes."""

from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np

from stages.engine.plans import read_table
from stages.engine.shuffle import write_whole

WORDS = 2**20  # words are counted by hashes of this many values; words of one hash count as equally frequent
COUNTS = "counts.npy"  # in the folder of that step


def word_number(word: str) -> int:
    """Where its count is among the `WORDS` counts."""
    return crc32(word.encode()) % WORDS


@lru_cache(maxsize=1)
def count_of_words(folder: Path) -> Callable[[str], int]:
    """In how many texts a word is, or at most so many, by the counts in this folder."""
    counts: list[int] = np.load(folder / COUNTS).tolist()
    return lambda word: counts[word_number(word)]


@lru_cache(maxsize=1)
def rank_by_counts(folder: Path) -> Callable[[str], tuple[int, str]]:
    """How rare words are: the rarest has the lowest rank, and no two words have the same."""
    count_of = count_of_words(folder)
    return lambda word: (count_of(word), word)


def write_counts(path: Path, texts: Iterable[Collection[str]]) -> None:
    """Counts in how many of the texts each word is."""
    import pyarrow as pa

    numbers = chain.from_iterable({word_number(word) for word in words} for words in texts)
    words, counts = np.unique(np.fromiter(numbers, np.int64), return_counts=True)
    write_whole(path, pa.table({"word": words, "count": counts}))


def sum_counts(parts: Path, folder: Path) -> None:
    """The counts of all parts, for `count_of_words`."""
    sums = np.zeros(WORDS, np.int64)
    for path in sorted(parts.glob("*.parquet")):
        table = read_table(path)
        sums[table["word"].to_numpy()] += table["count"].to_numpy()
    np.save(folder / COUNTS, sums)
