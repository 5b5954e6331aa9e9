"""Just enough grammar to turn a statement into a question: a sentence's main clause as subject, verb and the rest.

A sentence that doesn't parse with certainty is skipped: a question that isn't asked costs nothing, a broken one teaches
broken English. A clause is certain if only one of its words can be its finite verb (`readings.py`).
"""

import itertools
import re
from dataclasses import dataclass

from stages.english.inflection import (
    AUXILIARIES,
    base_form,
    is_participle,
    is_past,
    lemmas_of,
    verb_forms_of,
)
from stages.english.number_words import NUMBER_WORDS
from stages.teachers.rules.casing import Casing, inside, upper_first
from stages.teachers.rules.coordination import before_second_verb
from stages.teachers.rules.mentions import OPENING_TIME
from stages.teachers.rules.readings import (
    CONNECTIVES,
    DETERMINERS,
    DO,
    HAVE,
    LINKS,
    PREPOSITIONS,
    Finite,
    finite,
    may_be_plural,
)

# Words that no plain subject contains. With one of them, the first verb may not be the main one.
_NOT_IN_SUBJECT = frozenset(
    "which that who whom whose where when while although though because if after before during since until unless "
    "whether how what why but than as not both either neither according despite unlike like under with by "
    "through without once even only there to about more less still it he she they him them we you i this these "
    "those also never ever".split()
)
_SUBJECT_CANNOT_START = frozenset(
    "in on at from for of and or near along between among over so every each any no nobody nothing none best worst "
    "not few little its his her their some such another other others".split()
)
# Where a subordinate clause starts. A question about the main clause leaves it out.
_SUBORDINATE = re.compile(
    r",? (?:which|who|whom|whose|where|although|though|whereas|while|so that|because)\b"
    r"|, (?:but|since|as|when|after|before|making|including|especially|such|so|then|yet|nor|with|in which|of which)\b"
)
# Without these clauses the statement would say more than it does.
_CONDITION = re.compile(r"\b(?:unless|if|except|provided|only when|only if|only after|rather than|not only)\b")
# After these, a list or the main clause may continue after a comma.
_OPENS_LIST = re.compile(r", (?:including|especially|such|with)")
_APPOSITION = re.compile(
    r"(?P<subject>[^,]{2,60}), (?!and |or |but |not |[a-z]+ing )[^,]+(?:, (?!and |or )[^,]+)?, (?P<verb>\w+) "
)
# A last word that belongs to the clause that was cut off: "even (though)", "partly (because)".
_LEFT_BEHIND = re.compile(r",? (?:even|just|only|not|then|and|\w+ly)$")
_RELATIVES = frozenset("who which whom whose where".split())
# "was an Italian astronomer": it says enough without the relative clause after it.
_PREDICATE_NOUN = re.compile(r"\b(?:is|was|are|were) an? \S+ (?:(?!\b(?:about|for|of|by|in|with|to|on)\b)[^,])+$")
# Adverbs that would be odd between the parts of a question's verb.
_ADVERBS = frozenset(
    "about around over nearly almost often usually normally probably perhaps possibly apparently simply soon then "
    "later still".split()
)
_ROUGHLY = frozenset("about around over nearly almost more".split())
# Past tenses that are the present tense, or the past of another verb, with a plural subject: "monarchs lay eggs".
_TWO_TENSES = frozenset(
    "lay read put cut set hit let cost spread shut split burst hurt cast beat bet bid fit quit shed upset wound "
    "ground bound".split()
)


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

    @property
    def base(self) -> str:
        return "have" if self.verb in HAVE else base_form(self.verb)

    def question(self, word: str, rest: str) -> str:
        """`word` ("When", or "" for a yes-or-no question), then the inverted clause, with `rest` after the verb."""
        if self.verb in AUXILIARIES:
            parts = [word, self.verb, self.subject, rest]
        else:
            parts = [word, self.helper, self.subject, self.base, rest]
        return upper_first(" ".join(part for part in parts if part)) + "?"


def main_clause(text: str, casing: Casing, bare: bool = False) -> Clause | None:
    """The main clause. A time at the start of the sentence moves to the clause's end.

    With `bare`, nothing needs to follow the verb: "The Himalayas rose".
    """
    if not (opening := OPENING_TIME.match(text)):
        return parse_clause(text, casing, bare)
    rest = text[opening.end() :]
    if rest[:1].isupper():
        first, _, others = rest.partition(" ")
        name = f"{first} {others.partition(' ')[0]}" if first in {"The", "A", "An"} else first  # "In 1820 The Hague"
        casing = Casing(casing.names | {name}, casing.common - {name.lower()})
    clause = parse_clause(upper_first(rest), casing)
    time = opening["time"]
    if clause and re.search(r",|\b(?:that|which|who|when|after|before|and|or|because|in order|so)\b", clause.rest):
        return None  # at its end, the time would belong only to the last part
    return clause and Clause(clause.subject, clause.verb, f"{clause.rest} {time[0].lower()}{time[1:]}")


def parse_clause(sentence: str, casing: Casing, bare: bool = False) -> Clause | None:  # immutable
    """The main clause of a sentence that begins with its subject, or None if that isn't certain."""
    text = _first_clause(sentence.removesuffix("."))
    if not text:
        return None
    words = text.split()
    index = _find_verb(words)
    if index is None or not _is_subject(words[:index]):
        return None
    verb, rest = words[index], words[index + 1 :]
    if not _agree(words[:index], verb) or not (_is_rest(verb, rest) if rest else bare and verb not in AUXILIARIES):
        return None
    subject = inside(" ".join(words[:index]), casing)
    return Clause(subject, verb, " ".join(rest)) if subject else None


