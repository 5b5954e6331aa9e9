"""One line with several orders: each answer is worked out again from the line and its own order."""

import random
import re

from primer.text import several_tasks
from primer.text.task_layouts import Item

KINDS = {kind.__name__: kind for kind in several_tasks._MATERIALS}


def tasks(name: str, seeds: int = 200) -> list[tuple[str, Item]]:
    found = []
    for seed in range(seeds):
        line, items = KINDS[name](random.Random(seed))
        found += [(line, item) for item in items]
    return found


def test_numbers() -> None:
    for line, item in tasks("_numbers"):
        row = [int(part) for part in line.split(", ")]
        got = [int(part) for part in re.findall(r"\d+", item.result)]
        expected = None
        if re.search("smallest to|rising|ascending", item.ask):
            expected = sorted(row)
        elif re.search("largest to|falling", item.ask):
            expected = sorted(row, reverse=True)
        elif "backwards" in item.ask:
            expected = row[::-1]
        elif "even" in item.ask or "odd" in item.ask:
            expected = [number for number in row if number % 2 == ("odd" in item.ask)]
        elif above := re.search(r"above (\d+)", item.ask):
            expected = [number for number in row if number > int(above[1])]
        elif "add 1" in item.ask:
            expected = [number + 1 for number in row]
        if expected is not None:
            assert got == expected, (line, item)


def test_words() -> None:
    for line, item in tasks("_words"):
        row = line.split(", ")
        got = item.result.split(", ")
        if re.search("alphabetical|A to Z", item.ask):
            assert got == sorted(row)
        elif "Z to A" in item.ask:
            assert got == sorted(row)[::-1]
        elif "around" in item.ask or "backwards" in item.ask:
            assert got == row[::-1]
        elif "among" in item.ask:
            assert (item.result == "Yes.") == (re.sub(r"Is | among them\?", "", item.ask) in row), (line, item)
        elif item.ask.startswith("leave out"):
            assert got == [word for word in row if word != item.ask.removeprefix("leave out ")]
        elif "in capital letters" in item.ask:
            assert got == [word.upper() for word in row]


def test_sentences() -> None:
    for line, item in tasks("_sentence"):
        if item.ask.startswith("How many words"):
            assert int(item.result) == len(re.findall(r"[\w'-]+", line))
        elif item.ask.startswith("leave out"):
            part = item.ask.split('"')[1]
            assert line == f"{item.result[:-1]} {part}."
        elif item.ask in {"make a question of it", "ask whether it is so"}:
            assert item.result.endswith("?")
        elif item.ask in {"make it negative", "deny it"}:
            assert " not " in item.result or "cannot" in item.result


def test_documents_keep_orders_and_answers_together() -> None:
    documents = several_tasks.write_several_tasks(random.Random(1))
    assert len({next(documents) for _ in range(300)}) == 300
