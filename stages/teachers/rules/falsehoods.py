"""Makes statements false: one figure, one word of an order, or one nationality is changed.

Only changes are made that leave no doubt. A person may well be a painter as well as a writer, but nobody who was the
first to do something was also the last.
"""

import random
import re

from stages.english.number_words import CARDINALS
from stages.english.words import MONTHS
from stages.teachers.rules.mentions import A_YEAR, FIGURE, MONTH

LATEST_YEAR = 2022  # false statements name no later year, since curation rejects examples about later ones

_PAIRS = (
    "largest-smallest highest-lowest longest-shortest deepest-shallowest oldest-youngest heaviest-lightest "
    "earliest-latest tallest-shortest fastest-slowest northern-southern eastern-western north-south east-west "
    "northeast-southwest northwest-southeast"
).split()
_OPPOSITES = {a: b for pair in _PAIRS for a, b in (pair.split("-"), pair.split("-")[::-1])} | {"tallest": "shortest"}
_NATIONS = (
    "French German Italian Spanish Portuguese Dutch Danish Norwegian Swedish Finnish Polish Hungarian Russian Greek "
    "Turkish Egyptian Indian Chinese Japanese Korean Mexican Brazilian Canadian Irish "
    "Swiss Czech Persian Ethiopian Nigerian"
).split()
_CENTURIES = (
    "fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
    "eighteenth nineteenth twentieth"
).split()
_NUMERALS = [word for word, value in CARDINALS.items() if 3 <= value <= 20]
_WORDS = re.compile(
    rf"(?<!second )(?<!third )\b(?P<opposite>{'|'.join(_OPPOSITES)})\b"
    rf"|\b(?:is|was) (?:an?) (?P<nation>{'|'.join(_NATIONS)})(?= [a-z]+)(?! and\b|[- ]born)"
    rf"|\bthe (?:early |late )?(?P<century>{'|'.join(_CENTURIES)}) century"
    r"|\bthe (?:early |late )?(?P<nth>\d{1,2})th century"
    rf"|\b(?P<month>{MONTH})\b"
    rf"|(?<!of )(?<!-)\b(?P<numeral>{'|'.join(_NUMERALS)})\b(?= [a-z]+s\b)"
)
# More than these may be true at the same time: "one of the largest", "the largest or the smallest".
_OPEN = re.compile(r"\b(?:one of|among|or|not|never|no|perhaps|probably|about|some say|both|from|between)\b")

_ROUGHLY = re.compile(r"\b(?:about|around|early|late|roughly|circa|the year|more than|over|nearly|almost|some) $")
_ASIDE = re.compile(r",(?! \d{4}\b)(?=\s)")
# A year that tells which one is meant, and so belongs to a name: "the Act of 1950", "the 1973 play".
_NAMING_YEAR = re.compile(r"\b(?:of|from|the|a|an|its|his|her) $", re.I)


def false_version(statement: str, rng: random.Random, name: str) -> str | None:
    """The statement with one detail changed so that it is wrong, or None if it has none to change.

    What stands in the subject's `name` stays as it is.
    """
    return false_figure(statement, rng, name) or _false_word(statement, rng, name)


def false_figure(statement: str, rng: random.Random, name: str) -> str | None:
    """The statement with one year or number changed, or None if it has none that can be."""
    if _says_several_things(statement):
        return None
    if year := A_YEAR.search(statement):
        if year[0] in name or _NAMING_YEAR.search(statement[: year.start()]):
            return None
        figure = year
        replacement = _wrong_year(int(figure[0]), rng, _is_rough(figure))
    elif figures := [m for m in FIGURE.finditer(statement) if _counts(m, statement) and m[0] not in name]:
        figure = rng.choice(figures)
        replacement = _wrong_number(figure[0], rng, _is_rough(figure))
        if re.match(rf" {MONTH}", statement[figure.end() :]):  # a day of the month
            replacement = str(_value(figure) % 27 + 1)
    else:
        return None
    return statement[: figure.start()] + replacement + statement[figure.end() :]


def _is_rough(figure: re.Match[str]) -> bool:
    return _ROUGHLY.search(figure.string[: figure.start()]) is not None


def _says_several_things(statement: str) -> bool:
    """Whether a wrong detail would stand among right ones: "in Asia, at about 12,600 km", "in 1960, 1983 and 1966"."""
    return _ASIDE.search(statement) is not None or len(A_YEAR.findall(statement)) > 1


def _false_word(statement: str, rng: random.Random, name: str) -> str | None:
    if _OPEN.search(statement) or _says_several_things(statement):
        return None
    found = [match for match in _WORDS.finditer(statement) if match[match.lastgroup or 0] not in name]
    if not found:
        return None
    match = rng.choice(found)
    kind = match.lastgroup or ""
    start, end = match.span(kind)
    return statement[:start] + _other_word(kind, match[kind], rng) + statement[end:]


def _other_word(kind: str, word: str, rng: random.Random) -> str:
    """Another word of the same kind that begins with the same sort of sound, so that "a" and "an" stay right."""
    if kind == "opposite":
        return _OPPOSITES[word]
    if kind == "nth":
        return str(int(word) - 3 if int(word) > 12 else int(word) + 3)
    if kind == "month":
        position = MONTHS.index(word)
        return MONTHS[(position + rng.randint(3, 9)) % 12]
    if kind == "numeral":
        return rng.choice([other for other in _NUMERALS if 2 <= abs(CARDINALS[other] - CARDINALS[word]) <= 5])
    choices = _CENTURIES if kind == "century" else _NATIONS
    vowel = word[0] in "AEIOU"
    fit = [other for other in choices if other != word and (kind == "century" or (other[0] in "AEIOU") == vowel)]
    if kind == "century":
        fit = [other for other in fit if abs(choices.index(other) - choices.index(word)) >= 2]
    return rng.choice(fit)


def _wrong_year(year: int, rng: random.Random, roughly: bool) -> str:
    years = rng.randint(60, 150) if roughly else rng.randint(4, 45)
    wrong = year + rng.choice([-1, 1]) * years
    return str(wrong if wrong <= LATEST_YEAR else year - years)


def _wrong_number(written: str, rng: random.Random, roughly: bool) -> str:
    number = int(written.replace(",", ""))
    wrong = number * rng.choice([2, 3]) if number >= 20 or roughly else number + rng.randint(2, 5)
    if number < 1000 <= wrong < 3000:  # would read as a year
        wrong = number // 2
    return f"{wrong:,}" if "," in written or wrong >= 10_000 else str(wrong)


def _value(figure: re.Match[str]) -> int:
    return int(figure[0].replace(",", ""))


def _counts(figure: re.Match[str], statement: str) -> bool:
    """Whether a figure says how many. The 11 of "Apollo 11" doesn't: another number would make another name."""
    before = statement[: figure.start()].split()
    part_of_name = len(before) > 1 and before[-1][:1].isupper() and before[-1] not in MONTHS
    return _value(figure) >= 3 and not part_of_name
