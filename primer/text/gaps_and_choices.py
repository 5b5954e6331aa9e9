"""Text about gaps to fill, rows to go on with, and answers to choose from."""

import random
from collections.abc import Iterator

from primer.text import slots
from primer.text.clause import SIMPLE_TENSES, TENSE_NAMES
from primer.text.english_forms import (
    degrees_of,
    ing_form,
    number_in_words,
    plural_of,
    third_person,
    with_article,
    with_capital,
)
from primer.text.materials import WORDS, pick
from primer.text.scenes import random_clause
from primer.text.task_layouts import Item, Maker, documents

# Sentences whose gap only one preposition fills; "_" marks it.
_PREPOSITIONS = (
    ("The {furniture} stands _ the wall and the window.", "between", ()),
    ("{name} was born _ {month}.", "in", ()),
    ("The shop opens _ {day}.", "on", ()),
    ("The lesson starts _ {hour} o'clock.", "at", ()),
    ("{name} is good _ {subject}.", "at", ()),
    ("{name} is afraid _ {animals}.", "of", ()),
    ("We are waiting _ the {vehicle}.", "for", ()),
    ("{name} listens _ the radio.", "to", ()),
    ("This {clothes} belongs _ {name}.", "to", ()),
    ("{name} is interested _ {subject}.", "in", ()),
    ("The glass is full _ {drink}.", "of", ()),
    ("{name} lives _ {city}.", "in", ()),
    ("{name} comes _ {city}.", "from", ()),
    ("{name} depends _ help.", "on", ()),
    ("{name} is proud _ the new {furniture}.", "of", ()),
    ("They were married _ {year}.", "in", ()),
    ("{name} walked _ the bridge to the other side.", "across", ()),
    ("Thank you _ the {fruit}.", "for", ()),
    ("{name} works _ Monday to Friday.", "from", ()),
    ("The {animal} is different _ the {animal2}.", "from", ()),
    ("{name} spends money _ {clothes2}.", "on", ()),
    ("The {furniture} is made _ wood.", "of", ()),
)
_OTHERS = ("in", "on", "at", "to", "of", "for", "from", "with", "by", "under")


