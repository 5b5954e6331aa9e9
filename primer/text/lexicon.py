"""The word lists of `primer/lexicon/`, read once."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from stages.english.inflection import lemmas_of

FOLDER = Path("primer/lexicon")


@dataclass(frozen=True)
class WordNetWord:
    """A common word in its commonest sense: `part` is n, v, a or r."""

    word: str
    part: str
    meaning: str
    synonyms: tuple[str, ...]
    antonyms: tuple[str, ...]
    kind: str  # what it is a kind of, or ""
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of thing and words for things of that kind."""

    name: str
    plural: str
    members: tuple[str, ...]


def read_lines(name: str) -> list[str]:
    """The lines of a list without its comments."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


@lru_cache
def wordnet() -> tuple[WordNetWord, ...]:
    words = []
    for line in read_lines("wordnet.tsv")[1:]:
        word, part, meaning, synonyms, antonyms, kind, examples = line.split("\t")
        lists = [tuple(filter(None, field.split("|"))) for field in (synonyms, antonyms, examples)]
        words.append(WordNetWord(word, part, meaning, lists[0], lists[1], kind, lists[2]))
    return tuple(words)


@lru_cache
def kinds() -> tuple[Kind, ...]:
    found = []
    for line in read_lines("kinds.txt"):
        names, members = line.split(": ")
        name, plural = names.split("/")
        found.append(Kind(name, plural, tuple(word.replace("_", " ") for word in members.split())))
    return tuple(found)


def opposites() -> Iterator[tuple[str, str, str]]:
    """Part of speech (n, v, a or r) and two words that are each other's opposites."""
    for line in read_lines("opposites.txt"):
        part, pairs = line.split(": ")
        for pair in pairs.split():
            first, second = pair.split("/")
            yield part, first, second


def synonym_groups() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Part of speech (n, v or a) and words that mean nearly the same."""
    for line in read_lines("synonyms.txt"):
        part, groups = line.split(": ", 1)
        for group in groups.split(" | "):
            yield part, tuple(word.replace("-", " ") for word in group.split())


def definitions() -> Iterator[tuple[str, str, str]]:
    """Part of speech (n, v, a or r), the word (a noun with its article, a verb with "to") and what it means."""
    for line in read_lines("definitions.txt"):
        left, meaning = line.split(" = ")
        part, word = left.split(" ", 1)
        yield part, word, meaning


def pairs_of(name: str) -> Iterator[tuple[str, str]]:
    """The two sides of each line of a list with " = "."""
    for line in read_lines(name):
        left, _, right = line.partition(" = ")
        yield left, right


def capitalized(text: str) -> str:
    """The text with a capital at its start; the rest stays."""
    return text[0].upper() + text[1:]


def article(word: str) -> str:
    """ "a" or "an", by the sound of the word's beginning."""
    if word.lower().startswith(("uni", "use", "usu", "eu", "one", "ufo", "uti")) and not word.startswith("unin"):
        return "a"
    if word.startswith(("hour", "heir", "honest", "honor")):
        return "an"
    return "an" if word[0].lower() in "aeiou" else "a"


def is_only(word: str, part: str) -> bool:
    """Whether the dictionary knows a word only as this part of speech ("NOUN", "VERB", "ADJ" or "ADV")."""
    return set(lemmas_of(word)) == {part}
