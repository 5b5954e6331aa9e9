"""What is found in a sentence stands there, and all of it is found."""

import random
import re
from itertools import islice

from primer.text import extraction, materials, sentence_parts, slots
from primer.text.task_layouts import Item, Maker

FIND = {maker.__name__: maker for maker, _ in extraction.MAKERS}
PARTS = {maker.__name__: maker for maker, _ in sentence_parts.MAKERS}


def items(makers: dict[str, Maker], name: str, seeds: int = 200) -> list[Item]:
    return [item for seed in range(seeds) for item in islice(makers[name](random.Random(seed)), 4)]


def found_in(item: Item) -> list[str]:
    return [item.result] if re.search(r"\d{4}$", item.result) else re.split(r", | and ", item.result)


def test_what_is_found_stands_in_the_sentence() -> None:
    for item in items(FIND, "_find"):
        assert all(thing in item.given for thing in found_in(item)), item
        assert all(thing in item.said for thing in found_in(item)), item


def test_everything_of_the_kind_is_found() -> None:
    """Guards against names or numbers that the sentence has and the answer lacks."""
    checked = 0
    for item in items(FIND, "_find"):
        if re.search(r"\bnumbers?\b", item.ask) and "phone" not in item.ask:
            assert re.findall(r"\d+", item.given) == found_in(item), item
            checked += 1
        elif re.search(r"\bcit(?:y|ies)\b", item.ask):
            assert [city for city in re.findall(r"[A-Z]\w+", item.given) if city in slots.CITIES] == found_in(item), (
                item
            )
            checked += 1
        elif "e-mail" in item.ask:
            assert re.findall(r"[a-z]+@[a-z.]+", item.given) == [item.result]
            checked += 1
    assert checked > 100


def test_things_are_counted() -> None:
    for item in items(FIND, "_count_found"):
        if "number" in item.ask:
            assert int(item.result) == len(re.findall(r"\d+", item.given)), item
        if "cities" in item.ask:
            assert int(item.result) == sum(word in slots.CITIES for word in re.findall(r"[A-Z]\w+", item.given)), item


def test_words_by_their_place() -> None:
    places = {"first": 0, "second": 1, "third": 2, "last": -1}
    for item in items(PARTS, "_words_of"):
        words = item.given[:-1].split()
        place = next((at for name, at in places.items() if f"{name} word" in item.ask), None)
        if place is not None:
            assert item.result == words[place], item
        elif re.search("how many|count", item.ask, re.IGNORECASE):
            assert int(item.result) == len(words)
        elif side := re.search(r'(after|before) "(.+)"', item.ask):
            assert words[words.index(side[2]) + (1 if side[1] == "after" else -1)] == item.result, item
        elif letter := re.search(r'begins? with "(.)"', item.ask):
            assert item.result.split(", ") == [word for word in words if word.lower().startswith(letter[1])], item


def test_fields_are_taken_from_the_form() -> None:
    for item in items(PARTS, "_fields"):
        values = [line.split(": ")[-1] for line in item.result.split("\n")]
        assert all(value in item.given for value in values), item


def test_phone_numbers_are_those_kept_for_stories() -> None:
    assert all(re.fullmatch(r"555-01\d\d", materials.phone(random.Random(seed))) for seed in range(50))
