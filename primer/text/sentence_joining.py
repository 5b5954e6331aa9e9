"""Text about sentences that are joined, split, shortened, reported, put into the plural, or told with pronouns."""

import random
from collections.abc import Iterator
from dataclasses import replace

from primer.text.clause import SIMPLE_TENSES, Phrase
from primer.text.english_forms import with_capital
from primer.text.materials import pick
from primer.text.scenes import random_clause, random_name
from primer.text.sentence_changes import uncapitalized
from primer.text.slots import JOBS
from primer.text.task_layouts import Item, Maker, documents

# What is so, what follows from it, and what stands against it; "{he}" is the person's pronoun.
_REASONS = tuple(
    tuple(part.strip() for part in line.split("|"))
    for line in """
was tired | went to bed early | stayed up until midnight
was hungry | made a sandwich | did not eat anything
was sick | stayed at home | went to work
was late | took a taxi | walked slowly
was cold | closed the window | did not wear a coat
was thirsty | drank a glass of water | did not drink anything
had no money | walked home | bought a new hat
had lost the key | climbed through the window | was not worried
had a test | studied all evening | played outside
was angry | left the room | smiled at everybody
was bored | read a book | stayed until the end
was afraid | turned on the light | opened the door
was happy | sang a song | said nothing
had won the game | danced in the street | was not proud
felt lonely | called a friend | did not call anybody
had a headache | went home early | finished the work
was busy | did not answer the phone | helped the neighbors
had time | visited the museum | did not write the letter
""".strip().splitlines()
)


