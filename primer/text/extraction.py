"""Text about finding things in a sentence: names, numbers, dates, times, prices, places, animals, colors, words."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from primer.text import materials, slots
from primer.text.english_forms import listed, number_in_words, with_article, with_capital
from primer.text.materials import pick
from primer.text.task_layouts import Item, Maker, documents


@dataclass(frozen=True)
class Find:
    """Something to find: its name for one and for several, a sentence that has it, and what is to be found there."""

    one: str
    many: str
    sentence: str
    found: tuple[str, ...]


def write_extraction(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which something is found in a text."""
    yield from documents(MAKERS, rng)


def _names(rng: random.Random) -> Find:
    count = rng.choice([1, 2, 2, 3, 3])
    names = [
        rng.choice(
            [
                rng.choice(materials.NAMES),
                f"{rng.choice(materials.NAMES)} {rng.choice(slots.SURNAMES)}",
                materials.made_up_name(rng),
            ]
        )
        for _ in range(count)
    ]
    names = list(dict.fromkeys(names))
    form = pick(
        rng,
        "{} went to the lake together.|Yesterday {} came to our house.|The letter was signed by {}.|"
        "When the bell rang, {} ran outside.|I met {} at the station.|"
        "The teacher praised {} for the good work.|{} won the prize this year.|"
        "Have you seen {} today?|We are waiting for {}.",
    )
    return Find("name", "names", form.format(listed(names)), tuple(names))


def _places(rng: random.Random) -> Find:
    cities = rng.sample(slots.CITIES, rng.choice([1, 2, 2, 3]))
    name = rng.choice(materials.NAMES)
    form = pick(
        rng,
        "{n} has lived in {c}.|The company has offices in {c}.|{n} wants to travel to {c} next year.|"
        "The train stops in {c}.|My aunt sent postcards from {c}.|The band will play in {c}.|"
        "It rained in {c} yesterday.",
    )
    return Find("city", "cities", form.format(n=name, c=listed(cities)), tuple(cities))


def _dates(rng: random.Random) -> Find:
    date = materials.date_in_words(*materials.date(rng), day_first=rng.random() < 0.2)
    name, town = rng.choice(materials.NAMES), rng.choice(slots.VILLAGES)
    form = pick(
        rng,
        "{n} was born on {d} in {t}.|The bridge was opened on {d}.|"
        "On {d}, the two families met in {t}.|The meeting will take place on {d}.|"
        "{n} signed the contract on {d}.|The shop in {t} closes on {d}.|"
        "Please send the form to {n} before {d}.",
    )
    return Find("date", "dates", form.format(n=name, d=date, t=town), (date,))


def _times(rng: random.Random) -> Find:
    hour = (
        f"{rng.randint(1, 12)}:{rng.randint(0, 11) * 5:02d} {rng.choice(['a.m.', 'p.m.'])}"
        if rng.random() < 0.6
        else f"{number_in_words(rng.randint(1, 12))} o'clock"
    )
    what = pick(rng, "train|bus|film|concert|lesson|meeting|ship|game|show")
    form = pick(
        rng,
        "The {w} begins at {h} in the main hall.|Our {w} starts at {h} sharp.|"
        "Don't be late: the {w} starts at {h} today.|At {h}, the {w} will start.",
    )
    if what in {"train", "bus", "ship"}:
        form = pick(
            rng,
            "The {w} leaves at {h} from platform two.|At {h}, the {w} to the coast leaves.|"
            "The last {w} arrives at {h}.",
        ).replace(" from platform two", "" if what != "train" else " from platform two")
    return Find("time", "times", form.format(w=what, h=hour).replace("m..", "m."), (hour,))


def _prices(rng: random.Random) -> Find:
    price = (
        f"{rng.randint(2, 400)} {rng.choice(['dollars', 'euros', 'pounds'])}"
        if rng.random() < 0.6
        else f"${rng.randint(1, 90)}.{rng.choice(['50', '99', '25', '00'])}"
    )
    thing = pick(rng, "lamp|coat|bicycle|ticket|book|chair|watch|guitar|umbrella|table|radio|camera|tent")
    form = pick(
        rng,
        "The {t} costs {p} in every shop.|You can have the old {t} for {p}.|"
        "{n} paid {p} for the {t}.|For sale: {a}, almost new, {p}.|"
        "We sell this {t} for only {p} this week.",
    )
    return Find(
        "price", "prices", form.format(t=thing, a=with_article(thing), p=price, n=rng.choice(materials.NAMES)), (price,)
    )


def _contacts(rng: random.Random) -> Find:
    name = rng.choice(materials.NAMES)
    if rng.random() < 0.5:
        number = materials.phone(rng)
        return Find(
            "phone number",
            "phone numbers",
            pick(
                rng,
                "Call {n} at {p} if you want to come.|This is {n}. My number is {p}. Please call me back.|"
                "The office can be reached at {p} from nine to five.",
            ).format(n=name, p=number),
            (number,),
        )
    address = f"{name.lower()}@{rng.choice(['example.com', 'example.org', 'example.net'])}"
    return Find(
        "e-mail address",
        "e-mail addresses",
        pick(
            rng,
            "Write to {a} for more about the club.|{n} reads letters at {a} every day.|"
            "Send your pictures to {a} before Friday.",
        ).format(n=name, a=address),
        (address,),
    )


