"""Small problems: the calculation in the answer is done again, and made of the numbers of the problem."""

import random
import re
from itertools import islice

from primer.text import small_problems
from primer.text.task_layouts import Item

SIGNS = {"plus": int.__add__, "minus": int.__sub__, "times": int.__mul__, "divided by": int.__floordiv__}


def items() -> list[Item]:
    maker = small_problems.MAKERS[0][0]
    return [item for seed in range(200) for item in islice(maker(random.Random(seed)), 10)]


def test_calculations_are_right_and_use_the_numbers_of_the_problem() -> None:
    steps = 0
    for item in items():
        known = {int(number) for number in re.findall(r"\d+", f"{item.ask} {item.given}")}
        words = re.search("two|three|four|five|six|seven|eight|nine|ten", f"{item.ask} {item.given}", re.IGNORECASE)
        for a, sign, b, c in re.findall(r"(\d+) (plus|minus|times|divided by) (\d+) is (\d+)", item.said):
            assert SIGNS[sign](int(a), int(b)) == int(c), item
            if sign == "divided by":
                assert int(a) % int(b) == 0
            assert words or {int(a), int(b)} <= known | {4}, item
            known.add(int(c))
            steps += 1
    assert steps > 500


def test_the_short_result_stands_in_the_answer() -> None:
    for item in items():
        number = re.search(r"\d+(?::\d\d)?", item.result)
        if number:
            assert number[0] in item.said, item


def test_weekdays_follow_each_other() -> None:
    days = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
    steps = {"tomorrow": 1, "after tomorrow": 2, "yesterday": -1}
    numbers = dict(zip("one two three four five six seven".split(), range(1, 8), strict=True))
    checked = 0
    for item in items():
        asked = f"{item.given} {item.ask}"
        today = re.search(r"Today is (\w+)\.", asked)
        if not today:
            continue
        step = next((step for word, step in sorted(steps.items(), key=lambda one: -len(one[0])) if word in asked), None)
        ahead, ago = re.search(r"in (\w+) days", asked), re.search(r"(\w+) days ago", asked)
        if ahead:
            step = numbers[ahead[1]]
        if ago:
            step = -numbers[ago[1]]
        assert step is not None, asked
        assert item.result == f"{days[(days.index(today[1]) + step) % 7]}.", item
        checked += 1
    assert checked > 30
