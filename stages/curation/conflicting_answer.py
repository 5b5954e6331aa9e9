"""The same question with answers that cannot both be right."""

import re
from collections.abc import Callable, Sequence
from itertools import permutations

from stages.common.records import Example
from stages.curation.content import Content, is_numeral
from stages.curation.near_duplicate import asks_the_same
from stages.english.normal_form import normal_characters
from stages.english.words import MONTHS

# Tasks that have many good answers, so that two different ones don't conflict.
_OPEN = re.compile(
    r"\b(?:examples?|one of|some|any|synonym|antonym|opposite|suggest|generate|create|compose|construct|describe|"
    r"explain|define|summari[sz]e|meaning|means?|write|sentence|story|title|poem|rewrite|rephrase|list|why|use|idea|way|reason|"
    r"(?:name|give|provide|list|tell me|find|think of) (?:a|an|another|\w+ (?:\w+s|of)))\b",
    re.I,
)
_CLOSED = re.compile(r"\b(?:the|which|\d[\d,.]*)\b", re.I)
_MONTH_WORDS = frozenset(month.lower() for month in MONTHS)
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?$")
_ROUNDING = 0.01  # relative difference up to which two numbers, one with a decimal point, are the same
_MAX_WORDS = 6  # that an answer adds; a longer one is an explanation, which can be worded in many ways


def conflicting_answer(
    same: Sequence[tuple[Example, Content]], supported: Callable[[Example], bool]
) -> list[str | None]:
    """The evidence against each of several examples that ask the same question; None for those that are kept.

    Of examples that disagree, those that `supported` confirms are kept, unless they disagree with each other. If none
    is confirmed, or those that are disagree, nobody can say who is right, and all of them are rejected.
    """
    opponents = [next((other for other in same if disagree(pair, other)), None) for pair in same]
    confirmed = [
        place for place, opponent in enumerate(opponents) if opponent is not None and supported(same[place][0])
    ]
    confirmed_agree = not any(disagree(same[first], same[second]) for first, second in permutations(confirmed, 2))
    winners = confirmed if confirmed_agree else []
    if winners:
        verdict = "the page supports the other"
    elif confirmed:
        verdict = "the page supports both"
    else:
        verdict = "no page supports one"

    evidence: list[str | None] = []
    for place, ((example, _), opponent) in enumerate(zip(same, opponents, strict=True)):
        if opponent is None or place in winners:
            evidence.append(None)
        else:
            other, _ = opponent
            evidence.append(f"{example.output!r}, but {other.id} answers {other.output!r}; {verdict}")
    return evidence


def disagree(pair: tuple[Example, Content], other_pair: tuple[Example, Content]) -> bool:
    """Whether two examples ask for the same single thing, in whatever words, and answer with different things."""
    (example, content), (_, other) = pair, other_pair
    if not asks_the_same(content, other, 1.0) or content.order != other.order:
        return False
    if content.asks and other.asks and content.asks != other.asks:
        return False
    if content.verdict and other.verdict:
        return content.verdict != other.verdict
    task = normal_characters(example.instruction)
    if _OPEN.search(task):
        return False
    asks_for_one_thing = content.asks or _CLOSED.search(task)
    return bool(asks_for_one_thing) and _answers_differ(content.added, other.added)


def _answers_differ(words: frozenset[str], other_words: frozenset[str]) -> bool:
    """Whether each answer has a number that the other lacks, of the same unit; or, without numbers, whether two short
    answers share no word."""
    numbers = frozenset(filter(is_numeral, words))
    other_numbers = frozenset(filter(is_numeral, other_words))
    if numbers and other_numbers:
        units, other_units = words - numbers - _MONTH_WORDS, other_words - other_numbers - _MONTH_WORDS
        comparable = units <= other_units or other_units <= units
        return comparable and _has_another(numbers, other_numbers) and _has_another(other_numbers, numbers)
    if numbers or other_numbers or not words or not other_words:
        return False
    return words.isdisjoint(other_words) and max(len(words), len(other_words)) <= _MAX_WORDS


def _has_another(numbers: frozenset[str], others: frozenset[str]) -> bool:
    """Whether one of the numbers is not among the others, not even rounded."""
    return any(not any(_is_same_number(number, other) for other in others) for number in numbers)


def _is_same_number(number: str, other: str) -> bool:
    has_point = "." in number or "." in other
    if number == other or not has_point or not (_DECIMAL.match(number) and _DECIMAL.match(other)):
        return number == other
    return abs(float(number) - float(other)) <= _ROUNDING * max(float(number), float(other))
