"""Text about the calendar and the clock."""

import random
from calendar import isleap
from collections.abc import Iterator

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import capitalized
from primer.text.number_names import in_words, ordinal_in_words
from stages.english.words import MONTHS

_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CONSTANTS = (
    ("days", "a week", "seven"),
    ("months", "a year", "twelve"),
    ("hours", "a day", "24"),
    ("minutes", "an hour", "60"),
    ("seconds", "a minute", "60"),
    ("years", "a decade", "ten"),
    ("years", "a century", "one hundred"),
    ("years", "a millennium", "one thousand"),
    ("weeks", "a year", "52"),
    ("seasons", "a year", "four"),
    ("days", "a leap year", "366"),
    ("days", "a normal year", "365"),
    ("weeks", "a fortnight", "two"),
    ("quarters", "a year", "four"),
    ("months", "a quarter of a year", "three"),
    ("letters", "the English alphabet", "26"),
    ("vowels", "the English alphabet", "five"),
    ("cents", "a dollar", "100"),
    ("eggs", "a dozen", "twelve"),
)


def _state_time(rng: random.Random) -> str:
    kind = rng.choice(("days", "months", "length", "constant", "leap", "place", "date", "clock"))
    if kind in ("days", "months"):
        names = _DAYS if kind == "days" else MONTHS
        n = rng.randrange(len(names))
        this, after = names[n], names[(n + 1) % len(names)]
        return rng.choice(
            (
                f"{after} comes after {this}.",
                f"{this} comes before {after}.",
                f"After {this} comes {after}.",
                f"The {kind[:-1]} after {this} is {after}.",
                f"{this}, then {after}.",
            )
        )
    n = rng.randrange(12)
    if kind == "length":
        days = "28 days, or 29 in a leap year" if n == 1 else f"{_LENGTHS[n]} days"
        return rng.choice((f"{MONTHS[n]} has {days}.", f"There are {days} in {MONTHS[n]}.", f"{MONTHS[n]}: {days}"))
    if kind == "constant":
        what, whole, count = rng.choice(_CONSTANTS)
        return rng.choice((f"There are {count} {what} in {whole}.", f"{capitalized(whole)} has {count} {what}."))
    if kind == "leap":
        year = rng.randint(1900, 2100)
        return f"{year} {'is' if isleap(year) else 'is not'} a leap year."
    if kind == "place":
        names = rng.choice((_DAYS, MONTHS))
        k = rng.randrange(len(names))
        of_what = "day of the week" if names is _DAYS else "month of the year"
        return f"{names[k]} is the {ordinal_in_words(k + 1)} {of_what}."
    if kind == "date":
        start = rng.randint(1, 20)
        k, first = rng.randint(1, 8), rng.randrange(7)
        return (
            f"If {MONTHS[n]} {start} is a {_DAYS[first]}, then {MONTHS[n]} {start + k} is a {_DAYS[(first + k) % 7]}."
        )
    return _clock(rng)[2]


