"""Kinds of instruction about a paragraph of the page, which comes along as `input`."""

from collections.abc import Iterator

from stages.teachers.rules import phrasing
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.mentions import A_YEAR
from stages.teachers.rules.names import long_names
from stages.teachers.rules.questions import definition, how_many, measure, when, where, who, why

MIN_PASSAGE, MAX_PASSAGE = 25, 110  # words


def summary(fact: Fact) -> Iterator[Draft]:
    """The sentence that says what the passage's subject is."""
    for draft in definition(fact):
        yield Draft("summary", fact.worded(phrasing.SUMMARY), fact.sentence.passage.text, draft.output)


def topic(fact: Fact) -> Iterator[Draft]:
    """The subject of the page, where the passage names it."""
    if fact.is_named_in(fact.sentence.text) and fact.is_named_in(fact.sentence.passage.text):
        answer = fact.worded(phrasing.TOPIC_ANSWER, name=fact.name)
        yield Draft("topic", fact.worded(phrasing.TOPIC), fact.sentence.passage.text, answer)


def passage_question(fact: Fact) -> Iterator[Draft]:
    """A question with a question word; the passage, from which it is to be answered, says what it is about."""
    for kind in (when, who, where, how_many, measure, why):
        for draft in kind(fact):
            asked = fact.worded(phrasing.PASSAGE_QUESTION, question=draft.instruction)
            yield Draft("passage_question", asked, fact.sentence.passage.text, draft.output)
            return


def list_years(fact: Fact) -> Iterator[Draft]:
    """All years of the passage, in its order."""
    if not A_YEAR.search(fact.sentence.text):
        return
    years = list(dict.fromkeys(A_YEAR.findall(fact.sentence.passage.text)))
    if 2 <= len(years) <= 5:
        listed = f"{', '.join(years[:-1])} and {years[-1]}"
        answer = fact.worded(phrasing.LIST_YEARS_ANSWER, years=listed)
        yield Draft("list_years", fact.worded(phrasing.LIST_YEARS), fact.sentence.passage.text, answer)


def find_sentence(fact: Fact) -> Iterator[Draft]:
    """The one sentence of the passage that mentions a year or a name."""
    sentences = fact.sentence.passage.sentences
    if len(sentences) < 3 or fact.sentence.text not in sentences:
        return
    marks = [*A_YEAR.findall(fact.sentence.text), *long_names(fact.sentence.text)]
    marks = [mark for mark in marks if fact.sentence.passage.text.count(mark) == 1]
    if marks:
        asked = fact.worded(phrasing.FIND_SENTENCE, mark=fact.rng.choice(marks))
        yield Draft("find_sentence", asked, fact.sentence.passage.text, fact.sentence.text)


PASSAGES: tuple[Kind, ...] = (summary, topic, passage_question, list_years, find_sentence)


def passage_fits(fact: Fact) -> bool:
    """Whether the paragraph is long enough to ask about and short enough for a small model's context."""
    return MIN_PASSAGE <= len(fact.sentence.passage.text.split()) <= MAX_PASSAGE
