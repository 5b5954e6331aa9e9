"""Which label an answer gives to which item, where a question asks to sort several under several labels."""

import re
from collections.abc import Iterator, Set

from stages.judges.rubric.rubric_words import content_stems, words_of
from stages.judges.rubric.task import Task

_SEGMENT = re.compile(r"[.;\n]|, (?:and|while|whereas|but) ")


def grouping(task: Task, reference: str, answer: str) -> tuple[set[str], set[str]] | None:
    """What stands under which label in reference and answer, as "apple under fruit"; None where nothing is sorted.

    Labels are words of the instruction, items words of the text that it works on.
    """
    content = content_stems(words_of(reference))
    labels, items = content & task.told - task.offered, content & task.offered
    if len(labels) < 2 or len(items) < 2:
        return None
    expected = set(_labelled(reference, labels, items))
    if len({label for label, _ in expected}) < 2:
        return None
    return _named(expected), _named(set(_labelled(answer, labels, items)))


def _named(found: Set[tuple[str, str]]) -> set[str]:
    return {f"{item} under {label}" for label, item in found}


def _labelled(text: str, labels: Set[str], items: Set[str]) -> Iterator[tuple[str, str]]:
    """Each item with the label before it in its part of a sentence, else with the first behind it."""
    for segment in _segments(text, labels):
        words = words_of(segment)
        label = next((word.stem for word in words if word.stem in labels), None)
        for word in words:
            if word.stem in labels:
                label = word.stem
            elif label and word.stem in items:
                yield label, word.stem


def _segments(text: str, labels: Set[str]) -> Iterator[str]:
    """Parts of sentences, at commas where a part has several labels."""
    for segment in _SEGMENT.split(text):
        several = sum(word.stem in labels for word in words_of(segment)) > 1
        yield from segment.split(",") if several else [segment]