def _clock(rng: random.Random) -> tuple[str, str, str]:
    """A question about the clock, its material, and the answer."""
    hour, minute = rng.randint(1, 12), 5 * rng.randrange(12)
    kind = rng.choice(("words", "later", "later", "lasts", "hours"))
    if kind == "words":
        following = hour % 12 + 1
        named = {
            0: f"{in_words(hour)} o'clock",
            15: f"quarter past {in_words(hour)}",
            30: f"half past {in_words(hour)}",
            45: f"quarter to {in_words(following)}",
        }
        words = named.get(
            minute,
            f"{in_words(minute)} past {in_words(hour)}"
            if minute < 30
            else f"{in_words(60 - minute)} to {in_words(following)}",
        )
        if rng.random() < 0.5:
            return "What time is it?", words, f"{capitalized(words)} is {hour}:{minute:02}."
        return "Say the time in words.", f"{hour}:{minute:02}", f"{hour}:{minute:02} is {words}."
    more = 5 * rng.randint(1, 11)
    total = (hour % 12) * 60 + minute + more
    end, half = f"{(total // 60) % 12 or 12}:{total % 60:02}", rng.choice(("a.m.", "p.m."))
    if kind == "later" and total < 720:
        return (
            rng.choice(("What time is it then?", "Find the new time.")),
            f"{more} minutes after {hour}:{minute:02} {half}",
            f"{more} minutes after {hour}:{minute:02} {half} is {end} {half}",
        )
    if kind == "lasts" and total < 720:
        thing = rng.choice("film lesson concert meeting trip walk game class".split())
        return (
            f"How long does the {thing} last?",
            f"The {thing} begins at {hour}:{minute:02} {half} and ends at {end} {half}",
            f"The {thing} lasts {more} minutes.",
        )
    hours = rng.randint(1, 11)
    return (
        f"It is {hour} o'clock. What time was it {hours} hours ago?",
        "",
        f"{hours} hours before {hour} o'clock it was {(hour - hours - 1) % 12 + 1} o'clock.",
    )


def _ask_time(rng: random.Random) -> Exchange:
    kind = rng.choice(("after", "after", "before", "length", "constant", "constant", "leap", "place", "clock", "clock"))
    names = rng.choice((_DAYS, MONTHS))
    unit = "day" if names is _DAYS else "month"
    k = rng.randrange(len(names))
    this, after, before = names[k], names[(k + 1) % len(names)], names[k - 1]
    if kind == "after":
        return Exchange(
            rng.choice(
                (
                    f"What {unit} comes after {this}?",
                    f"Which {unit} follows {this}?",
                    f"What is the {unit} after {this}?",
                )
            ),
            "",
            rng.choice((f"{after} comes after {this}.", f"The {unit} after {this} is {after}.", after)),
        )
    if kind == "before":
        return Exchange(
            rng.choice((f"What {unit} comes before {this}?", f"What is the {unit} before {this}?")),
            "",
            rng.choice((f"{before} comes before {this}.", f"The {unit} before {this} is {before}.")),
        )
    if kind == "length":
        n = rng.randrange(12)
        days = "28 days, or 29 in a leap year" if n == 1 else f"{_LENGTHS[n]} days"
        return Exchange(
            rng.choice(
                (
                    f"How many days does {MONTHS[n]} have?",
                    f"How long is {MONTHS[n]}?",
                    f"How many days are in {MONTHS[n]}?",
                )
            ),
            "",
            f"{MONTHS[n]} has {days}.",
        )
    if kind == "constant":
        what, whole, count = rng.choice(_CONSTANTS)
        return Exchange(
            rng.choice(
                (
                    f"How many {what} are in {whole}?",
                    f"How many {what} does {whole} have?",
                    f"How many {what} make {whole}?",
                    f"How many {what} are there in {whole}?",
                )
            ),
            "",
            rng.choice((f"There are {count} {what} in {whole}.", f"{capitalized(whole)} has {count} {what}.")),
        )
    if kind == "leap":
        year = rng.randint(1900, 2100)
        yes = isleap(year)
        reason = f"because it {'can' if year % 4 == 0 else 'cannot'} be divided evenly by 4"
        answer = f"{'Yes' if yes else 'No'}, {year} {'is' if yes else 'is not'} a leap year"
        return Exchange(
            rng.choice((f"Is {year} a leap year?", f"Is the year {year} a leap year or not?")),
            "",
            f"{answer}." if year % 100 == 0 else f"{answer}, {reason}.",
        )
    if kind == "place":
        whole = "week" if names is _DAYS else "year"
        return Exchange(
            f"Which {unit} is the {ordinal_in_words(k + 1)} {unit} of the {whole}?",
            "",
            f"{this} is the {ordinal_in_words(k + 1)} {unit} of the {whole}.",
        )
    return Exchange(*_clock(rng))


def write_days_and_times(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_time, _ask_time)
