"""Text with small problems of one or two steps: buying, sharing, time, calendar, age, lengths, shapes."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from primer.text import slots
from primer.text.english_forms import number_in_words, ordinal_word, plural_of, with_capital
from primer.text.materials import NAMES, pick
from primer.text.task_layouts import Item, Maker, documents


@dataclass(frozen=True)
class Problem:
    """A problem told, its question, the result, and the sentence that gives the result and the way to it."""

    told: str
    question: str
    result: str
    said: str


_THINGS = tuple(
    "apple pear plum book pencil stamp coin cup ball egg candle cookie shell card marble button ticket "
    "postcard toy box".split()
)


def write_small_problems(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which a small problem is told and worked out."""
    yield from documents(MAKERS, rng)


def _of(count: int, noun: str) -> str:
    return f"{count} {noun if count == 1 else plural_of(noun)}"


def _adding(rng: random.Random) -> Problem:
    name, thing = rng.choice(NAMES), rng.choice(_THINGS)
    he = "she" if name in slots.FEMALE_NAMES else "he"
    a, b = rng.randint(2, 60), rng.randint(2, 40)
    verb = rng.choice(["buys", "finds", "gets", "is given", "picks up"])
    return Problem(
        f"{name} has {_of(a, thing)}. {with_capital(he)} {verb} {b} more.",
        f"How many {plural_of(thing)} does {name} have now?",
        str(a + b),
        f"{a} plus {b} is {a + b}, so {name} has {_of(a + b, thing)}.",
    )


def _taking(rng: random.Random) -> Problem:
    name, thing = rng.choice(NAMES), rng.choice(_THINGS)
    he = "she" if name in slots.FEMALE_NAMES else "he"
    a = rng.randint(5, 80)
    b = rng.randint(1, a - 2)
    verb = rng.choice(
        ["gives away", "loses", "sells", "breaks"]
        if thing in {"cup", "egg", "candle", "shell", "toy"}
        else ["gives away", "loses", "sells"]
    )
    return Problem(
        f"{name} has {_of(a, thing)}. {with_capital(he)} {verb} {b} of them.",
        pick(rng, f"How many {plural_of(thing)} are left?|How many {plural_of(thing)} does {name} still have?"),
        str(a - b),
        f"{a} minus {b} is {a - b}, so {_of(a - b, thing)} {'are' if a - b > 1 else 'is'} left.",
    )


def _buying(rng: random.Random) -> Problem:
    name, thing = rng.choice(NAMES), rng.choice(_THINGS)
    count, price = rng.randint(2, 12), rng.randint(2, 12)
    return Problem(
        f"One {thing} costs {price} dollars. {name} buys {count} {plural_of(thing)}.",
        f"How much does {name} pay?",
        f"{count * price} dollars",
        f"{count} times {price} is {count * price}, so {name} pays {count * price} dollars.",
    )


def _change(rng: random.Random) -> Problem:
    name, thing = rng.choice(NAMES), rng.choice(_THINGS)
    paid = rng.choice([10, 20, 50, 100])
    price = rng.randint(1, paid - 1)
    return Problem(
        f"{name} buys a few {plural_of(thing)} for {price} dollars and pays with {paid} dollars.",
        f"How much money does {name} get back?",
        f"{paid - price} dollars",
        f"{paid} minus {price} is {paid - price}, so {name} gets {paid - price} dollar{'s' * (paid - price > 1)} back.",
    )


def _sharing(rng: random.Random) -> Problem:
    thing, people, each = rng.choice(_THINGS), rng.randint(2, 10), rng.randint(2, 12)
    who = rng.choice(["children", "friends", "students", "neighbors", "players"])
    return Problem(
        f"{with_capital(number_in_words(people))} {who} share {people * each} {plural_of(thing)} equally.",
        f"How many {plural_of(thing)} does each of them get?",
        str(each),
        f"{people * each} divided by {people} is {each}, so each of them gets {_of(each, thing)}.",
    )


def _rows(rng: random.Random) -> Problem:
    rows, each = rng.randint(2, 12), rng.randint(2, 12)
    place, thing = rng.choice(
        [
            ("A hall has {} rows of", "chair"),
            ("A garden has {} rows of", "tree"),
            ("On a shelf are {} boxes with", "book"),
            ("In a bag are {} packets with", "card"),
            ("A house has {} floors with", "window"),
            ("A field has {} rows of", "cabbage"),
        ]
    )
    return Problem(
        f"{place.format(rows)} {each} {plural_of(thing)} each.",
        f"How many {plural_of(thing)} are there?",
        str(rows * each),
        f"{rows} times {each} is {rows * each}, so there are {rows * each} {plural_of(thing)}.",
    )


