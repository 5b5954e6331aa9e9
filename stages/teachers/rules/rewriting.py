"""Kinds of instruction that rewrite a sentence, which is the `input`."""

import re
from collections.abc import Iterator

from stages.english.inflection import AUXILIARIES, BE, MODALS, base_form, inflected, is_participle, is_past
from stages.teachers.rules import phrasing
from stages.teachers.rules.casing import upper_first
from stages.teachers.rules.context import says_enough
from stages.teachers.rules.definitions import describes
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.mentions import TIME, belongs_elsewhere
from stages.teachers.rules.questions import manner, reason, when, where, who
from stages.teachers.rules.readings import CONNECTIVES, Finite, finite

MOST_WORDS = 22
_PASSIVE = re.compile(
    rf"(?P<done>\w+) by (?P<agent>(?:the [\w-]+(?: [\w-]+)? )?[A-Z][\w.'-]+(?: [A-Z][\w.'-]+)*)"
    rf"(?P<time> {TIME.pattern})?"
)
_RELATIVE = re.compile(r"(?P<noun>an? [\w-]+(?: [\w-]+){0,4}) (?:that|which|who) (?P<verb>\w+) (?P<rest>.+)")
_OTHER_VERB = re.compile(rf"\b(?:{'|'.join(sorted(CONNECTIVES))}|is|are|has|have|can|will|today|now)\b")
_PRONOUN_FOR_ALL = re.compile(r"\b(?:it|its|they|their|them|he|his|she|her|him)\b")


def to_question(fact: Fact) -> Iterator[Draft]:
    """The statement, to be turned into a yes-or-no question."""
    clause = fact.askable
    if not clause or clause.verb in {"had", *MODALS} or not says_enough(clause):
        return
    if clause.verb in AUXILIARIES or is_past(clause.verb):
        question = clause.question("", clause.rest)
        yield Draft("to_question", fact.phrase(phrasing.TO_QUESTION), clause.statement, question)


def ask_about(fact: Fact) -> Iterator[Draft]:
    """The statement, for which a question is to be written that it answers."""
    for kind in (who, where, reason, manner, when):
        for draft in kind(fact):
            if fact.is_clear(draft.instruction):
                yield Draft("ask_about", fact.phrase(phrasing.ASK_ABOUT), draft.output, draft.instruction)
                return


def shorten(fact: Fact) -> Iterator[Draft]:
    """The sentence, to be cut down to its main clause."""
    clause, sentence = fact.clause, fact.sentence.text
    if clause and len(clause.text.split()) >= 6 and sentence.startswith(f"{upper_first(clause.text)},"):
        added = sentence[len(clause.text) :]
        matters = added.startswith((", and ", ", but ", ", while ", ", whereas "))  # as much as what is before it
        if len(clause.text) > len(added) and not matters:
            yield Draft("shorten", fact.phrase(phrasing.SHORTEN), sentence, clause.statement)


def time_first(fact: Fact) -> Iterator[Draft]:
    """The sentence, to be written with its time at the start."""
    clause = fact.clause
    if (
        not clause
        or len(clause.text.split()) > MOST_WORDS
        or describes(clause)
        or re.search(r",| and | or ", clause.rest)
    ):
        return
    time = TIME.search(clause.rest)
    if (
        not time
        or time.end() != len(clause.rest)
        or belongs_elsewhere(time, clause.rest)
        or not time[0].startswith("in")
    ):
        return
    if len(TIME.findall(clause.rest)) > 1 or not (before := clause.rest[: time.start()].strip()):
        return
    moved = f"{upper_first(time[0])}, {clause.subject} {clause.verb} {before}."
    yield Draft("time_first", fact.phrase(phrasing.TIME_FIRST), clause.statement, moved)


