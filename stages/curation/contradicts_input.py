"""An `input` that speaks against the answer: asked for a city, it names another city."""

import re

from stages.common.records import Example
from stages.english.inflection import stem
from stages.english.numbers import CARDINALS
from stages.english.tasks import is_complete
from stages.english.words import FUNCTION_WORDS, MONTHS, fold, words

_DATE_WORDS = frozenset([*map(str.lower, MONTHS), "bc", "ad", "bce", "ce"])
_COUNTRIES = frozenset(
    "africa algeria america angola argentina armenia asia australia austria bangladesh belgium bolivia brazil britain "
    "bulgaria cameroon canada chile china colombia croatia cuba denmark ecuador egypt england estonia ethiopia europe "
    "finland france germany ghana greece haiti hungary iceland india indonesia iran iraq ireland israel italy jamaica "
    "japan jordan kenya korea latvia lebanon libya lithuania malaysia mali mexico mongolia morocco mozambique nepal "
    "netherlands nigeria norway pakistan panama paraguay peru philippines poland portugal romania russia rwanda "
    "scotland senegal serbia singapore slovakia slovenia somalia spain sudan sweden switzerland syria tanzania "
    "thailand tunisia turkey uganda ukraine uruguay venezuela vietnam wales yemen zambia zimbabwe "
    "kingdom states united republic south north new zealand soviet union saudi arabia lanka".split()
)
_ASKS_FOR_A_COUNTRY = re.compile(r"\b(?:country|countries|nation|nationality|continent|where)\b", re.I)
_YEAR = re.compile(r"[12]\d{3}")
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_][\w'’]*")
# A thing of a kind is asked for ("What gas ...", "Name the organ ..."), so that a common noun can be one.
_A_KIND = re.compile(
    r"^(?:(?:what|which) (?!is\b|are\b|was\b|were\b|do\b|does\b|did\b|can\b)[a-z]+ |(?:name|identify|give|state) the )",
    re.I,
)


def contradicts_input(example: Example, max_words: int) -> str | None:
    """An input of at most `max_words` words of the answer's kind (a year, a number, a name, a noun) that isn't the
    answer, under a question that needs no input."""
    given = words(example.input)
    if not given or len(given) > max_words or not is_complete(example.instruction):
        return None
    asked = set(words(example.instruction))
    answer = [token for token in _TOKEN.findall(example.output) if not {fold(token), *words(token)} & asked]
    if _other_number(given, answer) or _other_name(example, answer) or _other_noun(example, given):
        return f"input {example.input!r} is not the answer, which is {example.output[:80]!r}"
    return None


def _other_number(given: list[str], answer: list[str]) -> bool:
    """A year where the answer has another, or a number where the answer has another."""
    numbers = [word for word in given if word[0].isdigit() or word in CARDINALS]
    others = [word for word in given if word not in numbers and word not in _DATE_WORDS and word not in FUNCTION_WORDS]
    in_answer = [word for token in answer for word in words(token) if word[0].isdigit() or word in CARDINALS]
    if not numbers or len(others) > 1:
        return False
    same_kind = any(_is_year(word) for word in numbers) == any(_is_year(word) for word in in_answer)
    return bool(in_answer) and same_kind and not set(numbers) <= set(in_answer) and not set(in_answer) <= set(numbers)


def _other_name(example: Example, answer: list[str]) -> bool:
    tokens = _TOKEN.findall(example.input)
    names = {fold(token) for token in tokens if token[0].isupper()} - FUNCTION_WORDS
    if not names or any(token[0].isdigit() or (token[0].islower() and len(token) > 3) for token in tokens):
        return False
    in_answer = {fold(token) for token in answer if token[0].isupper()} - FUNCTION_WORDS
    all_words = set(words(example.output))
    if (names <= _COUNTRIES) != bool(in_answer & _COUNTRIES) and not _ASKS_FOR_A_COUNTRY.search(example.instruction):
        return False  # the country in question, rather than another answer
    return bool(in_answer - names) and not names <= all_words


def _other_noun(example: Example, given: list[str]) -> bool:
    nouns = [word for word in given if word not in FUNCTION_WORDS]
    if not nouns or len(nouns) > 3 or not example.input.islower() or not all(map(str.isalpha, nouns)):
        return False
    known = {stem(word) for word in words(f"{example.instruction} {example.output}")}
    return _A_KIND.match(example.instruction) is not None and not any(stem(noun) in known for noun in nouns)


def _is_year(word: str) -> bool:
    return _YEAR.fullmatch(word) is not None
