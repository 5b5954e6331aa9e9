"""Text about numbers themselves: in words and in Roman numerals, even, odd and prime, first and tenth."""

import random
from collections.abc import Iterator

from primer.text.layouts import Exchange, statements_and_exchanges

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}


def in_words(number: int) -> str:
    """A number from 0 to 999,999 in words, as Americans write it: "one hundred five"."""
    if number < 20:
        return _SMALL[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_SMALL[number % 10]}" if number % 10 else "")
    unit, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    rest = f" {in_words(number % unit)}" if number % unit else ""
    return f"{in_words(number // unit)} {name}{rest}"


def in_roman(number: int) -> str:
    """A number from 1 to 3,999 in Roman numerals."""
    digits = ""
    for value, letters in _ROMAN:
        digits += letters * (number // value)
        number %= value
    return digits


def ordinal_in_words(number: int) -> str:
    """ "twenty-first" for 21."""
    head, dash, last = in_words(number).rpartition("-")
    space = ""
    if not dash:
        head, space, last = in_words(number).rpartition(" ")
    ending = _ORDINALS.get(last, f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return f"{head}{dash}{space}{ending}"


def with_ending(number: int) -> str:
    """ "21st" for 21."""
    last = number % 10 if number % 100 not in (11, 12, 13) else 0
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def smallest_factor(number: int) -> int:
    """The smallest divisor above 1 of a number from 2 on; the number itself if it is prime."""
    return next((n for n in range(2, int(number**0.5) + 1) if number % n == 0), number)


def _number(rng: random.Random) -> int:
    return rng.randint(0, rng.choice((20, 100, 100, 1000, 10000)))


def _state_number(rng: random.Random) -> str:
    kind = rng.choice(("words", "words", "roman", "roman", "even", "prime", "ordinal"))
    if kind == "words":
        n = _number(rng)
        return rng.choice(
            (
                f"{n:,} in words is {in_words(n)}.",
                f"{n:,} is written as {in_words(n)}.",
                f"{n} = {in_words(n)}",
                f"The number {in_words(n)} is {n:,}.",
                f"{in_words(n)} ({n})",
            )
        )
    if kind == "roman":
        n = rng.randint(1, rng.choice((20, 100, 100, 2000)))
        return rng.choice(
            (
                f"{n} in Roman numerals is {in_roman(n)}.",
                f"{in_roman(n)} = {n}",
                f"{n} is written {in_roman(n)} in Roman numerals.",
                f"The Roman numeral {in_roman(n)} is {n}.",
                f"{in_roman(n)} stands for {n}.",
            )
        )
    n = rng.randint(2, 200)
    if kind == "even":
        odd = n % 2
        return rng.choice(
            (
                f"{n} is an {'odd' if odd else 'even'} number.",
                f"{n} is {'odd' if odd else 'even'}.",
                f"{n} is {'odd, because it cannot' if odd else 'even, because it can'} be divided by 2.",
            )
        )
    if kind == "prime":
        factor = smallest_factor(n)
        if factor == n:
            return rng.choice((f"{n} is a prime number.", f"{n} is prime: only 1 and {n} divide it.", f"{n} is prime."))
        return rng.choice(
            (
                f"{n} is not a prime number, because it is {factor} times {n // factor}.",
                f"{n} is composite, since {factor} times {n // factor} is {n}.",
            )
        )
    n = rng.randint(1, 100)
    return rng.choice(
        (
            f"{with_ending(n)} is written {ordinal_in_words(n)}.",
            f"number {n}: the {ordinal_in_words(n)}",
            f"The {with_ending(n)} is the {ordinal_in_words(n)}.",
        )
    )


def _ask_name(rng: random.Random) -> Exchange:
    if rng.random() < 0.5:
        n = _number(rng)
        words = in_words(n)
        if rng.random() < 0.5:
            answer = rng.choice(
                (
                    f"{n:,} in words is {words}.",
                    f"{n:,} is written as {words}.",
                    words,
                    f'The number {n:,} is spelled "{words}".',
                )
            )
            task = rng.choice(
                (
                    f"How is {n:,} written in words?",
                    f"Spell the number {n:,}.",
                    f"Write {n:,} as words.",
                    f"Say {n:,} in words.",
                )
            )
            return (
                Exchange(task, "", answer) if rng.random() < 0.7 else Exchange("Write it in words.", f"{n:,}", answer)
            )
        answer = rng.choice((f"{words[0].upper()}{words[1:]} is {n:,}.", f"In digits that is {n:,}.", f"{n:,}"))
        if rng.random() < 0.5:
            return Exchange(rng.choice(("Write this number in digits.", "Put it in digits.")), words, answer)
        return Exchange(
            rng.choice((f"Which number is {words}?", f"Write {words} in digits.", f'Write "{words}" as a number.')),
            "",
            answer,
        )
    n = rng.randint(1, rng.choice((20, 50, 100, 100, 2000)))
    roman = in_roman(n)
    if rng.random() < 0.5:
        answer = rng.choice(
            (
                f"{n} in Roman numerals is {roman}.",
                f"{n} is written {roman} in Roman numerals.",
                f"The Roman numeral for {n} is {roman}.",
                roman,
                f"{n} is {roman}.",
            )
        )
        task = rng.choice(
            (
                f"How is {n} written in Roman numerals?",
                f"Convert {n} to Roman numerals.",
                f"Give the Roman numeral for {n}.",
                f"What is {n} as a Roman numeral?",
            )
        )
        return (
            Exchange(task, "", answer)
            if rng.random() < 0.7
            else Exchange("Change it to Roman numerals.", str(n), answer)
        )
    answer = rng.choice(
        (
            f"{roman} is {n}.",
            f"{roman} stands for {n}.",
            f"The Roman numeral {roman} is {n}.",
            str(n),
            f"{roman} is the number {n}.",
        )
    )
    task = rng.choice(
        (
            f"Which number is {roman}?",
            f"What does the Roman numeral {roman} stand for?",
            f"Read the Roman numeral {roman}.",
            f"What number is {roman}?",
        )
    )
    return Exchange(task, "", answer) if rng.random() < 0.7 else Exchange("Read this Roman numeral.", roman, answer)


def _ask_property(rng: random.Random) -> Exchange:
    n = rng.randint(2, rng.choice((30, 100, 200)))
    kind = rng.choice(("even", "prime", "prime", "which", "next", "ordinal"))
    if kind == "even":
        return _ask_even_or_odd(rng, n)
    if kind == "prime":
        return _ask_prime(rng, n)
    if kind == "which":
        numbers = rng.sample(range(1, 100), 4)
        odd = rng.random() < 0.5
        found = [str(x) for x in numbers if x % 2 == odd]
        if found:
            name = "odd" if odd else "even"
            listing = found[0] if len(found) == 1 else f"{', '.join(found[:-1])} and {found[-1]}"
            return Exchange(
                rng.choice((f"Which numbers are {name}?", f"Find the {name} numbers.")),
                ", ".join(map(str, numbers)),
                f"{listing} {'is' if len(found) == 1 else 'are'} {name}.",
            )
    if kind == "next":
        step = rng.choice((1, 2, 5, 10))
        start = rng.randint(1, 50)
        row = [start + step * i for i in range(4)]
        return Exchange(
            rng.choice(("Which number comes next?", "Continue the row.")),
            ", ".join(map(str, row)),
            rng.choice((f"The next number is {row[-1] + step}.", str(row[-1] + step))),
        )
    n = rng.randint(1, 100)
    return Exchange(
        rng.choice(
            (
                f"Write {with_ending(n)} in words.",
                f"How do you spell {with_ending(n)}?",
                f"What is {with_ending(n)} in words?",
            )
        ),
        "",
        f'{with_ending(n)} is written "{ordinal_in_words(n)}".',
    )


def _ask_even_or_odd(rng: random.Random, n: int) -> Exchange:
    name = "odd" if n % 2 else "even"
    answer = rng.choice(
        (
            f"{n} is an {name} number.",
            f"{n} is {name}.",
            f"{n} is {name}, because it {'cannot' if n % 2 else 'can'} be divided by 2.",
        )
    )
    return Exchange(
        rng.choice((f"Is the number {n} even or odd?", f"Even or odd: {n}?", f"Say whether {n} is odd or even.")),
        "",
        answer,
    )


def _ask_prime(rng: random.Random, n: int) -> Exchange:
    factor = smallest_factor(n)
    task = rng.choice(
        (
            f"Is {n} prime?",
            f"Is {n} a prime?",
            f"Say whether {n} is prime.",
            f"Is the number {n} prime or composite?",
        )
    )
    if factor == n:
        return Exchange(
            task,
            "",
            rng.choice(
                (
                    f"Yes, {n} is a prime number. Its only divisors are 1 and {n}.",
                    f"{n} is prime, because only 1 and {n} divide it.",
                )
            ),
        )
    return Exchange(
        task,
        "",
        rng.choice(
            (
                f"No, {n} is not prime, because it is {factor} times {n // factor}.",
                f"{n} is composite, since {factor} times {n // factor} is {n}.",
            )
        ),
    )


def write_number_names(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(
        rng, _state_number, lambda r: _ask_name(r) if r.random() < 0.6 else _ask_property(r)
    )
