"""Text about ranks: scales of size and time, the largest and the smallest, first and last, races."""

import random
from collections.abc import Iterator, Sequence

from primer.text import materials
from primer.text.english_forms import listed, ordinal_word
from primer.text.materials import pick
from primer.text.sorting import ordering
from primer.text.task_layouts import Item, Maker, documents


def write_ranking(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which the largest, the first or the next in rank is found."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.75 else rng.choice([_tell_comparison, _tell_race])(rng)


# What can be ranked, from the least to the most, with its orders up and down; neighbors differ beyond doubt.
SCALES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        tuple("ant mouse cat sheep horse elephant whale".split()),
        "from the smallest to the largest",
        "from the largest to the smallest",
    ),
    (tuple("bee frog rabbit goat cow hippopotamus".split()), "from small to large", "from large to small"),
    (
        tuple("second minute hour day week month year decade century".split()),
        "from the shortest to the longest",
        "from the longest to the shortest",
    ),
    (
        tuple("millimeter centimeter meter kilometer".split()),
        "from the shortest to the longest",
        "from the longest to the shortest",
    ),
    (tuple("gram kilogram ton".split()), "from light to heavy", "from heavy to light"),
    (
        tuple("bicycle motorcycle car bus train".split()),
        "by the number of people they carry, the fewest first",
        "by the number of people they carry, the most first",
    ),
    (
        tuple("never rarely sometimes often always".split()),
        "from the least to the most often",
        "from the most to the least often",
    ),
    (
        tuple("freezing cold cool warm hot".split()),
        "from the coldest to the hottest",
        "from the hottest to the coldest",
    ),
    (tuple("village town city country continent".split()), "from small to large", "from large to small"),
    (
        tuple("letter word sentence paragraph chapter book".split()),
        "from the shortest to the longest",
        "from the longest to the shortest",
    ),
    (tuple("baby child teenager adult".split()), "from the youngest to the oldest", "from the oldest to the youngest"),
    (tuple("breakfast lunch dinner".split()), "in the order of the day", "with the last meal of the day first"),
    (
        tuple("morning noon afternoon evening night".split()),
        "in the order of the day",
        "backwards, from the end of the day",
    ),
    (tuple("whisper talk shout".split()), "from quiet to loud", "from loud to quiet"),
    (tuple("crawl walk run".split()), "from slow to fast", "from fast to slow"),
    (
        tuple("penny nickel dime quarter dollar".split()),
        "from the least to the most valuable",
        "from the most to the least valuable",
    ),
    (tuple("seed seedling sapling tree".split()), "as they grow", "from the grown plant back to the start"),
)


def _scale(rng: random.Random) -> Iterator[Item]:
    while True:
        things, up, down = rng.choice(SCALES)
        rising = rng.random() < 0.6
        given = rng.sample(things, min(len(things), rng.choice([3, 4, 4, 5])))
        result = sorted(given, key=things.index, reverse=not rising)
        yield Item(
            ordering("words", up if rising else down, rng),
            materials.row(given, rng),
            materials.same_row(result, rng),
            f"The order is {listed(result)}.",
            own=True,
        )


def _extreme(rng: random.Random) -> Iterator[Item]:
    """The largest, smallest, earliest, first in the alphabet, or the one at some place of the order."""
    kind = rng.choice(["number", "number", "year", "word", "length", "place"])
    top = rng.random() < 0.5
    while True:
        count = rng.choice([3, 4, 5, 6])
        if kind == "number":
            given: Sequence[object] = materials.numbers(rng, count)
            word = rng.choice(["largest", "biggest", "highest", "greatest"] if top else ["smallest", "lowest", "least"])
            result = (max if top else min)(given, key=lambda item: int(str(item)))
            what = "number"
        elif kind == "year":
            given, what = materials.years(rng, count), "year"
            word = rng.choice(["latest", "most recent"] if top else ["earliest", "oldest"])
            result = (max if top else min)(given, key=lambda item: int(str(item)))
        elif kind == "word":
            given, what = rng.sample(materials.WORDS, count), "word"
            word = rng.choice(
                ["last in the alphabet", "last in a dictionary"]
                if top
                else ["first in the alphabet", "first in a dictionary"]
            )
            result = (max if top else min)(given, key=str)
        elif kind == "length":
            given = [
                rng.choice([word for word in materials.WORDS if len(word) == length])
                for length in rng.sample(range(3, 10), count)
            ]
            what, word = "word", "longest" if top else "shortest"
            result = (max if top else min)(given, key=lambda item: len(str(item)))
        else:
            given, what = rng.sample(materials.WORDS, count), "word"
            place = rng.randrange(count)
            word = "last" if place == count - 1 and rng.random() < 0.6 else ordinal_word(place + 1)
            result = given[place]
        if "in " in word:
            ask = rng.choice([f"Which of these words comes {word}?", f"find the word that comes {word}"])
            said = f'The word "{result}" comes {word}.'
        else:
            ask = pick(
                rng,
                f"Which {what} is the {word}?|find the {word} {what}|What is the {word} {what} here?|"
                f"name the {word} {what} of the list",
            )
            said = f"The {word} {what} is {result}."
        yield Item(ask, materials.row(given, rng), str(result), said, own=kind == "place")


def _tell_comparison(rng: random.Random) -> str:
    """Two numbers or words, compared in some ways."""
    if rng.random() < 0.6:
        a, b = materials.numbers(rng, 2)
        low, high = sorted((a, b))
        return pick(
            rng,
            f"{high} is larger than {low}, so {low} comes before {high}.|"
            f"Which is more, {a} or {b}? {high} is more than {low}.|"
            f"{low} is less than {high}. {high} is greater than {low}.|"
            f"{low} < {high}, and {high} > {low}.|"
            f"Compare {a} and {b}: the smaller number is {low}, the larger number is {high}.",
        )
    one, other = rng.sample(materials.WORDS, 2)
    first, second = sorted((one, other))
    return pick(
        rng,
        f'In a dictionary, "{first}" comes before "{second}".|'
        f'Which word comes first in the alphabet, "{one}" or "{other}"? "{first}" comes first.|'
        f'"{second}" stands after "{first}" in alphabetical order.|'
        f"{one}, {other}: in the order of the alphabet, it is {first}, {second}.",
    )


def _tell_race(rng: random.Random) -> str:
    """A race, and who came in at which place."""
    names = rng.sample(materials.NAMES, rng.choice([3, 4]))
    seconds = rng.sample(range(11, 99), len(names))
    times = dict(zip(names, seconds, strict=True))
    ranked = sorted(names, key=times.__getitem__)
    told = ", ".join(f"{name} {times[name]} seconds" for name in names)
    return (
        f"In the race, {rng.choice(['the times were', 'these were the times'])}: {told}. {ranked[0]} "
        f"was the fastest and won. {ranked[-1]} was the slowest and came last. "
        f"The order at the finish was {listed(ranked)}."
    )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_scale, 6),
    (_extreme, 18),
)
