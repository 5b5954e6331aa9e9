"""Proves that no two sides of a finished split share content, or counts what they share.

The proof reads only the examples of the split. It shares no code with the grouping that made the split: it decides for
itself what a question, a run of words and a near-duplicate is, so a bug in one shows as a disagreement between them.
It shares the definitions: the normal form of texts and, for near-duplicates, word lists and lemmas. A bug there goes
unnoticed.
"""

import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stages.common.errors import StageError
from stages.common.records import Example
from stages.english.normal_form import normal_form
from stages.splitting.rewordings import find_rewordings

RUN_WORDS = 8
SHOWN = 80  # characters of a text in an error
_SIDES = ("test", "val", "train")
_WORD = re.compile(r"\w+")
# The exclamation mark of "5!" is no punctuation.
_CLOSING = re.compile(r"(?:[.?: ]|(?<!\d)(?<!\))!)+\Z")
_BASE = np.int64(0x27D4EB2F165667C5)  # of the hash of a run: odd, and without a pattern in its bits

Run = tuple[str, ...]


@dataclass(frozen=True)
class Leak:
    """Something that two sides share: two examples on different sides that have it, and all examples that do."""

    text: str  # what they share
    first: Example
    second: Example
    holders: frozenset[int]  # positions in the order test, val, train
    count: int = 1


@dataclass(frozen=True)
class Proof:
    """What two sides share, by sort: questions, pages, word_runs, near_duplicates."""

    counts: dict[str, int]  # how many leaks
    leaks: dict[str, Leak]  # the first leak of each sort that occurs
    test_examples: int  # examples of the test split that share something with another side

    def metrics(self) -> dict[str, int]:
        counts = {f"{sort}_on_two_sides": count for sort, count in self.counts.items()}
        return counts | {"test_examples_that_leak": self.test_examples}


def prove(split: Mapping[str, Sequence[Example]], min_similarity: float) -> Proof:
    """Counts what the sides of a split share. Leaks are a result here, not an error.

    `min_similarity` is the share of words (0 to 1) from which two questions and two answers are near-duplicates.
    """
    examples = [example for side in _SIDES for example in split[side]]
    sides = [side for side in _SIDES for _ in split[side]]
    leaks = {
        "questions": list(_shared_keys(examples, sides, map(asked_question, examples))),
        "pages": [
            replace(leak, text=leak.first.source.title or "")
            for leak in _shared_keys(examples, sides, map(page_title, examples))
        ],
        "word_runs": list(_shared_runs(examples, sides)),
        "near_duplicates": list(_near_duplicates(examples, sides, min_similarity)),
    }
    leaking = frozenset[int]().union(*(leak.holders for of_sort in leaks.values() for leak in of_sort))
    return Proof(
        counts={sort: sum(leak.count for leak in of_sort) for sort, of_sort in leaks.items()},
        leaks={sort: of_sort[0] for sort, of_sort in leaks.items() if of_sort},
        test_examples=len({examples[place].id for place in leaking if sides[place] == "test"}),
    )


def refuse_leaks(proof: Proof) -> None:
    """Raises StageError if there are leaks. The message names two examples for each sort of leak."""
    problems = [
        f"{proof.counts[sort]} {sort.replace('_', ' ')}, {_describe(leak)}" for sort, leak in proof.leaks.items()
    ]
    if problems:
        raise StageError(
            "\n  ".join(["split: two sides share content, so no split was written:", *problems])
            + "\n  Remove one of the two from its data set, or set split.decontaminate to false, which keeps both"
        )


def asked_question(example: Example) -> str:
    """Instruction and input in normal form, without closing punctuation."""
    return f"{_without_closing(example.instruction)}\n{_without_closing(example.input)}"


def _without_closing(text: str) -> str:
    """The normal form without closing punctuation. A text of punctuation alone stays."""
    text = normal_form(text)
    closing = _CLOSING.search(text, len(text.rstrip(".?!: ")))
    return text[: closing.start()] or text if closing else text


def page_title(example: Example) -> str | None:
    return None if example.source.title is None else normal_form(example.source.title)


def _shared_keys(examples: Sequence[Example], sides: Sequence[str], keys: Iterable[str | None]) -> Iterator[Leak]:
    """A leak for each key that examples on two sides have; an example with the key None has none."""
    in_order = list(keys)
    first_sides: dict[str, str] = {}
    shared = {
        key
        for key, side in zip(in_order, sides, strict=True)
        if key is not None and first_sides.setdefault(key, side) != side
    }
    holders: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(in_order):
        if key in shared:
            holders[key].append(place)
    for key, places in holders.items():
        yield _leak(key, places[0], places, examples, sides)


