"""Dates, numbers and names in statements."""

import random

import pytest

from stages.teachers.rules.mentions import TIME, false_version, long_names_in, names_in


@pytest.mark.parametrize(
    ("statement", "figure"),
    [
        ("It has 12 arms.", "12"),
        ("It was built in 2020.", "2020"),
        ("It covers 41,000 square miles.", "41,000"),
        ("On 3 May 1850 it sank.", "1850"),
    ],
)
def test_a_false_version_differs_in_one_figure(statement: str, figure: str) -> None:
    """Guards against years that nobody could know yet and numbers that lose their commas."""
    for seed in range(50):
        wrong = false_version(statement, random.Random(seed), "Moby-Dick")
        assert wrong is not None and wrong != statement
        before, after = statement.split(figure)
        changed = wrong.removeprefix(before).removesuffix(after)
        assert changed != figure and changed.replace(",", "").isdigit()
        assert ("," in changed) == ("," in figure)
        assert len(figure) != 4 or int(changed) <= 2022
    assert false_version("It has no figures.", random.Random(1), "Moby-Dick") is None


def test_a_figure_in_a_name_stays() -> None:
    """Guards against "The 1871 earthquake was ..." and "Apollo 13" for "Apollo 11", which are something else."""
    assert false_version("The 1755 earthquake was strong.", random.Random(1), "the 1755 earthquake") is None
    assert false_version("The crew of Apollo 11 came back.", random.Random(1), "the Moon") is None


def test_a_false_number_is_no_year() -> None:
    """Guards against 701 lines that become 2103, which reads as a year after the cut-off."""
    for seed in range(30):
        wrong = false_version("It has 701 lines.", random.Random(seed), "it")
        assert wrong is not None and int(wrong.split()[2]) < 1000


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
        ("It was written by Ludwig van Beethoven.", []),
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
    ],
)
def test_long_names_have_their_article(text: str, names: list[str]) -> None:
    assert list(long_names_in(text)) == names


def test_a_wrong_day_is_a_day_of_the_month() -> None:
    """Guards against "On 33 May"."""
    for seed in range(20):
        wrong = false_version("On 30 May it sank.", random.Random(seed), "it")
        assert wrong is not None and 1 <= int(wrong.split()[1]) < 30
