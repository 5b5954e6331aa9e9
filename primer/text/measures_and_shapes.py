"""Text about units of measurement, and shapes."""

import random
from collections.abc import Iterator

from primer.text.arithmetic import digits
from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import capitalized
from primer.text.number_names import in_words

# How many of the smaller unit make one of the larger: exactly.
_UNITS = (
    ("kilometer", "meter", 1000), ("meter", "centimeter", 100), ("centimeter", "millimeter", 10),
    ("meter", "millimeter", 1000), ("kilogram", "gram", 1000), ("ton", "kilogram", 1000), ("gram", "milligram", 1000),
    ("liter", "milliliter", 1000), ("hour", "minute", 60), ("minute", "second", 60), ("day", "hour", 24),
    ("week", "day", 7), ("year", "month", 12), ("foot", "inch", 12), ("yard", "foot", 3), ("mile", "foot", 5280),
    ("pound", "ounce", 16), ("gallon", "quart", 4), ("quart", "pint", 2), ("pint", "cup", 2), ("gallon", "pint", 8),
    ("decade", "year", 10), ("century", "year", 100), ("dollar", "cent", 100), ("dozen", "piece", 12),
    ("yard", "inch", 36), ("hectare", "square meter", 10000), ("hour", "second", 3600),
)  # fmt: skip
_PLURALS = {"foot": "feet", "inch": "inches", "century": "centuries", "dozen": "dozen"}
_SIDES = {
    "triangle": 3, "square": 4, "rectangle": 4, "quadrilateral": 4, "pentagon": 5, "hexagon": 6, "heptagon": 7,
    "octagon": 8, "nonagon": 9, "decagon": 10, "rhombus": 4, "trapezoid": 4, "parallelogram": 4,
}  # fmt: skip
_SOLIDS = {  # faces, edges, corners
    "cube": (6, 12, 8), "square pyramid": (5, 8, 5), "triangular prism": (5, 9, 6), "tetrahedron": (4, 6, 4),
    "rectangular box": (6, 12, 8),
}  # fmt: skip


def _amount(number: float, unit: str) -> str:
    """A number with its unit in the right number: "1 meter", "2,500 grams"."""
    written = f"{number:,.10g}" if number != int(number) else digits(int(number))
    return f"{written} {unit if number == 1 else _PLURALS.get(unit, unit + 's')}"


def _conversion(rng: random.Random) -> tuple[str, str, str, str]:
    """An amount, the same in another unit, that unit in the plural, and the rule."""
    large, small, factor = rng.choice(_UNITS)
    number = rng.choice((rng.randint(1, 12), rng.randint(1, 12), 10 * rng.randint(1, 10), rng.randint(1, 50)))
    if factor in (1000, 100, 10) and rng.random() < 0.2:
        number_of_large: float = number + 0.5
    else:
        number_of_large = number
    a, b = _amount(number_of_large, large), _amount(number_of_large * factor, small)
    rule = f"{_amount(1, large)} is {_amount(factor, small)}"
    if rng.random() < 0.5:
        return a, b, _PLURALS.get(small, small + "s"), rule
    return b, a, _PLURALS.get(large, large + "s"), rule


def _state_measure(rng: random.Random) -> str:
    if rng.random() < 0.35:
        return _shape(rng)[1]
    a, b, _, rule = _conversion(rng)
    verb = "is" if a.startswith("1 ") else rng.choice(("are", "is"))
    return rng.choice(
        (
            f"{a} {verb} {b}.",
            f"{a} = {b}",
            f"{a} {'is' if a.startswith('1 ') else 'are'} the same as {b}.",
            f"{rule}.",
            f"{a} {verb} equal to {b}.",
            f"Since {rule}, {a} {verb} {b}.",
        )
    )


