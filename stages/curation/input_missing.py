"""An instruction that needs an input which is missing: "Summarize the following passage." and nothing more."""

import re

from stages.common.records import Example
from stages.english.tasks import TEXT_NOUN, THING_NOUN
from stages.english.words import quoted, split_at_stops

_ADJECTIVES = r"(?:(?!the |an? )[a-z-]+ ){0,2}?"
_END = r"(?=\s*[.?!,;]|$)"
# What may follow the mention of a given text: "the sentence into French", but not "the sentence of the court".
_USE = (
    r"(?: (?:into|using|so that|as|without|to|and|correctly|backwards?|aloud|in (?:(?:the )?(?:passive|active|past|"
    r"present|future|correct|right|alphabetical|ascending|descending|reverse|chronological|order|third|first|plural)|"
    r"an?\b|your|one|two|fewer|other|different|simpler|(?-i:[A-Z]\w+)))\b)"
)
_POINTS = re.compile(
    rf"\b(?:following|given(?! name)|provided|attached|supplied|above) {_ADJECTIVES}(?:{TEXT_NOUN}|{THING_NOUN})\b"
    r"(?! after\b)"  # "the following month after June"
    rf"|\bthe following(?: into| to| in| as| by|{_END})"
    rf"|\b(?:this|these) (?!questions?\b){_ADJECTIVES}(?:{TEXT_NOUN}|{THING_NOUN})\b(?! (?:of|is called)\b)",
    re.I,
)
_POINTS_AFTER = re.compile(
    rf"\b(?:{TEXT_NOUN}|{THING_NOUN}) (?:provided|shown|listed|"
    r"(?:below|above)(?! (?:\d+|the|an?|zero|sea|ground|average|freezing)\b))\b",
    re.I,
)
_AFTER = re.compile(r" (?:below|above|provided|shown|listed)\b", re.I)
_WORK = (
    r"(?:rewrite|rephrase|reword|paraphrase|summarize|shorten|simplify|translate|correct|fix|edit|proofread|punctuate|"
    r"capitalize|convert|change|turn|transform|combine|join|complete|finish|sort|arrange|order|rank|classify|categorize|"
    r"find|identify|underline|extract|count|spell|pluralize|give|define|analyze|read|replace|remove|add|put|make|state|"
    r"explain|expand|continue|reverse)"
)
_OPENING = r"^(?:please |kindly |can you |could you |would you )*"
_KNOWN = re.compile(
    rf"{_OPENING}{_WORK} (?:[\w'-]+ ){{0,6}}?the (?:two |three )?(?!answer|name|fact|time|topic|numbers?\b|line|data)"
    rf"{TEXT_NOUN}(?:{_END}|{_USE})",
    re.I,
)
_BARE = re.compile(
    rf"{_OPENING}(?:translate|rewrite|summarize|paraphrase|rephrase|proofread|correct|sort|arrange)(?: it| this| them)?"
    r"(?: (?:into|to|in|from) [a-z ]+)?[.!]*$",
    re.I,
)
_MATERIAL = re.compile(r":\s*\S|\n\s*\S|_{2,}|\s[-–—]+\s|(?:[^\s,]+, ){2,}|,[^,.]+ or |\d\D+\d|\.\.\.|…|[=+*]")
_COMMAND = re.compile(
    r"(?:please |then |now |also |and )?(?:use|make|write|keep|do|don't|give|answer|be|explain|include|ensure|return|"
    r"list|provide|limit|try|avoid|output|state|say|name|show|identify|rewrite|correct|your|each|it should|what|which|"
    r"how|is|are|does|if|underline|only|find|sort|in (?:one|two|your|at most))\b",
    re.I,
)


def input_missing(example: Example) -> str | None:
    """An instruction that mentions a text, a list or a thing as given, although neither the input nor the instruction
    (in quotes, after a colon or in another sentence) contains it."""
    task = example.instruction.strip()
    if example.input.strip():
        return None
    pointer = (
        _POINTS.search(task)
        or (_AFTER.search(task) and _POINTS_AFTER.search(task))
        or _KNOWN.search(task)
        or _BARE.search(task)
    )
    if not pointer or quoted(task) or _MATERIAL.search(task) or _has_own_sentence(task, pointer):
        return None
    return f"{pointer[0].strip()!r} is asked about, and there is no input"


def _has_own_sentence(task: str, pointer: re.Match[str]) -> bool:
    """Whether a sentence other than the one that mentions the text is itself a text, not another command."""
    return any(
        pointer[0] not in part and not _COMMAND.match(part) and len(part.split()) > 1 for part in split_at_stops(task)
    )
