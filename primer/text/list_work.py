"""Text about lists: copying, adding, removing, replacing, counting, picking out, joining; what stands where."""

import random
from collections.abc import Callable, Iterator, Sequence

from primer.text import materials, slots
from primer.text.english_forms import listed, number_in_words, plural_of, with_article
from primer.text.materials import pick
from primer.text.task_layouts import Item, Maker, documents

POOLS: tuple[tuple[str, Sequence[str]], ...] = (
    ("words", materials.WORDS),
    ("words", materials.WORDS),
    ("names", materials.NAMES),
    ("cities", slots.CITIES),
    *((many, members) for many, members in slots.CATEGORIES.values() if len(members) >= 9 and many not in {"months"}),
)


def write_list_work(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which lists of words, names and numbers are copied with changes."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.85 else _story(rng)


def pool_of(rng: random.Random) -> tuple[str, Callable[[int], list[str]]]:
    """A kind of thing, and what draws some different members of it."""
    what, pool = rng.choice(POOLS)
    match rng.random():
        case chance if chance < 0.12:
            return "names", lambda count: [materials.made_up_name(rng) for _ in range(count)]
        case chance if chance < 0.22:
            return "codes", lambda count: [materials.code(rng) for _ in range(count)]
        case chance if chance < 0.34:
            return "numbers", lambda count: [str(number) for number in materials.numbers(rng, count)]
    return what, lambda count: rng.sample(list(pool), count)


def draw(rng: random.Random, count: int) -> tuple[str, list[str]]:
    """Some different members of one kind, and the word for many of the kind."""
    what, members = pool_of(rng)
    return what, members(count)


def _whole(what: str, rng: random.Random) -> str:
    return rng.choice(["list", "row", "line", f"list of {what}", "list"])


def _copy(rng: random.Random) -> Iterator[Item]:
    def orders(what: str) -> str:
        return pick(
            rng,
            f"copy the {_whole(what, rng)}|repeat the {what}|write the {what} again|say it again|"
            f"copy these {what} exactly|write down the same {what}|copy the {what} in the same order",
        )

    return _simple(rng, orders, list)


def _simple(
    rng: random.Random,
    order: Callable[[str], str],
    change: Callable[[list[str]], list[str]],
    least: int = 2,
    most: int = 7,
) -> Iterator[Item]:
    what, members = pool_of(rng)
    while True:
        given = members(rng.randint(least, most))
        result = change(given)
        mark = rng.choice([", ", ", ", ", ", "; ", " - "])
        yield Item(order(what), mark.join(given), mark.join(result))


def _cut(rng: random.Random) -> Iterator[Item]:
    """The list without its first or last items, or with only some of them."""
    kind = rng.choice(["first", "last", "only first", "only last", "without first", "two"])
    orders: dict[str, tuple[list[str], Callable[[list[str]], list[str]]]] = {
        "first": (
            ["remove the first item from the list", "leave out the first of the {what}", "drop the first one"],
            lambda given: given[1:],
        ),
        "last": (
            ["remove the last item from the list", "leave out the last of the {what}", "drop the last one"],
            lambda given: given[:-1],
        ),
        "only first": (
            ["write only the first two {what}", "keep the first two {what}", "What are the first two {what}?"],
            lambda given: given[:2],
        ),
        "only last": (
            ["write only the last two {what}", "keep the last two {what}", "What are the last two {what}?"],
            lambda given: given[-2:],
        ),
        "without first": (["leave out the first two {what}", "remove the first two {what}"], lambda given: given[2:]),
        "two": (
            ["write every second item of the list", "keep every second one, starting with the first"],
            lambda given: given[::2],
        ),
    }
    texts, change = orders[kind]
    if kind == "two" and texts:
        texts = texts[1:]
    return _simple(rng, lambda what: rng.choice(texts).format(what=what), change, 3)


def _swap(rng: random.Random) -> Iterator[Item]:
    def change(given: list[str]) -> list[str]:
        return [given[-1], *given[1:-1], given[0]]

    return _simple(
        rng,
        lambda what: pick(
            rng, f"swap the first and the last item|let the first and the last of the {what} change places"
        ),
        change,
        2,
        6,
    )


def _remove(rng: random.Random) -> Iterator[Item]:
    while True:
        what, given = draw(rng, rng.randint(3, 6))
        gone = rng.choice(given)
        ask = pick(
            rng,
            f'remove "{gone}" from the list|'
            f"take {gone} off the list|leave out {gone}|write the list without {gone}|delete {gone}|"
            f"cross out {gone}",
        )
        result = [item for item in given if item != gone]
        said = pick(
            rng,
            f"Without {gone}, the list is {listed(result)}.|The {what} left are {listed(result)}.|"
            f"There remain {listed(result)}.",
        )
        yield Item(ask, ", ".join(given), ", ".join(result), said, own=True)


def _replace(rng: random.Random) -> Iterator[Item]:
    while True:
        _, given = draw(rng, rng.randint(2, 6))
        _, (new,) = draw(rng, 1)
        old = rng.choice(given)
        ask = pick(
            rng,
            f'replace "{old}" by "{new}"|write "{new}" instead of "{old}"|'
            f"change {old} to {new}|"
            f'put "{new}" in the place of "{old}"',
        )
        yield Item(ask, ", ".join(given), ", ".join(new if item == old else item for item in given), own=True)


def _add(rng: random.Random) -> Iterator[Item]:
    while True:
        what, given = draw(rng, rng.randint(2, 6))
        _, (new,) = draw(rng, 1)
        place = rng.choice(["end", "beginning", "after"])
        if place == "after":
            before = rng.choice(given)
            ask, at = (
                rng.choice([f"put {new} after {before}", f'write "{new}" right after "{before}"']),
                given.index(before) + 1,
            )
        elif place == "end":
            ask, at = (
                pick(rng, f'add {new} to the list|put "{new}" at the end|add {new} at the end of the list'),
                len(given),
            )
        else:
            ask, at = (
                pick(
                    rng, f'put {new} at the beginning|write "{new}" in front of the {what}|begin the list with "{new}"'
                ),
                0,
            )
        yield Item(ask, ", ".join(given), ", ".join([*given[:at], new, *given[at:]]), own=True)


def _joined(rng: random.Random) -> Iterator[Item]:
    """A list as a sentence, and back."""
    back = rng.random() < 0.4
    while True:
        name = rng.choice(materials.NAMES)
        kind = rng.choice(["fruit", "vegetable", "tool", "piece of clothing", "flower"])
        things = rng.sample(
            [noun for noun in slots.CATEGORIES[kind][1] if noun not in slots.UNCOUNTED], rng.randint(2, 5)
        )
        verb = pick(rng, "bought|found|saw|needs|has|wants|lost|sold|drew|packed")
        nouns = [with_article(noun) for noun in things]
        sentence = f"{name} {verb} {listed(nouns)}."
        if back:
            yield Item(
                pick(
                    rng,
                    "make a list of the things in the sentence|"
                    f"list the {slots.CATEGORIES[kind][0]} that the sentence names|"
                    "list the things that are mentioned",
                ),
                sentence,
                ", ".join(things),
            )
        else:
            yield Item(
                f"write a sentence that says what {name} {verb}"
                if rng.random() < 0.5
                else f'make a sentence of the list; begin with "{name} {verb}"',
                ", ".join(things),
                sentence,
                own=True,
            )


def _story(rng: random.Random) -> str:
    """A shopping list or a guest list that changes."""
    name = rng.choice(materials.NAMES)
    pronoun, owner = ("She", "her") if name in slots.FEMALE_NAMES else ("He", "his")
    things = [plural_of(noun) for noun in rng.sample(slots.FRUITS + slots.VEGETABLES[:7] + slots.TOOLS[:6], 5)]
    extra, things = things[-1], things[: rng.randint(2, 4)]
    told = [f"{name} writes a list: {', '.join(things)}."]
    now = list(things)
    for change in rng.sample(["add", "remove", "replace"], rng.randint(1, 2)):
        if change == "add" and extra not in now:
            now.append(extra)
            told.append(f"{pronoun} adds {extra}. Now the list is: {', '.join(now)}.")
        elif change == "remove" and len(now) > 1:
            gone = rng.choice(now)
            now.remove(gone)
            told.append(f"{pronoun} crosses out {gone}. Now the list is: {', '.join(now)}.")
        elif change == "replace":
            old, new = rng.choice(now), plural_of(rng.choice(slots.FLOWERS))
            now[now.index(old)] = new
            told.append(f"{pronoun} wants {new} instead of {old}. Now the list is: {', '.join(now)}.")
    told.append(
        f"There {'are' if len(now) > 1 else 'is'} {number_in_words(len(now))} thing{'s' * (len(now) > 1)} "
        f"on {owner} list."
    )
    return " ".join(told)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_copy, 8),
    (_cut, 10),
    (_swap, 4),
    (_remove, 9),
    (_replace, 9),
    (_add, 9),
    (_joined, 8),
)