def _ask_measure(rng: random.Random) -> Exchange:
    if rng.random() < 0.35:
        question, answer = _shape(rng)
        return Exchange(question, "", answer)
    a, b, unit, rule = _conversion(rng)
    is_ = "is" if a.startswith("1 ") else rng.choice(("is", "is", "are"))
    answer = rng.choice(
        (
            f"{a} {is_} {b}.",
            f"{a} {is_} equal to {b}.",
            f"{a} {is_} the same as {b}.",
            f"That is {b}.",
            b,
            f"{a} {is_} {b}, because {rule}.",
        )
    )
    if rng.random() < 0.25:
        return Exchange(
            rng.choice(
                (f"Convert it to {unit}.", f"How many {unit} is this?", f"Change to {unit}.", f"Write this in {unit}.")
            ),
            a,
            answer,
        )
    task = rng.choice(
        (
            f"How many {unit} are in {a}?",
            f"How many {unit} are {a}?",
            f"Convert {a} into {unit}.",
            f"Express {a} in {unit}.",
            f"What is {a} in {unit}?",
            f"Change {a} to {unit}.",
            f"How many {unit} make {a}?",
            f"Turn {a} into {unit}.",
        )
    )
    return Exchange(task, "", answer)


def _shape(rng: random.Random) -> tuple[str, str]:
    """A question about a shape, and its answer as a sentence that can stand alone."""
    unit = rng.choice(("centimeters", "meters", "inches", "feet"))
    a, b = rng.randint(2, 20), rng.randint(2, 12)
    kind = rng.choice(
        ("sides", "sides", "area", "perimeter", "square", "around", "solid", "circle", "regular", "volume", "triangle")
    )
    if kind == "sides":
        name, count = rng.choice(tuple(_SIDES.items()))
        thing = f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
        what = rng.choice(("sides", "sides", "corners", "angles"))
        return rng.choice(
            (
                f"How many {what} has {thing}?",
                f"How many {what} are there in {thing}?",
                f"What number of {what} does {thing} have?",
            )
        ), f"{capitalized(thing)} has {in_words(count)} {what}."
    if kind == "solid":
        name, counts = rng.choice(tuple(_SOLIDS.items()))
        n = rng.randrange(3)
        what = ("faces", "edges", "corners")[n]
        return f"How many {what} has a {name}?", f"A {name} has {counts[n]} {what}."
    if kind == "area":
        return (
            f"A rectangle is {a} {unit} long and {b} {unit} wide. What is its area?",
            f"The area of a rectangle that is {a} {unit} long and {b} {unit} wide is {a * b} square {unit}, "
            f"because {a} times {b} is {a * b}.",
        )
    if kind == "perimeter":
        return (
            f"What is the perimeter of a rectangle of {a} by {b} {unit}?",
            f"The perimeter of a rectangle of {a} by {b} {unit} is {2 * (a + b)} {unit}, "
            f"because 2 times {a + b} is {2 * (a + b)}.",
        )
    if kind == "square":
        return (
            f"What is the area of a square whose sides are {a} {unit} long?",
            f"The area of a square with sides of {a} {unit} is {a * a} square {unit}, "
            f"because {a} times {a} is {a * a}.",
        )
    if kind == "around":
        return (
            f"How long is the perimeter of a square with sides of {a} {unit}?",
            f"The perimeter of a square with sides of {a} {unit} is {4 * a} {unit}, because 4 times {a} is {4 * a}.",
        )
    if kind == "circle":
        if rng.random() < 0.5:
            return (
                f"What is the diameter of a circle whose radius is {a} {unit}?",
                f"The diameter is {2 * a} {unit}, because it is twice the radius of {a} {unit}.",
            )
        return (
            f"What is the radius of a circle whose diameter is {2 * a} {unit}?",
            f"The radius is {a} {unit}, because it is half of the diameter of {2 * a} {unit}.",
        )
    if kind == "regular":
        name, count = rng.choice(tuple(_SIDES.items())[4:10])
        return (
            f"A regular {name} has sides of {b} {unit}. What is its perimeter?",
            f"The perimeter of a regular {name} with sides of {b} {unit} is {count * b} {unit}, "
            f"because {count} times {b} is {count * b}.",
        )
    if kind == "volume":
        n = b % 6 + 2
        return (
            f"What is the volume of a cube with edges of {n} {unit}?",
            f"The volume of a cube with edges of {n} {unit} is {n**3} cubic {unit}.",
        )
    even = 2 * b
    return (
        f"A triangle has a base of {even} {unit} and a height of {a} {unit}. What is its area?",
        f"The area of a triangle with a base of {even} {unit} and a height of {a} {unit} is {a * b} square {unit}, "
        f"because half of {even} times {a} is {a * b}.",
    )


def write_measures_and_shapes(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_measure, _ask_measure)
