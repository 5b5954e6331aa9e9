"""Just enough grammar to turn a statement into a question: a sentence's main clause as subject, verb and the rest.

A sentence that doesn't parse with certainty is skipped: a question that isn't asked costs nothing, a broken one teaches
broken English.
"""

import itertools
import re
from dataclasses import dataclass

from stages.english.inflection import (
    AUXILIARIES,
    base_form,
    has_finite_form,
    is_finite,
    is_finite_or_auxiliary,
    is_only_verb,
    is_participle,
    is_past,
    lemmas_of,
)
from stages.teachers.rules.mentions import OPENING_TIME

# Words that no plain subject contains. With one of them, the first verb may not be the main one.
_NOT_IN_SUBJECT = frozenset(
    "which that who whom whose where when while although though because if after before during since until unless "
    "whether how what why but than as not both either neither according despite unlike like among under with by "
    "through without once even only there to about more less still".split()
)
_SUBJECT_CANNOT_START = frozenset(
    "in on at from for of and or near along between over so every each any no nobody nothing none best worst "
    "not".split()
)
# Words that have a capital only at the start of a sentence.
_FUNCTION_WORDS = frozenset(
    "About Around Over More Nearly Almost Most Many Some Much Few Several Both All One Two Three Four Five Six Seven "
    "Eight Nine Ten Twelve Other Another Its His Her Their Early Modern Ancient".split()
)
# Where a subordinate clause starts. A question about the main clause leaves it out.
_SUBORDINATE = re.compile(
    r",? (?:which|who|whom|whose|where|although|though|whereas|while|but|so that|unless|because)\b"
    r"|, (?:since|as|when|after|before|until|making|including|especially|such|so|then|yet|nor|with)\b"
)
# After these, a list or the main clause may continue after a comma.
_OPENS_LIST = re.compile(r", (?:including|especially|such|with)")
_APPOSITION = re.compile(
    r"(?P<subject>[^,]{2,60}), (?!and |or |but |not )[^,]+(?:, (?!and |or )[^,]+)?, (?P<verb>\w+) "
)
_OPEN_LIST = re.compile(r", (?:[\w'-]+ ){0,3}[\w'-]+$")
# A last word that belongs to the clause that was cut off: "even (though)", "partly (because)".
_LEFT_BEHIND = re.compile(r",? (?:even|just|only|not|\w+ly)$")
_RELATIVES = frozenset("who which whom whose where".split())
# "was an Italian astronomer": it says enough without the relative clause after it.
_PREDICATE_NOUN = re.compile(r"\b(?:is|was|are|were) an? \S+ (?:(?!\b(?:about|for|of|by|in|with|to|on)\b)[^,])+$")
_PREPOSITIONS = frozenset("in by on at from as with for of to into about through between".split())
_PRONOUNS = frozenset("it he she they its his her".split())
_DETERMINERS = frozenset("the a an its his her their".split())
_ADVERBS = frozenset("later then also soon eventually never still often afterwards once again".split())
_CONNECTIVES = frozenset("that when after before as how if until than what why and or since".split())


@dataclass(frozen=True)
class Clause:
    """A statement as its subject, its finite verb and the rest, written as inside a sentence: only names have capitals,
    and there is no full stop."""

    subject: str
    verb: str
    rest: str

    @property
    def helper(self) -> str:
        """The form of "do" with which a question about a full verb begins."""
        return "did" if is_past(self.verb) else "do" if base_form(self.verb) == self.verb else "does"

    @property
    def text(self) -> str:
        return f"{self.subject} {self.verb} {self.rest}".strip()

    @property
    def statement(self) -> str:
        return upper_first(self.text) + "."

    def question(self, word: str, rest: str) -> str:
        """`word` ("When", or "" for a yes-or-no question), then the inverted clause, with `rest` after the verb."""
        if self.verb in AUXILIARIES:
            parts = [word, self.verb, self.subject, rest]
        else:
            parts = [word, self.helper, self.subject, base_form(self.verb), rest]
        return upper_first(" ".join(part for part in parts if part)) + "?"


def main_clause(text: str, names: frozenset[str]) -> Clause | None:
    """The main clause. A time at the start of the sentence moves to the clause's end."""
    if not (opening := OPENING_TIME.match(text)):
        return parse_clause(text, names)
    rest = text[opening.end() :]
    clause = parse_clause(upper_first(rest), names | {rest.split()[0]} if rest[:1].isupper() else names)
    time = opening["time"]
    if clause and re.search(r",|\b(?:that|which|who|when|after|before)\b", clause.rest):
        return None  # at its end, the time would belong only to the last part
    return clause and Clause(clause.subject, clause.verb, f"{clause.rest} {time[0].lower()}{time[1:]}")


