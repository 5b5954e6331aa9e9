"""Words as the rubric compares them: every way to write a number, a date, a time or a unit is one word.

A word has a `form`, which keeps its inflection and the way a number is written, and a `stem`, which doesn't: "goes" has
the stem of "go", "5 km" that of "5000 m", "four hundred and seven" that of "407".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from stages.english.inflection import lemma_of, lemmas_of, root_of
from stages.english.number_words import NUMBER_WORDS, numbers_in
from stages.english.words import MONTHS, fold

READ_CHARACTERS = 20_000  # of each text; the rest is ignored, to bound the time

NEGATION = "not"
_NEGATIONS = frozenset("not no never none nothing nobody neither nor without cannot hardly".split())
FUNCTION_WORDS = frozenset(
    "a an the of in on at by to for from with as and or but is are was were be been being am do does did has have had "
    "it its this that these those there here which who whom whose what when where why how he she they his her hers "
    "their theirs them him you your yours we us our i my me will would can could may might must shall should if so "
    "than then into onto also such because while about through during called known just very really "
    "quite approximately + =".split()
)

# What is rewritten before a text is read: marks of lists and emphasis, "U.S.", contractions and possessives.
_REWRITES = [
    (re.compile(pattern, re.M | re.I), new)
    for pattern, new in (
        (r"[*`_#]+(?=\S)|(?<=\S)[*`]+|^[ \t]*(?:\d{1,2}[.)]|[-•])\s+", " "),
        (r"(?<=\b[^\W\d_])\.(?=[^\W\d_]\b)", ""),
        (r"\bcan(?=not|n't|'t)", "can "), (r"\bwon't", "will not"), (r"(?:n't|(?<=can )'t)\b", " not"),
        (r"'re\b", " are"), (r"'ll\b", " will"), (r"'ve\b", " have"), (r"\bi'm\b", "I am"),
        (r"\b(it|that|this|he|she|what|who|where|there|here|how)'s\b", r"\1 is"), (r"(?<=\w)'s\b", ""),
    )
]  # fmt: skip
_REWRITTEN = re.compile(r"['*`_#•-]|[.)]\s|\b[^\W\d_]\.[^\W\d_]|\bcannot", re.I)  # a text without these stays
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉’", "0123456789'")
_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b|\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_MONTH = {name[:3].lower(): name for name in MONTHS}

# Each unit: what it measures, how many of that one is, and its names.
_UNITS = {
    name: (measure, float(factor))
    for line in """
        m 1000 km kilometer kilometre|m 1 m meter metre|m 0.01 cm centimeter centimetre|m 0.001 mm millimeter millimetre
        m 1609.344 mile mi|m 0.9144 yard yd|m 0.3048 foot feet ft|m 0.0254 inch|g 1000 kg kilogram kilo|g 1 g gram
        g 0.001 mg milligram|g 1000000 ton tonne|l 1 l liter litre|l 0.001 ml milliliter millilitre|s 1 second sec
        s 60 minute min|s 3600 hour h hr|s 86400 day|s 604800 week|dollar 1 dollar $|dollar 0.01 cent|euro 1 euro €
        pound 1 pound lb £|percent 1 percent %|celsius 1 celsius c|fahrenheit 1 fahrenheit f|degree 1 degree °
        year -1 bc bce|year 1 ad ce
    """.replace("\n", "|").split("|")
    if line.strip()
    for measure, factor, *names in [line.split()]
    for name in names
}
_POWERS = {None: 1, "square": 2, "cubic": 3}
_NO_NUMBERS = {"one", "first", "second", "third", "once", "twice", "dozen"}  # alone, these are often none

_NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d\d(?: ?[ap]m\b)?|\d{1,2} ?[ap]m\b|\d{1,2} o'clock)"
    r"|(?P<currency>[$€£] ?)?"
    r"(?P<number>\d+(?:,\d{3})*(?:\.\d+)?(?:(?:st|nd|rd|th)\b|(?: (?:hundred|thousand|million|billion)\b)*)"
    rf"(?![^\W\d_]*\d)|\b(?:{_NUMBER_WORD})(?:(?:-| | and )(?:{_NUMBER_WORD}))*\b)"
    rf"(?:[ -]?(?:(?P<power>square|cubic) |degrees? |° ?)?(?P<unit>{'|'.join(map(re.escape, _UNITS))})(?:e?s)?(?!\w))?"
    r"|(?P<word>[^\W_]+(?:'[^\W\d_]+)*|[%$€£°+=])",
    re.I,
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])[\s\"'“”‘(*-]*$")


@dataclass(frozen=True, slots=True)
class Word:
    text: str  # as written
    form: str  # without case and accents
    stem: str  # also without inflection and the most common suffixes; of a number, its value and what it measures
    kind: Literal["function", "word", "name", "number"]
    value: float = 0.0  # of a number, without its unit
    unit: str = ""  # what a number measures
    gap: str = ""  # what is between it and the next word, without spaces

    @property
    def is_key(self) -> bool:
        return self.kind in ("name", "number") or self.stem == NEGATION


@lru_cache(maxsize=256)
def tokenize_words(text: str) -> tuple[Word, ...]:
    """The words of the first `READ_CHARACTERS` characters."""
    text = _DATE.sub(_written_date, text[:READ_CHARACTERS].translate(_PLAIN))
    for pattern, new in _REWRITES if _REWRITTEN.search(text) else ():
        text = pattern.sub(new, text)
    matches = list(_TOKEN.finditer(text))
    words: list[Word] = []
    for match, end in zip(matches, [*(match.start() for match in matches[1:]), len(text)], strict=False):
        words += _words_of(match)
        if gap := text[match.end() : end].strip():
            words[-1] = replace(words[-1], gap=gap)
    return tuple(words)


def content_stems(words: Iterable[Word]) -> frozenset[str]:
    return frozenset(word.stem for word in words if word.kind != "function")


def _written_date(match: re.Match[str]) -> str:
    """ "13 July 1954" for "1954-07-13" and "13/7/1954"."""
    year, month, day = match.groups()[:3] if match[1] else match.groups()[:2:-1]
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}" if 1 <= int(month) <= 12 else f"{day} {month} {year}"


def _words_of(match: re.Match[str]) -> list[Word]:
    """One word, or several numbers that stand side by side ("two three")."""
    if match["clock"]:
        return [_clock(match[0])]
    values = _values(match["number"]) if match["number"] else []
    if values and (match["unit"] or match["number"].lower() not in _NO_NUMBERS):
        *others, last = values
        return [*(_number(str(value), value) for value in others), _measured(match, last, bool(others))]
    name = _may_be_name(match)
    return [_plain_word(part, name) for part in re.split(r"[\s-]", match[0]) if part]


def _number(text: str, value: float) -> Word:
    plain = f"{value:.15g}"
    return Word(text, plain, plain, "number", value)


def _measured(match: re.Match[str], value: float, is_one_of_several: bool) -> Word:
    """A number with its unit; its form keeps how it is written: in words or in digits, in feet or in meters."""
    word = _number(match[0], value)
    if not match["number"][0].isdigit() and not is_one_of_several:
        word = replace(word, form=re.sub("-| and ", " ", match["number"].lower()))
    name = (match["unit"] or match["currency"] or "").strip().lower()
    if not name:
        return word
    measure, factor = _UNITS[name]
    power = _POWERS[match["power"] and match["power"].lower()]
    unit = measure if power == 1 else f"{measure}{power}"
    stem = f"{value * factor**power:.9g}{'' if measure == 'year' else f' {unit}'}"
    return replace(word, form=f"{word.form} {measure}*{factor:g}", stem=stem, unit=unit)


def _clock(text: str) -> Word:
    """ "1:30 p.m." and "13:30" have the stem "810 clock", in minutes."""
    hour, minute = [*map(int, re.findall(r"\d+", text)), 0][:2]
    half = text[-2:].lower()
    later = 12 if half == "pm" and hour < 12 else -12 if half == "am" and hour == 12 else 0
    value = 60.0 * (hour + later) + minute
    return Word(text, text.lower().replace(" ", ""), f"{value:g} clock", "number", value, "clock")


def _values(text: str) -> list[float]:
    """ "four hundred and seven" is 407; "two three" are two numbers."""
    values: list[float] = []
    for _, digits in numbers_in(text.lower().replace("-", " ").replace(" and ", " ")):
        value = float(digits)
        if values and values[-1] >= 100 and values[-1] % 10 ** len(digits) == 0:
            values[-1] += value
        else:
            values.append(value)
    return values


def _may_be_name(match: re.Match[str]) -> bool:
    """Whether a capital marks a name: inside a text, or in a word ("NaCl"), or of a word that no dictionary has."""
    written = match[0]
    if not written[0].isupper() or written == "I":
        return False
    if written[1:] != written[1:].lower():
        return True
    starts = _SENTENCE_START.search(match.string[max(0, match.start() - 8) : match.start()])
    return not starts or (fold(written) not in FUNCTION_WORDS and not lemmas_of(fold(written)))


@lru_cache(maxsize=1 << 16)
def _plain_word(written: str, name: bool) -> Word:
    form = fold(written) or written
    return Word(written, form, stem_of(form), "function" if form in FUNCTION_WORDS else "name" if name else "word")


@lru_cache(maxsize=1 << 16)
def stem_of(form: str) -> str:
    if form in _NEGATIONS:
        return NEGATION
    if form in FUNCTION_WORDS or not form.isalpha():
        return form
    return _MONTH[form].lower() if form in _MONTH and form != "may" else root_of(lemma_of(form))
