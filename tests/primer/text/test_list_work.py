"""Lists that are copied with changes: each change is made again by other means."""

import random
import re
from collections.abc import Callable
from itertools import islice

import pytest

from primer.text import list_work
from primer.text.task_layouts import Item

MAKERS = {maker.__name__: maker for maker, _ in list_work.MAKERS}


def items(name: str, count: int = 40, seeds: int = 25) -> list[Item]:
    return [item for seed in range(seeds) for item in islice(MAKERS[name](random.Random(seed)), count)]


def members(row: str) -> list[str]:
    return re.split(r", |; | - ", row)


def test_a_copy_is_the_same() -> None:
    assert all(item.given == item.result for item in items("_copy"))


@pytest.mark.parametrize(
    ("words", "change"),
    [
        (r"(remove|drop|leave out) the first (item|of|one)|drop the first one", lambda given: given[1:]),
        (r"(remove|leave out) the last|drop the last one", lambda given: given[:-1]),
        (r"(only|keep|are) the first two", lambda given: given[:2]),
        (r"(only|keep|are) the last two", lambda given: given[-2:]),
        (r"(leave out|remove) the first two", lambda given: given[2:]),
        (r"every second", lambda given: [item for at, item in enumerate(given) if at % 2 == 0]),
    ],
)
def test_a_cut_list_keeps_the_rest_in_order(words: str, change: Callable[[list[str]], list[str]]) -> None:
    found = [item for item in items("_cut") if re.search(words, item.ask)]
    assert len(found) > 20
    for item in found:
        if re.search(r"first two", item.ask) and "first two" not in words:
            continue
        assert members(item.result) == change(members(item.given)), item


def test_the_first_and_the_last_change_places() -> None:
    for item in items("_swap"):
        given = members(item.given)
        given[0], given[-1] = given[-1], given[0]
        assert members(item.result) == given


def test_what_is_removed_is_gone_and_nothing_else() -> None:
    for item in items("_remove"):
        gone = [member for member in members(item.given) if member not in members(item.result)]
        assert len(gone) == 1 and gone[0] in item.ask
        assert members(item.given).index(gone[0]) >= 0
        assert [member for member in members(item.given) if member != gone[0]] == members(item.result)


def test_what_is_replaced_or_added_stands_where_it_should() -> None:
    for item in items("_replace"):
        old, new = re.search(r'"(.+)" (?:by|instead|in)|change (.+) to', item.ask), members(item.result)
        assert old
        changed = [(a, b) for a, b in zip(members(item.given), new, strict=True) if a != b]
        assert len(changed) <= 1 and all(a in item.ask and b in item.ask for a, b in changed)
    for item in items("_add"):
        given, result = members(item.given), members(item.result)
        assert len(result) == len(given) + 1
        at = next(at for at, member in enumerate(result) if result[:at] + result[at + 1 :] == given)
        if "after" in item.ask:
            assert given[at - 1] in item.ask
        else:
            assert (at == 0) == bool(re.search("beginning|in front|begin", item.ask)) or given[0] == result[at]


def test_a_list_becomes_a_sentence_and_a_sentence_a_list() -> None:
    for item in items("_joined"):
        listing, sentence = sorted((item.given, item.result), key=lambda text: text.endswith("."))
        things = re.findall(r"\ban? ([a-z ]+?)(?=,| and |\.)", sentence)
        assert things == listing.split(", "), item
