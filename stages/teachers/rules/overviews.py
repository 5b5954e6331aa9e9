"""Kinds of instruction about several facts of a page: lists, comparisons, and answers of some sentences."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stages.english.inflection import is_past
from stages.english.number_words import CARDINALS
from stages.teachers.rules import phrasing
from stages.teachers.rules.casing import upper_first
from stages.teachers.rules.context import is_vague, says_enough, speaks_of
from stages.teachers.rules.definitions import definition, describes, is_person
from stages.teachers.rules.fact import WORKS, Draft, Fact, PageKind
from stages.teachers.rules.mentions import A_YEAR, TIME, belongs_elsewhere
from stages.teachers.rules.readings import CONNECTIVES, DETERMINERS, LINKS, PREPOSITIONS
from stages.teachers.rules.subject import bare

MOST_WORDS = 24  # of a fact in a list
MOST_WORDS_OF_ANSWER = 75  # of an answer of some sentences
_REFERS = re.compile(r"\b(?:it|its|they|their|them|he|his|him|she|her)\b", re.I)
# "The trilogy follows three generations" speaks of the work, not of what happens in it.
_OF_THE_WORK = re.compile(rf"(?:The|Each|This) (?:\w+ )?(?:{'|'.join(sorted(WORKS))}|book|plot|work)\b")
# A word with a capital between words without: a surname, or a name cut short.
_SHORT_NAME = re.compile(r"(?:^|(?<=[.!?] )|(?<=[a-z,] ))(?P<name>[A-Z][a-z]{2,})\b(?! [A-Z])")
_NO_FIRST_NAMES = "|".join(word.capitalize() for word in sorted(CONNECTIVES | DETERMINERS | LINKS | PREPOSITIONS))
_IN_WORDS = {value: word for word, value in CARDINALS.items() if value <= 12}


@dataclass(frozen=True)
class Event:
    year: int
    text: str  # without its time and without a full stop, as inside a sentence
    time: str  # with what is before it: " in 1851", ", on 14 October 1066"

    @property
    def comparable(self) -> bool:
        """Whether it can be compared with others: a birth is before and a death after all that a person does."""
        return not re.search(r"\b(?:was born|were born|died|was buried|was baptized)\b", self.text)


def list_facts(facts: Sequence[Fact], rng: random.Random) -> Iterator[Draft]:
    """Three facts about the subject, as a list."""
    texts = [
        fact.clause.statement
        for fact in facts
        if fact.clause
        and fact.stands_alone
        and speaks_of(fact.subject, fact.clause.subject)
        and says_enough(fact.clause)
        and len(fact.clause.text.split()) <= MOST_WORDS
    ]
    if len(texts) >= 3:
        chosen = sorted(rng.sample(range(len(texts)), 3))
        listed = "\n".join(f"{number}. {texts[place]}" for number, place in enumerate(chosen, start=1))
        yield Draft("list_facts", _phrase(rng, phrasing.LIST_FACTS, facts), "", listed)


def order_events(facts: Sequence[Fact], rng: random.Random) -> Iterator[Draft]:
    """Three events in a random order, to be sorted by time."""
    events = [event for event in events_of(facts) if event.comparable]
    if len(events) >= 3:
        chosen = rng.sample(events, 3)
        ordered = sorted(chosen, key=lambda event: event.year)
        if chosen == ordered:
            chosen.reverse()
        given = "\n".join(f"- {upper_first(event.text)}." for event in chosen)
        listed = "\n".join(
            f"{number}. {upper_first(event.text)} ({event.year})." for number, event in enumerate(ordered, start=1)
        )
        yield Draft("order_events", _phrase(rng, phrasing.ORDER_EVENTS, facts), given, listed)


def which_first(facts: Sequence[Fact], rng: random.Random) -> Iterator[Draft]:
    """Which of two events came first."""
    events = [event for event in events_of(facts) if event.comparable]
    if len(events) >= 2:
        chosen = rng.sample(events, 2)
        early, late = sorted(chosen, key=lambda event: event.year)
        given = "\n".join(f"{letter}) {upper_first(event.text)}." for letter, event in zip("AB", chosen, strict=True))
        first = "AB"[chosen.index(early)]
        words = {
            "first": first,
            "early": early.text + early.time,
            "late": _again(late, early, facts[0]) + late.time,
        }
        answer = rng.choice(phrasing.WHICH_FIRST_ANSWER).format(**words, Early=upper_first(words["early"]))
        yield Draft("which_first", _phrase(rng, phrasing.WHICH_FIRST, facts), given, answer)


def years_between(facts: Sequence[Fact], rng: random.Random) -> Iterator[Draft]:
    """How many years lie between two events."""
    events = [event for event in events_of(facts) if re.fullmatch(r",? in \d{4}", event.time)]
    if len(events) >= 2:
        early, late = sorted(rng.sample(events, 2), key=lambda event: event.year)
        given = f"- {upper_first(early.text)}.\n- {upper_first(late.text)}."
        years = late.year - early.year
        count = "one year" if years == 1 else f"{_IN_WORDS.get(years, years)} years"
        words = {
            "count": count,
            "early": early.text + early.time,
            "late": _again(late, early, facts[0]) + late.time,
        }
        answer = rng.choice(phrasing.YEARS_BETWEEN_ANSWER).format(**words, Count=upper_first(count))
        yield Draft("years_between", _phrase(rng, phrasing.YEARS_BETWEEN, facts), given, answer)


def introduce(facts: Sequence[Fact], rng: random.Random) -> Iterator[Draft]:
    """The page's first two or three sentences, if they say what the subject is."""
    first = facts[0]
    defining = next((fact for fact in facts if any(definition(fact))), None)
    if not defining or not defining.clause or first.sentence.position:
        return
    written = first.sentence.passage.sentences[0]
    texts = [written, *_following(first, facts, at_most=2)]
    if len(texts) >= 2 and not re.search(r"[()\"]", written) and defining.sentence.position < len(texts):
        words = {"name": first.name, "verb": defining.clause.verb, "word": "who" if is_person(defining) else "what"}
        yield Draft("introduce", rng.choice(phrasing.INTRODUCE).format(**words), "", " ".join(texts))


