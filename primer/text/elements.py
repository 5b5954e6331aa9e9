"""Text about chemical elements and some substances."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import capitalized, read_lines

_FAMILIES = {
    "metal": "a metal",
    "nonmetal": "a nonmetal",
    "noble": "a noble gas",
    "halogen": "a halogen",
    "metalloid": "a metalloid",
}


@dataclass(frozen=True)
class Element:
    """A chemical element; `state` at room temperature, or "-" if that isn't known."""

    number: int
    symbol: str
    name: str
    state: str
    family: str


@lru_cache
def elements() -> tuple[Element, ...]:
    rows = [line.split() for line in read_lines("elements.txt")]
    found = [Element(number, *row) for number, row in enumerate(rows, 1)]
    return tuple(found + 3 * found[:36] + [one for one in found if one.symbol in _FAMILIAR] * 4)


_FAMILIAR = frozenset("Ag Au Hg Pb Sn Pt I U W Ba Ra".split())


@lru_cache
def _substances() -> tuple[tuple[str, str, str, str], ...]:
    """Formula, name, what it is called ("" if nothing else) and its elements."""
    rows = [[field.strip() for field in line.split(" =")] for line in read_lines("compounds_of_elements.txt")]
    return tuple((row[0], row[1], row[2], row[3]) for row in rows)


def _state_element(rng: random.Random) -> str:
    if rng.random() < 0.2:
        formula, name, called, made_of = rng.choice(_substances())
        forms = [
            f"The formula of {name} is {formula}.",
            f"{formula} is {name}.",
            f"{formula} stands for {name}.",
            f"{capitalized(name)} ({formula}) consists of {made_of}.",
        ]
        if called:
            forms += [
                f"{capitalized(name)} is known as {called}.",
                f"{capitalized(called)} is {name}, and its formula is {formula}.",
                f"{formula} is {called}.",
            ]
        return rng.choice(forms)
    one = rng.choice(elements())
    forms = [
        f"The chemical symbol of {one.name} is {one.symbol}.",
        f"{one.symbol} is the symbol for {one.name}.",
        f"{capitalized(one.name)} has the symbol {one.symbol}.",
        f"{one.symbol}: {one.name}",
        f"{one.symbol} stands for {one.name}.",
        f"The element {one.name} has the symbol {one.symbol} and the atomic number {one.number}.",
        f"The chemical symbol for {one.name} is {one.symbol}.",
        f"{capitalized(one.name)} is {_FAMILIES[one.family]}.",
        f"The atomic number of {one.name} is {one.number}.",
    ]
    if one.state != "-":
        forms.append(f"At room temperature, {one.name} is a {one.state}.")
    return rng.choice(forms)


def _ask_element(rng: random.Random) -> Exchange:
    if rng.random() < 0.2:
        return _ask_substance(rng)
    one = rng.choice(elements())
    kind = rng.choice(("symbol", "symbol", "symbol", "name", "name", "number", "family", "state"))
    if kind == "name":
        return _ask_name_of_symbol(rng, one)
    if kind == "number":
        return Exchange(
            f"What is the atomic number of {one.name}?", "", f"The atomic number of {one.name} is {one.number}."
        )
    if kind == "family":
        return Exchange(
            f"What kind of element is {one.name}?", "", f"{capitalized(one.name)} is {_FAMILIES[one.family]}."
        )
    if kind == "state" and one.state != "-":
        return Exchange(
            f"Is {one.name} a solid, a liquid or a gas at room temperature?",
            "",
            f"At room temperature, {one.name} is a {one.state}.",
        )
    return _ask_symbol(rng, one)


def _ask_substance(rng: random.Random) -> Exchange:
    formula, name, called, _ = rng.choice(_substances())
    if rng.random() < 0.5:
        answer = rng.choice((f"{formula} is {name}.", f"It is {name}.", f"{formula} is the formula of {name}."))
        return Exchange(rng.choice((f"What is {formula}?", f"Which substance has the formula {formula}?")), "", answer)
    if called and rng.random() < 0.5:
        return Exchange(
            f"What is {called}, chemically?", "", f"{capitalized(called)} is {name}, and its formula is {formula}."
        )
    return Exchange(
        rng.choice((f"What is the formula of {name}?", f"Write the chemical formula for {name}.")),
        "",
        rng.choice((f"The formula of {name} is {formula}.", formula)),
    )


def _ask_name_of_symbol(rng: random.Random, one: Element) -> Exchange:
    answer = rng.choice(
        (
            f"{one.symbol} is the symbol for {one.name}.",
            f"{one.symbol} stands for {one.name}.",
            f"It is {one.name}.",
            capitalized(one.name),
        )
    )
    if rng.random() < 0.35:
        return Exchange(
            rng.choice(("Which element is this?", "Name the element.", "What does the symbol stand for?")),
            one.symbol,
            answer,
        )
    return Exchange(
        rng.choice(
            (
                f"What element is {one.symbol}?",
                f"Which element has the chemical symbol {one.symbol}?",
                f"What does {one.symbol} stand for in chemistry?",
                f"Which element is written {one.symbol}?",
            )
        ),
        "",
        answer,
    )


def _ask_symbol(rng: random.Random, one: Element) -> Exchange:
    answer = rng.choice(
        (
            f"The symbol of {one.name} is {one.symbol}.",
            f"The chemical symbol for {one.name} is {one.symbol}.",
            f"{capitalized(one.name)} has the symbol {one.symbol}.",
            one.symbol,
            f"The symbol for {one.name} is {one.symbol}.",
        )
    )
    if rng.random() < 0.25:
        return Exchange(
            rng.choice(("Write its symbol.", "What is the chemical symbol?", "Give the element's symbol.")),
            one.name,
            answer,
        )
    task = rng.choice(
        (
            f"What is the symbol for {one.name}?",
            f"What symbol does {one.name} have?",
            f"Write the symbol for {one.name}.",
            f"How is {one.name} written in the periodic table?",
            f"Give the symbol of {one.name}.",
            f"Tell me the chemical symbol of {one.name}.",
            f"Which symbol stands for {one.name}?",
        )
    )
    return Exchange(task, "", answer)


def write_elements(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_element, _ask_element)
