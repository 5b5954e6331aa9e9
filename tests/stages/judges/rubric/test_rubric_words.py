"""Words as the rubric compares them."""

import pytest

from stages.judges.rubric.rubric_words import NEGATION, READ_CHARACTERS, content_stems, tokenize_words


def stems(text: str) -> list[str]:
    return [word.stem for word in tokenize_words(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("four hundred and seven", ["407"]),
        ("3,000", ["3000"]),
        ("2.50", ["2.5"]),
        ("two three", ["2", "3"]),  # two numbers, not five
        ("ten five", ["10", "5"]),
        ("this one", ["this", "one"]),  # usually no number
        ("5 km", stems("5000 metres")),
        ("2 hours", stems("120 min")),
        ("$60", stems("sixty dollars")),
        ("36 square meters", ["36 m2"]),
        ("1.5 million", ["1500000"]),
        ("210 BC", ["-210"]),
        ("the 13th", stems("the thirteenth")),
        ("1954-07-13", stems("13 July 1954")),
        ("1:30 p.m.", stems("13:30")),
        ("H₂O", ["h2o"]),
    ],
)
def test_numbers_and_units_have_one_way_to_be_written(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("doesn't", ["does", "not"]),
        ("can't", ["can", "not"]),
        ("It’s", ["it", "is"]),
        ("Tom's hat", ["tom", "hat"]),  # a possessive is no contraction
        ("Cuiabá", ["cuiaba"]),
    ],
)
def test_contractions_possessives_and_accents(text: str, forms: list[str]) -> None:
    assert [word.form for word in tokenize_words(text)] == forms


def test_a_form_keeps_the_way_a_number_is_written() -> None:
    """Guards against "100" as the number 100 in words."""
    assert [word.form for word in tokenize_words("one hundred")] == ["one hundred"]
    assert [word.form for word in tokenize_words("100")] == ["100"]


def test_inflections_share_a_stem_and_negations_do() -> None:
    assert stems("goes went going") == ["go"] * 3
    assert stems("never without nobody") == [NEGATION] * 3


def test_a_capital_is_a_name_except_at_the_beginning_of_a_sentence() -> None:
    """Guards against the first word of each sentence that counts double, as names do."""
    words = tokenize_words('The ship met Ahab. "Where was Ishmael? NaCl is salt, I think.')
    assert [word.text for word in words if word.kind == "name"] == ["Ahab", "Ishmael", "NaCl"]


def test_function_words_have_no_content() -> None:
    assert content_stems(tokenize_words("The ship is on the sea")) == {"ship", "sea"}


def test_enumerators_and_the_end_of_a_long_text_are_not_read() -> None:
    """Guards against "1." as a number of the answer, and against unbounded time."""
    assert stems("1. fig\n2) plum") == ["fig", "plum"]
    assert len(tokenize_words("fig " * READ_CHARACTERS)) == READ_CHARACTERS // 4