def _numbers(rng: random.Random) -> Find:
    values = rng.sample(range(2, 400), rng.choice([1, 2, 2, 3]))
    nouns = rng.sample(
        ["chairs", "windows", "books", "students", "trees", "sheep", "boxes", "rooms", "boats", "pages"], len(values)
    )
    things = listed([f"{value} {noun}" for value, noun in zip(values, nouns, strict=True)])
    form = pick(
        rng,
        "There are {} here.|We counted {}.|The report speaks of {}.|{n} saw {} there.|"
        "The school has {}.|They lost {} in the flood.",
    )
    return Find(
        "number", "numbers", form.replace("{n}", rng.choice(materials.NAMES)).format(things), tuple(map(str, values))
    )


def _members(rng: random.Random) -> Find:
    """Animals, fruits, tools, colors, months and the like in a sentence."""
    kind = pick(
        rng,
        "mammal|bird|fruit|vegetable|tool|piece of clothing|vehicle|flower|musical instrument|color|"
        "month|day of the week|job|mammal",
    )
    many, pool = slots.CATEGORIES[kind]
    things = rng.sample(
        [noun for noun in pool if noun not in slots.UNCOUNTED | slots.AMBIGUOUS], rng.choice([1, 2, 2, 3])
    )
    name = rng.choice(materials.NAMES)
    if kind == "color":
        nouns = rng.sample(["coat", "door", "car", "kite", "box", "flag", "chair"], len(things))
        parts = [with_article(f"{color} {noun}") for color, noun in zip(things, nouns, strict=True)]
        return Find(
            "color", "colors", f"{name} {rng.choice(['painted', 'saw', 'drew'])} {listed(parts)}.", tuple(things)
        )
    if kind in {"month", "day of the week"}:
        prep = "in" if kind == "month" else "on"
        form = pick(rng, "The club meets {} {}.|{n} works {} {}.|The garden is open {} {}.|It rained most {} {}.")
        return Find(
            kind.replace("day of the week", "day"),
            many.replace("days of the week", "days"),
            form.replace("{n}", name).format(prep, listed(things)),
            tuple(things),
        )
    parts = [with_article(noun) for noun in things]
    if kind == "job":
        form = pick(rng, "{} live in our street.|{} met at the market.|{} were on the ship.")
        things = things if len(things) > 1 else [*things, next(job for job in rng.sample(pool, 3) if job not in things)]
        return Find(
            "job", "jobs", form.format(with_capital(listed([with_article(noun) for noun in things]))), tuple(things)
        )
    form = pick(
        rng,
        "{n} drew {} in the evening.|In the picture, we can see {} near the wall.|"
        "There was {} on the poster.|{n} dreamed of {} last night.|"
        "The poem is about {} and the rain.|The children talked about {} all day.",
    )
    one, many = ("animal", "animals") if kind in {"mammal", "bird"} else (kind, many)
    return Find(one, many, form.replace("{n}", name).format(listed(parts)), tuple(things))


_FINDERS: tuple[Callable[[random.Random], Find], ...] = (
    _names,
    _names,
    _places,
    _dates,
    _dates,
    _times,
    _prices,
    _contacts,
    _numbers,
    _members,
    _members,
    _members,
)


_COUNTED = {
    "animal",
    "fruit",
    "vegetable",
    "tool",
    "piece of clothing",
    "vehicle",
    "flower",
    "musical instrument",
    "job",
}


def _padded(sentence: str, rng: random.Random) -> str:
    """The sentence, now and then with another before or after it that has no name or number."""
    if rng.random() < 0.65:
        return sentence
    other = pick(
        rng,
        "The weather was fine.|It was a long day.|Everybody was glad about it.|The sky was clear.|"
        "Nobody was surprised.|The news spread quickly.|We hope to see you there.|"
        "The whole thing was a success.|That is all I know.|Nothing else happened.|"
        "The music was loud.|It was very quiet.",
    )
    return f"{sentence} {other}" if rng.random() < 0.5 else f"{other} {sentence}"


def _find(rng: random.Random) -> Iterator[Item]:
    finder = rng.choice(_FINDERS)
    while True:
        find = finder(rng)
        several = len(find.found) > 1
        what = find.many if several else find.one
        whole = rng.choice(["text", "sentence", "message", "text", "line"])
        ask = pick(
            rng,
            f"find the {what} in the {whole}|name the {what} in this {whole}|write down the {what}|"
            f"Which {what} {'are' if several else 'is'} mentioned in the {whole}?|"
            f"Which {what} does the {whole} mention?|extract the {what} from the {whole}|"
            f"list all {find.many} in the {whole}|What {'are' if several else 'is'} the {what} here?",
        )
        found = listed(find.found) if rng.random() < 0.6 else ", ".join(find.found)
        shown = [with_article(thing) for thing in find.found] if find.one in _COUNTED else list(find.found)
        said = pick(rng, "The {w} {are} {f}.|The text mentions {f}.|The {w} in the text {are} {f}.").format(
            w=what, are="are" if several else "is", f=listed(shown)
        )
        yield Item(
            ask,
            _padded(find.sentence, rng),
            found,
            said.replace("..", "."),
            own=finder in (_names, _places, _numbers, _members),
        )


def _count_found(rng: random.Random) -> Iterator[Item]:
    while True:
        find = rng.choice([_names, _places, _members, _numbers])(rng)
        count = len(find.found)
        ask = pick(rng, f"How many {find.many} does the sentence name?|count the {find.many} in the sentence")
        said = f"The sentence names {number_in_words(count)} {find.many if count > 1 else find.one}."
        yield Item(ask, find.sentence, str(count), said, own=True)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_find, 50),
    (_count_found, 7),
)
