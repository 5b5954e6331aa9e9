"""Text about sums, differences, products and quotients, in digits and in words, and small problems that need them."""

import random
from collections.abc import Iterator

from primer.text.layouts import NAMES, Exchange, statements_and_exchanges
from primer.text.lexicon import capitalized
from primer.text.number_names import in_words

_TIMES = "x*\u00d7"
_THINGS = (
    "apples books cards coins eggs flowers marbles nuts pencils stamps stickers shells cookies candles buttons tickets "
    "plates cups balls stones oranges pears bottles boxes chairs toys photos letters plants keys"
).split()


def digits(number: int) -> str:
    """With a comma every three digits, from a thousand on."""
    return f"{number:,}"


def _pair(rng: random.Random, sign: str) -> tuple[int, int, int]:
    """Two numbers and what comes out, small ones more often."""
    most = rng.choice((10, 20, 20, 100, 100, 100, 1000))
    if sign == "+":
        a, b = rng.randint(0, most), rng.randint(0, most)
        return a, b, a + b
    if sign == "-":
        a, b = sorted((rng.randint(0, most), rng.randint(0, most)), reverse=True)
        return a, b, a - b
    small = rng.choice((10, 10, 12, 12, 20, 100))
    a, b = rng.randint(1, small), rng.randint(1, rng.choice((10, 10, 12)))
    return (a, b, a * b) if sign == "x" else (a * b, b, a)


def _state_sum(rng: random.Random) -> str:
    sign = rng.choice("+-x:")
    a, b, c = _pair(rng, sign)
    word = {"+": "plus", "-": "minus", "x": "times", ":": "divided by"}[sign]
    mark = {"x": rng.choice(_TIMES), ":": rng.choice(("/", "÷", ":"))}.get(sign, sign)
    x, y, z = digits(a), digits(b), digits(c)
    forms = [
        f"{x} {word} {y} is {z}.",
        f"{x} {mark} {y} = {z}",
        f"{x} {mark} {y} = {z}.",
        f"{x} {word} {y} equals {z}.",
        f"{capitalized(in_words(a))} {word} {in_words(b)} is {in_words(c)}.",
        f"If you work out {x} {mark} {y}, you get {z}.",
    ]
    forms += {
        "+": [f"The sum of {x} and {y} is {z}.", f"{x} and {y} make {z}.", f"If you add {y} to {x}, you get {z}."],
        "-": [
            f"The difference between {x} and {y} is {z}.",
            f"{y} less than {x} is {z}.",
            f"If you take {y} from {x}, {z} is left.",
        ],
        "x": [f"The product of {x} and {y} is {z}.", f"{x} groups of {y} make {z}."],
        ":": [f"{y} goes into {x} {z} times.", f"If you share {x} equally among {y}, each gets {z}."],
    }[sign]
    return rng.choice(forms)


def _ask_sum(rng: random.Random) -> Exchange:
    sign = rng.choice("++--xx::")
    a, b, c = _pair(rng, sign)
    word = {"+": "plus", "-": "minus", "x": "times", ":": "divided by"}[sign]
    mark = {"x": rng.choice(_TIMES), ":": rng.choice(("/", "÷"))}.get(sign, sign)
    x, y, z = digits(a), digits(b), digits(c)
    orders = {
        "+": (
            f"Add {x} and {y}.",
            f"What do you get if you add {y} to {x}?",
            f"Find the sum of {x} and {y}.",
            f"What's the sum of {x} and {y}?",
        ),
        "-": (
            f"Subtract {y} from {x}.",
            f"Take {y} away from {x}.",
            f"What is the difference between {x} and {y}?",
            f"How much is left if you take {y} from {x}?",
        ),
        "x": (
            f"Multiply {x} by {y}.",
            f"What is the product of {x} and {y}?",
            f"Find {x} times {y}.",
            f"Multiply {x} and {y}.",
        ),
        ":": (
            f"Divide {x} by {y}.",
            f"How many times does {y} go into {x}?",
            f"What do you get when you divide {x} by {y}?",
            f"Share {x} by {y}.",
        ),
    }[sign]
    answer = rng.choice(
        (
            f"{x} {word} {y} is {z}.",
            f"{x} {word} {y} equals {z}.",
            f"{x} {mark} {y} = {z}.",
            f"The answer is {z}.",
            z,
            f"It is {z}.",
        )
    )
    if rng.random() < 0.15:
        return Exchange(
            rng.choice(("Calculate:", "Work this out.", "Solve it.", "What is the result?")), f"{x} {mark} {y}", answer
        )
    plain = (
        f"What is {x} {word} {y}?",
        f"How much is {x} {word} {y}?",
        f"Calculate {x} {mark} {y}.",
        f"What does {x} {mark} {y} make?",
        f"Work out {x} {mark} {y}.",
    )
    return Exchange(rng.choice(orders + plain), "", answer)


