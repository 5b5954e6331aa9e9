"""Words and statements that say the same or the opposite."""

import pytest

from stages.judges.rubric.rubric_words import tokenize_words
from stages.judges.rubric.sameness import contradiction, likeness, negated, verdict


@pytest.mark.parametrize(
    ("wanted", "given", "least", "most"),
    [
        ("goes", "went", 1.0, 1.0),
        ("5 km", "5000 m", 1.0, 1.0),
        ("5 km", "5 miles", 0.0, 0.0),
        ("60 dollars", "60", 0.9, 0.9),
        ("60", "61", 0.0, 0.0),
        ("in Virgil", "in Vergil", 1.0, 1.0),
        ("in Iran", "in Iraq", 0.0, 0.0),
        ("recognise", "recognize", 1.0, 1.0),
        ("autumn", "fall", 0.9, 0.9),
        ("fast", "slow", 0.0, 0.0),
    ],
)
def test_likeness(wanted: str, given: str, least: float, most: float) -> None:
    assert least <= likeness(tokenize_words(wanted)[-1], tokenize_words(given)[-1], exact=False) <= most


def test_an_exact_word_must_have_the_form_and_a_number_its_unit() -> None:
    one, other = tokenize_words("goes go")
    assert (likeness(one, one, exact=True), likeness(one, other, exact=True)) == (1.0, 0.0)
    long, short = tokenize_words("3 km, 3000 m")
    assert likeness(short, long, exact=True) == 0.0  # a conversion asks for the other unit
    assert likeness(short, tokenize_words("3000")[0], exact=True) == 0.9


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Yes, it is.", True), ("That is false. It is big.", False), ("It is not true.", False), ("It is big.", None)],
)
def test_a_verdict_opens_the_text(text: str, expected: bool | None) -> None:
    assert verdict(tokenize_words(text)) is expected


def test_a_no_that_answers_negates_nothing() -> None:
    assert negated(tokenize_words("No, it is big.")) == frozenset()
    assert negated(tokenize_words("It is not big.")) == {"big"}


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        ("Ice is less dense than water.", "Ice is more dense than water.", "more for less"),
        ("Ice is less dense than water.", "Ice is not less dense than water.", "not less"),
        ("The Moon is not a planet.", "The Moon is a planet.", "not planet"),
        ("The Moon is not a planet.", "The Moon isn't a planet.", ""),
        ("A whale is a mammal.", "A whale is not a fish but a mammal.", ""),
        ("Lincoln was shot by Booth.", "Booth was shot by Lincoln.", "the roles"),
        ("Lincoln was shot by Booth.", "Booth shot Lincoln.", ""),
        ("Wellington defeated Napoleon.", "Napoleon was defeated by Wellington.", ""),
        ("Wellington defeated Napoleon at Waterloo.", "Napoleon defeated Wellington at Waterloo.", "the roles"),
        ("Rome is larger than Bari.", "Bari is smaller than Rome.", ""),
        ("Rome is larger than Bari.", "Rome is smaller than Bari.", "smaller for larger"),
        ("Rome is larger than Bari.", "Bari is larger than Rome.", "the roles"),
    ],
)
def test_the_opposite_is_seen_where_it_is_one(reference: str, answer: str, expected: str) -> None:
    assert contradiction(frozenset(), tokenize_words(reference), tokenize_words(answer)) == expected
