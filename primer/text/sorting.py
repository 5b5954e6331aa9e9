"""Text about order: numbers, years, dates, words, months, sizes sorted; first and last, largest and smallest."""

import random
from collections.abc import Callable, Iterator, Sequence

from primer.text import materials, slots
from primer.text.english_forms import listed, number_in_words
from primer.text.materials import pick
from primer.text.task_layouts import Item, Maker, documents

_VERBS = ("sort", "sort", "arrange", "order", "put", "list", "write", "rank", "rearrange")
_RISING = (
    "in ascending order",
    "from smallest to largest",
    "from the smallest to the largest",
    "in increasing order",
    "in rising order",
    "from low to high",
    "with the smallest first",
    "starting with the smallest",
    "from least to greatest",
)
_FALLING = (
    "in descending order",
    "from largest to smallest",
    "from the largest to the smallest",
    "in decreasing order",
    "in falling order",
    "from high to low",
    "with the largest first",
    "starting with the largest",
    "from greatest to least",
)


def write_sorting(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which rows of numbers, dates and words are put in order."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.92 else _tell_sorting(rng)


def ordering(what: str, how: str, rng: random.Random) -> str:
    """An order to sort: "arrange the numbers from low to high"."""
    these = rng.choice(["these", "the", "the following", "these"])
    verb = rng.choice(_VERBS)
    return pick(rng, f"{verb} {these} {what} {how}|{verb} {these} {what} {how}|{verb} the {what} below {how}")


def _sorted_items(
    rng: random.Random,
    what: str,
    how: str,
    draw: Callable[[], Sequence[object]],
    arrange: Callable[[Sequence[object]], list[object]],
) -> Iterator[Item]:
    while True:
        given = draw()
        result = arrange(given)
        line = materials.same_row(result, rng)
        said = rng.choice(
            [
                "In order, they are {}.",
                "The order is {}.",
                "The sorted list is {}.",
                f"{how[0].upper()}{how[1:]}, the {what} are {{}}.",
                "Sorted: {}",
                "The {what} in order: {}".replace("{what}", what),
            ]
        ).format(listed([str(item) for item in result]) if rng.random() < 0.7 else line)
        yield Item(ordering(what, how, rng), materials.row(given, rng), line, said)


def _value(item: object) -> float:
    return float(str(item))


def _numbers(rng: random.Random) -> Iterator[Item]:
    up = rng.random() < 0.55
    how = rng.choice(_RISING if up else _FALLING)
    return _sorted_items(
        rng,
        "numbers",
        how,
        lambda: materials.numbers(rng, rng.choice([2, 3, 3, 4, 4, 4, 5, 5, 6])),
        lambda given: sorted(given, key=_value, reverse=not up),
    )


def _decimals(rng: random.Random) -> Iterator[Item]:
    up = rng.random() < 0.55
    how = rng.choice(_RISING if up else _FALLING)
    return _sorted_items(
        rng,
        "numbers",
        how,
        lambda: [n / 10 for n in rng.sample(range(1, 200), rng.randint(3, 5))],
        lambda given: sorted(given, key=_value, reverse=not up),
    )


def _number_words(rng: random.Random) -> Iterator[Item]:
    up = rng.random() < 0.6
    how = rng.choice(_RISING if up else _FALLING)
    values = {number_in_words(n): n for n in range(1, 100)}
    return _sorted_items(
        rng,
        "numbers",
        how,
        lambda: [number_in_words(n) for n in rng.sample(range(1, 100), rng.randint(3, 5))],
        lambda given: sorted(given, key=lambda word: values[str(word)], reverse=not up),
    )


def _years(rng: random.Random) -> Iterator[Item]:
    up = rng.random() < 0.6
    rising = (
        "from oldest to newest",
        "from the earliest to the latest",
        "in chronological order",
        "from earliest to most recent",
    )
    falling = (
        "from newest to oldest",
        "from the latest to the earliest",
        "with the most recent first",
        "in reverse chronological order",
    )
    return _sorted_items(
        rng,
        "years",
        rng.choice(rising if up else falling),
        lambda: materials.years(rng, rng.randint(3, 6)),
        lambda given: sorted(given, key=_value, reverse=not up),
    )


def _dates(rng: random.Random) -> Iterator[Item]:
    up, day_first = rng.random() < 0.65, rng.random() < 0.3
    how = rng.choice(
        ["from the earliest to the latest", "in chronological order", "from first to last"]
        if up
        else ["from the latest to the earliest", "with the latest first"]
    )
    while True:
        dates = list({materials.date(rng) for _ in range(rng.randint(3, 4))})
        rng.shuffle(dates)
        given, result = (
            [materials.date_in_words(*one, day_first=day_first) for one in order]
            for order in (dates, sorted(dates, reverse=not up))
        )
        yield Item(
            ordering("dates", how, rng), "; ".join(given), "; ".join(result), f"The order is: {'; '.join(result)}."
        )


def _words(rng: random.Random) -> Iterator[Item]:
    up = rng.random() < 0.8
    what = rng.choice(["words", "words", "names", "animals", "cities"])
    pool = {"words": materials.WORDS, "names": materials.NAMES, "cities": slots.CITIES, "animals": slots.MAMMALS}[what]
    if up:
        how = pick(rng, "in alphabetical order|in alphabetical order|alphabetically|from A to Z|as in a dictionary")
    else:
        how = rng.choice(["in reverse alphabetical order", "from Z to A"])

    def draw() -> Sequence[object]:
        return rng.sample(pool, rng.choice([3, 3, 4, 4, 5, 6]))

    return _sorted_items(rng, what, how, draw, lambda given: sorted(given, key=str, reverse=not up))


def _close_words(rng: random.Random) -> Iterator[Item]:
    """Words that begin with the same letters, so that later letters decide."""

    def draw() -> Sequence[object]:
        while True:
            start = rng.choice(materials.WORDS)[: rng.choice([1, 1, 2])]
            pool = [word for word in materials.WORDS if word.startswith(start)]
            if len(pool) >= 3:
                return rng.sample(pool, min(len(pool), rng.choice([3, 4])))

    return _sorted_items(rng, "words", "in alphabetical order", draw, lambda given: sorted(given, key=str))


def _by_length(rng: random.Random) -> Iterator[Item]:
    up = rng.random() < 0.6
    how = rng.choice(
        ["by length, the shortest first", "from the shortest to the longest"]
        if up
        else ["by length, the longest first", "from the longest to the shortest"]
    )
    by_length = {length: [word for word in materials.WORDS if len(word) == length] for length in range(3, 10)}

    def draw() -> Sequence[object]:
        return [rng.choice(by_length[length]) for length in rng.sample(range(3, 10), rng.randint(3, 5))]

    return _sorted_items(
        rng, "words", how, draw, lambda given: sorted(given, key=lambda word: len(str(word)), reverse=not up)
    )


def _calendar(rng: random.Random) -> Iterator[Item]:
    what, names = rng.choice([("months", slots.MONTHS), ("days", slots.WEEKDAYS), ("months", slots.MONTHS)])
    how = pick(rng, "in the order of the calendar|in calendar order|as they follow each other|in their right order")
    return _sorted_items(
        rng,
        what,
        how,
        lambda: rng.sample(names, rng.choice([3, 4, 4, 5])),
        lambda given: sorted(given, key=lambda name: names.index(str(name))),
    )


def _reversed(rng: random.Random) -> Iterator[Item]:
    pool: Sequence[object] = rng.choice(
        [materials.WORDS, materials.NAMES, range(100), slots.CITIES, "ABCDEFGHIJKLMNOP"]
    )
    how = pick(rng, "in reverse order|backwards|from the last to the first|the other way round")
    return _sorted_items(
        rng, "items", how, lambda: rng.sample(pool, rng.choice([3, 4, 5, 5, 6])), lambda given: list(given)[::-1]
    )


def _tell_sorting(rng: random.Random) -> str:
    """How a row of numbers is sorted, step by step."""
    row = materials.numbers(rng, rng.choice([3, 4, 4, 5]))
    up = rng.random() < 0.6
    steps = [
        f"The {'smallest' if up else 'largest'} of {listed([str(n) for n in row if n in left])} is {best}."
        for left, best in _picks(row, up)
    ]
    result = sorted(row, reverse=not up)
    return (
        f"We want to sort {listed([str(n) for n in row])} "
        f"{'from the smallest to the largest' if up else 'from the largest to the smallest'}. "
        f"{' '.join(steps)} Last comes {result[-1]}. So the order is {', '.join(map(str, result))}."
    )


def _picks(row: Sequence[int], up: bool) -> Iterator[tuple[set[int], int]]:
    left = set(row)
    while len(left) > 1:
        best = min(left) if up else max(left)
        yield set(left), best
        left.remove(best)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_numbers, 26),
    (_decimals, 3),
    (_number_words, 5),
    (_years, 8),
    (_dates, 4),
    (_words, 16),
    (_close_words, 5),
    (_by_length, 5),
    (_calendar, 6),
    (_reversed, 6),
)
