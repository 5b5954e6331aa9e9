"""Questions about lists, answered again by other means."""

import random
import re
from itertools import islice

from primer.text import list_questions
from primer.text.task_layouts import Item

MAKERS = {maker.__name__: maker for maker, _ in list_questions.MAKERS}
NUMBERS = "zero one two three four five six seven eight nine ten".split()
PLACES = "first second third fourth fifth sixth seventh".split()


def items(name: str, seeds: int = 200) -> list[Item]:
    return [item for seed in range(seeds) for item in islice(MAKERS[name](random.Random(seed)), 4)]


def members(row: str) -> list[str]:
    if not re.search(r"[,;\n]| - | and ", row):
        return row.split()
    return [part for part in re.split(r", | and |; | - |\n?(?:^|(?<=\n))[-*] |\n", row) if part]


def fits(value: int, word: str, limit: int) -> bool:
    if word in {"even", "odd"}:
        return value % 2 == (word == "odd")
    if word in {"above", "below"}:
        return value > limit if word == "above" else value < limit
    return value % 5 == 0


def test_members_are_counted() -> None:
    for item in items("_count"):
        if re.search(r"[,;\n]| - | and ", item.given):
            assert int(item.result) == len(members(item.given)), item
            assert item.result in item.said or NUMBERS[int(item.result)] in item.said


def test_places_and_neighbors() -> None:
    for item in items("_place"):
        row = item.given.split(", ")
        if place := re.search("|".join([*PLACES, "last"]), item.ask):
            assert item.result == (row[-1] if place[0] == "last" else row[PLACES.index(place[0])]), item
        elif after := re.search(r"(?:after|follows) (.+)\?", item.ask):
            assert item.result == row[row.index(after[1]) + 1], item
        elif before := re.search(r"before (.+)\?", item.ask):
            assert item.result == row[row.index(before[1]) - 1], item


def test_yes_and_no() -> None:
    answers = items("_is_in")
    for item in answers:
        asked = re.search(r'(?:Is|contain) "?(.+?)"?(?: in the list| on this list)?\?', item.ask)
        assert asked and (item.result == "Yes.") == (asked[1] in item.given.split(", ")), item
    assert 0.4 < sum(item.result == "Yes." for item in answers) / len(answers) < 0.6


def test_what_is_picked_out_fits_and_nothing_else() -> None:
    for item in items("_picks"):
        row, found = members(item.given), members(item.result)
        if "numbers" in item.ask:
            limit = int(number[0]) if (number := re.search(r"\d+", item.ask)) else 0
            word = next(word for word in ("even", "odd", "above", "below", "divided") if word in item.ask)
            assert found == [member for member in row if fits(int(member), word, limit)], item
        elif letter := re.search(r'(begin|end) with "(.)"', item.ask):
            at = 0 if letter[1] == "begin" else -1
            assert found == [member for member in row if member[at] == letter[2]], item
        else:
            more = "more than five" in item.ask
            assert found == [member for member in row if (len(member) > 5 if more else len(member) < 5)], item


def test_what_is_there_twice_or_missing() -> None:
    for item in items("_doubles"):
        row = item.given.split(", ")
        twice = [member for member in set(row) if row.count(member) == 2]
        assert len(twice) == 1
        assert item.result in (twice[0], ", ".join(dict.fromkeys(row))), item
    for item in items("_missing"):
        first, second = (set(line.split(", ")) for line in item.given.split("\n"))
        assert first - second == {item.result} and not second - first
