"""Rows that the primer's text puts in order: the result is read back and checked by other means."""

import random
import re
from datetime import datetime
from itertools import islice

from primer.text import materials, slots, sorting
from primer.text.task_layouts import Item, Maker

NAMES = {maker.__name__: maker for maker, _ in sorting.MAKERS}


def items(maker: Maker, count: int = 60, seeds: int = 12) -> list[Item]:
    return [item for seed in range(seeds) for item in islice(maker(random.Random(seed)), count)]


def parts(row: str) -> list[str]:
    """The members of a row, however it is written."""
    return [
        part for part in re.split(r", | and |; | - |\n(?:[-*] )?", row.removeprefix("- ").removeprefix("* ")) if part
    ]


def rising(ask: str) -> bool:
    """Whether the order asks for the least first."""
    falling = (
        "descending|falling|decreasing|high to low|Z to A|reverse|from (?:the )?(?:largest|greatest|"
        "newest|latest|longest)"
    )
    first = re.search(r"(smallest|largest|shortest|longest|earliest|latest|recent) first|starting with the (\w+)", ask)
    if first:
        return (first[1] or first[2]) in {"smallest", "shortest", "earliest"}
    return not re.search(falling, ask)


def test_numbers_are_sorted_as_asked() -> None:
    """Guards against a result in the wrong direction, and against a number lost or made up on the way."""
    seen = set()
    for item in items(NAMES["_numbers"]) + items(NAMES["_decimals"]):
        given = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", item.given)]
        result = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", item.result)]
        assert result == sorted(given, reverse=not rising(item.ask)), item
        assert [float(part) for part in re.findall(r"\d+(?:\.\d+)?", item.said)] == result
        seen.add(rising(item.ask))
    assert seen == {True, False}


def test_years_and_dates_are_sorted_as_asked() -> None:
    for item in items(NAMES["_years"]):
        given = [int(year) for year in re.findall(r"\d{4}", item.given)]
        assert [int(year) for year in re.findall(r"\d{4}", item.result)] == sorted(given, reverse=not rising(item.ask))
    for item in items(NAMES["_dates"]):
        form = "%d %B %Y" if item.given[0].isdigit() else "%B %d, %Y"
        dates, result = ([datetime.strptime(day, form) for day in row.split("; ")] for row in (item.given, item.result))
        assert result == sorted(dates, reverse=not rising(item.ask)), item


def test_words_are_sorted_as_asked() -> None:
    for name in ("_words", "_close_words"):
        for item in items(NAMES[name]):
            given = (
                parts(item.given)
                if " " in item.given and re.search("[,;\n-]| and ", item.given)
                else item.given.split()
            )
            assert parts(item.result) == sorted(given, reverse=not rising(item.ask)), item


def test_words_are_sorted_by_length() -> None:
    for item in items(NAMES["_by_length"]):
        lengths = [len(word) for word in parts(item.result)]
        assert lengths == sorted(lengths, reverse="longest" in item.ask.split(" to ")[0]), item
        assert len(set(lengths)) == len(lengths)


def test_the_calendar_keeps_its_order() -> None:
    for item in items(NAMES["_calendar"]):
        names = slots.MONTHS if "month" in item.ask else slots.WEEKDAYS
        places = [names.index(name) for name in parts(item.result)]
        assert places == sorted(places)
        assert len(places) == len(re.findall("|".join(names), item.given))


def test_a_row_turned_around_is_the_row_backwards() -> None:
    for item in items(NAMES["_reversed"]):
        result = re.findall(r"\w+(?: \w+)?", item.result.replace(" and ", ", "))
        given = re.findall(r"\w+", item.given.replace(" and ", ", "))
        assert [word for part in result for word in part.split()] == given[::-1], item


def test_the_words_to_sort_are_many() -> None:
    """Guards against a list so short that a model learns its order by heart."""
    assert len(materials.WORDS) > 600 and len(set(materials.WORDS)) == len(materials.WORDS)
