"""Short made-up texts about people, towns and things, with what they say: material for reading exercises.

A text is a list of sentences, each with the questions that it answers. Names are invented or common, so that only the
text itself can answer.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

from primer.text import materials, slots
from primer.text.english_forms import capitalized, number_in_words, plural_of, with_article
from primer.text.materials import pick


@dataclass(frozen=True)
class Line:
    """A sentence of a text."""

    text: str
    asked: tuple[tuple[str, str], ...] = ()  # questions that it answers, each with the shortest answer
    marks: tuple[str, ...] = ()  # names and numbers that no other sentence of the text has


@dataclass(frozen=True)
class Portrait:
    """A text about one subject."""

    subject: str  # as the text names it
    what: str  # what it is, with an article: "a painter", "a small town on a river"
    lines: tuple[Line, ...]  # the first says what the subject is

    @property
    def text(self) -> str:
        """All sentences, as a paragraph."""
        return " ".join(line.text for line in self.lines)


_PLACES = ("river", "lake", "bay", "mountain")
_GOODS = tuple(
    "paper glass clocks shoes cheese wine steel bricks chairs carpets toys boats salt wool candles bells".split()
)
_SIZES = {"village": (2, 30), "town": (40, 500), "city": (900, 9000)}  # hundreds of inhabitants
_WORKS = {
    "painter": ("picture", "painted"),
    "writer": ("novel", "wrote"),
    "composer": ("opera", "composed"),
    "architect": ("bridge", "designed"),
    "poet": ("poem", "wrote"),
    "sculptor": ("statue", "made"),
    "inventor": ("machine", "invented"),
}
_PEOPLES = (
    "Norwegian",
    "Danish",
    "Scottish",
    "Irish",
    "Dutch",
    "Polish",
    "Italian",
    "Greek",
    "Canadian",
    "Brazilian",
    "Swiss",
    "Finnish",
)


def person(rng: random.Random) -> Portrait:
    """Somebody who made something, long ago."""
    female = rng.random() < 0.5
    first = rng.choice(slots.FEMALE_NAMES if female else slots.MALE_NAMES)
    last = rng.choice([rng.choice(slots.SURNAMES), materials.made_up_name(rng)])
    name, he, his = f"{first} {last}", "She" if female else "He", "her" if female else "his"
    job, (work, made) = rng.choice(list(_WORKS.items()))
    people = rng.choice(_PEOPLES)
    town, other = materials.made_up_name(rng), materials.made_up_name(rng)
    born = rng.randint(1700, 1930)
    made_in, died = born + rng.randint(22, 45), born + rng.randint(50, 88)
    title = f"The {rng.choice(['Silent', 'Red', 'Broken', 'Golden', 'Last', 'White', 'Lost', 'Blue'])} {capitalized(pick(rng, 'river|garden|horse|tower|winter|mirror|island|road|bell'))}"
    count = rng.randint(3, 60)
    lines = [
        Line(
            f"{name} was {with_article(people)} {job}.",
            (
                (f"What was {name}?", f"{with_article(people)} {job}"),
                (f"Who was {name}?", f"{with_article(people)} {job}"),
            ),
        ),
        Line(
            f"{he} was born in {born} in {town}.",
            ((f"When was {name} born?", f"in {born}"), (f"Where was {name} born?", f"in {town}")),
            (town, str(born)),
        ),
        Line(
            f"In {made_in}, {he.lower()} {made} the {work} {title}.",
            (
                (f"What did {name} {_BASES[made]} in {made_in}?", f"the {work} {title}"),
                (f"When did {name} {_BASES[made]} {title}?", f"in {made_in}"),
                (f"Who {made} {title}?", name),
            ),
            (title, str(made_in)),
        ),
        Line(
            f"{he} {made} {count} {plural_of(work)} in all.",
            ((f"How many {plural_of(work)} did {name} {_BASES[made]}?", str(count)),),
            (str(count),),
        ),
        Line(
            f"{capitalized(his)} {rng.choice(['mother', 'father', 'teacher', 'brother'])} was {rng.choice(['a miller', 'a sailor', 'a baker', 'a tailor', 'a farmer'])} from {other}.",
            (),
            (other,),
        ),
        Line(f"{he} died in {died}.", ((f"When did {name} die?", f"in {died}"),), (str(died),)),
    ]
    return Portrait(name, f"{with_article(people)} {job}", _some(lines, rng))


_BASES = {
    "painted": "paint",
    "wrote": "write",
    "composed": "compose",
    "designed": "design",
    "made": "make",
    "invented": "invent",
}


def _some(lines: list[Line], rng: random.Random) -> tuple[Line, ...]:
    """The first line and some of the others, in their order."""
    kept = sorted(rng.sample(range(1, len(lines)), rng.randint(min(2, len(lines) - 1), len(lines) - 1)))
    return (lines[0], *(lines[at] for at in kept))


def town(rng: random.Random) -> Portrait:
    """A town, its river, its people and what it makes."""
    name = rng.choice([materials.made_up_name(rng), rng.choice(slots.VILLAGES)])
    place, water = rng.choice(["town", "village", "city"]), rng.choice(_PLACES)
    where = f"{'at the foot of Mount' if water == 'mountain' else 'on the River' if water == 'river' else 'on Lake' if water == 'lake' else 'on the Bay of'} {materials.made_up_name(rng)}"
    people, year, opened = rng.randint(*_SIZES[place]) * 100, rng.randint(1050, 1890), rng.randint(1895, 2015)
    good, height = rng.choice(_GOODS), rng.randint(20, 140)
    building = rng.choice(["tower", "church", "lighthouse"])
    second = rng.choice(["museum", "library", "theater", "railway station", "school", "hospital"])
    mayor = f"{rng.choice(materials.NAMES)} {rng.choice(slots.SURNAMES)}"
    lines = [
        Line(
            f"{name} is a {place} {where}.", ((f"Where is {name}?", where), (f"What is {name}?", f"a {place} {where}"))
        ),
        Line(
            f"It has {people:,} inhabitants.",
            (
                (f"How many inhabitants does {name} have?", f"{people:,}"),
                (f"How many people live in {name}?", f"{people:,}"),
            ),
            (f"{people:,}",),
        ),
        Line(f"It was founded in {year}.", ((f"When was {name} founded?", f"in {year}"),), (str(year),)),
        Line(f"The {place} is known for its {good}.", ((f"What is {name} known for?", f"its {good}"),), (good,)),
        Line(
            f"The {building} of {name} is {height} meters high.",
            ((f"How high is the {building} of {name}?", f"{height} meters"),),
            (str(height),),
        ),
        Line(
            f"The {second} was opened in {opened}.",
            (
                (f"When was the {second} opened?", f"in {opened}"),
                (f"What was opened in {opened}?", f"the {second}"),
            ),
            (str(opened),),
        ),
        Line(f"Its mayor is {mayor}.", ((f"Who is the mayor of {name}?", mayor),), (mayor,)),
    ]
    return Portrait(name, f"a {place} {where}", _some(lines, rng))


def outing(rng: random.Random) -> Portrait:
    """What somebody did one day."""
    female = rng.random() < 0.5
    name = rng.choice(slots.FEMALE_NAMES if female else slots.MALE_NAMES)
    he, his = ("She", "her") if female else ("He", "his")
    friend = rng.choice([other for other in materials.NAMES if other != name])
    day, city, by = (
        rng.choice(slots.WEEKDAYS),
        rng.choice(slots.CITIES),
        rng.choice(["train", "bus", "car", "boat", "bicycle"]),
    )
    hour, count = rng.randint(2, 11), rng.randint(2, 12)
    thing = rng.choice(["postcard", "apple", "ticket", "pear", "book", "pencil", "cup", "stamp"])
    price, animal, color = rng.randint(3, 90), rng.choice(slots.MAMMALS), rng.choice(slots.COLORS)
    why, kind = rng.choice(
        [
            ("it was raining", "rain"),
            ("it was late", "late"),
            ("the shop was closed", "shop"),
            (f"{he.lower()} was tired", "tired"),
            (f"{he.lower()} was hungry", "hungry"),
        ]
    )
    then = {
        "rain": "took a taxi",
        "late": "ran home",
        "shop": "went to the market",
        "tired": "sat down on a bench",
        "hungry": "ate some soup",
    }[kind]
    base = {
        "rain": "take a taxi",
        "late": "run home",
        "shop": "go to the market",
        "tired": "sit down on a bench",
        "hungry": "eat some soup",
    }[kind]
    lines = [
        Line(
            f"On {day}, {name} went to {city} by {by}.",
            (
                (f"Where did {name} go?", f"to {city}"),
                (f"How did {name} go to {city}?", f"by {by}"),
                (f"When did {name} go to {city}?", f"on {day}"),
            ),
            (city, day),
        ),
        Line(
            f"{he} met {his} friend {friend} at {number_in_words(hour)} o'clock.",
            (
                (f"Who did {name} meet?", f"{his} friend {friend}"),
                (f"At what time did {name} meet {friend}?", f"at {number_in_words(hour)} o'clock"),
            ),
            (friend,),
        ),
        Line(
            f"{he} bought {number_in_words(count)} {plural_of(thing)} for {price} dollars.",
            (
                (f"How many {plural_of(thing)} did {name} buy?", number_in_words(count)),
                (f"What did {name} buy?", f"{number_in_words(count)} {plural_of(thing)}"),
                (f"How much did {name} pay?", f"{price} dollars"),
            ),
            (str(price),),
        ),
        Line(
            f"In the park, {he.lower()} saw {with_article(color)} {rng.choice(['kite', 'balloon', 'boat', 'bird'])} and {with_article(animal)}.",
            ((f"Which animal did {name} see?", with_article(animal)),),
            (animal, color),
        ),
        Line(f"{he} {then} because {why}.", ((f"Why did {name} {base}?", f"because {why}"),), (then,)),
        Line(
            f"In the evening, {he.lower()} {rng.choice(['wrote a letter', 'called home', 'read a book', 'cooked some rice'])}.",
            (),
        ),
    ]
    return Portrait(name, f"a trip to {city}", _some(lines, rng))


def notice(rng: random.Random) -> Portrait:
    """An announcement: what, when, where, how much, whom to call."""
    event = pick(
        rng, "concert|market|exhibition|lecture|book fair|flower show|chess tournament|dance|sale|theater play"
    )
    place = f"the {pick(rng, 'town hall|old school|city park|library|sports hall|church|museum|community center')} of {rng.choice([*slots.VILLAGES, materials.made_up_name(rng)])}"
    _, month, day = materials.date(rng)
    when = f"{slots.MONTHS[month - 1]} {day}"
    hour = (
        f"{rng.randint(1, 9)}:{rng.choice(['00', '15', '30', '45'])} p.m."
        if rng.random() < 0.7
        else f"{rng.randint(9, 11)}:00 a.m."
    )
    price, who, number = (
        rng.randint(2, 60),
        f"{rng.choice(materials.NAMES)} {rng.choice(slots.SURNAMES)}",
        materials.phone(rng),
    )
    lines = [
        Line(
            f"The {event} takes place on {when} in {place}.",
            ((f"When does the {event} take place?", f"on {when}"), (f"Where is the {event}?", f"in {place}")),
            (when, place),
        ),
        Line(
            f"It begins at {hour}",
            ((f"When does the {event} begin?", f"at {hour}"), (f"At what time does the {event} begin?", f"at {hour}")),
            (hour,),
        ),
        Line(
            f"A ticket costs {price} dollars.",
            (("How much is a ticket?", f"{price} dollars"), ("What does a ticket cost?", f"{price} dollars")),
            (str(price),),
        ),
        Line(
            f"For questions, call {who} at {number}.",
            (
                ("Who can be called?", who),
                ("Whom can one call with questions?", who),
                ("What is the phone number?", number),
            ),
            (who, number),
        ),
        Line(f"Children under {rng.choice([6, 8, 10, 12])} pay nothing.", (("Who pays nothing?", "children"),)),
    ]
    lines[-1] = Line(lines[-1].text, (("Who pays nothing?", lines[-1].text.split(" pay")[0].lower()),), ())
    return Portrait(f"the {event}", f"{with_article(event)} on {when}", _some(lines, rng))


def animal(rng: random.Random) -> Portrait:
    """Somebody's pet."""
    kind = rng.choice(["dog", "cat", "horse", "rabbit", "goat", "donkey", "parrot"])
    name = rng.choice(
        [
            "Rex",
            "Luna",
            "Milo",
            "Bella",
            "Coco",
            "Max",
            "Daisy",
            "Rocky",
            "Simba",
            "Nala",
            "Toby",
            "Ruby",
            materials.made_up_name(rng),
        ]
    )
    owner = rng.choice(materials.NAMES)
    age, color, food, place = (
        rng.randint(2, 14),
        rng.choice(["black", "white", "brown", "gray"]),
        rng.choice(slots.FRUITS),
        pick(rng, "in the kitchen|in the barn|on an old sofa|under a tree|in a wooden box"),
    )
    fear = rng.choice(["thunder", "water", "snakes", "loud music", "big dogs", "the dark"])
    lines = [
        Line(
            f"{name} is {with_article(color)} {kind} that belongs to {owner}.",
            (
                (f"What is {name}?", f"{with_article(color)} {kind}"),
                (f"What color is {name}?", color),
                (f"Who does {name} belong to?", owner),
            ),
            (owner,),
        ),
        Line(
            f"{name} is {number_in_words(age)} years old.",
            ((f"How old is {name}?", f"{number_in_words(age)} years"),),
            (number_in_words(age),),
        ),
        Line(f"It sleeps {place}.", ((f"Where does {name} sleep?", place),), (place,)),
        Line(
            f"It likes {plural_of(food)} more than anything else.",
            ((f"What does {name} like?", plural_of(food)),),
            (plural_of(food),),
        ),
        Line(f"It is afraid of {fear}.", ((f"What is {name} afraid of?", fear),), (fear,)),
    ]
    return Portrait(name, f"{with_article(color)} {kind}", _some(lines, rng))


PORTRAITS: tuple[Callable[[random.Random], Portrait], ...] = (
    person,
    person,
    town,
    town,
    outing,
    outing,
    notice,
    animal,
)


def any_portrait(rng: random.Random) -> Portrait:
    """A text of any sort."""
    return rng.choice(PORTRAITS)(rng)
