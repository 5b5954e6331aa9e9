"""Short made-up texts about people, towns and things, with what they say: material for reading exercises.

A text is a list of sentences, each with the questions that it answers. Names are invented or common, so that only the
text itself can answer.
"""

import random
from dataclasses import dataclass

from primer.text import materials, slots
from primer.text.english_forms import plural_of, with_article, with_capital
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


_BESIDE = {"river": "on the River", "lake": "on Lake", "bay": "on the Bay of", "mountain": "at the foot of Mount"}
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
    title = f"The {pick(rng, 'Silent|Red|Broken|Golden|Last|White|Lost|Blue|Old|Green|Young|Empty|Secret')} "
    title += pick(rng, "River|Garden|Horse|Tower|Winter|Mirror|Island|Road|Bell|Window|Sailor|Forest|Night|Door|Lamp")
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
            f"{with_capital(his)} {rng.choice(['mother', 'father', 'teacher', 'brother'])} was "
            f"{rng.choice(['a miller', 'a sailor', 'a baker', 'a tailor', 'a farmer'])} from {other}.",
            (),
            (other,),
        ),
        Line(f"{he} died in {died}.", ((f"When did {name} die?", f"in {died}"),), (str(died),)),
    ]
    return Portrait(name, f"{with_article(people)} {job}", some_lines(lines, rng))


_BASES = {
    "painted": "paint",
    "wrote": "write",
    "composed": "compose",
    "designed": "design",
    "made": "make",
    "invented": "invent",
}


def some_lines(lines: list[Line], rng: random.Random) -> tuple[Line, ...]:
    """The first line and some of the others, in their order."""
    kept = sorted(rng.sample(range(1, len(lines)), rng.randint(min(2, len(lines) - 1), len(lines) - 1)))
    return (lines[0], *(lines[at] for at in kept))


def town(rng: random.Random) -> Portrait:
    """A town, its river, its people and what it makes."""
    name = rng.choice([materials.made_up_name(rng), rng.choice(slots.VILLAGES)])
    place, water = rng.choice(["town", "village", "city"]), rng.choice(list(_BESIDE))
    where = f"{_BESIDE[water]} {materials.made_up_name(rng)}"
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
    return Portrait(name, f"a {place} {where}", some_lines(lines, rng))
