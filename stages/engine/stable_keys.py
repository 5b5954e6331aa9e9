"""Hashes of texts that are the same in every process and on every machine, unlike those of Python's `hash`."""

import hashlib
import json
from functools import lru_cache

_KNOWN = 2**17  # words; a process takes some 20 MB for their hashes


def stable_key(*parts: object) -> int:
    """63 bits of the parts, which must have a JSON form (of unsigned 64, Daft loses the lowest on the way from a batch
    function)."""
    return _hash_of(json.dumps(parts)) >> 1


@lru_cache(maxsize=_KNOWN)
def word_hash(word: str) -> int:
    """64 bits of a word, which many texts may have."""
    return _hash_of(word)


def text_hash(text: str) -> int:
    """63 bits of a text."""
    return _hash_of(text) >> 1


def _hash_of(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
