"""What a question asks of its answer, as far as words show it: which text to work on, which of several to choose."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from stages.english.tasks import creates, works_on_input
from stages.english.words import quoted, without_quotes
from stages.judges.rubric.rubric_words import READ_CHARACTERS, Word, content_stems, words_of

_PATTERN_CHARACTERS = 2_000  # of the instruction, in which patterns are looked for

_OPTIONS = re.compile(r"((?:[\w-]+, )*[\w-]+),? or (?:an? |the )?([\w-]+)")
_ITEM = r"(?:and |or )?[\w'-]+(?: [\w'-]+){0,2}"
_LISTED = re.compile(rf"[:(\[]\s*({_ITEM}(?:, {_ITEM})+)\s*[.?!)\]]")
# Where many answers are right: something is to be made up, or to be chosen freely.
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
class Task:
    """The words of a question, as forms and stems, and what they are to its answer."""

    told: frozenset[str]  # stems of the instruction without the text to work on
    forms: frozenset[str]
    stems: frozenset[str]
    pairs: frozenset[tuple[str, str]]  # of neighbouring forms
    triples: frozenset[tuple[str, str, str]]
    text: str  # to work on: the input, or what is quoted or stands behind a colon; the instruction where nothing does
    material: tuple[Word, ...]  # its words; none where it is the instruction
    offered: frozenset[str]  # stems of its content words
    options: frozenset[str]  # stems of the alternatives that the question offers
    marked: frozenset[str]  # stems that are quoted in the instruction
    works: bool  # it asks for work on that text
    free: bool  # many answers are right


@lru_cache(maxsize=64)
def read_task(instruction: str, input: str) -> Task:
    asked = words_of(instruction) + words_of(input)
    marked = quoted(instruction[:READ_CHARACTERS])
    start = instruction[:_PATTERN_CHARACTERS]
    text, frame = _text_and_frame(instruction, input, marked)
    material = words_of(text)
    return Task(
        told=frozenset(word.stem for word in words_of(frame)),
        forms=frozenset(word.form for word in asked),
        stems=frozenset(word.stem for word in asked),
        pairs=frozenset(pairs(words_of(instruction)) + pairs(words_of(input))),
        triples=frozenset(triples(asked)),
        text=text or instruction,
        material=material,
        offered=content_stems(material),
        options=content_stems(word for one in _options(start) for word in words_of(one)),
        marked=content_stems(words_of(marked)),
        works=bool(input) or works_on_input(start),
        free=(creates(start) and not material) or _FREE.search(start) is not None,
    )


def pairs(words: tuple[Word, ...]) -> list[tuple[str, str]]:
    forms = [word.form for word in words]
    return list(pairwise(forms))


def triples(words: tuple[Word, ...]) -> list[tuple[str, str, str]]:
    forms = [word.form for word in words]
    return list(zip(forms, forms[1:], forms[2:], strict=False))


def _text_and_frame(instruction: str, input: str, marked: str) -> tuple[str, str]:
    """The text to work on, and the instruction without it."""
    if input:
        return input, instruction
    _, colon, rest = instruction.partition(": ")
    return (rest, instruction.replace(rest, " ")) if colon else (marked, without_quotes(instruction))


def _options(instruction: str) -> list[str]:
    """ "positive, negative or neutral", "good or bad", "(good, well)"."""
    chosen_from = [" ".join(match.groups()) for match in _OPTIONS.finditer(instruction)]
    return chosen_from + _LISTED.findall(instruction)