def tell_about(facts: Sequence[Fact], rng: random.Random) -> Iterator[Draft]:
    """The beginning of a section: two or three sentences on what its heading says."""
    starts = [fact for fact in facts if fact.sentence.starts_section and fact.stands_alone and _fits_heading(fact)]
    for fact in rng.sample(starts, len(starts)):
        heading = fact.sentence.passage.heading
        templates = phrasing.ABOUT_HEADING.get(heading.lower(), phrasing.UNDER_HEADING)
        texts = [fact.sentence.text, *_following(fact, facts, at_most=2)]
        whole = len(texts) == len(fact.sentence.passage.sentences)
        fits = (len(texts) == 3 or whole) and len(texts) >= 2 and len(heading.split()) <= 4
        if fits and not _REFERS.match(texts[0]) and not _introduced_before(" ".join(texts), fact, facts):
            asked = rng.choice(templates).format(name=fact.name, heading=heading)
            yield Draft("tell_about", asked, "", " ".join(texts))


def _fits_heading(fact: Fact) -> bool:
    """Whether the section's heading can be asked about: that of a plot only if the section begins with the plot."""
    heading = fact.sentence.passage.heading
    if heading.lower() not in {"plot", "story"}:
        return bool(heading)
    return fact.in_plot and not fact.is_named_in(fact.sentence.text) and not _OF_THE_WORK.match(fact.sentence.text)


def _introduced_before(text: str, fact: Fact, facts: Sequence[Fact]) -> bool:
    """Whether a section's start uses a short name that only an earlier section explains: "Nobile", "the Jupiters"."""
    earlier = [other.sentence.passage for other in facts if other.sentence.position < fact.sentence.position]
    passages = dict.fromkeys(passage.text for passage in earlier if passage.text != fact.sentence.passage.text)
    before = "\n".join(passages)  # no name goes on from one passage to the next
    for match in _SHORT_NAME.finditer(text):
        name = match["name"]
        if bare(name) in bare(fact.name):
            continue
        full = rf"\b(?!(?:{_NO_FIRST_NAMES})\b)[A-Z][\w'.-]+ {name}\b"
        if re.search(full, before) and not re.search(full, text[: match.end()]):
            return True
        if name.endswith("s") and text[: match.start()].endswith("the ") and re.search(rf"\b{name[:-1]} [a-z]", before):
            return True
    return False


def events_of(facts: Sequence[Fact]) -> list[Event]:
    """What happened in a year that its sentence names, one event a year."""
    events: dict[int, Event] = {}
    for fact in facts:
        clause = fact.clause
        if (
            not clause
            or not fact.stands_alone
            or describes(clause)
            or not (is_past(clause.verb) or clause.verb in {"was", "were"})
        ):
            continue
        times = list(TIME.finditer(clause.rest))
        if len(times) != 1 or not times[0][0].startswith(("in ", "on ")) or belongs_elsewhere(times[0], clause.rest):
            continue
        year = A_YEAR.search(times[0][0])
        before = clause.rest[: times[0].start()].rstrip(" ,")
        text = f"{clause.subject} {clause.verb} {before}"
        whole = times[0].end() == len(clause.rest) and len(text.split()) > len(clause.subject.split()) + 1
        if (
            year
            and whole
            and (fact.is_about_a_full_name or speaks_of(fact.subject, clause.subject))
            and speaks_of(fact.subject, text)  # or nobody sees what it has to do with the subject
            and not A_YEAR.search(text)
            and len(text.split()) <= MOST_WORDS
            and _is_clear(text, fact)
        ):
            events.setdefault(int(year[0]), Event(int(year[0]), text, clause.rest[len(before) :]))
    return list(events.values())


def _again(event: Event, other: Event, fact: Fact) -> str:
    """The event after another, with a pronoun if both begin with the subject's name."""
    if event.text.startswith(f"{fact.name} ") and other.text.startswith(f"{fact.name} ") and fact.subject.pronoun:
        return fact.subject.pronoun.lower() + event.text.removeprefix(fact.name)
    return event.text


def _is_clear(text: str, fact: Fact) -> bool:
    return fact.askable is not None and not _REFERS.search(text) and not is_vague(text)


def _following(fact: Fact, facts: Sequence[Fact], at_most: int) -> list[str]:
    """The next sentences of the passage as they are written, as long as each can be understood after the one before."""
    known = {other.sentence.position for other in facts}
    written = fact.sentence.passage.sentences
    texts: list[str] = []
    position = fact.sentence.position
    words = len(fact.sentence.text.split())
    for text in written[fact.sentence.place + 1 : fact.sentence.place + 1 + at_most]:
        position += 1
        words += len(text.split())
        if position not in known or words > MOST_WORDS_OF_ANSWER or re.search(r"[()\"]", text):
            break
        texts.append(text)
    return texts


def _phrase(rng: random.Random, templates: Sequence[str], facts: Sequence[Fact]) -> str:
    return rng.choice(templates).format(name=facts[0].name)


OVERVIEWS: tuple[PageKind, ...] = (
    list_facts,
    order_events,
    which_first,
    years_between,
    introduce,
    tell_about,
)