def to_active(fact: Fact) -> Iterator[Draft]:
    """A passive sentence with its agent, to be written in the active voice."""
    clause = fact.clause
    if not clause or clause.verb not in {"was", "were"} or _PRONOUN_FOR_ALL.search(clause.text):
        return
    match = _PASSIVE.fullmatch(clause.rest)
    if match and is_participle(match["done"]) and (past := inflected(base_form(match["done"]), "VBD")):
        active = f"{upper_first(match['agent'])} {past} {clause.subject}{match['time'] or ''}."
        yield Draft("to_active", fact.phrase(phrasing.TO_ACTIVE), clause.statement, active)


def combine(fact: Fact) -> Iterator[Draft]:
    """What the subject is and something that it did, to be joined: "Ahab, an old captain, hunted the whale."."""
    clause, first = fact.clause, fact.definition
    if not clause or not first or first == clause or clause.verb in BE | AUXILIARIES or "," in clause.text + first.rest:
        return
    if clause.subject != first.subject or not says_enough(clause):
        return
    if len(first.rest.split()) > 12 or len(clause.text.split()) > MOST_WORDS:
        return
    if re.match(r"an? ", first.rest) and not _PRONOUN_FOR_ALL.search(first.rest) and is_past(clause.verb):
        joined = f"{upper_first(first.subject)}, {first.rest}, {clause.verb} {clause.rest}."
        yield Draft("combine", fact.phrase(phrasing.COMBINE), f"{first.statement} {clause.statement}", joined)


def use_pronoun(fact: Fact) -> Iterator[Draft]:
    """Two sentences about the subject, the second of which is to begin with a pronoun."""
    clause, first = fact.clause, fact.definition
    if not clause or not first or first == clause or clause.subject != first.subject or "are" in first.verb:
        return
    pronoun = fact.subject.pronoun
    if (
        pronoun
        and says_enough(clause)
        and not _PRONOUN_FOR_ALL.search(clause.rest)
        and len((first.text + clause.text).split()) <= 2 * MOST_WORDS
    ):
        changed = f"{first.statement} {pronoun} {clause.verb} {clause.rest}."
        yield Draft("use_pronoun", fact.phrase(phrasing.USE_PRONOUN), f"{first.statement} {clause.statement}", changed)


def split(fact: Fact) -> Iterator[Draft]:
    """A sentence with a relative clause, to be made two: "is a gas that burns" -> "is a gas. It burns"."""
    clause = fact.clause
    pronoun = fact.subject.pronoun
    if not clause or clause != fact.definition or clause.verb not in {"is", "was"} or not pronoun:
        return
    match = _RELATIVE.fullmatch(clause.rest)
    if (
        match
        and finite(["it", match["verb"], "the"], 1) is Finite.YES
        and not re.match(r"(?:are|were|have)\b", match["verb"])
    ):
        simple = (
            f"{upper_first(clause.subject)} {clause.verb} {match['noun']}. {pronoun} {match['verb']} {match['rest']}."
        )
        yield Draft("split", fact.phrase(phrasing.SPLIT), clause.statement, simple)


def to_past(fact: Fact) -> Iterator[Draft]:
    """A sentence with one verb in the present tense, to be put into the past."""
    clause = fact.askable
    if not clause or is_past(clause.verb) or clause.verb in {"was", "were", *MODALS, "can", "could"}:
        return
    past = inflected(clause.base, "VBD")
    if past and not _OTHER_VERB.search(clause.text) and clause.verb not in BE:
        changed = f"{upper_first(clause.subject)} {past} {clause.rest}."
        yield Draft("to_past", fact.phrase(phrasing.TO_PAST), clause.statement, changed)


def _of_clear_text(kind: Kind) -> Kind:
    """The same kind without texts that only those understand who see the page: "The stories take place in Gaul."."""

    def clear(fact: Fact) -> Iterator[Draft]:
        return (draft for draft in kind(fact) if fact.is_clear(draft.input))

    return clear


REWRITES: tuple[Kind, ...] = tuple(
    map(_of_clear_text, (to_question, ask_about, shorten, time_first, to_active, combine, use_pronoun, split, to_past))
)
