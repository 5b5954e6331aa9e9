"""Words as the rubric compares them: inflection, number words, contractions and short units make no difference."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from stages.english.inflection import lemma_of, root_of
from stages.english.number_words import NUMBER_WORDS, numbers_in
from stages.english.words import fold

READ_CHARACTERS = 20_000  # of each text; the rest is ignored, to bound the time

FUNCTION_WORDS = frozenset(
    "a an the of in on at by to for from with as and or but is are was were be been being am do does did has have had "
    "it its this that these those there here which who whom whose what when where why how he she they his her hers "
    "their theirs them him you your yours we us our i my me will would can could may might must shall should if so "
    "than then into onto also such because while about through during called known".split()
)
NEGATION = "not"
_NEGATIONS = frozenset("not no never none nothing nobody neither nor without cannot".split())
_SHORT_FORMS = {
    "won't": ("will", NEGATION), "can't": ("can", NEGATION), "cannot": ("can", NEGATION), "shan't": ("shall", NEGATION),
    "i'm": ("i", "am"), "let's": ("let", "us"),
}  # fmt: skip
_ENDINGS = {"n't": NEGATION, "'re": "are", "'ll": "will", "'ve": "have", "'d": "would"}
_IS = frozenset("it that this he she what who where there here how".split())  # "it's", but not "Tom's"
_UNITS = {
    name: group.split()[0]
    for group in (
        "kilometer km kilometre",
        "meter m metre",
        "centimeter cm centimetre",
        "millimeter mm millimetre",
        "kilogram kg kilo",
        "gram g",
        "milligram mg",
        "liter l litre",
        "milliliter ml millilitre",
        "hour h hr",
        "minute min",
        "second sec",
        "percent %",
        "dollar $",
        "euro €",
        "pound £ lb",
        "degree °",
        "celsius c",
        "fahrenheit f",
        "foot ft",
        "plus +",
        "equal =",
    )
    for name in group.split()
}
_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|[%$€£°+=]")
_NUMBER_RUN = re.compile(
    rf"\b(?:{'|'.join(sorted(NUMBER_WORDS))})(?:(?:-| | and )(?:{'|'.join(sorted(NUMBER_WORDS))}))*\b", re.I
)
_ENUMERATOR = re.compile(r"(?m)^[ \t]*\d{1,2}[.)]\s")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n])[\s\"'“”‘’(*-]*$")


@dataclass(frozen=True, slots=True)
class Word:
    text: str  # as written
    form: str  # without case and accents
    stem: str  # also without inflection and the most common suffixes; all negations are "not"
    name: bool  # has a capital, and does not begin a sentence
    has_content: bool  # is not a function word

    @property
    def is_number(self) -> bool:
        return self.form[0].isdigit()


@lru_cache(maxsize=64)
def tokenize_words(text: str) -> tuple[Word, ...]:
    """The words of the first `READ_CHARACTERS` characters."""
    text = _NUMBER_RUN.sub(_in_digits, _ENUMERATOR.sub(" ", text[:READ_CHARACTERS]))
    return tuple(word for match in _TOKEN.finditer(text) for word in _words(match[0], _is_name(match[0], match)))


def content_stems(words: Iterable[Word]) -> frozenset[str]:
    return frozenset(word.stem for word in words if word.has_content)


def _is_name(written: str, match: re.Match[str]) -> bool:
    """A capital inside a word ("NaCl") marks a name even at the beginning of a sentence."""
    if not written[0].isupper() or written == "I":
        return False
    if written[1:] != written[1:].lower():
        return True
    return not _SENTENCE_START.search(match.string[max(0, match.start() - 8) : match.start()])


@lru_cache(maxsize=1 << 16)
def _words(written: str, name: bool) -> tuple[Word, ...]:
    """One word, or two for a contraction."""
    return tuple(Word(written, form, _stem(form), name, form not in FUNCTION_WORDS) for form in _forms(written))


def _forms(written: str) -> tuple[str, ...]:
    if written[0].isdigit():
        plain = written.replace(",", "")
        return (plain.rstrip("0").rstrip(".") if "." in plain else plain,)
    form = fold(written).replace("’", "'") or written
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
        return _UNITS.get(form, form)
    lemma = lemma_of(form)
    return _UNITS.get(lemma) or root_of(lemma)


def _in_digits(match: re.Match[str]) -> str:
    """ "four hundred and seven" as "407". "One", "second" and "once" stay, since they are often no numbers."""
    number = match[0]
    if number.lower() in {"one", "second", "once"}:
        return number
    values: list[float] = []
    for _, digits in numbers_in(number.lower().replace("-", " ").replace(" and ", " ")):
        value = float(digits)
        if values and values[-1] >= 100 and values[-1] % 10 ** len(digits) == 0:
            values[-1] += value
        else:
            values.append(value)
    return " ".join(f"{value:.15g}" for value in values) or number
