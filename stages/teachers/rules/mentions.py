"""The dates, numbers and names that a statement mentions: finding them, and changing a figure to make it false."""

import random
import re
from collections.abc import Iterator

from stages.english.inflection import lemmas_of
from stages.english.number_words import CARDINALS
from stages.english.words import MONTHS

MONTH = f"(?:{'|'.join(MONTHS)})"
_YEAR = r"(?:1\d{3}|20[012]\d|\d{1,4} (?:BCE?|CE|AD)|AD \d{1,4})"
_DAY = rf"(?:\d{{1,2}} {MONTH}|{MONTH} \d{{1,2}},?)"
_CENTURY = r"the (?:early |late |mid-)?(?:[a-z]+(?:-[a-z]+)?|\d{1,2}(?:st|nd|rd|th)) century(?: BCE?| AD)?"
_POINT = (  # in time
    rf"(?:(?:early |late |mid-)?(?:{_DAY} )?(?:{MONTH} )?{_YEAR}"
    rf"|the (?:early |late |mid-)?\d{{3,4}}s|{_CENTURY}|{_DAY})"
)

# The time at which something happened, with its preposition: "in 1851", "on 14 October 1066", "in the 17th century".
TIME = re.compile(
    r"\b(?:in|on|by|around|about)(?: (?:about|around|the (?:summer|spring|autumn|winter|year) of))? "
    rf"{_POINT}(?!\w)(?! (?:to|and|until|or) \d)"
)
# A time at the start of a sentence, with or without a comma after it.
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
)  # fmt: skip
UNIT = (
    "(?:(?:square |cubic )?(?:(?:kilo|centi|milli)?met(?:er|re)s?|feet|miles|inches)|(?:metric )?ton(?:ne)?s?|"
    "kilograms?|grams?|pounds?|years?|days?|hours?|minutes?|seconds?|light-years?|degrees(?: Celsius)?|percent)"
)
_FIGURE = re.compile(r"(?<![\w.,$–-])\d[\d,]*(?![\w–-]|\.\d)")
LATEST_YEAR = 2022  # false statements name no later year, since curation rejects examples about later ones

# Words with capitals in a row, after a word in lower case or a comma.
_NAME = re.compile(
    r"(?<=[a-z,] )(?>[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
    r"(?=,(?! [A-Z])|\.$| (?!(?:of|and|de|von|van|du|the) |[A-Z\d]))"
)
# What shows that the words after it are only the end of a longer name.
_NAME_BEFORE = re.compile(
    r"(?:[A-Z][\w'-]*,?(?: (?:and|of|of the|de|da|do|du|la|van|von))?|[A-Z]\w*'s|"
    r"\b(?:de|da|do|du|la|van|von|no|number)) $"
)
_LOOK_BACK = 30  # characters, enough for a long word and "of the"


def false_version(statement: str, rng: random.Random, name: str) -> str | None:
    """The statement with one year or number changed so that it is wrong, or None if it has none to change.

    Figures in the subject's `name` stay as they are.
    """
    if years := [year for year in A_YEAR.finditer(statement) if year[0] not in name]:
        figure = rng.choice(years)
        replacement = _wrong_year(int(figure[0]), rng)
    elif figures := [m for m in _FIGURE.finditer(statement) if _counts(m, statement) and m[0] not in name]:
        figure = rng.choice(figures)
        replacement = _wrong_number(figure[0], rng)
        if re.match(rf" {MONTH}", statement[figure.end() :]):  # a day of the month
            replacement = str(_value(figure) % 27 + 1)
    else:
        return None
    return statement[: figure.start()] + replacement + statement[figure.end() :]


def _wrong_year(year: int, rng: random.Random) -> str:
    wrong = year + rng.choice([-1, 1]) * rng.randint(4, 45)
    return str(wrong if wrong <= LATEST_YEAR else year - rng.randint(4, 45))


def _wrong_number(written: str, rng: random.Random) -> str:
    number = int(written.replace(",", ""))
    wrong = number * rng.choice([2, 3]) if number >= 40 else number + rng.randint(2, 5)
    if number < 1000 <= wrong < 3000:  # would read as a year
        wrong = number + rng.randint(4, 45)
    return f"{wrong:,}" if "," in written or wrong >= 10_000 else str(wrong)


def _value(figure: re.Match[str]) -> int:
    return int(figure[0].replace(",", ""))


def _counts(figure: re.Match[str], statement: str) -> bool:
    """Whether a figure says how many. The 11 of "Apollo 11" doesn't: another number would make another name."""
    before = statement[: figure.start()].split()
    part_of_name = len(before) > 1 and before[-1][:1].isupper() and before[-1] not in MONTHS
    return _value(figure) >= 3 and not part_of_name


def names_in(text: str) -> Iterator[re.Match[str]]:
    """Whole names after the first word. "Night Thought" in "Quiet Night Thought is a poem" is a piece, and left out."""
    for match in _NAME.finditer(text):
        if not _NAME_BEFORE.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
            yield match


def long_names_in(text: str) -> Iterator[str]:
    """Names of several words, with their article: "the United States"."""
    for match in names_in(text):
        before = text[: match.start()].split()[-2:]
        if " " not in match[0] or (before[0] == "the" and lemmas_of(before[-1]).keys() == {"ADJ"}):
            continue  # "the geographic North Pole"
        yield f"the {match[0]}" if before[-1] == "the" else match[0]
