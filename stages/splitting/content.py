"""What two sides of a split must not share: questions, pages and runs of words, as they stand.

Content is what stands in an input or an output. An instruction may word a task that many have in common ("judge whether
this claim is true or false"): its runs of words count only where they stand in an input or an output elsewhere.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stages.common.records import Example
from stages.curation.exact_duplicate import question_key

RUN = 8  # words

_WORD = re.compile(r"\w+")
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, and without a pattern in its bits


class Shared(NamedTuple):
    """What stands in several places, in one of them at least as content."""

    owners: list[int]  # the examples' places in their list, rising
    content: list[bool]  # whether each of them has it as content


def shared(examples: Sequence[Example]) -> dict[str, list[Shared]]:
    """All that examples have in common, by its sort."""
    return {
        "questions": _shared_keys(map(question, examples)),
        "pages": _shared_keys(example.source.title for example in examples),
        "word_runs": _shared_runs(examples),
    }


def question(example: Example) -> str:
    """Instruction and input, but for case, spaces and closing punctuation."""
    return "\n".join(question_key(example))


def common(what: str, one: Example, other: Example) -> str:
    """What two examples share of a sort, as text; "" where that is nothing."""
    if what == "questions":
        return question(one)
    if what == "pages":
        return one.source.title or ""
    runs = {run for text in _texts(other) for run in _runs(text)}
    return next((run for text in _texts(one) for run in _runs(text) if run in runs), "")


def _texts(example: Example) -> tuple[str, str, str]:
    return example.instruction, example.input, example.output


def _runs(text: str) -> list[str]:
    """Each run of 8 words; punctuation and case are nothing."""
    words = _words(text)
    return [" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _shared_keys(keys: Iterable[str | None]) -> list[Shared]:
    owners: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        if key is not None:
            owners.setdefault(key, []).append(place)
    return [Shared(places, [True] * len(places)) for places in owners.values() if len(places) > 1]


def _shared_runs(examples: Sequence[Example]) -> list[Shared]:
    """By hashes of 64 bits, as the texts of millions of runs would fill the memory: two runs in a million sets of a
    hundred thousand examples are taken for one."""
    hashes, texts = _hashed_runs(examples)
    order = np.argsort(hashes, kind="stable")
    hashes, texts = hashes[order], texts[order]
    first = np.ones(len(hashes), bool)
    first[1:] = hashes[1:] != hashes[:-1]
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(hashes))
    several = (ends - starts > 1) & np.logical_or.reduceat(texts % 3 != 0, starts)
    found = (texts[start:end] for start, end in zip(starts[several], ends[several], strict=True))
    return [Shared((part // 3).tolist(), (part % 3 != 0).tolist()) for part in found]


def _hashed_runs(examples: Sequence[Example]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hash of each run, and the number of its text: three an example, the first of which is the instruction."""
    numbers: dict[str, int] = {}
    words: list[int] = []
    lengths: list[int] = []
    for example in examples:
        for text in _texts(example):
            found = _words(text)
            words += [numbers.setdefault(word, len(numbers)) for word in found]
            lengths.append(len(found))
    texts = np.repeat(np.arange(len(lengths)), lengths)
    starts = max(0, len(words) - RUN + 1)
    numbered = np.array(words, np.uint64)
    hashes = np.zeros(starts, np.uint64)
    for place in range(RUN):
        hashes = hashes * _MULTIPLIER + numbered[place : place + starts] + np.uint64(1)
    whole = texts[:starts] == texts[len(words) - starts :] if starts else np.zeros(0, bool)
    return hashes[whole], texts[:starts][whole]
