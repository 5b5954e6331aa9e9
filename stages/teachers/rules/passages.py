"""Kinds of instruction about a paragraph of the page, which is the `input`."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from stages.english.inflection import base_form, lemmas_of
from stages.teachers.rules import phrasing
from stages.teachers.rules.casing import Casing
from stages.teachers.rules.context import is_vague
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.mentions import A_YEAR, long_names_in
from stages.teachers.rules.questions import KINDS, definition, manner, reason
from stages.teachers.rules.subject import bare

_PLAIN = frozenset(
    "plot story contents description subject life work works summary synopsis overview".split()
)  # headings
# Years that are written otherwise than "1851", so that a list of the years would leave them out.
_OTHER_YEAR = re.compile(r"\b(?:AD|BCE?|CE)\b|\byear \d{1,3}\b|\bin \d{3}\b|\d{4}\s?[–-]\s?\d|\d{3}0s\b")
MIN_PASSAGE, MAX_PASSAGE = 25, 110  # words


def summary(fact: Fact) -> Iterator[Draft]:
    """What the passage is mainly about: the sentence that says what its subject is."""
    if any(definition(fact)) and fact.sentence.text in fact.sentence.passage.sentences:
        yield Draft("summary", fact.phrase(phrasing.SUMMARY), fact.sentence.passage.text, fact.sentence.text)


def topic(fact: Fact) -> Iterator[Draft]:
    """The subject of the page, if the passage names it several times."""
    passage = fact.sentence.passage
    named = sum(fact.is_named_in(sentence) for sentence in passage.sentences)
    if fact.is_named_in(fact.sentence.text) and named >= 2 and fact.is_named_in(passage.sentences[0]):
        answer = fact.phrase(phrasing.TOPIC_ANSWER, name=fact.name)
        yield Draft("topic", fact.phrase(phrasing.TOPIC), passage.text, answer)


def passage_question(fact: Fact) -> Iterator[Draft]:
    """A question with a question word, to be answered from the passage."""
    yield from _from_passage("passage_question", KINDS, fact)


def passage_why(fact: Fact) -> Iterator[Draft]:
    """The same with "why" or "how"."""
    yield from _from_passage("passage_why", (reason, manner), fact)


def _from_passage(name: str, kinds: Sequence[Kind], fact: Fact) -> Iterator[Draft]:
    for kind in kinds:
        for draft in kind(fact):
            if not is_vague(draft.instruction):
                asked = fact.phrase(phrasing.PASSAGE_QUESTION, question=draft.instruction)
                yield Draft(name, asked, fact.sentence.passage.text, draft.output)
                return


def list_years(fact: Fact) -> Iterator[Draft]:
    """All years in the passage, in their order."""
    if not A_YEAR.search(fact.sentence.text):
        return
    text = fact.sentence.passage.text
    years = list(dict.fromkeys(A_YEAR.findall(text)))
    if 2 <= len(years) <= 5 and not _OTHER_YEAR.search(text):
        listed = f"{', '.join(years[:-1])} and {years[-1]}"
        answer = fact.phrase(phrasing.LIST_YEARS_ANSWER, years=listed)
        yield Draft("list_years", fact.phrase(phrasing.LIST_YEARS), text, answer)


def find_sentence(fact: Fact) -> Iterator[Draft]:
    """The one sentence of the passage that mentions a year or a name."""
    sentences = fact.sentence.passage.sentences
    if len(sentences) < 3 or fact.sentence.text not in sentences:
        return
    text = _letters(fact.sentence.passage.text)
    title = _letters(fact.name)
    marks = [*A_YEAR.findall(fact.sentence.text), *long_names_in(fact.sentence.text)]
    marks = [mark for mark in marks if _is_unique(mark, text) and _letters(bare(mark)) not in title]
    if marks:
        asked = fact.phrase(phrasing.FIND_SENTENCE, mark=fact.rng.choice(marks))
        yield Draft("find_sentence", asked, fact.sentence.passage.text, fact.sentence.text)


def _letters(text: str) -> str:
    """The text's letters and digits only, so that "Santos-Dumont" is "Santos Dumont"."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if character.isalnum())


def _is_unique(mark: str, letters: str) -> bool:
    """Whether a passage has the mark once, and doesn't call it by its last word elsewhere: "Cook" for James Cook."""
    return letters.count(_letters(bare(mark))) == letters.count(_letters(mark.split()[-1])) == 1


def heading(fact: Fact) -> Iterator[Draft]:
    """The passage, for which a title is wanted: the page's subject and the section's heading."""
    passage = fact.sentence.passage
    covers_more = passage.heading.lower() in _PLAIN or re.search(r",|\band\b", passage.heading)  # than this paragraph
    if covers_more or not 1 <= len(passage.heading.split()) <= 6 or fact.name.startswith("'"):
        return
    says_it_twice = set(re.findall(r"[a-z]{5,}", passage.heading.lower())) & set(fact.name.lower().split())
    if not says_it_twice and not _is_poor(passage.heading, fact.casing):
        title = f"{fact.subject.capitalized}: {passage.heading}"
        yield Draft("heading", fact.phrase(phrasing.HEADING), passage.text, title)


def _is_poor(title: str, casing: Casing) -> bool:
    """Whether a heading says little by itself: "Chile", "Real Madrid" (bare names), "Building", "The battle"."""
    words = title.split()
    if words[0] in {"The", "A", "An"}:
        return True
    if len(words) > 1:
        return all(word[0].isupper() or len(word) <= 3 for word in words)
    lower = title.lower()
    return title in casing.names or not lemmas_of(lower) or (lower.endswith("ing") and base_form(lower) != lower)


PASSAGES: tuple[Kind, ...] = (
    passage_why, summary, topic, passage_question, list_years, find_sentence, heading,
)  # fmt: skip


def passage_fits(fact: Fact) -> bool:
    """Whether the paragraph is long enough to ask about and short enough for a small model's context."""
    return MIN_PASSAGE <= len(fact.sentence.passage.text.split()) <= MAX_PASSAGE
