"""Whether the first word of a sentence keeps its capital inside another sentence."""

import re
from dataclasses import dataclass, field

from stages.english.inflection import lemmas_of
from stages.english.number_words import NUMBER_WORDS
from stages.teachers.rules.readings import LINKS, PREPOSITIONS, may_be_plural

# Words that have a capital only at the start of a sentence.
_FUNCTION_WORDS = frozenset(
    "about around over more nearly almost most many much several all one other early late later modern ancient "
    "today's both first second third".split()
)


@dataclass(frozen=True)
class Casing:
    """How a page writes words inside sentences."""

    names: frozenset[str] = field(default_factory=frozenset)  # with a capital, and the name of the page's subject
    common: frozenset[str] = field(default_factory=frozenset)  # in lower case


def inside(subject: str, casing: Casing) -> str | None:
    """A subject as it is written inside a sentence: "The river" -> "the river". Names keep their capitals.

    `casing.names` may include a title with its article: "The Tale of Genji". None if the first word may be a name or
    not: "Wiles", "Well-known".
    """
    if any(re.match(rf"{re.escape(name)}(?!\w)", subject) for name in casing.names if " " in name):
        return subject  # "Seven Samurai", "The Tale of Genji"
    first, _, rest = subject.partition(" ")
    lowered = subject[:1].lower() + subject[1:]
    word = first.removesuffix("'s")
    if first in {"The", "A", "An"} or first.lower() in _FUNCTION_WORDS | NUMBER_WORDS:
        return lowered
    if first[0] in "\"'":
        return None  # "Platypus", a word that is spoken of
    if not first[0].isalpha() or not word[1:].islower() or subject in casing.names:
        return subject
    is_name, is_common = word in casing.names, word.lower() in casing.common
    if is_name and (not is_common or rest[:1].isupper()):
        return subject
    if is_common:
        return None if is_name or rest[:1].isupper() else lowered  # "Rebel", "Physicist Marie Curie"
    return _unseen_inside(subject, word, rest)


def _unseen_inside(subject: str, word: str, rest: str) -> str | None:
    """The same for a first word that the page doesn't have inside a sentence."""
    lemmas = lemmas_of(word.lower())
    if rest[:1].isupper():
        return subject  # "Andrew Wiles"; but "Dutch settlers"
    if "-" in word or not lemmas:
        return None  # "Well-known cases", "Ginkgos", "Cyanobacteria"; or "Ferdowsi"
    after = rest.partition(" ")[0]
    if {"ADJ", "VERB"} & lemmas.keys() and after and after not in PREPOSITIONS | LINKS:
        return subject[:1].lower() + subject[1:]  # "Concentrated ammonia"
    plural = may_be_plural(word) and "NOUN" in lemmas
    return subject[:1].lower() + subject[1:] if plural else None


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
