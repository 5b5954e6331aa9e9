"""Facts after the cut-off date, which no model that is to be compared here can know."""

import re
from calendar import monthrange
from datetime import date

from stages.records import Example

MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(MONTHS)
# Four digits that read as a year: not a part of a number, a code or a quantity ("2,050", "2048-bit", "2030 m").
_YEAR = re.compile(
    rf"(?:(?:(?P<day>\d{{1,2}}) )?(?P<month>{_MONTH})(?: (?P<day_after>\d{{1,2}}),)?,? )?"
    r"(?<![\d,.$€£#-])(?P<year>[12]\d{3})(?![\d%-]|,\d|\.\d)"
    r"(?! (?:m|km|kg|g|cm|mm|feet|meters|metres|miles|people|words|years|pages|games|tons|units|pieces|calories|"
    r"dollars|bytes|bits|degrees|seconds|minutes|hours|days)\b)"
)
_BEFORE_A_YEAR = re.compile(
    r"\b(?:in|by|since|until|from|of|during|after|before|to|and|for|on|year|season|the|early|late|mid|around|about|between)$",
    re.I,
)


def after_cutoff(example: Example, cutoff: date) -> str | None:
    """A year, or a month or day of a year, that lies after `cutoff`, in a place where a date would stand."""
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        for match in _YEAR.finditer(text):
            named = match["month"] is not None
            before = text[: match.start()].rstrip()
            a_date = named or not before or before.endswith(("(", ".", "!", "?")) or _BEFORE_A_YEAR.search(before)
            if a_date and _date(match) > cutoff:
                return f"{field} speaks of {match[0].strip()!r}, the cut-off is {cutoff.isoformat()}"
    return None


def _date(match: re.Match[str]) -> date:
    """The first day that the match can mean."""
    year, month = int(match["year"]), MONTHS.index(match["month"]) + 1 if match["month"] else 1
    day = int(match["day"] or match["day_after"] or 1)
    return date(year, month, min(max(day, 1), monthrange(year, month)[1]))
