"""Facts after the cut-off date, which none of the compared models can know.

Most four-digit numbers are not years. A number counts as a year if it is part of a date or a word next to it says so.
"""

import re
from calendar import monthrange
from datetime import date

from stages.common.records import Example
from stages.english.words import MONTHS

_MONTH = "|".join(f"{month}|{month[:3]}\\b\\.?" for month in MONTHS) + r"|Sept\b\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NAMED = re.compile(
    rf"(?:(?P<day>{_DAY}) (?:of )?)?\b(?P<month>{_MONTH})(?: (?P<day_after>{_DAY}),)?,? (?P<year>2\d{{3}})(?!\w|[,.]\d)"
)
_NUMERIC = re.compile(  # in figures, day and month may be in either order: only the year is certain
    r"(?<![\w./-])(?:(?P<year>2\d{3})-(?P<month>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])"
    r"|[0-3]?\d([./])[0-3]?\d\4(?P<year_last>2\d{3}))(?![\w/-])"
)
_MAY_BE_YEAR = re.compile(r"2\d{3}")  # few texts have such a number; all others are skipped
_YEAR = re.compile(r"(?<![\w,.$€£#])2\d{3}(?:s\b)?(?![\w%]|[,.]\d|-[A-Za-z])")

_QUANTITY = re.compile(
    r" (?:m|km|kg|g|cm|mm|ft|lbs?|feet|meters|metres|miles|people|men|women|words|years|pages|games|tons|tonnes|units|"
    r"pieces|calories|dollars|euros|pounds|bytes|bits|degrees|seconds|minutes|hours|days|weeks|months|BC|BCE|B\.C\.)(?!\w)"
)
_SAYS_YEAR = re.compile(
    r"(?:\b(?:in|since|until|till|during|as of|years?|season|spring|summer|autumn|fall|winter|early|late|mid|"
    r"quarter of|half of|end of|start of|beginning of|middle of|rest of|course of) |\bmid-|\b[12]\d{3}[-–—/])$",
    re.I,
)
_MAY_SAY_YEAR = re.compile(r"\b(?:of|by|from|after|before|to|and|for|on|the|around|about|between|through) $", re.I)
_COUNTED = re.compile(r" (?!was\b|is\b|has\b|as\b|this\b|its\b)[a-z]+s\b| to \d| and \d|, \d")
_FAR = 2100  # later years count as years only if a word says so
_EVENT = (
    r"(?:Olympics?|Olympic Games|Games|Euro|Cup|elections?|season|edition|championships?|Grand Prix|Expo|census|"
    r"finals?|tournament|festival|awards?|Oscars|Eurovision)"
)
_BEFORE_EVENT = re.compile(rf"(?: [A-Z]\w+){{0,3}} {_EVENT}\b")
_BEHIND_EVENT = re.compile(rf"\b{_EVENT} $")
_SUBJECT = re.compile(r" (?:was|saw|became|brought|marked|will|is (?:the|a) year)\b")
_NUMBERS = re.compile(
    r"\b(?:sum|add|plus|minus|subtract|multipl\w+|times|divid\w+|divisible|product|power|prime|odd|even|digits?|round\w*|"
    r"factors?|leap year|numbers?|numerals?|square|cube|root|binary|hexadecimal|calculate|percent|average|mean|median|"
    r"convert|order|sort|count)\b",
    re.I,
)
_ASKS_WHEN = re.compile(r"\b(?:when|(?:which|what) (?:year|date)|(?:year|date) (?:of|in|when))\b", re.I)


def after_cutoff(example: Example, cutoff: date) -> str | None:
    """A year, month or day after `cutoff`, in a place where a text would have a date."""
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        if not _MAY_BE_YEAR.search(text):
            continue
        late_date = _date_after(text, cutoff)
        if late_date is None and not _NUMBERS.search(example.instruction):
            late_date = _year_after(text, cutoff, _ASKS_WHEN.search(example.instruction) is not None)
        if late_date is not None:
            return f"{field} speaks of {late_date!r}, the cut-off is {cutoff.isoformat()}"
    return None


def _date_after(text: str, cutoff: date) -> str | None:
    for match in _NAMED.finditer(text):
        month = next(number for number, name in enumerate(MONTHS, start=1) if name[:3] == match["month"][:3])
        day = re.sub(r"\D", "", match["day"] or match["day_after"] or "1")
        if _day(int(match["year"]), month, int(day)) > cutoff:
            return match[0]
    for match in _NUMERIC.finditer(text):
        if _day(int(match["year"] or match["year_last"]), int(match["month"] or 1), int(match["day"] or 1)) > cutoff:
            return match[0]
    return None


def _year_after(text: str, cutoff: date, asks_when: bool) -> str | None:
    for match in _YEAR.finditer(text):
        year, before, after = int(match[0][:4]), text[: match.start()], text[match.end() :]
        alone = asks_when and re.fullmatch(r"\W*", before + after) is not None
        if date(year, 1, 1) > cutoff and (alone or match[0].endswith("s") or _reads_as_year(year, before, after)):
            return match[0]
    return None


def _reads_as_year(year: int, before: str, after: str) -> bool:
    if _QUANTITY.match(after):
        return False
    if _SAYS_YEAR.search(before) or _BEHIND_EVENT.search(before) or _BEFORE_EVENT.match(after):
        return True
    if year >= _FAR or before.endswith("-"):
        return False
    starts = not before.strip() or before.rstrip().endswith((".", "!", "?"))
    in_parentheses = before.endswith("(") and after.startswith(")")
    return (
        in_parentheses
        or (starts and _SUBJECT.match(after) is not None)
        or (_MAY_SAY_YEAR.search(before) is not None and not _COUNTED.match(after))
    )


def _day(year: int, month: int, day: int) -> date:
    """The date; if the month has no such day, the nearest one."""
    return date(year, month, min(max(day, 1), monthrange(year, month)[1]))
