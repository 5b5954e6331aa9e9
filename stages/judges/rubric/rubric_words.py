"""Words as the rubric compares them: every way to write a number, a date, a time or a unit is one word.

A word has a `form`, which keeps its inflection and the way a number is written, and a `stem`, which doesn't: "goes" has
the stem of "go", "5 km" that of "5000 m", "four hundred and seven" that of "407".
"""

import re
from collections.abc import Iterable, Iterator
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
_SHORT_FORMS = {
    "won't": ("will", NEGATION), "can't": ("can", NEGATION), "cannot": ("can", NEGATION), "shan't": ("shall", NEGATION),
    "i'm": ("i", "am"), "let's": ("let", "us"),
}  # fmt: skip
_ENDINGS = {"n't": NEGATION, "'re": "are", "'ll": "will", "'ve": "have", "'d": "would"}
_IS = frozenset("it that this he she what who where there here how".split())  # "it's", but not "Tom's"

# Names of a unit, what it measures, and how many of that one is.
_UNITS = {
    name: (measure, float(factor))
    for line in """
        m 1000 km kilometer kilometre|m 1 m meter metre|m 0.01 cm centimeter centimetre|m 0.001 mm millimeter millimetre
        m 1609.344 mile mi|m 0.9144 yard yd|m 0.3048 foot ft|m 0.0254 inch|g 1000 kg kilogram kilo|g 1 g gram
        g 0.001 mg milligram|g 1000000 ton tonne|l 1 l liter litre|l 0.001 ml milliliter millilitre|s 1 second sec
        s 60 minute min|s 3600 hour h hr|s 86400 day|s 604800 week|dollar 1 dollar $|dollar 0.01 cent|euro 1 euro €
        pound 1 pound lb £|percent 1 percent %|celsius 1 celsius c|fahrenheit 1 fahrenheit f|degree 1 degree °
    """.replace("\n", "|").split("|")
    if line.strip()
    for measure, factor, *names in [line.split()]
    for name in names
}  # fmt: skip
_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_POWERS = {"square": 2, "cubic": 3}
_ERAS = {"bc": -1, "bce": -1, "ad": 1, "ce": 1}
_NO_NUMBERS = {"one", "first", "second", "third", "once", "twice", "dozen"}  # alone, these are often none
_MONTH = {name[:3].lower(): name for name in MONTHS}

_NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_TOKEN = re.compile(
    r"(?P<clock>\d{1,2}:\d\d(?: ?[ap]\.?m\b\.?)?|\d{1,2} ?[ap]\.?m\b\.?|\d{1,2} o['’]clock)"
    r"|(?P<digits>\d+(?:,\d{3})*(?:\.\d+)?)(?:st|nd|rd|th)?(?![^\W\d_]*\d)"
    rf"|(?P<words>\b(?:{_NUMBER_WORD})(?:(?:-| | and )(?:{_NUMBER_WORD}))*\b)"
    r"|(?P<word>[^\W\d_](?:\.[^\W\d_]\b)+|[^\W_]+(?:['’][^\W\d_]+)*|[%$€£°+=])",
    re.I,
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_SLASHED_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_MARK_UP = re.compile(r"[*`_#]+(?=\S)|(?<=\S)[*`]+|^\s*(?:\d{1,2}[.)]|[-•])\s+", re.M)
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])[\s\"'“”‘’(*-]*$")


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
    text = _MARK_UP.sub(" ", text[:READ_CHARACTERS].translate(_SUBSCRIPTS))
    text = _SLASHED_DATE.sub(lambda date: _dated(date[3], date[2], date[1]), text)
    text = _ISO_DATE.sub(lambda date: _dated(*date.groups()), text)
    matches = list(_TOKEN.finditer(text))
    words: list[Word] = []
    for match, after in zip(matches, [*matches[1:], None], strict=False):
        found = list(_words_of(match))
        if found:
            gap = text[match.end() : after.start() if after else len(text)].strip()
            words += [*found[:-1], replace(found[-1], gap=gap) if gap else found[-1]]
    return tuple(_with_units(words))


def content_stems(words: Iterable[Word]) -> frozenset[str]:
    return frozenset(word.stem for word in words if word.kind != "function")


def _dated(year: str, month: str, day: str) -> str:
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}" if 1 <= int(month) <= 12 else f"{day} {month} {year}"


def _words_of(match: re.Match[str]) -> Iterator[Word]:
    text = match[0]
    if match["clock"]:
        yield _clock(text)
    elif match["digits"]:
        yield _number(text, float(match["digits"].replace(",", "")))
    elif match["words"] and text.lower() not in _NO_NUMBERS and (numbers := _values(text)):
        form = fold(text).replace("-", " ").replace(" and ", " ")
        for value in numbers:
            yield _number(text, value, form if len(numbers) == 1 else "")
    else:
        yield from _plain_words(text, _may_be_name(text, match))


