"""Text about pairs that belong together, and numbers and words of one sort."""

import random
from collections.abc import Iterator

from primer.text import materials, slots
from primer.text.english_forms import (
    degrees_of,
    participle,
    plural_of,
    simple_past,
    with_capital,
)
from primer.text.materials import pick
from primer.text.sorts_of_things import DIFFERENT_KINDS, MEMBERS
from primer.text.task_layouts import Item, Maker, documents


def write_analogies(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which pairs are completed and numbers told apart."""
    yield from documents(MAKERS, rng)


_OPPOSITES = tuple(
    pair.split(":")
    for pair in (
        "big:small hot:cold old:new fast:slow high:low long:short heavy:light early:late full:empty "
        "open:closed wet:dry hard:soft rich:poor strong:weak clean:dirty "
        "wide:narrow deep:shallow loud:quiet bright:dark thick:thin sweet:sour happy:sad brave:cowardly "
        "cheap:expensive easy:difficult near:far first:last good:bad "
        "love:hate come:go push:pull buy:sell give:take win:lose laugh:cry begin:end open:close "
        "arrive:leave remember:forget up:down in:out day:night friend:enemy "
        "question:answer summer:winter north:south east:west left:right inside:outside above:below "
        "always:never before:after more:less beautiful:ugly"
    ).split()
)


def _analogy(rng: random.Random) -> Iterator[Item]:
    """ "Hot is to cold as big is to small"; also members and kinds, forms of words, and calendar."""
    while True:
        a, b, c, d = _two_pairs(rng)
        ask = pick(
            rng,
            f'"{a}" is to "{b}" as "{c}" is to what?|'
            f"Complete: {a} is to {b} as {c} is to ___|{with_capital(a)} : {b} = {c} : ?|"
            f"{a} goes with {b}. What goes with {c}?",
        )
        yield Item(
            with_capital(ask),
            "",
            d,
            pick(rng, f'{with_capital(a)} is to {b} as {c} is to {d}.|{with_capital(c)} is to {d}.|The word is "{d}".'),
            own=True,
        )


def _two_pairs(rng: random.Random) -> tuple[str, str, str, str]:
    draw = rng.random()
    if draw < 0.35:
        (a, b), (c, d) = rng.sample(_OPPOSITES, 2)
    elif draw < 0.6:
        one, two = rng.sample(DIFFERENT_KINDS, 2)
        a, b, c, d = rng.choice(MEMBERS[one][1]), one, rng.choice(MEMBERS[two][1]), two
    elif draw < 0.75:
        a, c = rng.sample(
            [
                noun
                for noun in (*slots.MAMMALS, *slots.TOOLS, *slots.FRUITS, *slots.JOBS)
                if noun not in slots.UNCOUNTED
            ],
            2,
        )
        b, d = plural_of(a), plural_of(c)
    elif draw < 0.9:
        a, c = rng.sample(
            "go see take write sing run eat drink give find think buy teach catch break speak fly walk open".split(), 2
        )
        change = rng.choice([simple_past, participle])
        b, d = change(a), change(c)
    else:
        a, c = rng.sample("big small tall old young fast slow warm cold happy easy good bad strong".split(), 2)
        at = rng.randrange(2)
        b, d = degrees_of(a)[at], degrees_of(c)[at]
    return a, b, c, d


def _even_odd(rng: random.Random) -> Iterator[Item]:
    kind = rng.choice(["parity", "parity", "size", "type"])
    while True:
        number = rng.choice([rng.randint(1, 99), rng.randint(100, 999)])
        if kind == "parity":
            result = "even" if number % 2 == 0 else "odd"
            ask = pick(rng, "Is the number even or odd?|say whether the number is even or odd|even or odd?")
        elif kind == "size":
            limit = rng.choice([10, 20, 50, 100, 200])
            if number == limit:
                continue
            result, ask = (
                ("above" if number > limit else "below") + f" {limit}",
                f"say whether the number is above or below {limit}",
            )
            yield Item(ask, str(number), result, f"{number} is {result}.", own=True)
            continue
        else:
            result = rng.choice(["a number", "a word", "a name", "a date"])
            given = {
                "a number": str(number),
                "a word": rng.choice(materials.WORDS),
                "a name": rng.choice(materials.NAMES),
                "a date": materials.date_in_words(*materials.date(rng)),
            }[result]
            yield Item(
                "say whether this is a number, a word, a name or a date", given, result, f'"{given}" is {result}.'
            )
            continue
        yield Item(
            ask,
            str(number),
            result,
            f"{number} is {'an' if result == 'even' or result == 'odd' else 'a'} {result} number.",
        )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_analogy, 12),
    (_even_odd, 8),
)
