"""Text about countries: capital, continent, language, money, neighbors."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import capitalized, read_lines

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
    return tuple(
        Country(row[0], row[1], row[2], row[3], row[4], row[5], tuple(filter(None, row[6].split(", ")))) for row in rows
    )


def _listing(words: tuple[str, ...] | list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _state_country(rng: random.Random) -> str:
    land = rng.choice(countries())
    name = land.name
    forms = [
        f"The capital of {name} is {land.capital}.",
        f"{land.capital} is the capital of {name}.",
        f"{capitalized(name)} has its capital in {land.capital}.",
        f"{capitalized(name)}: capital {land.capital}",
        f"The government of {name} sits in {land.capital}, the capital."
        if name != "Bolivia"
        else f"The capital of {name} is {land.capital}.",
        f"The capital city of {name} is {land.capital}.",
    ]
    if land.continent:
        forms += [
            f"{capitalized(name)} is in {land.continent}.",
            f"{capitalized(name)} is a country in {land.continent}.",
            f"{capitalized(name)} belongs to {land.continent}.",
        ]
        forms += [f"{capitalized(name)} is a country in {land.continent}, and its capital is {land.capital}."]
    if land.language:
        forms += [f"People in {name} speak {land.language}.", f"The main language of {name} is {land.language}."]
    if land.currency:
        forms += [f"In {name} people pay with the {land.currency}.", f"The currency of {name} is the {land.currency}."]
    if land.neighbors:
        forms += [
            f"{capitalized(name)} borders {_listing(land.neighbors)}.",
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
    kind = rng.choice(
        ("capital",) * 6 + ("of", "of", "continent", "continent", "language", "currency", "neighbors", "wrong", "city")
    )
    if kind == "of":
        return _ask_country_of_capital(rng, land)
    if kind == "continent" and land.continent:
        return _ask_continent(rng, land)
    if kind == "language" and land.language:
        return _ask_language(rng, land)
    if kind == "currency" and land.currency:
        return _ask_currency(rng, land)
    if kind == "neighbors" and land.neighbors:
        return Exchange(
            rng.choice((f"Which countries border {land.name}?", f"Name a neighbor of {land.name}.")),
            "",
            f"{capitalized(land.name)} borders {_listing(land.neighbors)}.",
        )
    if kind == "wrong":
        return _ask_whether_capital(rng, land)
    if kind == "city":
        city, where = rng.choice(tuple(_NOT_CAPITALS.items()))
        found = next((one.capital for one in countries() if one.name == where), "")
        if found:
            return Exchange(
                rng.choice((f"Is {city} the capital of {where}?", f"True or false: {city} is the capital of {where}.")),
                "",
                f"No, the capital of {where} is {found}.",
            )
    return _ask_capital(rng, land)


def _ask_country_of_capital(rng: random.Random, land: Country) -> Exchange:
    name, capital = land.name, land.capital
    answer = rng.choice((f"{capital} is the capital of {name}.", f"It is the capital of {name}.", capitalized(name)))
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


def _ask_continent(rng: random.Random, land: Country) -> Exchange:
    name = land.name
    answer = rng.choice(
        (
            f"{capitalized(name)} is in {land.continent}.",
            f"{capitalized(name)} belongs to {land.continent}.",
            f"It is in {land.continent}.",
        )
    )
    if rng.random() < 0.3:
        return Exchange(rng.choice(("Name the continent.", "Where does this country lie?")), capitalized(name), answer)
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


def _ask_language(rng: random.Random, land: Country) -> Exchange:
    name = land.name
    return Exchange(
        rng.choice(
            (
                f"Which language do people speak in {name}?",
                f"What is the main language of {name}?",
                f"What is spoken in {name}?",
            )
        ),
        "",
        rng.choice(
            (
                f"People in {name} speak {land.language}.",
                f"The main language of {name} is {land.language}.",
                f"Most people in {name} speak {land.language}.",
            )
        ),
    )


def _ask_currency(rng: random.Random, land: Country) -> Exchange:
    name = land.name
    return Exchange(
        rng.choice(
            (
                f"What money do people use in {name}?",
                f"Which currency does {name} have?",
                f"How do people pay in {name}?",
            )
        ),
        "",
        rng.choice(
            (f"The currency of {name} is the {land.currency}.", f"People in {name} pay with the {land.currency}.")
        ),
    )


def _ask_whether_capital(rng: random.Random, land: Country) -> Exchange:
    name, capital = land.name, land.capital
    other = rng.choice(countries())
    if other is not land:
        return Exchange(
            f"Is {other.capital} the capital of {name}?",
            "",
            f"No, the capital of {name} is {capital}. {other.capital} is the capital of {other.name}.",
        )
    return Exchange(f"Is {capital} the capital of {name}?", "", f"Yes, {capital} is the capital of {name}.")


def _ask_capital(rng: random.Random, land: Country) -> Exchange:
    name, capital = land.name, land.capital
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
            capitalized(name),
            answer,
        )
    task = rng.choice(
        (
            f"What is the capital city of {name}?",
            f"What is the capital of {name}?",
            f"Which city is the capital of {name}?",
            f"Name the capital of {name}.",
            f"Tell me the capital of {name}.",
            f"What's the capital of {name}?",
            f"{capitalized(name)}: what is its capital?",
            f"Do you know the capital of {name}?",
            f"Give the capital of {name}.",
            f"Where does the government of {name} sit?"
            if name not in ("Bolivia", "the Netherlands")
            else f"What is {name}'s capital?",
        )
    )
    return Exchange(task, "", answer)


def write_countries(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_country, _ask_country)