def parse_clause(sentence: str, names: frozenset[str] = frozenset()) -> Clause | None:
    """The main clause of a sentence that begins with its subject, or None if that isn't certain.

    `names` are the words that have a capital inside sentences, too.
    """
    words = (_first_clause(sentence.removesuffix(".")) or "").split()
    for index, word in enumerate(words[:12]):
        if index and _starts_predicate(words, index):
            break
        if not _may_be_in_subject(word, first=index == 0):
            return None
    else:
        return None
    rest = words[index + 1 :]
    if (
        not rest
        or rest[0] in {"and", "or"}
        or rest[-1] in _PREPOSITIONS
        or (word in {"has", "had", "have"} and any(map(is_participle, rest[:2])))
    ):
        return None
    if _has_second_verb(rest) or (_may_be_participle_phrase(word, rest) and _has_verb(rest[1:])):
        return None
    if words[1] == "and" and words[2][0].isupper() and words[0] not in names:
        return None  # "Hunters and Gatherers": a title, or not
    return Clause(_inside(" ".join(words[:index]), names), word, " ".join(rest))


def _first_clause(sentence: str) -> str | None:
    """What comes before the first subordinate clause and before a second verb; None if that isn't certain."""
    text = _without_apposition(sentence)
    if not text or " and, " in text:
        return None
    main = _before_subordinate(text)
    return main and _before_second_verb(main)


def _without_apposition(text: str) -> str | None:
    """Drops what is between commas after the subject: "Ahab, the captain, hunts" -> "Ahab hunts"."""
    match = _APPOSITION.match(text)
    if not match or not is_finite_or_auxiliary(match["verb"]):
        return text
    without = f"{match['subject']} {text[match.start('verb') :]}"
    return None if re.search(r"\b(?:it|they|them)\b", without) else without  # "it" may be what was dropped


def _before_subordinate(text: str) -> str | None:
    """ "Ahab was hanged, even though he was king" -> "Ahab was hanged". None if too much would be lost."""
    subordinate = _SUBORDINATE.search(text)
    if not subordinate:
        return text
    before, after = text[: subordinate.start()], text[subordinate.end() :]
    if _OPENS_LIST.match(subordinate[0]) and "," in after:
        return None  # the main clause may continue after the list
    # A relative clause without a comma says which one is meant: "joined a captain who hunted whales".
    if subordinate[0].strip() in _RELATIVES and not _PREDICATE_NOUN.search(before):
        return None
    return _LEFT_BEHIND.sub("", before)


def _before_second_verb(text: str) -> str | None:
    """ "Ahab hunted the whale and lost a leg" -> "Ahab hunted the whale". None if "and" may join something else."""
    for link in re.finditer(r"(?P<comma>,?) (?:and|or)(?= )", text):
        before, after = text[: link.start()], text[link.end() :].split()
        if _may_be_noun_or_verb(after):
            return None
        if (link["comma"] and _is_clause(before, after)) or _is_second_verb(before, after):
            return before if _is_finished(before, link["comma"]) else None
    return text


def _is_finished(before: str, comma: str) -> bool:
    """Whether the words before "and" are a whole clause: not "besieged (and took the city)", nor an open list."""
    lacks_object = is_finite(before.split()[-1])
    in_open_list = not comma and _OPEN_LIST.search(before)
    return not lacks_object and not _lists_verbs(before) and not in_open_list


def _may_be_noun_or_verb(after: list[str]) -> bool:
    """Whether the words after "and" can be read in two ways: "and mounted knights", "and the tail stores fat"."""
    if len(after) > 1 and is_participle(after[0]) and lemmas_of(after[1]).keys() == {"NOUN"}:
        return True
    return after[:1] != [] and after[0] in _DETERMINERS and any(_may_be_verb(after, index) for index in range(2, 5))


def _is_clause(before: str, after: list[str]) -> bool:
    """Whether ", and" starts a clause with another subject. Without another comma, it cannot end a list."""
    return "," not in before or after[0] in _PRONOUNS or any(map(is_finite_or_auxiliary, after[1:7]))


def _is_second_verb(before: str, after: list[str]) -> bool:
    """Whether "and" joins a second verb to the first: "hunted the whale and later lost a leg"."""
    if after[1:] and (after[0].endswith("ly") or after[0] in _ADVERBS):
        after = after[1:]
    if not after or _joins_participles(before, after):
        return False
    takes_object = after[1:2] != [] and after[1] in _DETERMINERS and has_finite_form(after[0])  # "and drinks its milk"
    return takes_object or is_finite_or_auxiliary(after[0])