def write_sentence_joining(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which sentences are joined, split, shortened or reported."""
    yield from documents(MAKERS, rng)


def _join(rng: random.Random) -> Iterator[Item]:
    """Two sentences about one person as one, and back."""
    word = rng.choice(["because", "so", "but", "although", "and", "because", "so", "but"])
    split = rng.random() < 0.25
    while True:
        person = random_name(rng)
        he = person.pronoun
        state, result, against = rng.choice(_REASONS)
        first, second = f"{person.text} {state}.", f"{with_capital(he)} {result}."
        if word == "because":
            whole = pick(
                rng, f"{person.text} {result} because {he} {state}.|Because {person.text} {state}, {he} {result}."
            )
        elif word == "so":
            whole = f"{person.text} {state}, so {he} {result}."
        elif word == "and":
            whole = f"{person.text} {state} and {result}."
        else:
            second = f"{with_capital(he)} {against}."
            whole = (
                f"{person.text} {state}, but {he} {against}."
                if word == "but"
                else f"Although {person.text} {state}, {he} {against}."
            )
        both = f"{first} {second}"
        if split:
            yield Item(
                pick(
                    rng,
                    "split the sentence into two|make two sentences of this one|"
                    "divide the sentence into two short ones",
                ),
                whole,
                both,
            )
        else:
            yield Item(
                pick(
                    rng,
                    f'join the two sentences with "{word}"|combine the sentences with "{word}"|'
                    f'make one sentence with "{word}"|connect the two sentences by "{word}"',
                ),
                both,
                whole,
            )


def _join_doers(rng: random.Random) -> Iterator[Item]:
    """Two who do the same, or one who does two things."""
    while True:
        clause = random_clause(rng, pronouns=False, possessives=False)
        tense = rng.choice(SIMPLE_TENSES)
        if rng.random() < 0.5:
            a, b = random_name(rng), random_name(rng)
            if a.text == b.text:
                continue
            first, second = replace(clause, subject=a), replace(clause, subject=b)
            both = replace(clause, subject=Phrase(f"{a.text} and {b.text}", "they", True))
            given, result = f"{first.statement(tense)} {second.statement(tense)}", both.statement(tense)
        else:
            other = random_clause(rng, pronouns=False, possessives=False)
            other = replace(other, subject=Phrase(clause.subject.pronoun, clause.subject.pronoun))
            if (
                not clause.subject.is_person
                or other.object is None
                or other.verb in {"steal", "catch", "cover", "destroy", "damage"}
            ):
                continue
            given = f"{clause.statement(tense)} {other.statement(tense)}"
            after = other.statement(tense)[len(other.subject.text) + 1 :]
            after = after.removeprefix("will ") if tense == "future" else after
            result = f"{clause.statement(tense)[:-1]} and {after}"
        yield Item(
            pick(
                rng,
                "make one sentence of the two|join the two sentences|combine the sentences into one|"
                "say it in one sentence|"
                'join the sentences with "and"',
            ),
            given,
            result,
        )


def _who_clause(rng: random.Random) -> Iterator[Item]:
    """ "The baker who lives in Rome plays the violin."."""
    while True:
        clause = random_clause(rng, pronouns=False, possessives=False)
        job, city = (
            rng.choice(JOBS),
            pick(rng, "next door|in the red house|near the church|on the hill|in our street|by the river"),
        )
        subject = Phrase(f"the {job}", rng.choice(["he", "she"]), True)
        if clause.object is None or clause.verb in {"steal", "catch", "cover", "destroy", "damage"}:
            continue
        tense = rng.choice(["present", "past"])
        main = replace(clause, subject=subject).statement(tense)
        live = "lives" if tense == "present" else "lived"
        given = f"{main} {with_capital(subject.pronoun)} {live} {city}."
        result = f"The {job} who {live} {city}{main[len(subject.text) :]}"
        yield Item(
            pick(rng, 'join the sentences with "who"|make one sentence with "who"|use "who" to make one sentence'),
            given,
            result,
        )


def _shorten(rng: random.Random) -> Iterator[Item]:
    """The sentence without an addition between or behind commas, or without its adjectives."""
    kind = rng.choice(["after", "between", "before", "rest"])
    while True:
        clause = random_clause(rng, pronouns=False)
        tense = rng.choice(["past", "past", "present"])
        main = clause.statement(tense)
        if kind == "after":
            extra = pick(
                rng,
                "which surprised everybody|as everybody knows|as always|because there was nothing else to do|"
                "while the others waited outside|although it was late|just before it began to rain|"
                "which made the neighbors laugh",
            )
            given, result = f"{main[:-1]}, {extra}.", main
            asks = [
                "leave out what stands after the comma",
                "shorten the sentence to its main part",
                "keep only the main clause",
                "cut off the part after the comma",
                "write only the main statement",
            ]
        elif kind == "before":
            extra = pick(
                rng,
                "After a long day|As everybody knows|In the end|To be honest|Although it was late|"
                "When the bell rang|Early in the morning|As far as I know",
            )
            given, result = f"{extra}, {uncapitalized(main, clause)}", main
            asks = [
                "leave out what stands before the comma",
                "shorten the sentence to its main part",
                "keep only the main clause",
                "begin after the comma",
            ]
        elif kind == "between":
            if not clause.subject.is_person or " and " in clause.subject.text or clause.subject.is_plural:
                continue
            extra = pick(
                rng,
                "who lives next door|our old friend|who is never late|who came from the south|"
                "a friend of my father|who loves music",
            )
            subject = with_capital(clause.subject.text)
            given, result = f"{subject}, {extra},{main[len(subject) :]}", main
            asks = [
                "leave out the part between the commas",
                "write the sentence without the part between the commas",
                "shorten the sentence to its main part",
            ]
        else:
            if not clause.rest:
                continue
            given, result = main, replace(clause, rest="").statement(tense)
            if clause.object is None:
                continue
            asks = [
                f'leave out "{clause.rest}"',
                f'write the sentence without "{clause.rest}"',
                f'remove "{clause.rest}" from the sentence',
            ]
        yield Item(rng.choice(asks), given, result, own=kind == "rest")


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_join, 14),
    (_join_doers, 9),
    (_who_clause, 5),
    (_shorten, 16),
)
