"""What the words of a task say about its answer: the text to work on, the alternatives, whether many are right."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from stages.english.tasks import asks_for_new_text, works_on_input
from stages.english.words import quoted, without_quotes
from stages.judges.rubric.rubric_words import READ_CHARACTERS, Word, content_stems, tokenize_words

_PATTERN_CHARACTERS = 2_000  # of the instruction; patterns are searched only in these

_OPTIONS = re.compile(r"((?:[\w-]+, )*[\w-]+),? or (?:an? |the )?([\w-]+)")
_ITEM = r"(?:and |or )?[\w'-]+(?: [\w'-]+){0,2}"
_LISTED = re.compile(rf"[:(\[]\s*({_ITEM}(?:, {_ITEM})+)\s*[.?!)\]]")
# Tasks with many right answers: to make something up, or to choose freely.
_FREE = re.compile(
    r"\b(?:synonyms?|rhym\w+|similes?|metaphors?|examples?|creative\w*|suggest\w*|invent|imagine|your own|"
    r"rephrase|reword|paraphrase|formal\w*|polite\w*|vivid\w*|concise\w*|shorten|simplify|suitable|appropriate)\b"
    r"|\b(?:name|list|give|provide|mention|think of|come up with)(?: me| us)? "
    r"(?:an?|any|some|two|three|four|five|\d+)\b"
    r"|\b(?:using|uses|with|contains) the (?:given )?(?:word|phrase|term)\b"
    r"|\b(?:write|create|generate|compose|craft|construct)(?: me)? an? (?:\w+ ){0,2}"
    r"(?:sentence|story|poem|haiku|paragraph|question|headline|title|slogan|riddle|joke|dialogue|description|letter)\b"
    r"|\b(?:more|stronger|better|different) (?!than)\w+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class RubricTask:
    """Sets of stems and forms of the words of a task (instruction and input), by their role."""

    instruction_stems: frozenset[str]  # stems of the instruction without the text to work on
    forms: frozenset[str]  # of instruction and input
    stems: frozenset[str]
    pairs: frozenset[tuple[str, str]]  # of neighbouring forms
    triples: frozenset[tuple[str, str, str]]
    text: str  # to work on: the input, or what is quoted or follows a colon; else the whole instruction
    material: tuple[Word, ...]  # the words of that text; empty if it is the whole instruction
    offered: frozenset[str]  # stems of the content words of the material
    options: frozenset[str]  # stems of the alternatives that the task offers
    quoted: frozenset[str]  # stems in quotes in the instruction
    works_on_text: bool  # it asks for work on the text
    open_ended: bool  # many answers are right


@lru_cache(maxsize=64)
def parse_task(instruction: str, input: str) -> RubricTask:
    words = tokenize_words(instruction) + tokenize_words(input)
    in_quotes = quoted(instruction[:READ_CHARACTERS])
    start = instruction[:_PATTERN_CHARACTERS]
    text, frame = _text_and_frame(instruction, input, in_quotes)
    material = tokenize_words(text)
    return RubricTask(
        instruction_stems=frozenset(word.stem for word in tokenize_words(frame)),
        forms=frozenset(word.form for word in words),
        stems=frozenset(word.stem for word in words),
        pairs=frozenset(word_pairs(tokenize_words(instruction)) + word_pairs(tokenize_words(input))),
        triples=frozenset(word_triples(words)),
        text=text or instruction,
        material=material,
        offered=content_stems(material),
        options=content_stems(word for option in _options(start) for word in tokenize_words(option)),
        quoted=content_stems(tokenize_words(in_quotes)),
        works_on_text=bool(input) or works_on_input(start),
        open_ended=(asks_for_new_text(start) and not material) or _FREE.search(start) is not None,
    )


def word_pairs(words: tuple[Word, ...]) -> list[tuple[str, str]]:
    """Pairs of the forms of neighbouring words."""
    return list(pairwise(word.form for word in words))


def word_triples(words: tuple[Word, ...]) -> list[tuple[str, str, str]]:
    """Triples of the forms of neighbouring words."""
    forms = [word.form for word in words]
    return list(zip(forms, forms[1:], forms[2:], strict=False))


def _text_and_frame(instruction: str, input: str, in_quotes: str) -> tuple[str, str]:
    """The text to work on, and the instruction without it."""
    if input:
        return input, instruction
    _, colon, rest = instruction.partition(": ")
    return (rest, instruction.replace(rest, " ")) if colon else (in_quotes, without_quotes(instruction))


def _options(instruction: str) -> list[str]:
    """The alternatives in "positive, negative or neutral", "good or bad" or "(good, well)"."""
    alternatives = [" ".join(match.groups()) for match in _OPTIONS.finditer(instruction)]
    return alternatives + _LISTED.findall(instruction)