def _first_clause(sentence: str) -> str | None:
    """What comes before the first subordinate clause and before a second verb; None if that isn't certain."""
    if _CONDITION.search(sentence) or " and, " in sentence:
        return None
    text = _without_apposition(sentence)
    main = _before_subordinate(text) if text else None
    return before_second_verb(main) if main else None


def _without_apposition(text: str) -> str | None:
    """Drops what is between commas after the subject: "Ahab, the captain, hunts" -> "Ahab hunts"."""
    match = _APPOSITION.match(text)
    if not match or finite([*match["subject"].split(), match["verb"], "the"], len(match["subject"].split())) is not (
        Finite.YES
    ):
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
    if before.endswith((" in", " of", " at", " from", " to", " by", " on", " for", " with")):
        return None  # "the town in which he lived"
    # A relative clause without a comma says which one is meant: "joined a captain who hunted whales".
    if subordinate[0].strip() in _RELATIVES and not _PREDICATE_NOUN.search(before):
        return None
    last = before.rpartition(" ")[2]
    return before if "NOUN" in lemmas_of(last.lower()) or last[:1].isupper() else _LEFT_BEHIND.sub("", before)


def _find_verb(words: list[str]) -> int | None:
    """The position of the only word that can be the finite verb; None if there is none or more than one."""
    perhaps: list[int] = []
    for index in range(1, len(words)):
        if words[index] in CONNECTIVES:
            break
        kind = finite(words, index)
        if kind is Finite.YES:
            return None if perhaps else index
        if kind is Finite.PERHAPS:
            perhaps.append(index)
    if len(perhaps) != 1:
        return None
    [index] = perhaps
    follows = words[index + 1 : index + 2]
    # With a preposition after it, it may be a participle, and the verb a word that wasn't taken for one.
    return None if follows and follows[0] in PREPOSITIONS and _more_verbs(words[index + 1 :]) else index


def _more_verbs(words: list[str]) -> bool:
    """Whether any word can be a verb of any form, unless an article or a preposition is before it."""
    return any(
        word.islower() and verb_forms_of(word.strip(",")) and before not in DETERMINERS | PREPOSITIONS
        for before, word in itertools.pairwise(words)
    )


def _is_subject(words: list[str]) -> bool:
    """Whether words are a plain noun phrase."""
    if not 1 <= len(words) <= 12:
        return False
    for position, word in enumerate(words):
        bare = word.strip("\"'")
        lower = bare.lower()
        first = position == 0
        unfinished = word.endswith((",", ".")) and not re.fullmatch(r"(?:[A-Z]\.)+|St\.|Dr\.|Mt\.|Jr\.", word)
        if not bare or unfinished or lower in _NOT_IN_SUBJECT:
            return False
        if first and (lower in _SUBJECT_CANNOT_START or lower.endswith("ly") or lower.endswith("ing")):
            return False
        if first and lower in _ROUGHLY and not re.match(r"\d", words[1:2][0] if words[1:] else ""):
            if not words[1:] or words[1].lower() not in NUMBER_WORDS | {"all", "half"}:
                return False
        if bare[0].islower() and lower.endswith("ing") and base_form(lower) != lower:
            return False
    last = words[-1].strip("\"'").lower()
    if "or" in words:
        return False
    return last not in DETERMINERS | PREPOSITIONS | LINKS | _ADVERBS


def _is_rest(verb: str, rest: list[str]) -> bool:
    """Whether what follows the verb is complete and has no other finite verb that nothing introduces."""
    last = rest[-1].strip("\"'")
    if rest[0].strip(",") in LINKS or last in PREPOSITIONS | DETERMINERS | LINKS | {"to", "than"}:
        return False
    if rest[0].endswith(",") or not last[-1:].isalnum() or last in CONNECTIVES:
        return False
    if rest[0] == "not" or (verb in HAVE and any(is_participle(word) for word in rest[:2])):
        return False
    words = ["it", *rest]  # something before the first word, which is no verb
    for index in range(2, len(words)):
        if words[index] in CONNECTIVES:
            break
        if finite(words, index) is Finite.YES:
            return False
    return True


def _agree(subject: list[str], verb: str) -> bool:
    """Whether subject and verb agree in number, and the verb's tense is certain."""
    head = _head(subject)
    plural = may_be_plural(head) or "and" in subject
    if verb in {"are", "were"}:
        return plural or head[:1].isupper() or not lemmas_of(head.lower()) or subject[0].lower() in NUMBER_WORDS
    if verb in {"is", "was"} or verb in AUXILIARIES | HAVE | DO:
        return True
    if verb in _TWO_TENSES:
        return not plural and verb not in {"lay", "wound", "ground", "bound"}
    if is_past(verb):
        return True
    return plural if base_form(verb) == verb else not (may_be_plural(head) and head.islower())


def _head(subject: list[str]) -> str:
    """The noun that the verb agrees with: the last word before the first preposition."""
    before = subject
    for position, word in enumerate(subject):
        if position and word in PREPOSITIONS:
            before = subject[:position]
            break
    return before[-1].strip("\"'")
