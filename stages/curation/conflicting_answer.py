"""The same question with answers that cannot both be right."""

import re
from collections.abc import Callable, Sequence

from stages.common.records import Example
from stages.curation.content import Content, is_number
from stages.curation.near_duplicate import asks_the_same
from stages.english.words import MONTHS

# Where any of many answers will do, two that differ are no conflict.
_OPEN = re.compile(
    r"\b(?:examples?|one of|some|any|synonym|antonym|opposite|suggest|generate|create|compose|construct|describe|"
    r"explain|define|summari[sz]e|meaning|means?|write|sentence|story|title|poem|rewrite|rephrase|list|why|use|idea|way|reason|"
    r"(?:name|give|provide|list|tell me|find|think of) (?:a|an|another|\w+ (?:\w+s|of)))\b",
    re.I,
)
_CLOSED = re.compile(r"\b(?:the|which|\d[\d,.]*)\b", re.I)
_MONTHS = frozenset(month.lower() for month in MONTHS)
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?$")
_ROUNDING = 0.01  # of a number with a decimal point
_MOST_WORDS = 6  # of what an answer adds: more are an explanation, which can be worded in many ways


def conflicting_answer(
    same: Sequence[tuple[Example, Content]], supported: Callable[[Example], bool]
) -> list[str | None]:
    """The evidence against each of some examples that ask the same. Those that `supported` speaks for are kept where
    they agree; where nothing or too much is supported, nobody can say who is right, and all of them go."""
    against = [next((other for other in same if disagree(one, other)), None) for one in same]
    right = [place for place, other in enumerate(against) if other is not None and supported(same[place][0])]
    decided = bool(right) and not any(disagree(same[one], same[other]) for one in right for other in right)
    verdict = (
        "the page supports the other" if decided else "the page supports both" if right else "no page supports one"
    )
    return [
        None
        if other is None or (decided and place in right)
        else f"{example.output!r}, but {other[0].id} answers {other[0].output!r}; {verdict}"
        for place, ((example, _), other) in enumerate(zip(same, against, strict=True))
    ]


def disagree(one: tuple[Example, Content], other: tuple[Example, Content]) -> bool:
    """Whether both ask the same, in whatever words, for one thing, and answer it with two."""
    (example, content), (_, its_content) = one, other
    if not asks_the_same(content, its_content, 1.0) or content.order != its_content.order:
        return False
    if content.asks and its_content.asks and content.asks != its_content.asks:
        return False
    if content.verdict and its_content.verdict:
        return content.verdict != its_content.verdict
    if _OPEN.search(example.instruction) or not (content.asks or _CLOSED.search(example.instruction)):
        return False
    return _differ(content.added, its_content.added)


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether each has a number that the other lacks, of the same unit; or, without numbers, a few other words."""
    numbers, its_numbers = frozenset(filter(is_number, one)), frozenset(filter(is_number, other))
    if numbers and its_numbers:
        words, its_words = one - numbers - _MONTHS, other - its_numbers - _MONTHS
        comparable = words <= its_words or its_words <= words
        return comparable and _lacks(numbers, its_numbers) and _lacks(its_numbers, numbers)
    if numbers or its_numbers or not one or not other:
        return False
    return one.isdisjoint(other) and max(len(one), len(other)) <= _MOST_WORDS


def _lacks(numbers: frozenset[str], others: frozenset[str]) -> bool:
    """Whether one of the numbers is none of the others, not even rounded."""
    return any(not any(_rounded(number, other) for other in others) for number in numbers)


def _rounded(number: str, other: str) -> bool:
    if number == other or "." not in number + other or not (_DECIMAL.match(number) and _DECIMAL.match(other)):
        return number == other
    return abs(float(number) - float(other)) <= _ROUNDING * max(float(number), float(other))
