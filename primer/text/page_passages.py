"""Passages made of the pages' sentences, and what one is asked to find, copy or say about them.

A passage takes sentences of one page or of two in any order, so there is no end of passages, and the answer has to be
read from them. Only pages are used that tuning asks about by default.
"""

import random
import re
from collections.abc import Iterator
from functools import lru_cache

from primer.text.layouts import Exchange, lay_out_exchanges
from primer.text.page_tellings import Telling, tellings

_YEAR = re.compile(r"\b1\d{3}\b|\b20[012]\d\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_PLACES = ("first", "second", "third", "fourth", "fifth")
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@lru_cache
def _readable() -> tuple[Telling, ...]:
    return tuple(telling for telling in tellings() if telling.questions and len(telling.sentences) > 5)


def _listing(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _find(rng: random.Random, sentences: list[str]) -> Exchange | None:
    """The sentence in which a name, a year or a word stands that no other has."""
    chosen = rng.choice(sentences)
    rest = " ".join(sentence for sentence in sentences if sentence != chosen)
    marks = _YEAR.findall(chosen) + _NAME.findall(chosen)
    if not marks or rng.random() < 0.2:
        marks = re.findall(r"\b[a-z]{6,}\b", chosen)
    marks = [mark for mark in marks if mark not in rest]
    if not marks:
        return None
    mark = rng.choice(marks)
    task = rng.choice(
        (
            f"Where is {mark} mentioned? Copy the sentence.",
            f"Which sentence speaks of {mark}?",
            f"Find the sentence with {mark} in it.",
            f"Give the sentence in which {mark} comes up.",
            f"Quote what the text says about {mark}.",
            f"In which sentence does {mark} occur?",
            f"What is said about {mark}?",
            f"Write out the sentence about {mark}.",
        )
    )
    return Exchange(task, " ".join(sentences), chosen)


def _place(rng: random.Random, sentences: list[str]) -> Exchange:
    """The first, last or n-th sentence, or how many there are."""
    n = rng.randrange(len(sentences))
    place = "last" if n == len(sentences) - 1 and rng.random() < 0.7 else _PLACES[n]
    passage = " ".join(sentences)
    if rng.random() < 0.15:
        task = rng.choice(("How many sentences does the text have?", "Count the sentences."))
        count = _NUMBERS[len(sentences)]
        return Exchange(task, passage, f"The text has {count} sentence{'s' if count != 'one' else ''}.")
    task = rng.choice(
        (
            f"Copy the {place} sentence.",
            f"What is the {place} sentence?",
            f"Write down the {place} sentence of the text.",
            f"Read the {place} sentence aloud.",
        )
    )
    return Exchange(task, passage, sentences[n])


def _years(rng: random.Random, sentences: list[str]) -> Exchange | None:
    passage = " ".join(sentences)
    years = list(dict.fromkeys(_YEAR.findall(passage)))
    if not years:
        return None
    many = len(years) > 1
    task = rng.choice(
        (
            "Which years come up in the text?",
            "Note all years of this text.",
            "What years does it name?",
            "Write down the years.",
            "Which years are mentioned here?",
            "Pick out all the years.",
        )
    )
    answer = rng.choice(
        (
            f"The {'years are' if many else 'year is'} {_listing(years)}.",
            f"It names {_listing(years)}.",
            ", ".join(years),
            f"The text mentions {_listing(years)}.",
            f"{_listing(years)}.",
        )
    )
    return Exchange(task, passage, answer)


def _whether(rng: random.Random, sentences: list[str]) -> Exchange | None:
    """Whether a name or a year is in the passage."""
    passage = " ".join(sentences)
    marks = _YEAR.findall(passage) + _NAME.findall(passage)
    other = " ".join(rng.choice(_readable()).sentences)
    strange = [mark for mark in _YEAR.findall(other) + _NAME.findall(other) if mark not in passage]
    if not marks or not strange:
        return None
    yes = rng.random() < 0.5
    mark = rng.choice(marks if yes else strange)
    task = rng.choice(
        (f"Does the text mention {mark}?", f"Is {mark} mentioned in the text?", f"Does {mark} come up in it?")
    )
    return Exchange(
        task, passage, f"{'Yes' if yes else 'No'}, the text {'mentions' if yes else 'does not mention'} {mark}."
    )


def _passage_of(rng: random.Random, telling: Telling) -> list[str]:
    count = rng.randint(2, 5)
    if rng.random() < 0.5:  # neighbors, in their order
        start = rng.randrange(max(1, len(telling.sentences) - count))
        return list(telling.sentences[start : start + count])
    pool = list(telling.sentences)
    if rng.random() < 0.4:
        pool += rng.choice(_readable()).sentences
    return list(dict.fromkeys(rng.sample(pool, min(count, len(pool)))))


def _question(rng: random.Random, telling: Telling) -> Exchange:
    """A question about one of the passage's sentences."""
    sentence, exchange = rng.choice(telling.questions)
    others = [one for one in _passage_of(rng, telling) if one != sentence][:3]
    others.insert(rng.randint(0, len(others)), sentence)
    lead = rng.choice(
        ("", "", "", "Read the text and answer: ", "What does the text say? ", "The answer is in the text. ")
    )
    return Exchange(lead + exchange.task, " ".join(others), exchange.answer)


def _about(rng: random.Random, telling: Telling) -> Exchange:
    """What a passage of one page is about."""
    count = rng.randint(2, 4)
    chosen = rng.sample(telling.sentences, count)
    title, subject = telling.page.title, telling.subject
    task = rng.choice(
        (
            "What is the text about?",
            "What does the text tell us about?",
            "Name the topic.",
            "Who or what is this about?",
            "Give the text a title.",
            "What is its subject?",
        )
    )
    answer = rng.choice(
        (
            f"It is about {subject}.",
            f"The text is about {subject}.",
            title,
            f"The topic is {subject}.",
            f"It tells about {subject}.",
        )
    )
    return Exchange(task, " ".join(chosen), answer)


def write_page_passages(rng: random.Random) -> Iterator[str]:
    """Documents without end; each asks one or some things about a passage or several."""
    while True:
        exchanges: list[Exchange] = []
        wanted = rng.choice((1, 1, 2, 2, 3))
        while len(exchanges) < wanted:
            telling = rng.choice(_readable())
            chosen = rng.random()
            if chosen < 0.25:
                found: Exchange | None = _question(rng, telling)
            elif chosen < 0.35:
                found = _about(rng, telling)
            else:
                found = rng.choice((_find, _find, _place, _years, _whether))(rng, _passage_of(rng, telling))
            exchanges += [found] if found else []
        yield lay_out_exchanges(rng, exchanges)
