"""Text about the parts of a sentence: its words by their place, subject, verb and object, and fields of a form."""

import random
from collections.abc import Iterator

from primer.text import materials, slots
from primer.text.english_forms import number_in_words, with_article, with_capital
from primer.text.materials import pick
from primer.text.scenes import random_clause
from primer.text.task_layouts import Item, Maker, documents


def write_sentence_parts(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which parts of a sentence are named."""
    yield from documents(MAKERS, rng)


def _words_of(rng: random.Random) -> Iterator[Item]:
    """First, last, longest word; how many words; which word stands before or after another."""
    kind = pick(rng, "first|last|count|after|before|second|third|letters")
    while True:
        sentence = random_clause(rng).statement(rng.choice(["present", "past", "future"]))
        words = sentence[:-1].split()
        if kind == "count":
            yield Item(
                pick(rng, "How many words has this sentence?|count the words|count the words in the sentence"),
                sentence,
                str(len(words)),
                f"The sentence has {number_in_words(len(words))} words.",
            )
        elif kind in {"first", "last", "second", "third"}:
            word = {"first": words[0], "last": words[-1], "second": words[1], "third": words[min(2, len(words) - 1)]}[
                kind
            ]
            yield Item(
                pick(
                    rng,
                    f"What is the {kind} word of the sentence?|write down the {kind} word|"
                    f"name the {kind} word of this sentence",
                ),
                sentence,
                word,
                f'The {kind} word is "{word}".',
            )
        elif kind == "letters":
            letter = rng.choice(words)[0].lower()
            found = [word for word in words if word.lower().startswith(letter)]
            yield Item(
                f'find the words that begin with "{letter}"'
                if len(found) > 1
                else f'find the word that begins with "{letter}"',
                sentence,
                ", ".join(found),
                own=True,
            )
        else:
            at = rng.randrange(1, len(words) - 1) if len(words) > 2 else 1
            if words.count(words[at]) > 1:
                continue
            word = words[at + 1] if kind == "after" and at + 1 < len(words) else words[at - 1]
            side = "after" if kind == "after" and at + 1 < len(words) else "before"
            yield Item(
                f'Which word stands {side} "{words[at]}"?',
                sentence,
                word,
                f'"{word}" stands {side} "{words[at]}".',
                own=True,
            )


def _roles(rng: random.Random) -> Iterator[Item]:
    """Subject, verb, object, place of a sentence."""
    part = rng.choice(["subject", "verb", "object"])
    while True:
        clause = random_clause(rng, transitive=part == "object")
        tense = rng.choice(["present", "past", "future"])
        sentence = clause.statement(tense)
        found = {
            "subject": clause.subject.text,
            "verb": clause.finite(tense),
            "object": clause.object.as_object if clause.object else "",
        }[part]
        found = with_capital(found) if part == "subject" and rng.random() < 0.3 else found
        yield Item(
            pick(
                rng,
                f"name the {part} of the sentence|find the {part}|What is the {part} of this sentence?|"
                f"write down the {part}",
            ),
            sentence,
            found,
            f'The {part} is "{found}".',
        )


def _fields(rng: random.Random) -> Iterator[Item]:
    """A sentence as a form with fields, or a field of a form."""
    while True:
        name, city, age = (
            f"{rng.choice(materials.NAMES)} {rng.choice(slots.SURNAMES)}",
            rng.choice([*slots.CITIES, materials.made_up_name(rng)]),
            rng.randint(18, 80),
        )
        job = rng.choice(slots.JOBS)
        sentence = pick(
            rng,
            "{n}, {a}, works as {j} in {c}.|{n} is {a} years old, lives in {c} and is {j}.|"
            "In {c} lives {n}, {j} of {a} years.",
        ).format(n=name, a=age, j=with_article(job), c=city)
        form = f"Name: {name}\nAge: {age}\nJob: {job}\nCity: {city}"
        if rng.random() < 0.4:
            yield Item(
                pick(
                    rng,
                    "write name, age, job and city in four lines|fill in the form with name, age, job and city|"
                    "make a card with name, age, job and city",
                ),
                sentence,
                form,
            )
        else:
            field, value = rng.choice([("name", name), ("age", str(age)), ("job", job), ("city", city)])
            yield Item(
                f"What is the {field}?" if field != "age" else "How old is this person?",
                rng.choice([sentence, form, form.replace("\n", "; ")]),
                value,
                own=True,
            )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_words_of, 18),
    (_roles, 12),
    (_fields, 10),
)
