"""Text about rows to go on with, and answers to choose from."""

import random
from collections.abc import Iterator

from primer.text import slots
from primer.text.english_forms import (
    number_in_words,
    participle,
    plural_of,
    simple_past,
    third_person,
    with_article,
)
from primer.text.materials import WORDS, pick
from primer.text.task_layouts import Item, Maker, documents


def write_patterns_and_options(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which a row is continued or an answer chosen."""
    yield from documents(MAKERS, rng)


def _sequence(rng: random.Random) -> Iterator[Item]:
    """A row that goes on: by equal steps, doubling, the alphabet, months, repeated patterns."""
    kind = pick(rng, "steps|steps|down|double|letters|calendar|pattern|squares|words")
    while True:
        count = rng.choice([3, 4, 4, 5])
        match kind:
            case "steps":
                start, step = (
                    rng.randint(0, 60),
                    rng.choice([1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10, 11, 20, 25, 50, 100]),
                )
                row = [str(start + step * at) for at in range(count + 2)]
            case "down":
                step = rng.choice([1, 2, 3, 4, 5, 10])
                start = rng.randint(step * (count + 2), step * (count + 2) + 60)
                row = [str(start - step * at) for at in range(count + 2)]
            case "double":
                start = rng.randint(1, 12)
                row = [str(start * 2**at) for at in range(count + 2)]
            case "squares":
                start = rng.randint(1, 6)
                row = [str((start + at) ** 2) for at in range(count + 2)]
            case "letters":
                step = rng.choice([1, 1, 2])
                start = rng.randint(0, 25 - step * (count + 1))
                row = [chr(ord("A") + start + step * at) for at in range(count + 2)]
            case "calendar":
                names = rng.choice([slots.MONTHS, slots.WEEKDAYS])
                start = rng.randrange(len(names))
                row = [names[(start + at) % len(names)] for at in range(count + 2)]
            case "words":
                start = rng.randint(1, 60)
                row = [number_in_words(start + at) for at in range(count + 2)]
            case _:
                pair = rng.sample(
                    rng.choice([WORDS, "ABCDEFXYZ", "123456789", slots.COLORS, slots.SHAPES]), rng.choice([2, 2, 3])
                )
                row = [pair[at % len(pair)] for at in range(len(pair) * 2 + 2)]
        shown, then = row[:-2], row[-2:]
        ask = pick(
            rng,
            "go on with the row|What comes next?|continue the row|write the next one|find the next item|"
            "complete the pattern|add the next one of the row",
        )
        if rng.random() < 0.3:
            yield Item(
                "write the next two" if kind != "pattern" else "write the next two items of the pattern",
                ", ".join(shown) + rng.choice(["", ", ...", ", _, _"]),
                ", ".join(then),
                own=True,
            )
        else:
            yield Item(
                ask,
                ", ".join(shown) + rng.choice(["", ", ...", ", ___", ", ?"]),
                then[0],
                rng.choice([f"The next one is {then[0]}.", f"Next comes {then[0]}.", ", ".join([*shown, then[0]])]),
            )


def _choice(rng: random.Random) -> Iterator[Item]:
    """Questions with lettered answers."""
    while True:
        question, right, wrong = _multiple(rng)
        options = rng.sample([right, *wrong], len(wrong) + 1)
        style = rng.choice(["{}) {}", "{}. {}", "({}) {}"])
        letters = rng.choice(["abcd", "ABCD", "1234"])
        letter = letters[options.index(right)]
        between = rng.choice(["\n", "\n", " "])
        given = between.join(style.format(mark, option) for mark, option in zip(letters, options, strict=False))
        yield Item(
            question,
            given,
            rng.choice([f"{letter}) {right}", right, letter]),
            f"The answer is {letter}) {right}." if letters != "1234" else f"The right answer is {right}.",
            own=True,
        )


def _multiple(rng: random.Random) -> tuple[str, str, list[str]]:
    kind = pick(rng, "kind|past|plural|sum|letters|largest|participle|third")
    if kind == "kind":
        one, *others = rng.sample(
            [
                "bird",
                "fish",
                "insect",
                "fruit",
                "tool",
                "vehicle",
                "piece of furniture",
                "flower",
                "color",
                "metal",
                "musical instrument",
            ],
            4,
        )
        members = {
            name: [member for member in slots.CATEGORIES[name][1] if member not in slots.AMBIGUOUS]
            for name in (one, *others)
        }
        return (
            f"Which of these is {with_article(one)}?",
            rng.choice(members[one]),
            [rng.choice(members[other]) for other in others],
        )
    if kind in {"past", "participle", "third"}:
        verb = rng.choice(
            "go see take write sing run drink give find think buy teach catch break speak fly swim "
            "drive eat begin know grow throw wear choose forget".split()
        )
        change, name = {
            "past": (simple_past, "past tense"),
            "participle": (participle, "past participle"),
            "third": (third_person, "form for he and she"),
        }[kind]
        right = change(verb)
        pool = {simple_past(verb), participle(verb), third_person(verb), f"{verb.rstrip('e')}ed", verb} - {right}
        return f'What is the {name} of "{verb}"?', right, rng.sample(sorted(pool), min(3, len(pool)))
    if kind == "plural":
        noun = rng.choice(
            "child woman foot tooth mouse knife leaf city box baby wolf goose tomato story bus man half".split()
        )
        right = plural_of(noun)
        pool = {f"{noun}s", f"{noun}es", noun, f"{noun}en"} - {right}
        return f'What is the plural of "{noun}"?', right, rng.sample(sorted(pool), 2)
    if kind == "sum":
        a, b = rng.randint(2, 60), rng.randint(2, 40)
        return (
            f"How much is {a} plus {b}?",
            str(a + b),
            [str(a + b + step) for step in rng.sample([-10, -2, -1, 1, 2, 10], 3)],
        )
    if kind == "letters":
        word, *others = rng.sample([word for word in WORDS if len(word) > 3], 4)
        letter = word[0]
        others = [other for other in others if other[0] != letter] or ["queen" if letter != "q" else "apple"]
        return f'Which word begins with "{letter}"?', word, others
    first, *rest = sorted(rng.sample(range(2, 500), 4), reverse=True)
    return "Which number is the largest?", str(first), [str(number) for number in rest]


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_sequence, 18),
    (_choice, 16),
)
