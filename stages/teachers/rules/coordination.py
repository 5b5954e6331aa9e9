"""Where a second verb or a second clause begins: what stands after "and" and doesn't belong to the first."""

import itertools
import re

from stages.english.inflection import AUXILIARIES, is_participle, lemmas_of, verb_forms_of
from stages.teachers.rules.readings import CONNECTIVES, DETERMINERS, LINKS, PREPOSITIONS, Finite, finite

_OPEN_LIST = re.compile(r", (?:[\w'-]+ ){0,3}[\w'-]+$")


def before_second_verb(text: str) -> str | None:
    """ "Ahab hunted the whale and lost a leg" -> "Ahab hunted the whale". None if "and" may join something else."""
    words = text.split()
    links = [index for index, word in enumerate(words) if word.rstrip(",") in LINKS and index]
    for link, end in itertools.pairwise([*links, len(words)]):
        if all(finite(words, index) is Finite.NO for index in range(link)):
            continue  # in the subject
        after = words[link + 1 : end]
        if not after:
            return None
        verb = _verb_in(after)
        if verb is Finite.PERHAPS and words[link - 1].endswith(",") and words[link - 1] == _with_comma(words[:link]):
            verb = Finite.YES  # no list ends here, so a clause begins: "is the main one, and no road crosses it"
        if verb is Finite.NO and "VB" in verb_forms_of(after[0]) and _in_present(words[:link]):
            return None  # "eat leaves (and store toxins)"
        if verb is not Finite.NO and not CONNECTIVES.isdisjoint(words[:link]):
            return None  # "created when Buda (and Pest were united)"
        if verb is Finite.NO:
            if words[link] not in {"and", "or"} or _ends_oddly(words, link):
                return None
            continue
        before = " ".join(words[:link]).rstrip(",")
        if _joins_participles(before, after):
            continue
        return before if verb is Finite.YES and _is_finished(before) else None
    return text


def _in_present(words: list[str]) -> bool:
    """Whether the first verb has the base form, so that a second one may look like a noun."""
    for index in range(1, len(words)):
        if finite(words, index) is not Finite.NO:
            return words[index] not in AUXILIARIES and "VB" in verb_forms_of(words[index])
    return False


def _verb_in(after: list[str]) -> Finite:
    """Whether a finite verb comes after "and": at once ("and later lost a leg"), or with a subject of its own."""
    if after[0] in {"it", "he", "she", "they"} or (len(after) > 1 and after[1] in DETERMINERS and _is_third(after[0])):
        return Finite.YES
    words = ["Ahab", *after]  # a subject, since the first word may be the verb
    kinds = []
    for index in range(1, len(words)):
        if index > 1 and words[index - 1] in CONNECTIVES:
            break
        kinds.append(finite(words, index))
    if Finite.YES in kinds:
        return Finite.YES
    return Finite.PERHAPS if Finite.PERHAPS in kinds or _may_be_base(after[0]) else Finite.NO


def _is_third(word: str) -> bool:
    """Whether a word can be a verb in the third person: "and drinks its milk"."""
    return word.islower() and "VBZ" in verb_forms_of(word)


def _with_comma(words: list[str]) -> str:
    """The first of the words with a comma after it."""
    return next((word for word in words if word.endswith(",")), "")


def _may_be_base(word: str) -> bool:
    """Whether a word is likely the base form of a verb: "and release oxygen"."""
    return word.islower() and "VB" in verb_forms_of(word) and not {"NOUN", "ADJ"} & lemmas_of(word).keys()


def _ends_oddly(words: list[str], link: int) -> bool:
    """Whether ", and" comes after no list: "six elements, and one synthetic"."""
    return words[link - 1].endswith(",") and "," not in " ".join(words[: link - 1])


def _is_finished(before: str) -> bool:
    """Whether the words before "and" are a whole clause: not "besieged (and took the city)", nor an open list."""
    last = before.split()[-1]
    if last in PREPOSITIONS | DETERMINERS | {"to"} or not last[-1].isalnum():
        return False
    lacks_object = last.islower() and verb_forms_of(last) & {"VBD", "VBZ"} and not lemmas_of(last).keys() & {"NOUN"}
    return not lacks_object and not _OPEN_LIST.search(before)


def _joins_participles(before: str, after: list[str]) -> bool:
    """Whether "and" joins two participles after one "was": "was designed by A and built by B"."""
    passive = re.search(r"\b(?:is|was|are|were|been|be) (?:\w+ly )?(\w+)", before)
    return (
        passive is not None
        and is_participle(passive[1])
        and is_participle(after[0])
        and after[1:2] != []
        and after[1] in {"by", "for", "with", "as", "to"}
        and all(finite(after, index) is Finite.NO for index in range(1, len(after)))
    )
