"""Kinds of instruction about a paragraph of the page, which is the `input`."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from stages.teachers.rules import phrasing
from stages.teachers.rules.casing import upper_first
from stages.teachers.rules.context import is_vague
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.mentions import A_YEAR, long_names_in
from stages.teachers.rules.questions import KINDS, manner, reason
from stages.teachers.rules.subject import bare

# Years that are written otherwise than "1851", so that a list of the years would leave them out.
_OTHER_YEAR = re.compile(r"\b(?:AD|BCE?|CE)\b|\byear \d{1,3}\b|\bin \d{3}\b|\d{4}\s?[–-]\s?\d|\d{3}0s\b")
MIN_PASSAGE, MAX_PASSAGE = 25, 110  # words


def topic(fact: Fact) -> Iterator[Draft]:
    """What the passage is about: the page's subject if it starts the page, and one aspect of it in a section."""
    passage = fact.sentence.passage
    named = sum(fact.is_named_in(sentence) for sentence in passage.sentences)
    about = _aspect(fact)
    if not passage.heading and fact.is_named_in(fact.sentence.text) and named >= 2:
        about = fact.name if fact.is_named_in(passage.sentences[0]) else ""
    if about:
        yield Draft("topic", fact.phrase(phrasing.TOPIC), passage.text, fact.phrase(phrasing.TOPIC_ANSWER, name=about))


def _aspect(fact: Fact) -> str:
    """What a section's heading says it is about: "the aftermath of the Great Fire"; "" if it's no plain aspect."""
    aspect = fact.sentence.passage.heading.lower()
    says_it_twice = aspect in fact.name.lower().split()
    fits = aspect in phrasing.TITLES and not says_it_twice and not fact.name.startswith("'")
    return f"the {aspect} of {fact.name}" if fits else ""


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
        mark = fact.rng.choice(marks)
        asked = fact.phrase(phrasing.FIND_SENTENCE, mark=f"the year {mark}" if mark.isdigit() else mark)
        yield Draft("find_sentence", asked, fact.sentence.passage.text, fact.sentence.text)


def _letters(text: str) -> str:
    """The text's letters and digits only, so that "Santos-Dumont" is "Santos Dumont"."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(character for character in decomposed if character.isalnum())


def _is_unique(mark: str, letters: str) -> bool:
    """Whether a passage has the mark once, and doesn't call it by its last word elsewhere: "Cook" for James Cook."""
    return letters.count(_letters(bare(mark))) == letters.count(_letters(mark.split()[-1])) == 1


def heading(fact: Fact) -> Iterator[Draft]:
    """The passage, for which a title is wanted: "The aftermath of the Great Fire"."""
    if title := _aspect(fact):
        yield Draft("heading", fact.phrase(phrasing.HEADING), fact.sentence.passage.text, upper_first(title))


PASSAGES: tuple[Kind, ...] = (
    passage_why, topic, passage_question, list_years, find_sentence, heading,
)  # fmt: skip


def passage_fits(fact: Fact) -> bool:
    """Whether the paragraph is long enough to ask about and short enough for a small model's context."""
    return MIN_PASSAGE <= len(fact.sentence.passage.text.split()) <= MAX_PASSAGE
