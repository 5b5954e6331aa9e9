"""Kinds of instruction that put a statement before the reader: whole, changed, cut off or with a gap."""

import re
from collections.abc import Iterator

from stages.english.inflection import AUXILIARIES, MODALS, is_past
from stages.teachers.rules import phrasing
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.grammar import upper_first
from stages.teachers.rules.mentions import A_YEAR, TIME, false_version
from stages.teachers.rules.names import names_in
from stages.teachers.rules.questions import belongs_elsewhere, describes

FALSE_SHARE = 0.6  # of the statements that have a number to change
_LEADS_ON = {"in", "by", "on", "of", "at", "from", "with", "to", "for", "into", "as", "between", "near"}
_WORTH_KNOWING = re.compile(r"[A-Z]|\d")  # a name or a number: the end of the sentence can be known, not just guessed


def yes_no(fact: Fact) -> Iterator[Draft]:
    """The clause as a question, true or with a number changed."""
    clause = fact.clause
    if not clause or clause.verb in {"have", "has", "had"} or clause.verb in MODALS:
        return
    wrong = false_version(clause.rest, fact.rng, fact.name) if fact.rng.random() < FALSE_SHARE else None
    question = fact.about(clause.question("", wrong or clause.rest))
    yield Draft("yes_no", question, "", f"{'No' if wrong else 'Yes'}, {clause.text}.")


def true_or_false(fact: Fact) -> Iterator[Draft]:
    """The statement, true or with a number changed; the answer says how it really is."""
    clause = fact.clause
    if clause and fact.is_named_in(clause.text):
        wrong = false_version(clause.statement, fact.rng, fact.name) if fact.rng.random() < FALSE_SHARE else None
        answer = fact.worded(
            phrasing.FALSE if wrong else phrasing.TRUE, Statement=clause.statement, statement=f"{clause.text}."
        )
        claim = fact.worded(phrasing.TRUE_OR_FALSE, statement=wrong or clause.statement)
        yield Draft("true_or_false", claim, "", answer)


def complete(fact: Fact) -> Iterator[Draft]:
    """The statement up to a preposition in its second half."""
    clause = fact.clause
    if not clause or not 7 <= len(clause.text.split()) <= 28:
        return
    words = clause.statement.split()
    earliest = max(len(clause.subject.split()) + 2, len(words) // 2)
    cuts = (cut for cut in range(earliest, len(words) - 1) if words[cut - 1] in _LEADS_ON and words[cut] != "least")
    if cut := max((cut for cut in cuts if _WORTH_KNOWING.search(" ".join(words[cut:]))), default=None):
        asked = fact.worded(phrasing.COMPLETE, start=" ".join(words[:cut]))
        yield Draft("complete", fact.about(asked), "", clause.statement)


def fill_blank(fact: Fact) -> Iterator[Draft]:
    """The statement with a year or a name left out."""
    if not fact.clause:
        return
    text = fact.clause.statement
    gaps = [*A_YEAR.finditer(text), *names_in(text)]
    gaps = [gap for gap in gaps if gap.start() > len(fact.clause.subject) and text.count(gap[0]) == 1]
    gaps = [gap for gap in gaps if gap[0][:4].lower() not in fact.name.lower()]  # not "the Mexican capital"
    if gaps:
        gap = fact.rng.choice(gaps)
        asked = fact.worded(phrasing.FILL_BLANK, statement=f"{text[: gap.start()]}____{text[gap.end() :]}")
        several = phrasing.MISSING_WORDS if " " in gap[0] else phrasing.MISSING_WORD
        answer = fact.worded(phrasing.MISSING_NUMBER if gap[0].isdigit() else several, missing=gap[0])
        yield Draft("fill_blank", fact.about(asked), "", answer)


def event_of_year(fact: Fact) -> Iterator[Draft]:
    """What happened in a year."""
    clause = fact.clause
    if not clause or not (time := TIME.search(clause.rest)) or not (year := A_YEAR.search(time[0])):
        return
    happened = (is_past(clause.verb) or clause.verb in {"was", "were"}) and not belongs_elsewhere(time, clause.rest)
    if happened and not describes(clause) and time[0].startswith(("in", "on")):
        asked = fact.worded(phrasing.EVENT_OF_YEAR, year=year[0], name=fact.name)
        yield Draft("event_of_year", asked, "", clause.statement)


def to_question(fact: Fact) -> Iterator[Draft]:
    """The statement as `input`, to be turned into a question."""
    clause = fact.clause
    if clause and (clause.verb in AUXILIARIES or is_past(clause.verb)) and clause.verb not in {"had", *MODALS}:
        if len(clause.text.split()) <= 22:
            question = clause.question("", clause.rest)
            yield Draft("to_question", fact.worded(phrasing.TO_QUESTION), clause.statement, question)


def shorten(fact: Fact) -> Iterator[Draft]:
    """The sentence as `input`, to be cut down to its main clause."""
    clause, sentence = fact.clause, fact.sentence.text
    if clause and len(clause.text.split()) >= 6 and sentence.startswith(f"{upper_first(clause.text)},"):
        added = sentence[len(clause.text) :]
        if len(clause.text) > len(added) and not added.startswith(", and "):  # what "and" joins is no less important
            yield Draft("shorten", fact.worded(phrasing.SHORTEN), sentence, clause.statement)


def correct_error(fact: Fact) -> Iterator[Draft]:
    """The statement with a wrong number as `input`."""
    clause = fact.clause
    if clause and fact.is_named_in(clause.text) and (wrong := false_version(clause.statement, fact.rng, fact.name)):
        yield Draft("correct_error", fact.worded(phrasing.CORRECT_ERROR), wrong, clause.statement)


STATEMENTS: tuple[Kind, ...] = (
    yes_no, true_or_false, complete, fill_blank, event_of_year, to_question, shorten, correct_error,
)  # fmt: skip