def _lists_verbs(text: str) -> bool:
    """Whether a verb follows a comma, so that several verbs share one subject."""
    return any(is_past(word) or is_finite(word) for word in re.findall(r", (\w+)", text))


def _may_be_verb(words: list[str], index: int) -> bool:
    """Whether a word follows a noun and can be a finite verb."""
    if index >= len(words) or "NOUN" not in lemmas_of(words[index - 1]):
        return False
    return has_finite_form(words[index])


def _joins_participles(before: str, after: list[str]) -> bool:
    """Whether "and" joins two participles after one "was": "was designed by A and built by B"."""
    passive = re.search(r"\b(?:is|was|are|were|been|be) (?:\w+ly )?(\w+)", before)
    return (
        passive is not None
        and is_participle(passive[1])
        and is_participle(after[0])
        and after[1:2] != []
        and after[1] in {"by", "for", "with", "as", "to"}
    )


def _starts_predicate(words: list[str], index: int) -> bool:
    """Whether the word at `index` is taken for the sentence's finite verb."""
    word, before = words[index], words[index - 1]
    if word in AUXILIARIES | {"has", "had", "have"}:
        return True
    if before.lower() in {"the", "a", "an", "of", "and", "in", "its", "his", "her", "their", "most", "first"}:
        return False
    if word in {"named", "called", "known"} or before.endswith("'s"):
        return False
    return is_finite(word) or _is_plural_present(words, index)


def _has_second_verb(rest: list[str]) -> bool:
    """Whether another verb follows that nothing introduces: then the first one wasn't the main verb."""
    for word in rest:
        if word in _CONNECTIVES or word.endswith(","):
            return False
        if word in AUXILIARIES | {"has", "had"}:
            return True
    return False


def _has_verb(words: list[str]) -> bool:
    """Whether there is a finite verb before the first relative clause."""
    main = itertools.takewhile(lambda word: word not in _RELATIVES | {"that"}, words)
    return any(is_finite_or_auxiliary(word) or lemmas_of(word) == {"VERB": (word,)} for word in main)


def _may_be_participle_phrase(word: str, rest: list[str]) -> bool:
    """Whether the verb may belong to its subject, as in "the novel published in 1851 sold badly"."""
    return word not in AUXILIARIES and is_participle(word) and rest[0] in _PREPOSITIONS


def _may_be_in_subject(word: str, first: bool) -> bool:
    """Whether a word can be part of a plain subject, or its first word."""
    bare = word.strip("\"'")
    lower = bare.lower()
    unfinished = word.endswith((",", ".")) and not re.fullmatch(r"(?:[A-Z]\.)+|St\.|Dr\.|Mt\.", word)
    if not bare or unfinished:
        return False
    if lower in _NOT_IN_SUBJECT or (first and lower in _SUBJECT_CANNOT_START):
        return False
    if first and lower.endswith("ly"):
        return False
    if bare[0].isupper():
        return not first or not lower.endswith("ing")
    return not (lower.endswith("ing") and base_form(lower) != lower) and not is_only_verb(lower)


def _is_plural_present(words: list[str], index: int) -> bool:
    """Whether a base form is the verb of a plural subject: "Magnets attract iron"."""
    word, before = words[index], words[index - 1]
    lemmas = lemmas_of(word)
    if not word.isalpha() or word not in lemmas.get("VERB", ()) or not before.endswith("s"):
        return False
    plural = before.lower() not in lemmas_of(before.lower()).get("NOUN", (before.lower(),))
    return plural and (set(lemmas) == {"VERB"} or words[index + 1 : index + 2] in (["the"], ["a"], ["an"], ["their"]))


def _inside(subject: str, names: frozenset[str]) -> str:
    """A subject as it is written inside a sentence: "The river" -> "the river". Names keep their capitals.

    `names` may include a title with its article: "The Tale of Genji".
    """
    if any(subject.startswith(name) for name in names if name.startswith("The ")):
        return subject
    first, _, rest = subject.partition(" ")
    if first in {"The", "A", "An"} | _FUNCTION_WORDS:
        return f"{first.lower()} {rest}"
    if first in names or first.removesuffix("'s") in names or rest[:1].isupper() or not first[1:].islower():
        return subject
    common = lemmas_of(first.lower()) or first.endswith(("ers", "ists", "men"))  # glassmakers, in no dictionary
    return subject[:1].lower() + subject[1:] if common else subject


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
