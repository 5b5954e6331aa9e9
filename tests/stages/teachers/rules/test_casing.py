"""Capitals of a sentence's first word inside another sentence."""

import pytest

from stages.teachers.rules.casing import Casing, inside

CASING = Casing(
    frozenset(["Andrew", "Wiles", "Mansa", "A Doll's House", "The Tale of Genji", "Seven Samurai", "Go"]),
    frozenset(["magnets", "go", "rebels", "physicist"]),
)


@pytest.mark.parametrize(
    ("subject", "written"),
    [
        ("The river", "the river"),
        ("Two old ships", "two old ships"),
        ("Magnets", "magnets"),  # the page has it in lower case
        ("Wiles", "Wiles"),  # and this one with a capital
        ("Wiles's proof", "Wiles's proof"),
        ("Andrew Wiles", "Andrew Wiles"),
        ("Isaac Newton", "Isaac Newton"),
        ("A Doll's House", "A Doll's House"),
        ("A Doll's House's ending", "A Doll's House's ending"),
        ("A doll", "a doll"),
        ("The Tale of Genji", "The Tale of Genji"),
        ("Seven Samurai", "Seven Samurai"),
        ("Seven ships", "seven ships"),
        ("DNA", "DNA"),
        ("Ferdowsi", None),  # in no dictionary, as "Cyanobacteria"
        ("Cyanobacteria", None),
        ("Concentrated ammonia", "concentrated ammonia"),
        ("Painters", "painters"),
        ("Painter", None),  # a word or a surname
        ("Wile", None),
        ("Well-known cases", None),
        ("Ginkgos", None),  # the plural of a word, or a name
        ("Physicist Marie Curie", None),
        ('"Platypus"', None),  # a word that is spoken of
        ("Go", "Go"),  # the subject of the page
    ],
)
def test_a_first_word_keeps_its_capital_only_in_a_name(subject: str, written: str | None) -> None:
    """Guards against "when did wiles receive", "Are Well-known cases" and "a Doll's House"."""
    assert inside(subject, CASING) == written
