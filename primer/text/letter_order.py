"""Text about the order of letters and numbers, small step by small step: what sorting needs to know."""

import random
from collections.abc import Iterator
from itertools import pairwise

from primer.text import materials
from primer.text.english_forms import listed, ordinal_word
from primer.text.materials import pick
from primer.text.task_layouts import Item, Maker, documents

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def write_letter_order(rng: random.Random) -> Iterator[str]:
    """Yields documents without end about which letter, word or number comes first, and why."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.6 else rng.choice(_TOLD)(rng)


def _neighbors(rng: random.Random) -> Iterator[Item]:
    after = rng.random() < 0.6
    while True:
        at = rng.randrange(25)
        first, second = _LETTERS[at], _LETTERS[at + 1]
        if rng.random() < 0.5:
            first, second = first.upper(), second.upper()
        if after:
            yield Item(
                pick(
                    rng,
                    f"Which letter comes after {first}?|What follows {first} in the alphabet?|name the "
                    f"letter after {first}",
                ),
                "",
                second,
                f"After {first} comes {second}.",
                own=True,
            )
        else:
            yield Item(
                pick(rng, f"Which letter comes before {second}?|name the letter before {second}"),
                "",
                first,
                f"Before {second} comes {first}.",
                own=True,
            )


def _first_of_letters(rng: random.Random) -> Iterator[Item]:
    first_only = rng.random() < 0.5
    while True:
        letters = rng.sample(_LETTERS, rng.choice([2, 2, 3, 4]))
        if first_only:
            ask = pick(rng, "Which of the letters comes first in the alphabet?|find the letter that comes first")
            yield Item(ask, ", ".join(letters), min(letters), f"{min(letters)} comes first.")
        else:
            yield Item(
                pick(rng, "put the letters in the order of the alphabet|sort the letters from a to z"),
                ", ".join(letters),
                ", ".join(sorted(letters)),
                own=True,
            )


def _first_of_words(rng: random.Random) -> Iterator[Item]:
    """Which of two words comes first, and which letter decides."""
    while True:
        one, other = rng.sample(materials.WORDS, 2)
        if rng.random() < 0.5:
            close = [word for word in materials.WORDS if word[0] == one[0] and word != one]
            other = rng.choice(close) if close else other
        first, second = sorted((one, other))
        ask = pick(
            rng,
            "Which word comes first in a dictionary?|Which of the two comes first in the "
            "alphabet?|which word stands first in alphabetical order?",
        )
        yield Item(ask, f"{one}, {other}", first, f'"{first}" comes first, because {_why(first, second)}.')


def _why(first: str, second: str) -> str:
    for a, b in zip(first, second, strict=False):
        if a != b:
            return f"{a} comes before {b}"
    return f'"{second}" goes on after "{first}"'


def _place(rng: random.Random) -> Iterator[Item]:
    while True:
        at = rng.randrange(26)
        if rng.random() < 0.5:
            yield Item(
                f"What is the {ordinal_word(at + 1)} letter of the alphabet?",
                "",
                _LETTERS[at],
                f"The {ordinal_word(at + 1)} letter of the alphabet is {_LETTERS[at]}.",
                own=True,
            )
        else:
            yield Item(
                f"Which place does {_LETTERS[at]} have in the alphabet?",
                "",
                str(at + 1),
                f"{_LETTERS[at]} is the {ordinal_word(at + 1)} letter of the alphabet.",
                own=True,
            )


def _more(rng: random.Random) -> Iterator[Item]:
    """Which of two numbers is more; numbers between; one more and one less."""
    while True:
        a, b = materials.numbers(rng, 2)
        draw = rng.random()
        if draw < 0.4:
            more = rng.random() < 0.5
            result = max(a, b) if more else min(a, b)
            ask = pick(
                rng, "Which number is larger?|Which is more?" if more else "Which number is smaller?|Which is less?"
            )
            yield Item(
                ask,
                pick(rng, f"{a}, {b}|{a} or {b}|{a} and {b}"),
                str(result),
                f"{result} is {'larger' if more else 'smaller'} than {min(a, b) if more else max(a, b)}.",
                own=True,
            )
        elif draw < 0.6:
            yield Item(
                f"put the right sign between {a} and {b}: < or >", "", f"{a} {'<' if a < b else '>'} {b}", own=True
            )
        elif draw < 0.8:
            yield Item(
                pick(rng, f"Which number comes right after {a}?|What is one more than {a}?"),
                "",
                str(a + 1),
                f"After {a} comes {a + 1}.",
                own=True,
            )
        elif a > 0:
            yield Item(
                pick(rng, f"Which number comes right before {a}?|What is one less than {a}?"),
                "",
                str(a - 1),
                f"Before {a} comes {a - 1}.",
                own=True,
            )


def _tell_alphabet(rng: random.Random) -> str:
    start = rng.randrange(20)
    part = _LETTERS[start : start + rng.randint(4, 7)]
    shown = rng.choice([part, part.upper()])
    return rng.choice(
        [
            f"In the alphabet, {shown[0]} is followed by {listed(list(shown[1:]))}.",
            f"{' '.join(shown)} is a part of the alphabet. {shown[1]} comes after {shown[0]} and before {shown[2]}.",
            f"The letters {listed(list(shown))} stand in the order of the alphabet. Backwards, they "
            f"are {listed(list(shown[::-1]))}.",
            f"{shown[-1]} comes later in the alphabet than {shown[0]}.",
        ]
    )


def _tell_words(rng: random.Random) -> str:
    """How some words are sorted, with the letters that decide."""
    row = rng.sample(materials.WORDS, rng.choice([2, 3, 3, 4]))
    result = sorted(row)
    firsts = [word[0] for word in result]
    if len(set(firsts)) == len(firsts):
        return (
            f"We sort {', '.join(row)} by their first letters: {', '.join(word[0] for word in row)}. In the alphabet, "
            f"the order of these letters is {', '.join(firsts)}. So the words are sorted: {', '.join(result)}."
        )
    steps = [f'"{a}" comes before "{b}", because {_why(a, b)}.' for a, b in pairwise(result)]
    return f"Sort {', '.join(row)}. {' '.join(steps)} The order is {', '.join(result)}."


def _tell_place(rng: random.Random) -> str:
    """A word or number goes to its place in a sorted row."""
    if rng.random() < 0.5:
        row = sorted(materials.numbers(rng, 5))
        new = row.pop(rng.randrange(5))
        shown, after = [str(n) for n in row], [n for n in row if n < new]
        where = f"after {after[-1]}" if after else "at the beginning"
        done = ", ".join(map(str, sorted([*row, new])))
        return f"Here is a sorted row: {', '.join(shown)}. Where does {new} belong? It belongs {where}: {done}."
    words = sorted(rng.sample(materials.WORDS, 5))
    word = words.pop(rng.randrange(5))
    before = [other for other in words if other < word]
    where = f'after "{before[-1]}"' if before else "at the beginning"
    done = ", ".join(sorted([*words, word]))
    return f'These words are in alphabetical order: {", ".join(words)}. "{word}" belongs {where}: {done}.'


def _tell_counting(rng: random.Random) -> str:
    start, count = rng.randint(0, 95), rng.randint(3, 8)
    row = range(start, start + count)
    down = rng.random() < 0.4
    steps = [str(n) for n in (reversed(row) if down else row)]
    return f"Counting {'down' if down else 'up'} from {steps[0]}: {', '.join(steps)}."


_TOLD = (_tell_alphabet, _tell_words, _tell_words, _tell_place, _tell_place, _tell_counting)
MAKERS: tuple[tuple[Maker, int], ...] = (
    (_neighbors, 8),
    (_first_of_letters, 10),
    (_first_of_words, 16),
    (_place, 3),
    (_more, 12),
)
