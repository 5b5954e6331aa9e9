"""Text about order: numbers, words, months and days put in order."""

import random
from collections.abc import Iterator

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.word_forms import nouns
from stages.english.words import MONTHS

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def _ordered(rng: random.Random) -> tuple[list[str], list[str], str, tuple[str, ...]]:
    """Some things, the same in order, what the order is called, and instructions to make it."""
    kind = rng.choice(("up", "up", "down", "down", "words", "words", "words", "months", "days"))
    count = rng.choice((3, 4, 4, 4, 5))
    if kind in ("up", "down"):
        numbers = rng.sample(range(1, rng.choice((20, 100, 100, 1000))), count)
        ordered = sorted(numbers, reverse=kind == "down")
        name = "ascending" if kind == "up" else "descending"
        ends = "smallest to largest" if kind == "up" else "largest to smallest"
        tasks: tuple[str, ...] = (
            f"Put these numbers in {name} order.",
            f"Sort the numbers from {ends}.",
            f"Arrange the numbers in {name} order.",
            f"Order these from {ends}.",
            f"Write the numbers in {name} order.",
        )
        return [str(n) for n in numbers], [str(n) for n in ordered], f"{name} order", tasks
    if kind == "words":
        words = rng.sample([noun for noun, _ in nouns()], count)
        if rng.random() < 0.4:  # the same first letter
            alike = [noun for noun, _ in nouns() if noun[0] == words[0][0]]
            words = rng.sample(alike, min(count, len(alike)))
        tasks = (
            "Put these words in alphabetical order.",
            "Sort the words alphabetically.",
            "Arrange the words in alphabetical order.",
            "Order these words from A to Z.",
            "Sort this list by the alphabet.",
        )
        return words, sorted(words), "alphabetical order", tasks
    names = list(MONTHS) if kind == "months" else _DAYS
    words = rng.sample(names, count)
    tasks = (
        f"Put the {kind} in the right order.",
        f"Order these {kind} as they come in the {'year' if kind == 'months' else 'week'}.",
        f"Arrange the {kind} in order.",
    )
    return words, sorted(words, key=names.index), "calendar order" if kind == "months" else "order", tasks


def _ask_order(rng: random.Random) -> Exchange:
    words, ordered, name, tasks = _ordered(rng)
    listing = " and ".join(filter(None, (", ".join(ordered[:-1]), ordered[-1])))
    commas = ", ".join(ordered)
    answer = rng.choice(
        (
            f"In {name}, they are {listing}.",
            f"The order is {commas}.",
            f"{commas}",
            f"In {name}: {commas}.",
            f"Sorted: {commas}.",
            f"They are {listing}.",
        )
    )
    return Exchange(rng.choice(tasks), rng.choice((", ", ", ", ", ", " ")).join(words), answer)


def _state_order(rng: random.Random) -> str:
    words, ordered, name, _ = _ordered(rng)
    return rng.choice(
        (
            f"{', '.join(words)} in {name}: {', '.join(ordered)}.",
            f"In {name}, {', '.join(words[:-1])} and {words[-1]} become {', '.join(ordered)}.",
        )
    )


def write_orders(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_order, _ask_order)
