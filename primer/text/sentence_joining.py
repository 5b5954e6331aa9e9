"""Text about sentences that are joined, split, shortened, reported, put into the plural, or told with pronouns."""

import random
from collections.abc import Iterator
from dataclasses import replace

from primer.text.clause import SIMPLE_TENSES, Phrase
from primer.text.english_forms import capitalized, number_in_words, plural_of, with_article
from primer.text.materials import NAMES, pick
from primer.text.scenes import random_clause, random_name, random_thing
from primer.text.sentence_changes import uncapitalized
from primer.text.slots import FEMALE_NAMES, JOBS, MAMMALS
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
        first, second = f"{person.text} {state}.", f"{capitalized(he)} {result}."
        if word == "because":
            whole = pick(
                rng, f"{person.text} {result} because {he} {state}.|Because {person.text} {state}, {he} {result}."
            )
        elif word == "so":
            whole = f"{person.text} {state}, so {he} {result}."
        elif word == "and":
            whole = f"{person.text} {state} and {result}."
        else:
            second = f"{capitalized(he)} {against}."
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
        given = f"{main} {capitalized(subject.pronoun)} {live} {city}."
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
            subject = capitalized(clause.subject.text)
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


def _extend(rng: random.Random) -> Iterator[Item]:
    """A word or a part is added, or changed for another: the rest is copied."""
    while True:
        clause, tense = random_clause(rng, pronouns=False), rng.choice(SIMPLE_TENSES)
        given = clause.statement(tense)
        if rng.random() < 0.5:
            other = random_name(rng)
            if (
                not clause.subject.is_person
                or clause.subject.text == other.text
                or (clause.subject.is_plural and tense == "present")
                or f" {clause.subject.text}" in given[1:]
            ):
                continue
            if clause.object and clause.object.text.split()[0] in {"his", "her", "their", "its"}:
                continue
            yield Item(
                pick(
                    rng,
                    f"let {other.text} do it instead|"
                    f'put "{other.text}" in the place of the subject|'
                    f"write the sentence about {other.text}",
                ),
                given,
                replace(clause, subject=other).statement(tense),
                own=True,
            )
        elif clause.object:
            thing = random_thing("thing", rng)
            kind = clause.object.text.split()[-1]
            if clause.verb not in {
                "find",
                "lose",
                "hide",
                "buy",
                "sell",
                "bring",
                "carry",
                "show",
                "hold",
                "forget",
                "draw",
                "clean",
            }:
                continue
            yield Item(
                pick(
                    rng,
                    f'replace "{clause.object.text}" by "{thing.text}"|'
                    f'write "{thing.text}" instead of "{clause.object.text}"',
                )
                if kind
                else "",
                given,
                replace(clause, object=thing).statement(tense),
                own=True,
            )
        else:
            place = pick(rng, "in the garden|near the lake|with a friend|in Paris|after lunch|on the hill|every day")
            yield Item(
                pick(rng, f'add "{place}" to the sentence|put "{place}" at the end of the sentence'),
                given,
                f"{given[:-1]} {place}.",
                own=True,
            )


def _pronouns(rng: random.Random) -> Iterator[Item]:
    """Names and things as pronouns."""
    which = rng.choice(["subject", "object", "both"])
    while True:
        clause, tense = (
            random_clause(rng, transitive=True, pronouns=False, possessives=False),
            rng.choice(SIMPLE_TENSES),
        )
        assert clause.object
        if clause.object.text.startswith(("a ", "an ", "some ")) and which != "subject":
            continue
        if any(word in clause.verb for word in (" ",)) or (not clause.object.is_plural and clause.verb in _WITH_PEOPLE):
            continue
        subject = Phrase(clause.subject.pronoun, clause.subject.pronoun)
        thing = Phrase("it" if clause.object.pronoun == "it" else "they", clause.object.pronoun)
        new = replace(
            clause,
            subject=subject if which != "object" else clause.subject,
            object=thing if which != "subject" else clause.object,
        )
        asks = {
            "subject": [
                "replace the subject by a pronoun",
                "use a pronoun for the subject",
                'write "he", "she", "it" or "they" for the subject',
            ],
            "object": ["replace the object by a pronoun", "use a pronoun for the object"],
            "both": ["replace subject and object by pronouns", "use pronouns for the nouns"],
        }[which]
        yield Item(rng.choice(asks), clause.statement(tense), new.statement(tense))


_WITH_PEOPLE = {"help", "teach", "invite", "meet", "call", "thank", "greet"}


