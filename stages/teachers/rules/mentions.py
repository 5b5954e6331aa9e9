"""Dates and numbers in a statement: finding them, and changing one to make a statement false."""

import random
import re

from stages.english.numbers import CARDINALS
from stages.english.words import MONTHS

MONTH = f"(?:{'|'.join(MONTHS)})"
YEAR = r"(?:1\d{3}|20[012]\d|\d{1,4} (?:BCE?|CE|AD)|AD \d{1,4})"
_DAY = rf"(?:\d{{1,2}} {MONTH}|{MONTH} \d{{1,2}},?)"
_CENTURY = r"the (?:early |late |mid-)?(?:[a-z]+(?:-[a-z]+)?|\d{1,2}(?:st|nd|rd|th)) century(?: BCE?| AD)?"
_POINT = (
    rf"(?:(?:early |late |mid-)?(?:{_DAY} )?(?:{MONTH} )?{YEAR}|the (?:early |late |mid-)?\d{{3,4}}s|{_CENTURY}|{_DAY})"
)

# A time at which something happened, with its preposition: "in 1851", "on 14 October 1066", "in the 17th century".
TIME = re.compile(
    r"\b(?:in|on|by|around|about)(?: (?:about|around|the (?:summer|spring|autumn|winter|year) of))? "
    rf"{_POINT}(?!\w)(?! (?:to|and|until|or) \d)"
)
# A time that opens a sentence, with or without a comma after it.
OPENING_TIME = re.compile(
    rf"(?P<time>(?:In|On|By|Around|During) {_POINT})(?:, (?=\S)| (?=[A-Z]|(?:the|an?|it|he|she|its|his|her|two) ))"
)
A_YEAR = re.compile(r"(?<![\d,.$-])(?:1\d{3}|20[012]\d)(?![\d,.%-]\d|\d|s\b)")

# Without "seventeen" to "nineteen": nobody has reviewed the questions that these would bring in.
_IN_WORDS = f"(?:{'|'.join(word for word, value in CARDINALS.items() if 2 <= value <= 100 and not 17 <= value <= 19)})"
_ABOUT = "(?:(?:about|around|more than|over|nearly|almost|roughly|some|at least|only|just|up to|exactly|fewer than) )*"
NUMBER = (
    rf"{_ABOUT}(?:\d[\d,]*(?:\.\d+)?|{_IN_WORDS}(?:-[a-z]+)?)"
    "(?: (?:hundred|thousand|million|billion))?"
)
UNIT = (
    "(?:(?:square |cubic )?(?:(?:kilo|centi|milli)?met(?:er|re)s?|feet|miles|inches)|(?:metric )?ton(?:ne)?s?|"
    "kilograms?|grams?|pounds?|years?|days?|hours?|minutes?|seconds?|light-years?|degrees(?: Celsius)?|percent)"
)
_FIGURE = re.compile(r"(?<![\w.,$–-])\d[\d,]*(?![\w–-]|\.\d)")


def false_version(statement: str, rng: random.Random, name: str) -> str | None:
    """The statement with one year or number changed so that it is wrong, or None where it has none to change.

    Figures of the subject's `name` stay as they are.
    """
    if years := [year for year in A_YEAR.finditer(statement) if year[0] not in name]:
        match = rng.choice(years)
        year = int(match[0])
        wrong = year + rng.choice([-1, 1]) * rng.randint(4, 45)
        replacement = str(wrong if wrong <= 2022 else year - rng.randint(4, 45))
    elif figures := [m for m in _FIGURE.finditer(statement) if _counts(m, statement) and m[0] not in name]:
        match = rng.choice(figures)
        number = int(match[0].replace(",", ""))
        wrong = number * rng.choice([2, 3]) if number >= 40 else number + rng.randint(2, 5)
        if number < 1000 <= wrong < 3000:  # would read as a year
            wrong = number + rng.randint(4, 45)
        replacement = f"{wrong:,}" if "," in match[0] or wrong >= 10_000 else str(wrong)
        if re.match(rf" {MONTH}", statement[match.end() :]):
            replacement = str(number % 27 + 1)
    else:
        return None
    return statement[: match.start()] + replacement + statement[match.end() :]


def _counts(figure: re.Match[str], statement: str) -> bool:
    """Whether a figure says how many: not the 11 of "Apollo 11", which makes another name when it changes."""
    before = statement[: figure.start()].split()
    part_of_name = len(before) > 1 and before[-1][:1].isupper() and before[-1] not in MONTHS
    return int(figure[0].replace(",", "")) >= 3 and not part_of_name
