"""Rows that go on, and answers chosen from some."""

import random
import re
from itertools import islice, pairwise

from primer.text import patterns_and_options
from primer.text.task_layouts import Item

MAKERS = {maker.__name__: maker for maker, _ in patterns_and_options.MAKERS}


def items(name: str) -> list[Item]:
    return [item for seed in range(150) for item in islice(MAKERS[name](random.Random(seed)), 5)]


def test_rows_of_numbers_go_on_by_their_rule() -> None:
    checked = 0
    for item in items("_sequence"):
        row = [int(part) for part in re.findall(r"\d+", item.given)]
        if len(row) < 3 or len(set(row)) < len(row):
            continue
        steps = [b - a for a, b in pairwise(row)]
        last, then = row[-1], [int(part) for part in re.findall(r"\d+", item.result)]
        equal, doubled = len(set(steps)) == 1, all(b == 2 * a for a, b in pairwise(row))
        squares = all(number in {at * at for at in range(20)} for number in row) and steps[1] == steps[0] + 2
        if equal:
            assert then[0] == last + steps[0], item
        elif doubled:
            assert then[0] == 2 * last, item
        elif squares:
            assert then[0] == last + steps[-1] + 2, item
        else:
            assert re.search("pattern|row|next", item.ask), item
            continue
        checked += 1
    assert checked > 200


def test_the_letter_of_the_answer_is_that_of_the_right_option() -> None:
    for item in items("_choice"):
        options = dict(
            re.findall(r"(?:^|[\s(])([a-dA-D1-4])[).] ?([^()\n]+?)(?=\s*(?:\n|\(?[a-dA-D1-4][).] |$))", item.given)
        )
        assert len(options) >= 2, item
        lettered = re.fullmatch(r"([a-dA-D1-4])(?:\) (.+))?", item.result)
        if lettered and lettered[2]:
            assert options[lettered[1]] == lettered[2], item
        else:
            assert item.result in {*options, *options.values()}, item


def test_sums_and_largest_numbers_are_right() -> None:
    for item in items("_choice"):
        numbers = [int(number) for number in re.findall(r"[).] (\d+)", item.given)]
        if sum_ := re.search(r"(\d+) plus (\d+)", item.ask):
            assert str(int(sum_[1]) + int(sum_[2])) in item.said or re.search(r"answer is [a-dA-D]", item.said)
            assert int(sum_[1]) + int(sum_[2]) in numbers
        if "largest" in item.ask:
            assert str(max(numbers)) in item.said, item
