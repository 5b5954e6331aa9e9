"""Text about countries (capital, continent, language, money, neighbors) and chemical elements."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import read_lines

_NOT_CAPITALS = {
    "Istanbul": "Turkey", "Sydney": "Australia", "Melbourne": "Australia", "Toronto": "Canada", "Montreal": "Canada",
    "New York": "the United States", "Los Angeles": "the United States", "Rio de Janeiro": "Brazil",
    "Sao Paulo": "Brazil", "Shanghai": "China", "Hong Kong": "China", "Mumbai": "India", "Kolkata": "India",
    "Karachi": "Pakistan", "Lagos": "Nigeria", "Johannesburg": "South Africa", "Auckland": "New Zealand",
    "Barcelona": "Spain", "Milan": "Italy", "Naples": "Italy", "Munich": "Germany", "Hamburg": "Germany",
    "Marseille": "France", "Lyon": "France", "Geneva": "Switzerland", "Krakow": "Poland", "Saint Petersburg": "Russia",
    "Osaka": "Japan", "Kyoto": "Japan", "Busan": "South Korea", "Ho Chi Minh City": "Vietnam", "Casablanca": "Morocco",
    "Alexandria": "Egypt", "Mombasa": "Kenya", "Guayaquil": "Ecuador", "Dubai": "the United Arab Emirates",
    "Manchester": "the United Kingdom", "Rotterdam": "the Netherlands", "Antwerp": "Belgium", "Porto": "Portugal",
    "Gothenburg": "Sweden", "Bergen": "Norway", "Almaty": "Kazakhstan", "Yangon": "Myanmar", "Zurich": "Switzerland",
}  # fmt: skip


@dataclass(frozen=True)
class Country:
    """What a country's line says; "" where there is no single answer."""

    name: str
    capital: str
    continent: str
    language: str
    currency: str
    people: str
    neighbors: tuple[str, ...]


@lru_cache
def countries() -> tuple[Country, ...]:
    rows = [line.split("\t") for line in read_lines("countries.tsv")[1:]]
    return tuple(Country(*row[:6], tuple(filter(None, row[6].split(", ")))) for row in rows)


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _listing(words: tuple[str, ...] | list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _state_country(rng: random.Random) -> str:
    land = rng.choice(countries())
    name = land.name
    forms = [
        f"The capital of {name} is {land.capital}.", f"{land.capital} is the capital of {name}.",
        f"{_upper(name)} has its capital in {land.capital}.", f"{_upper(name)}: capital {land.capital}",
        f"The government of {name} sits in {land.capital}, the capital." if name != "Bolivia" else f"The capital of {name} is {land.capital}.",
        f"The capital city of {name} is {land.capital}.",
    ]  # fmt: skip
    if land.continent:
        forms += [
            f"{_upper(name)} is in {land.continent}.",
            f"{_upper(name)} is a country in {land.continent}.",
            f"{_upper(name)} belongs to {land.continent}.",
        ]
        forms += [f"{_upper(name)} is a country in {land.continent}, and its capital is {land.capital}."]
    if land.language:
        forms += [f"People in {name} speak {land.language}.", f"The main language of {name} is {land.language}."]
    if land.currency:
        forms += [f"In {name} people pay with the {land.currency}.", f"The currency of {name} is the {land.currency}."]
    if land.neighbors:
        forms += [
            f"{_upper(name)} borders {_listing(land.neighbors)}.",
            f"Among the neighbors of {name} are {_listing(land.neighbors)}.",
        ]
    if land.people and land.people != "New Zealander":
        forms += [
            f"Something that comes from {name} is {land.people}.",
            f"The adjective for {name} is '{land.people}'.",
        ]
    if rng.random() < 0.1:
        city, where = rng.choice(tuple(_NOT_CAPITALS.items()))
        capital = next((one.capital for one in countries() if one.name == where), "")
        if capital:
            forms = [
                f"{city} is a large city in {where}, but the capital is {capital}.",
                f"The capital of {where} is not {city} but {capital}.",
            ]
    return rng.choice(forms)


def _ask_country(rng: random.Random) -> Exchange:
    land = rng.choice(countries())
    name, capital = land.name, land.capital
    kind = rng.choice(
        ("capital",) * 6 + ("of", "of", "continent", "continent", "language", "currency", "neighbors", "wrong", "city")
    )
    if kind == "of":
        answer = rng.choice((f"{capital} is the capital of {name}.", f"It is the capital of {name}.", _upper(name)))
        if rng.random() < 0.3:
            return Exchange(
                rng.choice(("Which country has this capital?", "Of which country is this the capital?")),
                capital,
                answer,
            )
        return Exchange(
            rng.choice(
                (
                    f"Which country has the capital {capital}?",
                    f"Of which country is {capital} the capital?",
                    f"{capital} is the capital of which country?",
                )
            ),
            "",
            answer,
        )
    if kind == "continent" and land.continent:
        answer = rng.choice(
            (
                f"{_upper(name)} is in {land.continent}.",
                f"{_upper(name)} belongs to {land.continent}.",
                f"It is in {land.continent}.",
            )
        )
        if rng.random() < 0.3:
            return Exchange(rng.choice(("Name the continent.", "Where does this country lie?")), _upper(name), answer)
        return Exchange(
            rng.choice(
                (
                    f"Where is {name}?",
                    f"Which continent does {name} belong to?",
                    f"In which part of the world is {name}?",
                    f"On what continent is {name}?",
                )
            ),
            "",
            answer,
        )
    if kind == "language" and land.language:
        return Exchange(rng.choice((f"Which language do people speak in {name}?", f"What is the main language of {name}?", f"What is spoken in {name}?")), "",
                        rng.choice((f"People in {name} speak {land.language}.", f"The main language of {name} is {land.language}.", f"Most people in {name} speak {land.language}.")))  # fmt: skip
    if kind == "currency" and land.currency:
        return Exchange(rng.choice((f"What money do people use in {name}?", f"Which currency does {name} have?", f"How do people pay in {name}?")), "",
                        rng.choice((f"The currency of {name} is the {land.currency}.", f"People in {name} pay with the {land.currency}.")))  # fmt: skip
    if kind == "neighbors" and land.neighbors:
        return Exchange(
            rng.choice((f"Which countries border {name}?", f"Name a neighbor of {name}.")),
            "",
            f"{_upper(name)} borders {_listing(land.neighbors)}.",
        )
    if kind == "wrong":
        other = rng.choice(countries())
        if other is not land:
            return Exchange(
                f"Is {other.capital} the capital of {name}?",
                "",
                f"No, the capital of {name} is {capital}. {other.capital} is the capital of {other.name}.",
            )
        return Exchange(f"Is {capital} the capital of {name}?", "", f"Yes, {capital} is the capital of {name}.")
    if kind == "city":
        city, where = rng.choice(tuple(_NOT_CAPITALS.items()))
        found = next((one.capital for one in countries() if one.name == where), "")
        if found:
            return Exchange(
                rng.choice((f"Is {city} the capital of {where}?", f"True or false: {city} is the capital of {where}.")),
                "",
                f"No, the capital of {where} is {found}.",
            )
    answer = rng.choice(
        (
            f"The capital of {name} is {capital}.",
            f"{capital} is the capital of {name}.",
            f"The capital is {capital}.",
            f"It is {capital}.",
            capital,
            f"The capital city of {name} is {capital}.",
        )
    )
    if rng.random() < 0.25:
        return Exchange(
            rng.choice(
                ("Name the capital.", "What is the capital of this country?", "Which city is the capital?", "Capital?")
            ),
            _upper(name),
            answer,
        )
    task = rng.choice(
        (
            f"What is the capital city of {name}?", f"What is the capital of {name}?", f"Which city is the capital of {name}?",
            f"Name the capital of {name}.", f"Tell me the capital of {name}.", f"What's the capital of {name}?",
            f"{_upper(name)}: what is its capital?", f"Do you know the capital of {name}?", f"Give the capital of {name}.",
            f"Where does the government of {name} sit?" if name not in ("Bolivia", "the Netherlands") else f"What is {name}'s capital?",
        )
    )  # fmt: skip
    return Exchange(task, "", answer)


def write_countries(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_country, _ask_country)


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
            f"{_upper(name)} ({formula}) consists of {made_of}.",
        ]
        if called:
            forms += [
                f"{_upper(name)} is known as {called}.",
                f"{_upper(called)} is {name}, and its formula is {formula}.",
                f"{formula} is {called}.",
            ]
        return rng.choice(forms)
    one = rng.choice(elements())
    forms = [
        f"The chemical symbol of {one.name} is {one.symbol}.", f"{one.symbol} is the symbol for {one.name}.",
        f"{_upper(one.name)} has the symbol {one.symbol}.", f"{one.symbol}: {one.name}", f"{one.symbol} stands for {one.name}.",
        f"The element {one.name} has the symbol {one.symbol} and the atomic number {one.number}.",
        f"The chemical symbol for {one.name} is {one.symbol}.",
        f"{_upper(one.name)} is {_FAMILIES[one.family]}.", f"The atomic number of {one.name} is {one.number}.",
    ]  # fmt: skip
    if one.state != "-":
        forms.append(f"At room temperature, {one.name} is a {one.state}.")
    return rng.choice(forms)