def _hours(rng: random.Random) -> Problem:
    start, length = rng.randint(1, 9), rng.randint(1, 3)
    what = rng.choice(["film", "lesson", "concert", "game", "meeting", "trip", "walk", "party"])
    if rng.random() < 0.5:
        return Problem(
            f"The {what} begins at {start} o'clock and lasts {_of(length, 'hour')}.",
            f"When does the {what} end?",
            f"at {start + length} o'clock",
            f"The {what} ends at {start + length} o'clock.",
        )
    return Problem(
        f"The {what} begins at {start} o'clock and ends at {start + length} o'clock.",
        f"How long does the {what} last?",
        _of(length, "hour"),
        f"The {what} lasts {_of(length, 'hour')}.",
    )


def _clock(rng: random.Random) -> Problem:
    hour, minute, wait = rng.randint(1, 11), rng.choice([0, 5, 10, 15, 20, 30]), rng.choice([5, 10, 15, 20, 25])
    end = minute + wait
    what = rng.choice(["train", "bus", "boat"])
    return Problem(
        f"It is {hour}:{minute:02d}. The {what} leaves in {wait} minutes.",
        f"At what time does the {what} leave?",
        f"at {hour}:{end:02d}",
        f"The {what} leaves at {hour}:{end:02d}.",
    )


def _age(rng: random.Random) -> Problem:
    a, b = rng.sample(NAMES, 2)
    age, more = rng.randint(5, 50), rng.randint(2, 20)
    older = rng.random() < 0.5
    if not older and more >= age:
        more = age - 2
    other = age + more if older else age - more
    return Problem(
        f"{a} is {age} years old. {b} is {more} years {'older' if older else 'younger'} than {a}.",
        f"How old is {b}?",
        f"{other} years",
        f"{age} {'plus' if older else 'minus'} {more} is {other}, so {b} is {other} years old.",
    )


def _born(rng: random.Random) -> Problem:
    name, year, age = rng.choice(NAMES), rng.randint(1900, 1990), rng.randint(10, 30)
    return Problem(
        f"{name} was born in {year}.",
        f"How old was {name} in {year + age}?" if rng.random() < 0.5 else f"How old did {name} become in {year + age}?",
        f"{age} years",
        f"{year + age} minus {year} is {age}, so {name} became {age} years old in {year + age}.",
    )


def _lengths(rng: random.Random) -> Problem:
    total, cut = rng.randint(10, 90), 0
    cut = rng.randint(2, total - 2)
    thing = rng.choice(["rope", "board", "ribbon", "pipe", "wire"])
    return Problem(
        f"A {thing} is {total} {(unit := rng.choice(['meters', 'centimeters', 'inches', 'feet']))} "
        f"long. {cut} {unit} are cut off.",
        f"How long is the rest of the {thing}?",
        f"{total - cut} {unit}",
        f"{total} minus {cut} is {total - cut}, so the rest is {total - cut} "
        f"{unit if total - cut > 1 else {'feet': 'foot', 'inches': 'inch'}.get(unit, unit[:-1])} long.",
    )


def _speed(rng: random.Random) -> Problem:
    what, speed = rng.choice([("car", 60), ("train", 100), ("bicycle", 15), ("bus", 50), ("ship", 30), ("truck", 70)])
    speed += rng.choice([0, 10, 20, -10])
    hours = rng.randint(2, 6)
    return Problem(
        f"A {what} goes {speed} kilometers in one hour.",
        f"How far does the {what} go in {hours} hours?",
        f"{speed * hours} kilometers",
        f"{hours} times {speed} is {speed * hours}, so the {what} goes {speed * hours} kilometers.",
    )


def _shape(rng: random.Random) -> Problem:
    a, b = rng.randint(2, 12), rng.randint(2, 12)
    unit, places = rng.choice(
        [("meters", "garden room field wall"), ("feet", "room carpet wall"), ("inches", "picture table")]
    )
    place = rng.choice(places.split())
    if rng.random() < 0.5:
        return Problem(
            f"A {place} is {a} {unit} long and {b} {unit} wide.",
            f"What is the area of the {place}?",
            f"{a * b} square {unit}",
            f"{a} times {b} is {a * b}, so the area is {a * b} square {unit}.",
        )
    return Problem(
        f"The sides of a square {place} are {a} {unit} long.",
        "How long are its four sides together?",
        f"{4 * a} {unit}",
        f"4 times {a} is {4 * a}, so the sides are {4 * a} {unit} long together.",
    )


