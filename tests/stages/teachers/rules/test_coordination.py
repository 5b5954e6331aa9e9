"""Clauses before "and"."""

import pytest

from stages.teachers.rules.coordination import before_second_verb


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("Ahab hunted the whale and lost a leg", "Ahab hunted the whale"),
        ("Ahab hunted the whale and its calf", "Ahab hunted the whale and its calf"),
        ("Ahab was seen by A and shot by B", "Ahab was seen by A and shot by B"),
        ("Sugar is hot and sticks to skin", None),  # "sticks" may be a noun
        ("The sugar is hot, and no crew eats it", "The sugar is hot"),
        ("It has six elements, and one is rare", "It has six elements"),
        ("It has six elements, and one synthetic", None),
        ("Ahab led archers, sailors and mounted knights", None),
        ("Men eat leaves and store toxins", None),
        ("It was made when Buda and Pest were united", None),
        ("Ahab besieged and took the town", None),
        ("Marie and Pierre shared the prize", "Marie and Pierre shared the prize"),
        ("It is small but runs fast", "It is small"),
        ("It is small, but it runs fast", "It is small"),
        ("It is and", None),
    ],
)
def test_what_follows_and_is_kept_or_cut_or_in_doubt(text: str, before: str | None) -> None:
    """Guards against a second verb in a question, and against a question whose answer lost its half."""
    assert before_second_verb(text) == before
