"""Text about sentences told of others: with another subject or object, with pronouns, in the plural, reported."""

import random
from collections.abc import Iterator
from dataclasses import replace

from primer.text.clause import SIMPLE_TENSES, Phrase
from primer.text.english_forms import number_in_words, plural_of, with_article
from primer.text.materials import NAMES, pick
from primer.text.scenes import random_clause, random_name, random_thing
from primer.text.slots import FEMALE_NAMES, JOBS, MAMMALS
from primer.text.task_layouts import Item, Maker, documents


def write_sentence_rewriting(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which sentences get other subjects, pronouns or numbers, or are reported."""
    yield from documents(MAKERS, rng)


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


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_extend, 12),
    (_pronouns, 9),
    (_plural, 9),
    (_reported, 9),
)
