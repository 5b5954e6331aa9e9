"""Text about what is in a list: how many, what stands where, what fits, what is there twice, what is missing."""

import random
from collections.abc import Callable, Iterator, Sequence

from primer.text import materials
from primer.text.english_forms import listed, number_in_words, ordinal_word
from primer.text.list_work import draw
from primer.text.materials import pick
from primer.text.task_layouts import Item, Maker, documents


def write_list_questions(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which questions about lists are answered."""
    yield from documents(MAKERS, rng)


def _count(rng: random.Random) -> Iterator[Item]:
    while True:
        what, given = draw(rng, rng.randint(2, 9))
        ask = pick(
            rng,
            f"How many {what} are in the list?|count the {what}|How many {what} are there?|"
            f"say how many {what} are named here",
        )
        count = len(given)
        said = pick(
            rng,
            f"There are {number_in_words(count)} {what} in the list.|The list has {count} {what}.|"
            f"There are {count} {what}.",
        )
        yield Item(ask, materials.row(given, rng), str(count), said, own=True)


def _place(rng: random.Random) -> Iterator[Item]:
    while True:
        what, given = draw(rng, rng.randint(3, 7))
        at = rng.randrange(len(given))
        draw_ = rng.random()
        if draw_ < 0.4:
            place = "last" if at == len(given) - 1 else ordinal_word(at + 1)
            ask = pick(
                rng, f"What is the {place} item?|name the {place} of the {what}|Which one stands in the {place} place?"
            )
            yield Item(ask, ", ".join(given), given[at], f"The {place} one is {given[at]}.", own=True)
        elif draw_ < 0.65 and at:
            ask = pick(rng, f"What comes before {given[at]}?|Which item stands right before {given[at]}?")
            yield Item(ask, ", ".join(given), given[at - 1], f"{given[at - 1]} comes before {given[at]}.", own=True)
        elif at < len(given) - 1:
            ask = rng.choice([f"What comes after {given[at]}?", f"Which item follows {given[at]}?"])
            yield Item(ask, ", ".join(given), given[at + 1], f"After {given[at]} comes {given[at + 1]}.", own=True)


def _is_in(rng: random.Random) -> Iterator[Item]:
    while True:
        _, given = draw(rng, rng.randint(3, 6))
        _, (other,) = draw(rng, 1)
        wanted = rng.choice(given) if rng.random() < 0.5 else other
        found = wanted in given
        ask = pick(rng, f'Is "{wanted}" in the list?|Is {wanted} on this list?|Does the list contain "{wanted}"?')
        said = f"Yes, {wanted} is in the list." if found else f"No, {wanted} is not in the list."
        yield Item(ask, ", ".join(given), "Yes." if found else "No.", said, own=True)


def _picks(rng: random.Random) -> Iterator[Item]:
    """The numbers or words of a list with some property."""
    letter, last = rng.choice("bcdfghlmprstw"), rng.choice("delnrty")
    limit = rng.choice([10, 20, 30, 50, 50, 60, 80])
    kinds: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("the even numbers", lambda item: int(item) % 2 == 0),
        ("the odd numbers", lambda item: int(item) % 2 == 1),
        ("the even numbers", lambda item: int(item) % 2 == 0),
        ("the odd numbers", lambda item: int(item) % 2 == 1),
        (f"the numbers above {limit}", lambda item: int(item) > limit),
        (f"the numbers below {limit}", lambda item: int(item) < limit),
        ("the numbers that can be divided by 5", lambda item: int(item) % 5 == 0),
        (f'the words that begin with "{letter}"', lambda item: item.startswith(letter)),
        (f'the words that end with "{last}"', lambda item: item.endswith(last)),
        ("the words with more than five letters", lambda item: len(item) > 5),
        ("the words with fewer than five letters", lambda item: len(item) < 5),
    )
    what, fits = rng.choice(kinds)
    pool: Sequence[str] = [str(n) for n in range(1, 100)] if "numbers" in what else materials.WORDS
    yes, no = [item for item in pool if fits(item)], [item for item in pool if not fits(item)]
    while True:
        count = rng.randint(1, 3)
        given = [*rng.sample(yes, count), *rng.sample(no, rng.randint(1, 3))]
        rng.shuffle(given)
        found = [item for item in given if fits(item)]
        ask = pick(rng, f"find {what}|list {what}|write down {what}|pick out {what}|Which are {what}?|keep only {what}")
        one = (
            what.replace("numbers that can", "number that can")
            .replace("numbers", "number")
            .replace("words that begin", "word that begins")
            .replace("words that end", "word that ends")
            .replace("words", "word")
        )
        said = (
            f"{what[0].upper()}{what[1:]} are {listed(found)}."
            if count > 1
            else f"{one[0].upper()}{one[1:]} is {found[0]}."
        )
        yield Item(ask, materials.row(given, rng), materials.same_row(found, rng), said)


def _doubles(rng: random.Random) -> Iterator[Item]:
    while True:
        what, given = draw(rng, rng.randint(2, 5))
        twice = rng.choice(given)
        row = list(given)
        row.insert(rng.randrange(given.index(twice) + 1, len(given) + 1), twice)
        if rng.random() < 0.5:
            yield Item(
                pick(rng, "Which item stands there twice?|find the one that is repeated|What is there twice?"),
                ", ".join(row),
                twice,
                f"{twice} is there twice.",
                own=True,
            )
        else:
            yield Item(
                pick(rng, f"remove what is there twice|write each of the {what} only once|remove the repeated one"),
                ", ".join(row),
                ", ".join(given),
                own=True,
            )


def _missing(rng: random.Random) -> Iterator[Item]:
    while True:
        what, given = draw(rng, rng.randint(3, 6))
        gone = rng.choice(given)
        rest = [item for item in given if item != gone]
        rng.shuffle(rest)
        ask = pick(
            rng,
            f"Which of the {what} in the first list is not in the second?|"
            "What is missing in the second list?|find what the second list lacks",
        )
        yield Item(ask, f"{', '.join(given)}\n{', '.join(rest)}", gone, f"The second list lacks {gone}.", own=True)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_count, 6),
    (_place, 9),
    (_is_in, 6),
    (_picks, 18),
    (_doubles, 5),
    (_missing, 5),
)