def _weekday(rng: random.Random) -> Problem:
    at, step = rng.randrange(7), rng.choice([1, 1, 2, 2, 3, 4, 5, 6, 7])
    forward = rng.random() < 0.65
    then = slots.WEEKDAYS[(at + (step if forward else -step)) % 7]
    if forward:
        ask = {
            1: "What day is tomorrow?",
            2: rng.choice(["What day is the day after tomorrow?", "What day is it in two days?"]),
        }.get(step, f"What day is it in {number_in_words(step)} days?")
        said = {1: f"Tomorrow is {then}."}.get(step, f"In {number_in_words(step)} days, it is {then}.")
    else:
        ask = {1: "What day was yesterday?"}.get(step, f"What day was it {number_in_words(step)} days ago?")
        said = {1: f"Yesterday was {then}."}.get(
            step, f"{with_capital(number_in_words(step))} days ago, it was {then}."
        )
    return Problem(f"Today is {slots.WEEKDAYS[at]}.", ask, then, said)


def _month(rng: random.Random) -> Problem:
    at, step = rng.randrange(12), rng.choice([1, 1, 2, 3, 4, 6])
    then = slots.MONTHS[(at + step) % 12]
    if rng.random() < 0.3:
        return Problem(
            f"The month is {slots.MONTHS[at]}.",
            "Which month of the year is it?",
            f"the {ordinal_word(at + 1)} month",
            f"{slots.MONTHS[at]} is the {ordinal_word(at + 1)} month of the year.",
        )
    if step == 1:
        return Problem(
            f"It is {slots.MONTHS[at]}.", "Which month comes next?", then, f"After {slots.MONTHS[at]} comes {then}."
        )
    return Problem(
        f"It is {slots.MONTHS[at]}.",
        f"Which month is it in {number_in_words(step)} months?",
        then,
        f"In {number_in_words(step)} months, it is {then}.",
    )


def _two_steps(rng: random.Random) -> Problem:
    start, off, on = rng.randint(20, 60), rng.randint(2, 15), rng.randint(2, 15)
    what = rng.choice(["bus", "train", "boat", "tram"])
    left = start - off
    return Problem(
        f"There are {start} people on a {what}. {off} get off and {on} get on.",
        f"How many people are on the {what} now?",
        str(left + on),
        f"{start} minus {off} is {left}, and {left} plus {on} is {left + on}. There are {left + on} "
        f"people on the {what}.",
    )


def _difference(rng: random.Random) -> Problem:
    (a, b), thing = rng.sample(NAMES, 2), rng.choice(_THINGS)
    more, less = sorted(rng.sample(range(2, 70), 2), reverse=True)
    if rng.random() < 0.5:
        return Problem(
            f"{a} has {_of(more, thing)}, and {b} has {_of(less, thing)}.",
            f"How many more {plural_of(thing)} does {a} have than {b}?",
            str(more - less),
            f"{more} minus {less} is {more - less}, so {a} has {more - less} more.",
        )
    return Problem(
        f"{a} has {_of(more, thing)}, and {b} has {_of(less, thing)}.",
        pick(
            rng,
            f"How many {plural_of(thing)} do they have together?|"
            f"How many {plural_of(thing)} do {a} and {b} have in all?",
        ),
        str(more + less),
        f"{more} plus {less} is {more + less}, so together they have {_of(more + less, thing)}.",
    )


_KINDS: tuple[Callable[[random.Random], Problem], ...] = (
    _adding,
    _adding,
    _taking,
    _taking,
    _buying,
    _change,
    _sharing,
    _rows,
    _hours,
    _clock,
    _age,
    _born,
    _lengths,
    _speed,
    _shape,
    _weekday,
    _month,
    _two_steps,
    _difference,
    _difference,
)


def _solved(rng: random.Random) -> Iterator[Item]:
    """The problem as the text to work on, with an order before it or only its question."""
    draw = rng.random()
    while True:
        problem = rng.choice(_KINDS)(rng)
        whole = f"{problem.told} {problem.question}"
        match draw:
            case chance if chance < 0.4:
                ask = pick(
                    rng,
                    "solve the problem|work this out|answer the question|find the answer|solve this|calculate|"
                    "do this sum",
                )
                yield Item(ask, whole, with_capital(problem.result) + ".", problem.said)
            case chance if chance < 0.7:
                yield Item(whole, "", with_capital(problem.result) + ".", problem.said, own=True)
            case _:
                yield Item(problem.question, problem.told, with_capital(problem.result) + ".", problem.said, own=True)


MAKERS: tuple[tuple[Maker, int], ...] = ((_solved, 1),)
