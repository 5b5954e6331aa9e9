"""An `input` that contradicts the answer: asked for a city, it names another city."""

import re

from stages.common.records import Example
from stages.english.inflection import stem
from stages.english.number_words import CARDINALS
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
# Questions for a thing of some kind ("What gas ...", "Name the organ ..."), whose answer may be a common noun.
_A_KIND = re.compile(
    r"^(?:(?:what|which) (?!is\b|are\b|was\b|were\b|do\b|does\b|did\b|can\b)[a-z]+ |(?:name|identify|give|state) the )",
    re.I,
)
# The input as a starting point for others: "courses that somebody interested in this one might like".
_SUGGESTS = re.compile(
    r"\b(?:might (?:also )?(?:like|enjoy)|similar|related|recommend\w*|suggest\w*|interested in|examples? of|"
    r"alternatives?)\b",
    re.I,
)
_LABEL = re.compile(r"(?P<label>[^\W\d_][\w ]{0,24}):\s")
_MAX_NOUNS = 3  # in an input that names one thing
_LINKING_LETTERS = 3  # a word in small letters of at most this length may be part of a name: "Leonardo da Vinci"


def contradicts_input(example: Example, max_words: int) -> str | None:
    """An input of at most `max_words` words that could be the answer but is not: another year, number, name or noun.
    Only questions that need no input are looked at."""
    given = words(example.input)
    if not given or len(given) > max_words or not is_complete(example.instruction):
        return None
    if _names_what_it_is(example) or _SUGGESTS.search(example.instruction):
        return None
    asked = set(words(example.instruction))
    # What the answer adds to the question.
    answer = [token for token in _TOKEN.findall(example.output) if not {fold(token), *words(token)} & asked]
    if _is_other_number(given, answer) or _is_other_name(example, answer) or _is_other_noun(example, given):
        return f"input {example.input!r} is not the answer, which is {example.output[:80]!r}"
    return None


def _names_what_it_is(example: Example) -> bool:
    """Whether the input begins with a label that the instruction mentions, but doesn't ask for: "the genre" and "Genre:
    Crime". A label that is asked for comes after "which" or "what"."""
    if not (label := _LABEL.match(example.input)):
        return False
    named = {stem(word) for word in words(label["label"])}
    asked_for = re.search(
        rf"\b(?:which|what|name the|give the|state the) {re.escape(label['label'])}", example.instruction, re.I
    )
    return named <= {stem(word) for word in words(example.instruction)} and asked_for is None


def _is_other_number(given: list[str], answer: list[str]) -> bool:
    """Whether the input is a number or a date, and the answer gives another: another year, or another number."""
    numbers = {word for word in given if _is_number_word(word)}
    others = [word for word in given if word not in numbers | _DATE_WORDS | FUNCTION_WORDS]
    if not numbers or len(others) > 1:
        return False
    in_answer = {word for token in answer for word in words(token) if _is_number_word(word)}
    if not in_answer or any(map(_is_year, numbers)) != any(map(_is_year, in_answer)):
        return False
    return not numbers <= in_answer and not in_answer <= numbers


def _is_other_name(example: Example, answer: list[str]) -> bool:
    """Whether the input is a name, and the answer has another one but not this one."""
    tokens = _TOKEN.findall(example.input)
    names = {fold(token) for token in tokens if token[0].isupper()} - FUNCTION_WORDS
    if not names or not all(_may_be_in_a_name(token) for token in tokens):
        return False
    in_answer = {fold(token) for token in answer if token[0].isupper()} - FUNCTION_WORDS
    # A country beside an answer that is none (or the other way round) says which one is asked about: "Chad, N'Djamena".
    only_one_is_a_country = (names <= _COUNTRIES) != bool(in_answer & _COUNTRIES)
    if only_one_is_a_country and not _ASKS_FOR_A_COUNTRY.search(example.instruction):
        return False
    return bool(in_answer - names) and not names <= set(words(example.output))


def _may_be_in_a_name(token: str) -> bool:
    if token[0].isdigit():
        return False
    return not token[0].islower() or len(token) <= _LINKING_LETTERS


def _is_other_noun(example: Example, given: list[str]) -> bool:
    """Whether a thing of some kind is asked for, and the input is a noun that neither question nor answer mentions."""
    nouns = [word for word in given if word not in FUNCTION_WORDS]
    if not nouns or len(nouns) > _MAX_NOUNS or not example.input.islower() or not all(map(str.isalpha, nouns)):
        return False
    if not _A_KIND.match(example.instruction):
        return False
    known = {stem(word) for word in words(f"{example.instruction} {example.output}")}
    return not any(stem(noun) in known for noun in nouns)


def _is_number_word(word: str) -> bool:
    return word[0].isdigit() or word in CARDINALS


def _is_year(word: str) -> bool:
    return _YEAR.fullmatch(word) is not None