def _number(text: str, value: float, form: str = "") -> Word:
    plain = f"{value:.15g}"
    return Word(text, form or plain, plain, "number", value)


def _clock(text: str) -> Word:
    """ "1:30 p.m." and "13:30" have the stem "810 clock", in minutes."""
    hour, minute = [*re.findall(r"\d+", text), "0"][:2]
    half = text.lower().replace(".", "")
    later = 12 if half.endswith("pm") and int(hour) < 12 else -12 if half.endswith("am") and hour == "12" else 0
    value = 60.0 * (int(hour) + later) + int(minute)
    return Word(text, half.replace(" ", ""), f"{value:g} clock", "number", value, "clock")


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


def _with_units(words: list[Word]) -> Iterator[Word]:
    """Joins each number with its unit, which may also be before it ("$5"), and with "million" or "BC"."""
    place = 0
    while place < len(words):
        word, place = words[place], place + 1
        following = words[place] if place < len(words) else None
        if word.form in ("$", "€", "£") and following and following.kind == "number" and not following.unit:
            yield _measured(following, word, 1)
            place += 1
        elif word.kind != "number" or word.unit:
            yield word
        else:
            power = 1
            while following and not word.gap and (scale := _SCALES.get(following.form)):
                word, place = replace(_number(word.text, word.value * scale), gap=following.gap), place + 1
                following = words[place] if place < len(words) else None
            if following and following.form in _POWERS and place + 1 < len(words):
                power, following = _POWERS[following.form], words[place + 1]
            elif following and following.form in ("degree", "degrees", "°") and place + 1 < len(words):
                if words[place + 1].form in ("celsius", "fahrenheit", "c", "f"):
                    following, place = words[place + 1], place + 1
            if following and word.gap in ("", "-") and following.form in _ERAS:
                word, place = _number(word.text, word.value * _ERAS[following.form]), place + 1
            elif following and word.gap in ("", "-") and _unit_name(following) in _UNITS:
                word, place = _measured(word, following, power), place + (2 if power > 1 else 1)
            yield word


def _unit_name(word: Word) -> str:
    return word.form if word.form in _UNITS else lemma_of(word.form).removesuffix("s")


def _measured(number: Word, unit: Word, power: int) -> Word:
    measure, factor = _UNITS[_unit_name(unit)]
    measure = f"{measure}{power if power > 1 else ''}"
    return replace(
        number,
        text=f"{number.text} {unit.text}",
        form=f"{number.form} {_UNITS_FORM.get(_unit_name(unit), _unit_name(unit))}",
        stem=f"{number.value * factor**power:.9g} {measure}",
        unit=measure,
        gap=unit.gap if unit.kind != "function" else number.gap,
    )


_UNITS_FORM = {name: f"{measure}*{factor:g}" for name, (measure, factor) in _UNITS.items()}  # one form for all names


def _may_be_name(written: str, match: re.Match[str]) -> bool:
    """Whether a capital marks a name: inside a text, or in a word ("NaCl"), or of a word that no dictionary has."""
    if not written[0].isupper() or written == "I":
        return False
    if written[1:] != written[1:].lower():
        return True
    starts = _SENTENCE_START.search(match.string[max(0, match.start() - 8) : match.start()])
    return not starts or (fold(written) not in FUNCTION_WORDS and not lemmas_of(fold(written)))


@lru_cache(maxsize=1 << 16)
def _plain_words(written: str, name: bool) -> tuple[Word, ...]:
    """One word, or two for a contraction."""
    forms = _forms(written)
    return tuple(
        Word(written, form, _stem(form), "function" if form in FUNCTION_WORDS else "name" if name else "word")
        for form in forms
    )


def _forms(written: str) -> tuple[str, ...]:
    form = fold(written).replace("’", "'") or written
    if "." in form:  # "U.S."
        return (form.replace(".", ""),)
    if form in _SHORT_FORMS:
        return _SHORT_FORMS[form]
    for ending, word in _ENDINGS.items():
        if form.endswith(ending):
            return (form.removesuffix(ending), word)
    owner, quote, rest = form.rpartition("'")
    if quote and rest == "s":
        return (owner, "is") if owner in _IS else (owner,)
    return (form,)


@lru_cache(maxsize=1 << 16)
def _stem(form: str) -> str:
    if form in _NEGATIONS:
        return NEGATION
    if form in FUNCTION_WORDS or not form.isalpha():
        return form
    return _MONTH[form].lower() if form in _MONTH and form != "may" else root_of(lemma_of(form))
