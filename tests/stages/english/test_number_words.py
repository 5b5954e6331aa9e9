"""Numbers in digits and in words."""

import pytest

from stages.english.number_words import CARDINALS, NUMBER_WORDS, numbers_in


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("four thousand", ["4000"]),
        ("1.5 million people", ["1500000"]),
        ("twenty-one in 1903, then 1,300", ["21", "1903", "1300"]),
        ("the 1970s and the twentieth", ["1970", "20"]),
        ("hundreds of thousands", []),
        ("the ¹ footnote and 5²", ["5"]),  # superscripts are digits to Python, and no numbers to float()
        ("two three", ["2", "3"]),
        ("twenty twelve", ["20", "12"]),
        ("the thirty-second, twice", ["32", "2"]),
        ("nothing", []),
    ],
)
def test_numbers_in(text: str, values: list[str]) -> None:
    """Guards against one number in two spellings that is taken for two."""
    assert [value for _, value in numbers_in(text)] == values


def test_numbers_are_given_as_they_are_written() -> None:
    assert numbers_in("Four Thousand in the 1970s") == [("four thousand", "4000"), ("1970", "1970")]


def test_the_number_words() -> None:
    """Guards against a word that shifts the values of all words after it."""
    assert [CARDINALS[word] for word in ("zero", "nine", "nineteen", "twenty", "ninety")] == [0, 9, 19, 20, 90]
    assert [CARDINALS[word] for word in ("hundred", "thousand", "million", "billion")] == [10**n for n in (2, 3, 6, 9)]
    assert list(CARDINALS.values()) == sorted(CARDINALS.values())
    assert NUMBER_WORDS - CARDINALS.keys() >= {"first", "twentieth", "once", "twice", "dozen"}
    assert numbers_in("first third twentieth dozen once") == [
        ("first", "1"),
        ("third", "3"),
        ("twentieth", "20"),
        ("dozen", "12"),
        ("once", "1"),
    ]