def write_gaps_and_choices(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which something is filled in, continued or chosen."""
    yield from documents(MAKERS, rng)


def _filled(form: str, rng: random.Random) -> str:
    members = slots.MAMMALS
    return form.format(
        name=rng.choice(slots.FEMALE_NAMES + slots.MALE_NAMES),
        furniture=rng.choice(slots.FURNITURE),
        month=rng.choice(slots.MONTHS),
        day=rng.choice(slots.WEEKDAYS),
        hour=number_in_words(rng.randint(1, 12)),
        subject=rng.choice(slots.SUBJECTS),
        animals=plural_of(rng.choice(members)),
        vehicle=rng.choice(("bus", "train", "ship", "tram", "taxi")),
        clothes=rng.choice(("coat", "hat", "scarf", "jacket")),
        drink=rng.choice(slots.DRINKS),
        city=rng.choice(slots.CITIES),
        year=rng.randint(1850, 2020),
        fruit=plural_of(rng.choice(slots.FRUITS)),
        animal=rng.choice(members[:12]),
        animal2=rng.choice(members[12:]),
        clothes2=plural_of(rng.choice(slots.CLOTHES)),
    )


def _preposition(rng: random.Random) -> Iterator[Item]:
    given = rng.random() < 0.4
    while True:
        form, right, _ = rng.choice(_PREPOSITIONS)
        sentence = _filled(form, rng)
        blank = rng.choice(["___", "____", "...", "__"])
        if given:
            choice = rng.sample([right, *rng.sample([word for word in _OTHERS if word != right], 2)], 3)
            if right in {"in", "at", "on", "by"}:
                choice = rng.sample([right, "of", "from"], 3)
            ask = pick(rng, "choose the right preposition|choose the word that fits|fill the gap with the right word")
            yield Item(
                ask, f"{sentence.replace('_', blank)} ({' / '.join(choice)})", sentence.replace("_", right), own=True
            )
        else:
            ask = pick(
                rng,
                "put in the missing preposition|fill in the preposition|fill the gap|"
                "complete the sentence with a preposition",
            )
            yield Item(
                ask,
                sentence.replace("_", blank),
                sentence.replace("_", right),
                rng.choice([sentence.replace("_", right), f'The missing word is "{right}".']),
            )


def _article(rng: random.Random) -> Iterator[Item]:
    whole = rng.random() < 0.6
    while True:
        noun = rng.choice(
            [
                *(
                    *slots.FRUITS,
                    *slots.MAMMALS,
                    *slots.JOBS,
                    *slots.FURNITURE,
                    *slots.BIRDS,
                    "hour",
                    "umbrella",
                    "uniform",
                    "university",
                    "honest man",
                    "egg",
                    "old house",
                    "useful tool",
                    "European city",
                    "onion",
                    "hotel",
                    "island",
                    "idea",
                    "apple pie",
                    "unit",
                    "orange",
                )
            ]
        )
        phrase = with_article(noun)
        article = phrase.split()[0]
        if whole:
            form = pick(
                rng, "I saw {}.|This is {}.|There is {} in the picture.|She drew {}.|He dreamed of {}.|We need {}."
            )
            yield Item(
                pick(rng, 'put in "a" or "an"|fill the gap with "a" or "an"|write the right article'),
                form.format(f"___ {noun}"),
                form.format(phrase),
            )
        else:
            yield Item(
                pick(rng, 'write "a" or "an" before the word|add the right article|Is it "a" or "an"?'),
                noun,
                phrase,
                f'It is "{article}": {phrase}.',
            )


def _form_in_gap(rng: random.Random) -> Iterator[Item]:
    """The right form of a verb, noun or adjective in brackets."""
    kind = rng.choice(["verb", "verb", "verb", "plural", "degree"])
    while True:
        if kind == "verb":
            clause = random_clause(rng)
            tense = rng.choice(["present", "past", "progressive", "perfect"])
            sentence, verb = clause.statement(tense), clause.finite(tense)
            subject = with_capital(clause.subject.text)
            gap = f"{subject} ___ ({clause.verb}){sentence[len(subject) + 1 + len(verb) :]}"
            ask = pick(
                rng,
                f"put the verb into the {TENSE_NAMES[tense]}|"
                f"use the {TENSE_NAMES[tense]} of the verb in brackets|"
                f"fill the gap with the verb in the {TENSE_NAMES[tense]}",
            )
            yield Item(ask, gap, sentence, own=True)
        elif kind == "plural":
            noun, count = (
                rng.choice(
                    [
                        *slots.FRUITS,
                        *slots.TOOLS[:6],
                        *slots.MAMMALS,
                        *slots.JOBS,
                        *slots.FURNITURE,
                        *slots.CLOTHES,
                        "child",
                        "woman",
                        "foot",
                        "tooth",
                        "knife",
                        "leaf",
                    ]
                ),
                number_in_words(rng.randint(2, 12)),
            )
            form = pick(rng, "There are {} {} in the picture.|I can see {} {}.|{} {} are missing.|They drew {} {}.")
            yield Item(
                pick(rng, "put the noun into the plural|use the right form of the noun|fill in the plural"),
                with_capital(form.format(count, f"___ ({noun})")),
                with_capital(form.format(count, plural_of(noun))),
            )
        else:
            word = rng.choice(
                "tall big small old young fast slow strong weak warm cold happy sad heavy light long "
                "short good bad beautiful expensive important famous dangerous".split()
            )
            more, most = degrees_of(word)
            a, b = (
                rng.sample(slots.FEMALE_NAMES + slots.MALE_NAMES, 2)
                if word in {"tall", "old", "young", "fast", "slow", "strong", "weak", "happy", "sad", "famous"}
                else ("This box", "that one")
            )
            if word in {"important", "dangerous"}:
                a, b = "This question" if word == "important" else "This road", "that one"
            if rng.random() < 0.5:
                yield Item(
                    pick(
                        rng,
                        "use the right form of the adjective in parentheses|fill in the comparative or the superlative",
                    ),
                    f"{a} is ___ ({word}) than {b}.",
                    f"{a} is {more} than {b}.",
                )
            else:
                yield Item(
                    pick(
                        rng,
                        "use the right form of the adjective in parentheses|fill in the comparative or the superlative",
                    ),
                    f"{a} is the ___ ({word}) of all.",
                    f"{a} is the {most} of all.",
                )


def _or_question(rng: random.Random) -> Iterator[Item]:
    """A sentence with two words in brackets, of which one fits."""
    while True:
        clause, tense = random_clause(rng), rng.choice(SIMPLE_TENSES)
        sentence, verb = clause.statement(tense), clause.finite(tense)
        subject = with_capital(clause.subject.text)
        wrong = {
            "present": clause.verb if verb != clause.verb else third_person(clause.verb),
            "past": ing_form(clause.verb),
            "future": f"will {third_person(clause.verb)}",
        }[tense]
        if tense == "past" and " " in verb:
            continue
        both = rng.sample([verb, wrong], 2)
        gap = f"{subject} ({rng.choice([' / ', ' or ', '/']).join(both)}){sentence[len(subject) + 1 + len(verb) :]}"
        yield Item(
            pick(
                rng,
                "choose the right form|choose the form that fits|write the sentence with the right form|"
                "which form is right? Write the sentence",
            ).replace("which form is right? W", "W"),
            gap,
            sentence,
        )


_UNMISTAKABLE = frozenset(word for word in WORDS if len(word) > 6)


def _letters_missing(rng: random.Random) -> Iterator[Item]:
    while True:
        word = rng.choice([word for word in WORDS if len(word) > 4])
        at = rng.sample(range(1, len(word)), rng.choice([1, 1, 2]))
        shown = "".join("_" if place in at else letter for place, letter in enumerate(word))
        if rng.random() < 0.7 or word not in _UNMISTAKABLE:
            group = sorted([*rng.sample(WORDS, 3), word])
            yield Item(
                pick(rng, "Which word of the list is it?|fill in the missing letters with a word of the list"),
                f"{shown}\n{', '.join(group)}",
                word,
                f'It is "{word}".',
                own=True,
            )
        else:
            yield Item(
                pick(rng, "fill in the missing letters|Which word is this?|complete the word"),
                shown,
                word,
                f'The word is "{word}".',
            )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_preposition, 14),
    (_article, 9),
    (_form_in_gap, 18),
    (_or_question, 10),
    (_letters_missing, 3),
)
