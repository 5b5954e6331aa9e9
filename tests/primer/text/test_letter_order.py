"""The order of letters, words and numbers, worked out again."""

import random
import re
from itertools import islice

from primer.text import letter_order
from primer.text.task_layouts import Item

MAKERS = {maker.__name__: maker for maker, _ in letter_order.MAKERS}


def items(name: str) -> list[Item]:
    return [item for seed in range(200) for item in islice(MAKERS[name](random.Random(seed)), 3)]


def test_neighbors_in_the_alphabet() -> None:
    for item in items("_neighbors"):
        asked = re.search(r"(?:after|before|follows) ([a-zA-Z])\b", item.ask)
        assert asked
        assert ord(item.result) - ord(asked[1]) == (-1 if "before" in item.ask else 1), item


def test_first_letters_and_words() -> None:
    for item in items("_first_of_letters"):
        letters = item.given.split(", ")
        assert item.result in (min(letters), ", ".join(sorted(letters)))
    for item in items("_first_of_words"):
        first, second = sorted(item.given.split(", "))
        assert item.result == first
        if reason := re.search(r"because (\w) comes before (\w)", item.said):
            a, b = next((a, b) for a, b in zip(first, second, strict=False) if a != b)
            assert reason.groups() == (a, b) and a < b


def test_more_and_less() -> None:
    for item in items("_more"):
        numbers = [int(number) for number in re.findall(r"\d+", f"{item.ask} {item.given}")]
        if "larger" in item.ask or ("more?" in item.ask and item.given):
            assert int(item.result) == max(numbers), item
        elif "smaller" in item.ask or ("less?" in item.ask and item.given):
            assert int(item.result) == min(numbers), item
        elif "sign" in item.ask:
            a, sign, b = item.result.split()
            assert (int(a) < int(b)) == (sign == "<") and [int(a), int(b)] == numbers
        else:
            assert abs(int(item.result) - numbers[-1]) == 1


def test_told_rows_are_sorted() -> None:
    checked = 0
    for document in islice(letter_order.write_letter_order(random.Random(1)), 1500):
        if found := re.fullmatch(r"(?:We sort|Sort) (.+?)(?: by|\.).* (?:sorted:|is) (.+)\.", document):
            assert found[2].split(", ") == sorted(found[1].split(", ")), document
            checked += 1
        if found := re.fullmatch(r"Here is a sorted row: (.+)\. Where does (\d+) belong\?.*: (.+)\.", document):
            row = sorted(int(number) for number in [*found[1].split(", "), found[2]])
            assert [int(number) for number in found[3].split(", ")] == row
            checked += 1
    assert checked > 100
