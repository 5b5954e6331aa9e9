"""Answers to everything: what a text earns that says nothing about the question. The best of them is the floor.

Language models as judges are known to let constant texts win (Zheng et al., 2025, "Cheating Automatic LLM Benchmarks:
Null Models Achieve High Win Rates"). A model whose answers don't score more than the floor has shown nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence

from stages.common.records import Answers

EMPTY_PHRASE = "That is an interesting question, and there are many ways to look at it."
# A word, a short sentence, a refusal and an empty phrase.
CONSTANTS = ("Yes.", "The soup.", "I don't know.", EMPTY_PHRASE)
OWN_FRAME = "the reference without what it says"
_OPENINGS = 3  # how many frequent openings of references are tried
_OPENING_WORDS = 3

_FRAME = re.compile(r".*?\b(?:is|are|was|were|stands for|means|mentions|names|describes|becomes|about)\b")
_WORDS = re.compile(r"\w+")
_COMMON = frozenset(
    "the a an it its in of to that this is are was were blank missing word number stands for names mentions passage "
    "text subject means describes becomes years about common sentence answer".split()
)


def constant_answers(rows: Sequence[Answers]) -> dict[str, Callable[[Answers], str]]:
    """Each answer to everything by its name: a text, or `OWN_FRAME`, which depends on the row.

    Tuned models learn how references begin, so the most frequent openings of the references are among them.
    """
    openings = Counter(" ".join(row.output.split()[:_OPENING_WORDS]) for row in rows)
    texts = [*CONSTANTS, *(f"{opening.rstrip('.')}." for opening, _ in openings.most_common(_OPENINGS))]
    answers: dict[str, Callable[[Answers], str]] = {text: _always(text) for text in texts}
    return answers | {OWN_FRAME: frame_of}


def frame_of(row: Answers) -> str:
    """The reference without what it says: "The plural of 'child' is '.'"; a mark alone if it has no such frame."""
    asked = set(_WORDS.findall(f"{row.instruction} {row.input}".lower()))
    frame = _FRAME.match(row.output)
    if frame is None or set(_WORDS.findall(frame[0].lower())) - asked - _COMMON:
        return "."
    return f"{frame[0]} '.'"


def _always(text: str) -> Callable[[Answers], str]:
    return lambda _: text
