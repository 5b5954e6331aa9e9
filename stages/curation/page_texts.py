"""The texts of pages on disk, looked up by title: for more pages than fit into memory.

The texts are in one file. Beside it are, sorted, the hashes of all titles and of their normal forms, and where the text
of each begins. Only those parts of the files that are read take memory. A hash has 64 bits: among ten million titles,
two have the same one once in 370,000 sets.
"""

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from stages.english.normal_form import normal_form

_TEXTS, _HASHES, _STARTS = "texts.jsonl", "hashes.npy", "starts.npy"


def write_page_texts(folder: Path, pages: Iterable[tuple[str, str]]) -> int:
    """Writes title and text of each page, and the index. Returns how many there are.

    Of pages of one title, the last is found; a title itself is found before the normal form of another, as `curate`
    does with a dictionary.
    """
    titles, normal_forms, starts = array("Q"), array("Q"), array("q")
    with (folder / _TEXTS).open("wb") as file:
        for title, text in pages:
            titles.append(_hash_of(title))
            normal_forms.append(_hash_of(normal_form(title)))
            starts.append(file.tell())
            file.write(json.dumps([title, text]).encode() + b"\n")
    distinct, first = np.unique(np.array(titles, np.uint64), return_index=True)
    _, last = np.unique(np.array(titles, np.uint64)[::-1], return_index=True)
    hashes = np.concatenate([np.array(normal_forms, np.uint64)[first], distinct])
    begins = np.tile(np.array(starts, np.int64)[::-1][last], 2)
    # Of several entries with the same hash, the one to be found comes last: a title, or else the latest new title.
    order = np.lexsort((np.tile(first, 2), np.repeat([0, 1], len(distinct)), hashes))
    hashes, begins = hashes[order], begins[order]
    is_found = np.ones(len(hashes), bool)
    is_found[:-1] = hashes[1:] != hashes[:-1]
    np.save(folder / _HASHES, hashes[is_found])
    np.save(folder / _STARTS, begins[is_found])
    return len(starts)


class PageTexts(Mapping[str, str]):
    """The texts that `write_page_texts` wrote, by title and by its normal form."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / _TEXTS).open("rb")
        self._hashes = np.load(folder / _HASHES, mmap_mode="r")
        self._starts = np.load(folder / _STARTS, mmap_mode="r")
        self._last: dict[int, tuple[str, str]] = {}  # examples of one page come one after the other

    def __getitem__(self, key: str) -> str:
        wanted = np.uint64(_hash_of(key))
        place = int(np.searchsorted(self._hashes, wanted))
        if place == len(self._hashes) or self._hashes[place] != wanted:
            raise KeyError(key)
        start = int(self._starts[place])
        if start not in self._last:
            self._file.seek(start)
            title, text = json.loads(self._file.readline())
            self._last = {start: (title, text)}
        return self._last[start][1]

    def __iter__(self) -> Iterator[str]:
        with (Path(self._file.name)).open("rb") as file:
            yield from (json.loads(line)[0] for line in file)

    def __len__(self) -> int:
        return len(self._hashes)


@lru_cache(maxsize=1)
def open_page_texts(folder: Path) -> PageTexts:
    """The texts of a folder, opened once by each process."""
    return PageTexts(folder)


def _hash_of(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "little")
