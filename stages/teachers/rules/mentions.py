"""The dates, numbers and names that a statement mentions: finding them."""

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
_OTHER_TIME = re.compile(r"\b(?:until|after|before|since|during|following|from \d+|between \d+)\b")
A_YEAR = re.compile(r"(?<![\d,.$-])(?:1\d{3}|20[012]\d)(?![\d,.%-]\d|\d|s\b)")

_IN_WORDS = f"(?:{'|'.join(word for word, value in reversed(CARDINALS.items()) if 2 <= value <= 100)})"
_ABOUT = "(?:(?:about|around|more than|over|nearly|almost|roughly|some|at least|only|just|up to|exactly|fewer than) )*"
NUMBER = (
    rf"{_ABOUT}(?:\d[\d,]*(?:\.\d+)?|{_IN_WORDS}(?:-[a-z]+)?)"
    "(?: (?:hundred|thousand|million|billion))?"
)  # fmt: skip
UNIT = (
    "(?:(?:square |cubic )?(?:(?:kilo|centi|milli)?met(?:er|re)s?|feet|miles|inches)|(?:metric )?ton(?:ne)?s?|"
    "kilograms?|grams?|pounds?|years?|days?|hours?|minutes?|seconds?|light-years?|degrees(?: Celsius)?|percent)"
)
FIGURE = re.compile(r"(?<![\w.,$–-])\d[\d,]*(?![\w–-]|\.\d)")

_PARTICLE = "de|da|do|dos|du|di|del|della|des|la|le|los|von|van|der|den|ter|ten|zu|al|el|bin|ibn|ben|y"
# Words with capitals in a row, after a word in lower case or a comma.
_NAME = re.compile(
    r"(?<=[a-z,] )(?>[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
    rf"(?=,(?! [A-Z])|\.$| (?!(?:of|and|the|{_PARTICLE}) |(?:at|for|to|with|on) (?:an? |the )?[A-Z])[a-z])"
)
# What shows that the words after it are only the end of a longer name.
_NAME_BEFORE = re.compile(
    rf"(?:[A-Z][\w'-]*,?(?: (?:and|for|of|of the|{_PARTICLE}))?|[A-Z]\w*'s|\b(?:{_PARTICLE}|no|number)) $"
)
# What comes after a name that isn't part of a longer one: "the South American cinchona tree" names no South American.
NAME_ENDS = re.compile(
    r"[,.;:)]|$| (?:in|at|on|for|to|with|by|from|and|or|as|than|until|after|before|during|is|are|was|were|had|has|who|"
    r"which|that)\b"
)
# "won a Nobel Prize", "played at three World Cups": one of several things, whose name isn't whole without them.
_NO_NAME_AFTER = CARDINALS.keys() | {"a", "an", "its", "his", "her", "their", "several", "many", "some", "no"}
_LOOK_BACK = 30  # characters, enough for a long word and "of the"


def names_in(text: str) -> Iterator[re.Match[str]]:
    """Whole names after the first word. "Night Thought" in "Quiet Night Thought is a poem" is a piece, and left out."""
    for match in _NAME.finditer(text):
        if not _NAME_BEFORE.search(text[max(0, match.start() - _LOOK_BACK) : match.start()]):
            yield match


def long_names_in(text: str) -> Iterator[str]:
    """Names of several words, with their article: "the United States"."""
    for match in names_in(text):
        before = text[: match.start()].split()[-2:]
        if (
            " " not in match[0]
            or not NAME_ENDS.match(text, match.end())
            or before[-1].lower() in _NO_NAME_AFTER
            or (before[0] == "the" and ("-" in before[-1] or lemmas_of(before[-1]).keys() == {"ADJ"}))
        ):
            continue  # "the geographic North Pole", "the ten-year Trojan War"
        yield f"the {match[0]}" if before[-1] == "the" else match[0]


def belongs_elsewhere(time: re.Match[str], rest: str) -> bool:
    """Whether a time may belong elsewhere than to the verb: "until her abdication in 1654", "that he began in 1908"."""
    before = rest[: time.start()].rstrip()
    in_apposition = re.search(r", (?:an?|the|one|his|her|its) ", before) and not before.endswith(",")
    if in_apposition or re.search(r"\b(?:that|which|who|whose|where|when)\b", before):
        return True  # "a poem written in 1785"
    return bool(_OTHER_TIME.search(rest))