def _plural(rng: random.Random) -> Iterator[Item]:
    """ "The dog sleeps." as "The dogs sleep.", and back; or with a number."""
    back = rng.random() < 0.3
    counted = rng.random() < 0.3 and not back
    while True:
        clause, tense = (
            random_clause(rng, pronouns=False),
            rng.choice(["present", "present", "past", "future", "progressive"]),
        )
        noun = rng.choice([*JOBS, *MAMMALS, "boy", "girl", "child", "man", "woman"]) if clause.subject.is_person else ""
        if not noun or (clause.object and clause.object.text.split()[0] in {"his", "her", "their", "its"}):
            continue
        if noun in MAMMALS and clause.verb not in {
            "sleep",
            "walk",
            "run",
            "swim",
            "jump",
            "sit",
            "eat",
            "find",
            "follow",
            "push",
            "break",
            "hide",
        }:
            continue
        one = replace(clause, subject=Phrase(f"the {noun}", "it", True))
        many = replace(clause, subject=Phrase(f"the {plural_of(noun)}", "they", True))
        given, result = one.statement(tense), many.statement(tense)
        if counted:
            count = number_in_words(rng.randint(2, 12))
            given = replace(one, subject=Phrase(with_article(noun), "it", True)).statement(tense)
            result = replace(many, subject=Phrase(f"{count} {plural_of(noun)}", "they", True)).statement(tense)
            yield Item(
                pick(
                    rng,
                    f'write "{count}" instead of "{with_article(noun).split()[0]}"|say it of {count} {plural_of(noun)}',
                ),
                given,
                result,
                own=True,
            )
        elif back:
            yield Item(
                pick(
                    rng,
                    "put the subject into the singular|say it of only one|write the sentence in the singular|"
                    "let only one do it",
                ),
                result,
                given,
            )
        else:
            yield Item(
                pick(
                    rng,
                    "put the subject into the plural|say it of more than one|write the sentence about several|"
                    "make the subject plural|let more than one do it",
                ),
                given,
                result,
            )


def _reported(rng: random.Random) -> Iterator[Item]:
    """Direct speech as indirect speech, and back: one tense back, and other pronouns."""
    back = rng.random() < 0.3
    while True:
        speaker = rng.choice(NAMES)
        he = "she" if speaker in FEMALE_NAMES else "he"
        clause = replace(random_clause(rng, pronouns=False, possessives=False), subject=Phrase("I", "I", True))
        if clause.verb in {"steal", "catch", "cover", "destroy", "damage", "fall"} or (
            clause.rest and " me" in clause.rest
        ):
            continue
        told = replace(clause, subject=Phrase(he, he, True))
        tense = rng.choice(["present", "future", "progressive", "can", "perfect"])
        said = {
            "present": told.finite("past"),
            "future": f"would {clause.verb}",
            "progressive": told.finite("past progressive"),
            "can": f"could {clause.verb}",
            "perfect": f"had {told.finite('perfect').split(' ', 1)[1]}",
        }[tense]
        direct = f'{speaker} said, "{clause.statement(tense)}"'
        start = told.statement(tense)
        indirect = f"{speaker} said that {he} {said}{start[len(he) + 1 + len(told.finite(tense)) :]}"
        if back:
            yield Item(
                rng.choice(["put it into direct speech", "write what was said in quotation marks"]), indirect, direct
            )
        else:
            yield Item(
                pick(
                    rng,
                    "put it into reported speech|put the sentence into indirect speech|"
                    'write it with "said that"|'
                    "report what was said",
                ),
                direct,
                indirect,
            )


def _with_word(rng: random.Random) -> Iterator[Item]:
    """A sentence that has a given word, or some."""
    while True:
        clause, tense = random_clause(rng, possessives=False), rng.choice(SIMPLE_TENSES)
        sentence = clause.statement(tense)
        words = [
            word
            for word in (
                clause.object.text.split()[-1] if clause.object else "",
                clause.subject.text.split()[-1],
                clause.finite(tense).split()[-1],
                clause.rest.split()[-1] if clause.rest else "",
            )
            if len(word) > 2
        ]
        chosen = rng.sample(words, min(len(words), rng.choice([1, 1, 1, 2, 2, 3])))
        if rng.random() < 0.6:
            yield Item(
                rng.choice(
                    [
                        "write a sentence with the word" if len(chosen) == 1 else "write a sentence with these words",
                        "make up a sentence with this" if len(chosen) == 1 else "make up a sentence with these",
                        "use it in a sentence" if len(chosen) == 1 else "use them in a sentence",
                    ]
                ),
                ", ".join(chosen),
                sentence,
                own=len(chosen) > 1,
            )
        else:
            quoted = " and ".join(f'"{word}"' for word in chosen)
            yield Item(
                pick(
                    rng,
                    f"write a sentence with {quoted}|make a sentence that has {quoted} in it|"
                    f"use {quoted} in a sentence",
                ),
                "",
                sentence,
                own=True,
            )


def _unscramble(rng: random.Random) -> Iterator[Item]:
    """A sentence from its words in a wrong order."""
    while True:
        clause, tense = random_clause(rng), rng.choice(["present", "past", "future"])
        sentence = clause.statement(tense)
        words = uncapitalized(sentence, clause)[:-1].split()
        if not 4 <= len(words) <= 9 or len(set(words)) < len(words):
            continue
        mixed = rng.sample(words, len(words))
        yield Item(
            pick(
                rng,
                "put the words in order|make a sentence of these words|bring the words into the right order|"
                "arrange the words so that they make a sentence",
            ),
            rng.choice([" ", " / ", ", "]).join(mixed),
            sentence,
        )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_join, 14),
    (_join_doers, 9),
    (_who_clause, 5),
    (_shorten, 16),
    (_extend, 12),
    (_pronouns, 9),
    (_plural, 9),
    (_reported, 9),
    (_with_word, 14),
    (_unscramble, 8),
)