def _shared_runs(examples: Sequence[Example], sides: Sequence[str]) -> Iterator[Leak]:
    """A leak for each run of words on two sides that is content (in an input or an output) of at least one example."""
    holders: dict[Run, list[int]] = defaultdict(list)
    content: dict[Run, int] = {}  # the first example that has it as content
    for place in _suspects(examples, sides):
        for is_content, run in _runs(examples[place]):
            holders[run].append(place)
            if is_content:
                content.setdefault(run, place)
    for run, owner in content.items():
        if len({sides[place] for place in holders[run]}) > 1:
            yield _leak(" ".join(run), owner, holders[run], examples, sides)


def _suspects(examples: Sequence[Example], sides: Sequence[str]) -> list[int]:
    """The positions of all examples that have a shared run, and by chance of a few others. They are found by hashes of
    runs, because the texts of all runs would fill the memory."""
    runs, texts = run_hashes(examples, hash)
    order = np.argsort(runs)
    runs, texts = runs[order], texts[order]
    text_sides = np.repeat(np.array([_SIDES.index(side) for side in sides], np.int8), 3)[texts]
    return sorted(set((texts[on_two_sides(runs, text_sides, texts % 3 != 0)] // 3).tolist()))


def run_hashes(
    examples: Sequence[Example], hash_word: Callable[[str], int]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The hash of each run of words, and the number of its text; every third text is an instruction. `hash_word` gives
    a signed number of 64 bits."""
    words = array("q")  # hashes of the words of all texts
    lengths = array("q")
    for example in examples:
        for text in (example.instruction, example.input, example.output):
            of_text = _WORD.findall(normal_form(text))
            words.extend(map(hash_word, of_text))
            lengths.append(len(of_text))
    count = max(0, len(words) - RUN_WORDS + 1)
    texts = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)  # the text of each word
    runs = np.zeros(count, np.int64)
    for offset in range(RUN_WORDS if count else 0):
        runs = runs * _BASE + np.frombuffer(words, np.int64, count, 8 * offset)
    within = texts[:count] == texts[len(texts) - count :]
    return runs[within], texts[:count][within]  # those that begin and end in the same text


def on_two_sides(keys: NDArray[np.int64], sides: NDArray[np.int8], is_content: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of these keys, in rising order, come on two sides, and as content at least once."""
    crossing = keys[1:][(keys[1:] == keys[:-1]) & (sides[1:] != sides[:-1])]
    shared = np.isin(keys, crossing)
    shared[shared] = np.isin(keys[shared], keys[shared & is_content])
    return shared


def _runs(example: Example) -> Iterator[tuple[bool, Run]]:
    """Each run of words, without case and punctuation, and whether it is content."""
    for is_content, text in ((False, example.instruction), (True, example.input), (True, example.output)):
        words = tuple(_WORD.findall(normal_form(text)))
        for start in range(len(words) - RUN_WORDS + 1):
            yield is_content, words[start : start + RUN_WORDS]


def _near_duplicates(examples: Sequence[Example], sides: Sequence[str], min_similarity: float) -> Iterator[Leak]:
    for first, second in find_rewordings(examples, min_similarity):
        first_sides, second_sides = (Counter(sides[place] for place in places) for places in (first, second))
        on_one_side = sum(count * second_sides[side] for side, count in first_sides.items())
        pairs = len(first) * len(second) - on_one_side
        if not pairs:
            continue
        holders = {place for place in first if second_sides.total() > second_sides[sides[place]]}
        holders |= {place for place in second if first_sides.total() > first_sides[sides[place]]}
        start = next(place for place in first if place in holders)
        end = next(place for place in second if sides[place] != sides[start])
        text = f"{examples[start].id} and {examples[end].id}"
        count = pairs // 2 if first is second else pairs
        yield Leak(text, examples[start], examples[end], frozenset(holders), count)


def _leak(text: str, start: int, holders: Sequence[int], examples: Sequence[Example], sides: Sequence[str]) -> Leak:
    """The leak with the example at `start` and the first one on another side."""
    end = next(place for place in holders if sides[place] != sides[start])
    return Leak(text, examples[start], examples[end], frozenset(holders))


def _describe(leak: Leak) -> str:
    first, second = (f"{example.id} ({example.instruction[:SHOWN]!r})" for example in (leak.first, leak.second))
    text = " ".join(leak.text.split())[:SHOWN]
    return f"such as {text!r} of {first} and {second}"
