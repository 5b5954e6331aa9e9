"""Dates, numbers and names in statements."""

import re

import pytest

from stages.teachers.rules.mentions import NUMBER, TIME, long_names_in, names_in


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("sank in 1851.", "in 1851"),
        ("sank on 14 October 1066.", "on 14 October 1066"),
        ("sank on October 14, 1066.", "on October 14, 1066"),
        ("sank in the early 17th century.", "in the early 17th century"),
        ("sank around about 300 BC.", "around about 300 BC"),
        ("sank in the summer of 1851.", "in the summer of 1851"),
        ("sank in the 1850s.", "in the 1850s"),
        ("sank in 1851 to 1853.", None),  # a span
        ("sank in 1851 or 1853.", None),
        ("sank 1851 ships.", None),
    ],
)
def test_times(text: str, time: str | None) -> None:
    match = TIME.search(text)
    assert (match and match[0]) == time


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It was written by Herman Melville in Pittsfield.", ["Herman Melville", "Pittsfield"]),
        ("Quiet Night Thought is a poem.", []),  # "Night Thought" is a piece of a name
        ("It lies near the Bay of Bengal.", []),
        ("It is a Royal Institute for Blind Youth in Paris.", ["Paris"]),
        ("It was written by Ludwig van Beethoven.", []),
        ("It was painted by Leonardo da Vinci.", []),
        ("It was built by Antonio José de Sucre.", []),
        ("It was seen by Ibn al Haytham.", []),
        ("It was seen by Umberto Élan.", []),
        ("It is flight number Seven.", []),
    ],
)
def test_names_are_whole(text: str, names: list[str]) -> None:
    """Guards against pieces of names, such as "Bengal" for "the Bay of Bengal"."""
    assert [match[0] for match in names_in(text)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He moved to the United States.", ["the United States"]),
        ("He moved to New York, and then left.", ["New York"]),
        ("He moved to Boston.", []),
        ("He reached the geographic North Pole.", []),  # "North Pole" alone is another place
        ("He sailed home after the ten-year Trojan War.", []),
        ("Quinine is from the bark of the South American cinchona tree.", []),  # not "the South American"
        ("Rivers flow through the South American countries.", []),
    ],
)
def test_long_names_have_their_article(text: str, names: list[str]) -> None:
    assert list(long_names_in(text)) == names


@pytest.mark.parametrize(
    "number", ["seventeen", "eighteen", "nineteen", "ninety", "twenty-one", "about 3,000", "2.5 million"]
)
def test_numbers_in_words_and_digits(number: str) -> None:
    """Guards against "seven" in "seventeen"."""
    match = re.match(rf"{NUMBER}\b", f"{number} ships")
    assert match and match[0] == number
