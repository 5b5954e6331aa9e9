"""Kinds of instruction that give the reader something to work on.

That is a statement (as it is, with a wrong number, cut off, or with a gap), or a paragraph of the page as `input`.
"""

import re
from collections.abc import Iterator

from stages.english.inflection import AUXILIARIES, MODALS, is_past
from stages.teachers.rules import phrasing
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.grammar import upper_first
from stages.teachers.rules.mentions import A_YEAR, TIME, false_version, long_names_in, names_in
from stages.teachers.rules.questions import (
    belongs_elsewhere,
    definition,
    describes,
    how_many,
    measurement,
    reason,
    when,
    where,
    who,
)

FALSE_SHARE = 0.6  # of the statements that have a number to change; 0 to 1
MIN_PASSAGE, MAX_PASSAGE = 25, 110  # words
_LEADS_ON = {"in", "by", "on", "of", "at", "from", "with", "to", "for", "into", "as", "between", "near"}
_WORTH_KNOWING = re.compile(r"[A-Z]|\d")  # a name or a number, which can be known, not just guessed


def yes_no(fact: Fact) -> Iterator[Draft]:
    """The statement as a question, true or with a number changed."""
    clause = fact.clause
    if not clause or clause.verb in {"have", "has", "had"} or clause.verb in MODALS:
        return
    wrong = false_version(clause.rest, fact.rng, fact.name) if fact.rng.random() < FALSE_SHARE else None
    question = fact.about(clause.question("", wrong or clause.rest))
    yield Draft("yes_no", question, "", f"{'No' if wrong else 'Yes'}, {clause.text}.")


def true_or_false(fact: Fact) -> Iterator[Draft]:
    """The statement, true or with a number changed. The answer gives the true one."""
    clause = fact.clause
    if clause and fact.is_named_in(clause.text):
        wrong = false_version(clause.statement, fact.rng, fact.name) if fact.rng.random() < FALSE_SHARE else None
        answer = fact.phrase(
            phrasing.FALSE if wrong else phrasing.TRUE, Statement=clause.statement, statement=f"{clause.text}."
        )
        claim = fact.phrase(phrasing.TRUE_OR_FALSE, statement=wrong or clause.statement)
        yield Draft("true_or_false", claim, "", answer)


