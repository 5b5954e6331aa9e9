"""Number words, and the numbers of a text in digits or in words: "4,000" and "four thousand" are the same number."""

import re

_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_]+")
_AFTER_DIGITS = re.compile(r"(?<=\d)(?:st|nd|rd|th|s)\b")  # "20th", "1970s"
_UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
}
_BELOW_HUNDRED = _UNITS | _TENS | _ORDINALS | {"once": 1, "twice": 2, "dozen": 12}

# In rising order, each word with its value.
CARDINALS = _UNITS | _TENS | _SCALES
NUMBER_WORDS = _BELOW_HUNDRED.keys() | _SCALES.keys()


def numbers_in(text: str) -> list[tuple[str, str]]:
    """Each number of a text in lower case as written, and in digits: ("four thousand", "4000")."""
    numbers: list[tuple[str, str]] = []
    run: list[str] = []  # the tokens of one number
    for token in [*_TOKEN.findall(_AFTER_DIGITS.sub("", text.lower())), "."]:
        if run and not _continues(run[-1], token):
            numbers.append((" ".join(run), _value(run)))
            run = []
        if run or token in _BELOW_HUNDRED or token[0].isdecimal():  # a superscript is a digit, but not decimal
            run.append(token)
    return numbers


def _continues(last: str, token: str) -> bool:
    """Whether a token belongs to the same number: "thousand" after "four", "one" after "twenty"."""
    return token in _SCALES or (last in _TENS and _UNITS.get(token, _ORDINALS.get(token, 99)) < 10)


def _value(run: list[str]) -> str:
    total = 0.0
    for token in run:
        if token in _SCALES:
            total *= _SCALES[token]
        else:
            total += float(token.replace(",", "")) if token[0].isdecimal() else _BELOW_HUNDRED[token]
    return f"{total:.10g}"
