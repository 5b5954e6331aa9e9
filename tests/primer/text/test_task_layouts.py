"""Layouts of tasks: whatever the layout, order, text and result are all there, and the result comes last."""

import random
import re
from collections.abc import Iterator
from itertools import islice

from primer.text.task_layouts import Item, documents, inline, instruction

GIVEN = "Anna walks home."


def maker(rng: random.Random) -> Iterator[Item]:
    while True:
        number = rng.randint(100, 999)
        yield Item("make the sentence negative", f"Anna has {number} hats.", f"Anna does not have {number} hats.")


def test_every_layout_has_text_and_result_in_order() -> None:
    """Guards against a layout that loses a text, mixes up results, or gives the result before the order."""
    for document in islice(documents([(maker, 1)], random.Random(1)), 800):
        given, results = re.findall(r"Anna has (\d+) hats", document), re.findall(r"not have (\d+) hats", document)
        assert given == results and given, document
        assert "egative" in document.split("not have")[0]
        assert document == document.strip() and "###" not in document


def test_layouts_are_many() -> None:
    shapes = {re.sub(r"\d+", "0", document) for document in islice(documents([(maker, 1)], random.Random(2)), 1000)}
    assert len(shapes) > 500


def test_a_text_may_be_quoted_in_the_order() -> None:
    rng = random.Random(3)
    quoted = {inline(Item("put the sentence into the past", GIVEN, "Anna walked home."), rng).ask for _ in range(20)}
    assert quoted == {'put "Anna walks home" into the past', "put 'Anna walks home' into the past"}
    row = inline(Item("sort these numbers from low to high", "3, 1, 2", "1, 2, 3"), rng)
    assert row.ask == "sort 3, 1, 2 from low to high" and row.given == ""
    for ask, given in (
        ("make it negative", GIVEN),
        ("count the words", "a, b"),
        ("copy the list", "a\nb"),
        ("read the line", "A b. C d."),
    ):
        item = Item(ask, given, "x")
        assert inline(item, rng) == item


def test_orders_and_questions() -> None:
    rng = random.Random(4)
    asked = {instruction(Item("sort the words", "b, a", "a, b"), rng) for _ in range(300)}
    assert {
        "Sort the words.",
        "Please sort the words.",
        "Can you sort the words?",
        "Your task is to sort the words.",
    } <= asked
    assert {instruction(Item("what is it?", "b", "a"), rng) for _ in range(30)} == {"What is it?"}
    assert {instruction(Item("True or false: it is so", "b", "a"), rng) for _ in range(30)} == {
        "True or false: it is so."
    }