def _ask_element(rng: random.Random) -> Exchange:
    if rng.random() < 0.2:
        formula, name, called, _ = rng.choice(_substances())
        if rng.random() < 0.5:
            answer = rng.choice((f"{formula} is {name}.", f"It is {name}.", f"{formula} is the formula of {name}."))
            return Exchange(
                rng.choice((f"What is {formula}?", f"Which substance has the formula {formula}?")), "", answer
            )
        if called and rng.random() < 0.5:
            return Exchange(
                f"What is {called}, chemically?", "", f"{_upper(called)} is {name}, and its formula is {formula}."
            )
        return Exchange(
            rng.choice((f"What is the formula of {name}?", f"Write the chemical formula for {name}.")),
            "",
            rng.choice((f"The formula of {name} is {formula}.", formula)),
        )
    one = rng.choice(elements())
    kind = rng.choice(("symbol", "symbol", "symbol", "name", "name", "number", "family", "state"))
    if kind == "name":
        answer = rng.choice(
            (
                f"{one.symbol} is the symbol for {one.name}.",
                f"{one.symbol} stands for {one.name}.",
                f"It is {one.name}.",
                _upper(one.name),
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
    if kind == "number":
        return Exchange(
            f"What is the atomic number of {one.name}?", "", f"The atomic number of {one.name} is {one.number}."
        )
    if kind == "family":
        return Exchange(f"What kind of element is {one.name}?", "", f"{_upper(one.name)} is {_FAMILIES[one.family]}.")
    if kind == "state" and one.state != "-":
        return Exchange(
            f"Is {one.name} a solid, a liquid or a gas at room temperature?",
            "",
            f"At room temperature, {one.name} is a {one.state}.",
        )
    answer = rng.choice(
        (
            f"The symbol of {one.name} is {one.symbol}.",
            f"The chemical symbol for {one.name} is {one.symbol}.",
            f"{_upper(one.name)} has the symbol {one.symbol}.",
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
