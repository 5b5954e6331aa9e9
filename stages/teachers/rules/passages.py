"""Kinds of instruction about a paragraph of the page, which comes along as `input`."""

import re
from collections.abc import Iterator
from dataclasses import replace

from stages.teachers.rules import wording
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.figures import A_YEAR
from stages.teachers.rules.questions import definition, how_many, measure, when, where, who, why
from stages.teachers.rules.sentences import split_sentences

MIN_PASSAGE, MAX_PASSAGE = 25, 110  # words
_LONG_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]+(?: [A-Z][a-z]+)+(?! (?:of|de|von|van|and|the)\b)")


def summary(fact: Fact) -> Iterator[Draft]:
    """The sentence that says what the passage's subject is."""
    for draft in definition(fact):
        yield Draft("summary", fact.worded(wording.SUMMARY), fact.sentence.passage, draft.output)


def topic(fact: Fact) -> Iterator[Draft]:
    """The subject of the page, where the passage names it."""
    if fact.is_named_in(fact.sentence.text) and fact.is_named_in(fact.sentence.passage):
        answer = fact.worded(wording.TOPIC_ANSWER, name=fact.name)
        yield Draft("topic", fact.worded(wording.TOPIC), fact.sentence.passage, answer)


def passage_question(fact: Fact) -> Iterator[Draft]:
    """A question with a question word, to be answered from the passage."""
    alone = replace(fact, name="")  # the passage says what the question is about
    for kind in (when, who, where, how_many, measure, why):
        for draft in kind(alone):
            asked = fact.worded(wording.PASSAGE_QUESTION, question=draft.instruction)
            yield Draft("passage_question", asked, fact.sentence.passage, draft.output)
            return


def list_years(fact: Fact) -> Iterator[Draft]:
    """All years of the passage, in its order."""
    years = list(dict.fromkeys(A_YEAR.findall(fact.sentence.passage)))
    if 2 <= len(years) <= 5 and A_YEAR.search(fact.sentence.text):
        listed = f"{', '.join(years[:-1])} and {years[-1]}"
        answer = fact.worded(wording.LIST_YEARS_ANSWER, years=listed)
        yield Draft("list_years", fact.worded(wording.LIST_YEARS), fact.sentence.passage, answer)


def find_sentence(fact: Fact) -> Iterator[Draft]:
    """The one sentence of the passage that mentions a year or a name."""
    sentences = split_sentences(fact.sentence.passage)
    if len(sentences) < 3 or fact.sentence.text not in sentences:
        return
    marks = [*A_YEAR.findall(fact.sentence.text), *_LONG_NAME.findall(fact.sentence.text)]
    marks = [mark for mark in marks if fact.sentence.passage.count(mark) == 1]
    if marks:
        asked = fact.worded(wording.FIND_SENTENCE, mark=fact.rng.choice(marks))
        yield Draft("find_sentence", asked, fact.sentence.passage, fact.sentence.text)


PASSAGES: tuple[Kind, ...] = (summary, topic, passage_question, list_years, find_sentence)


def passage_fits(fact: Fact) -> bool:
    """Whether the paragraph is long enough to ask about and short enough for a small model's context."""
    return MIN_PASSAGE <= len(fact.sentence.passage.split()) <= MAX_PASSAGE