def _ask_several(rng: random.Random) -> Exchange:
    """About a list of numbers: its sum, average, largest and smallest; about percentages, doubles and halves."""
    numbers = [rng.randint(1, rng.choice((20, 100))) for _ in range(rng.randint(3, 5))]
    item = ", ".join(map(str, numbers))
    kind = rng.choice(("sum", "average", "largest", "smallest", "percent", "double", "half", "square", "compare"))
    if kind == "sum":
        return Exchange(
            rng.choice(("Add these numbers.", "What is the total?", "Find the sum of the list.")),
            item,
            rng.choice(
                (
                    f"The sum is {sum(numbers)}.",
                    f"The numbers add up to {sum(numbers)}.",
                    f"The total is {sum(numbers)}.",
                )
            ),
        )
    if kind == "average":
        mean, count = rng.randint(2, 50), rng.choice((2, 4))
        steps = [rng.randint(0, mean - 1) for _ in range(count // 2)]
        values = [mean + step for step in steps] + [mean - step for step in steps]
        rng.shuffle(values)
        return Exchange(
            rng.choice(("What is the average?", "Work out the mean of these numbers.", "Calculate the average.")),
            ", ".join(map(str, values)),
            f"The average is {mean}, because the sum is {mean * count} and there are {count} numbers.",
        )
    if kind in ("largest", "smallest"):
        found = max(numbers) if kind == "largest" else min(numbers)
        return Exchange(
            rng.choice((f"Which number is the {kind}?", f"Find the {kind} number.")),
            item,
            rng.choice((f"The {kind} number is {found}.", str(found))),
        )
    if kind == "percent":
        share, whole = rng.choice((10, 20, 25, 50, 75)), 20 * rng.randint(1, 50)
        return Exchange(
            rng.choice((f"How much is {share} percent of {whole}?", f"Find {share}% of {whole}.")),
            "",
            f"{share} percent of {whole} is {share * whole // 100}.",
        )
    number = rng.randint(1, 100)
    if kind == "double":
        return Exchange(
            rng.choice((f"What is double {number}?", f"Double {number}.", f"What is twice {number}?")),
            "",
            f"Double {number} is {2 * number}.",
        )
    if kind == "half":
        return Exchange(
            rng.choice((f"What is half of {2 * number}?", f"Halve {2 * number}.")),
            "",
            f"Half of {2 * number} is {number}.",
        )
    if kind == "square":
        n = number % 20 + 1
        return Exchange(
            rng.choice((f"What is {n} squared?", f"What is the square of {n}?")),
            "",
            rng.choice((f"{n} squared is {n * n}.", f"The square of {n} is {n * n}.")),
        )
    a, b = rng.sample(range(1, 1000), 2)
    return Exchange(
        rng.choice((f"Which is larger, {a} or {b}?", f"Is {a} more or less than {b}?")),
        "",
        f"{a} is {'more' if a > b else 'less'} than {b}.",
    )


def write_arithmetic(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_sum, lambda r: _ask_several(r) if r.random() < 0.25 else _ask_sum(r))


def _problem(rng: random.Random) -> tuple[str, str, str]:
    """A story, its question and its answer."""
    name, things, friend = rng.choice(NAMES), rng.choice(_THINGS), rng.choice(NAMES)
    a, b = rng.randint(2, 40), rng.randint(2, 40)
    small, each = rng.randint(2, 12), rng.randint(2, 12)
    price = rng.randint(2, 15)
    more, less = max(a, b) + 1, min(a, b)
    stories = (
        (
            f"{name} has {a} {things} and gets {b} more.",
            f"How many {things} does {name} have now?",
            f"{name} now has {a + b} {things}, because {a} plus {b} is {a + b}.",
        ),
        (
            f"{name} has {more} {things} and gives {less} to {friend}.",
            f"How many {things} does {name} have left?",
            f"{name} has {more - less} {things} left, because {more} minus {less} is {more - less}.",
        ),
        (
            f"There are {small} boxes with {each} {things} in each.",
            f"How many {things} are there in all?",
            f"There are {small * each} {things}, because {small} times {each} is {small * each}.",
        ),
        (
            f"{name} shares {small * each} {things} equally among {small} children.",
            f"How many {things} does each child get?",
            f"Each child gets {each} {things}, because {small * each} divided by {small} is {each}.",
        ),
        (
            f"A ticket costs {price} dollars.",
            f"How much do {small} tickets cost?",
            f"{small} tickets cost {small * price} dollars, because {small} times {price} is {small * price}.",
        ),
        (
            f"{name} had {more} dollars and spent {less} dollars.",
            "How much money is left?",
            f"{more - less} dollars are left, because {more} minus {less} is {more - less}.",
        ),
        (
            f"In the morning {name} counted {a} {things}, in the evening {b}.",
            f"How many {things} is that together?",
            f"Together that is {a + b} {things}, because {a} plus {b} is {a + b}.",
        ),
        (
            f"{name} is {a + 5} years old. {friend} is {small} years older.",
            f"How old is {friend}?",
            f"{friend} is {a + 5 + small} years old, because {a + 5} plus {small} is {a + 5 + small}.",
        ),
        (
            f"{name} reads {each} pages a day.",
            f"How many pages does {name} read in {small} days?",
            f"{name} reads {small * each} pages, because {small} times {each} is {small * each}.",
        ),
        (
            f"A train travels {10 * each} kilometers an hour.",
            f"How far does it travel in {small} hours?",
            f"It travels {10 * small * each} kilometers, because {small} times {10 * each} is {10 * small * each}.",
        ),
        (
            f"There were {more} people on the bus. {less} got off and {small} got on.",
            "How many people are on the bus now?",
            f"{more} minus {less} is {more - less}, and {more - less} plus {small} is {more - less + small}. "
            f"There are {more - less + small} people on the bus.",
        ),
        (
            f"{name} buys {small} {things} for {price} dollars each and pays with {small * price + each} dollars.",
            "How much change is there?",
            f"The {things} cost {small * price} dollars, so the change is {each} dollars.",
        ),
    )
    return rng.choice(stories)


def _ask_problem(rng: random.Random) -> Exchange:
    story, question, answer = _problem(rng)
    if rng.random() < 0.3:
        return Exchange(
            rng.choice(("Solve the problem.", "Find the answer.", "Read and calculate.")), f"{story} {question}", answer
        )
    if rng.random() < 0.2:
        return Exchange(question, story, answer)
    return Exchange(f"{story} {question}", "", answer)


def write_word_problems(rng: random.Random) -> Iterator[str]:
    def state(r: random.Random) -> str:
        story, _, answer = _problem(r)
        return f"{story} {answer}"

    return statements_and_exchanges(rng, state, _ask_problem)
