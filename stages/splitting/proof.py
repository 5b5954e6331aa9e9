"""Proves that no two sides of a finished split share content, or counts what they share.

The proof reads only the examples of the split. It shares no code with the grouping that made the split: it decides for
itself what a question, a run of words and a near-duplicate is, so a bug in one shows as a disagreement between them.
It shares the definitions: the normal form of texts and, for near-duplicates, word lists and lemmas. A bug there goes
unnoticed.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from stages.common.errors import StageError
from stages.common.records import Example
from stages.english.normal_form import normal_form
from stages.splitting.rewordings import find_rewordings

RUN_WORDS = 8
SHOWN = 80  # characters of a text in an error
_SIDES = ("test", "val", "train")  # train last: it is the largest, and its runs are only looked up

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
        "questions": list(_shared_keys(examples, sides, map(_question, examples))),
        "pages": [
            replace(leak, text=leak.first.source.title or "")
            for leak in _shared_keys(examples, sides, map(_title, examples))
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


def _question(example: Example) -> str:
    """Instruction and input in normal form, without closing punctuation."""
    texts = (normal_form(example.instruction), normal_form(example.input))
    # The exclamation mark of "5!" is no punctuation, and a text of punctuation alone stays.
    return "\n".join(re.sub(r"(?:[.?:\s]|(?<!\d)(?<!\))!)+\Z", "", text) or text for text in texts)


def _title(example: Example) -> str | None:
    return None if example.source.title is None else normal_form(example.source.title)


def _shared_keys(examples: Sequence[Example], sides: Sequence[str], keys: Iterable[str | None]) -> Iterator[Leak]:
    """A leak for each key that examples on two sides have; an example with the key None has none."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        if key is not None:
            holders[key].append(place)
    for key, places in holders.items():
        if len({sides[place] for place in places}) > 1:
            yield _leak(key, places[0], places, examples, sides)


def _shared_runs(examples: Sequence[Example], sides: Sequence[str]) -> Iterator[Leak]:
    """A leak for each run of words on two sides that is content (in an input or an output) of at least one example."""
    suspects = _runs_on_two_sides(examples, sides)
    holders: dict[Run, list[int]] = defaultdict(list)
    content: dict[Run, int] = {}  # the first example that has it as content
    for place, example in enumerate(examples if suspects else ()):
        for is_content, run in _runs(example):
            if hash(run) in suspects:
                holders[run].append(place)
                if is_content:
                    content.setdefault(run, place)
    for run, owner in content.items():
        if len({sides[place] for place in holders[run]}) > 1:
            yield _leak(" ".join(run), owner, holders[run], examples, sides)


def _runs_on_two_sides(examples: Sequence[Example], sides: Sequence[str]) -> set[int]:
    """Hashes of all runs on two sides, and by chance of a few others. Texts of all runs would fill the memory."""
    side_of: dict[int, str] = {}
    suspects: set[int] = set()
    for example, side in zip(examples, sides, strict=True):
        for _, run in _runs(example):
            key = hash(run)
            if side == _SIDES[-1]:
                if key in side_of:
                    suspects.add(key)
            elif side_of.setdefault(key, side) != side:
                suspects.add(key)
    return suspects


def _runs(example: Example) -> Iterator[tuple[bool, Run]]:
    """Each run of words, without case and punctuation, and whether it is content."""
    for is_content, text in ((False, example.instruction), (True, example.input), (True, example.output)):
        words = tuple(re.findall(r"\w+", normal_form(text)))
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