def complete(fact: Fact) -> Iterator[Draft]:
    """The statement, cut off after a preposition in its second half."""
    clause = fact.clause
    if not clause or not 7 <= len(clause.text.split()) <= 28:
        return
    words = clause.statement.split()
    earliest = max(len(clause.subject.split()) + 2, len(words) // 2)
    cuts = (cut for cut in range(earliest, len(words) - 1) if words[cut - 1] in _LEADS_ON and words[cut] != "least")
    if cut := max((cut for cut in cuts if _WORTH_KNOWING.search(" ".join(words[cut:]))), default=None):
        asked = fact.phrase(phrasing.COMPLETE, start=" ".join(words[:cut]))
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
        asked = fact.phrase(phrasing.FILL_BLANK, statement=f"{text[: gap.start()]}____{text[gap.end() :]}")
        several = phrasing.MISSING_WORDS if " " in gap[0] else phrasing.MISSING_WORD
        answer = fact.phrase(phrasing.MISSING_NUMBER if gap[0].isdigit() else several, missing=gap[0])
        yield Draft("fill_blank", fact.about(asked), "", answer)


def event_of_year(fact: Fact) -> Iterator[Draft]:
    """What happened in a year."""
    clause = fact.clause
    if not clause or not (time := TIME.search(clause.rest)) or not (year := A_YEAR.search(time[0])):
        return
    happened = (is_past(clause.verb) or clause.verb in {"was", "were"}) and not belongs_elsewhere(time, clause.rest)
    if happened and not describes(clause) and time[0].startswith(("in", "on")):
        asked = fact.phrase(phrasing.EVENT_OF_YEAR, year=year[0], name=fact.name)
        yield Draft("event_of_year", asked, "", clause.statement)


def to_question(fact: Fact) -> Iterator[Draft]:
    """The statement as `input`, to be turned into a question."""
    clause = fact.clause
    if clause and (clause.verb in AUXILIARIES or is_past(clause.verb)) and clause.verb not in {"had", *MODALS}:
        if len(clause.text.split()) <= 22:
            question = clause.question("", clause.rest)
            yield Draft("to_question", fact.phrase(phrasing.TO_QUESTION), clause.statement, question)


def shorten(fact: Fact) -> Iterator[Draft]:
    """The sentence as `input`, to be cut down to its main clause."""
    clause, sentence = fact.clause, fact.sentence.text
    if clause and len(clause.text.split()) >= 6 and sentence.startswith(f"{upper_first(clause.text)},"):
        added = sentence[len(clause.text) :]
        if len(clause.text) > len(added) and not added.startswith(", and "):  # the part after "and" matters as much
            yield Draft("shorten", fact.phrase(phrasing.SHORTEN), sentence, clause.statement)


def correct_error(fact: Fact) -> Iterator[Draft]:
    """The statement with a wrong number as `input`."""
    clause = fact.clause
    if clause and fact.is_named_in(clause.text) and (wrong := false_version(clause.statement, fact.rng, fact.name)):
        yield Draft("correct_error", fact.phrase(phrasing.CORRECT_ERROR), wrong, clause.statement)


def summary(fact: Fact) -> Iterator[Draft]:
    """A summary of the passage: the sentence that says what its subject is."""
    for draft in definition(fact):
        yield Draft("summary", fact.phrase(phrasing.SUMMARY), fact.sentence.passage.text, draft.output)


def topic(fact: Fact) -> Iterator[Draft]:
    """The subject of the page, if the passage names it."""
    if fact.is_named_in(fact.sentence.text) and fact.is_named_in(fact.sentence.passage.text):
        answer = fact.phrase(phrasing.TOPIC_ANSWER, name=fact.name)
        yield Draft("topic", fact.phrase(phrasing.TOPIC), fact.sentence.passage.text, answer)


def passage_question(fact: Fact) -> Iterator[Draft]:
    """A question with a question word, to be answered from the passage."""
    for kind in (when, who, where, how_many, measurement, reason):
        for draft in kind(fact):
            asked = fact.phrase(phrasing.PASSAGE_QUESTION, question=draft.instruction)
            yield Draft("passage_question", asked, fact.sentence.passage.text, draft.output)
            return


def list_years(fact: Fact) -> Iterator[Draft]:
    """All years in the passage, in their order."""
    if not A_YEAR.search(fact.sentence.text):
        return
    years = list(dict.fromkeys(A_YEAR.findall(fact.sentence.passage.text)))
    if 2 <= len(years) <= 5:
        listed = f"{', '.join(years[:-1])} and {years[-1]}"
        answer = fact.phrase(phrasing.LIST_YEARS_ANSWER, years=listed)
        yield Draft("list_years", fact.phrase(phrasing.LIST_YEARS), fact.sentence.passage.text, answer)


def find_sentence(fact: Fact) -> Iterator[Draft]:
    """The one sentence of the passage that mentions a year or a name."""
    sentences = fact.sentence.passage.sentences
    if len(sentences) < 3 or fact.sentence.text not in sentences:
        return
    marks = [*A_YEAR.findall(fact.sentence.text), *long_names_in(fact.sentence.text)]
    marks = [mark for mark in marks if fact.sentence.passage.text.count(mark) == 1]
    if marks:
        asked = fact.phrase(phrasing.FIND_SENTENCE, mark=fact.rng.choice(marks))
        yield Draft("find_sentence", asked, fact.sentence.passage.text, fact.sentence.text)


STATEMENTS: tuple[Kind, ...] = (
    yes_no, true_or_false, complete, fill_blank, event_of_year, to_question, shorten, correct_error,
)  # fmt: skip
PASSAGES: tuple[Kind, ...] = (summary, topic, passage_question, list_years, find_sentence)


def passage_fits(fact: Fact) -> bool:
    """Whether the paragraph is long enough to ask about and short enough for a small model's context."""
    return MIN_PASSAGE <= len(fact.sentence.passage.text.split()) <= MAX_PASSAGE
