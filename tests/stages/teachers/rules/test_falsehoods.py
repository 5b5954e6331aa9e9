"""False versions of statements."""

import random

import pytest

from stages.teachers.rules.falsehoods import false_figure, false_version


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


def test_a_wrong_day_is_a_day_of_the_month() -> None:
    """Guards against "On 33 May"."""
    for seed in range(20):
        wrong = false_version("On 30 May it sank.", random.Random(seed), "it")
        assert wrong is not None and 1 <= int(wrong.split()[1]) < 30


@pytest.mark.parametrize(
    ("statement", "changed", "others"),
    [
        ("It is the largest ship.", "largest", {"smallest"}),
        ("It lies north of the town.", "north", {"south"}),
        ("It sank in May.", "May", {"August", "September", "October", "November", "December", "January", "February"}),
        ("It has seven masts.", "seven", {"three", "four", "five", "nine", "ten", "eleven", "twelve"}),
        ("It was built in the 13th century.", "13", {"10"}),
        ("It was built in the 3th century.", "3", {"6"}),
    ],
)
def test_a_word_is_replaced_by_one_that_excludes_it(statement: str, changed: str, others: set[str]) -> None:
    before, after = statement.split(changed)
    found = {false_version(statement, random.Random(seed), "Moby-Dick") for seed in range(60)}
    assert None not in found
    assert {str(wrong).removeprefix(before).removesuffix(after) for wrong in found} == others


@pytest.mark.parametrize("nation", ["French", "Italian"])
def test_a_nationality_fits_its_article(nation: str) -> None:
    """Guards against "a Italian writer"."""
    article = "an" if nation == "Italian" else "a"
    for seed in range(40):
        wrong = false_version(f"It is {article} {nation} ship.", random.Random(seed), "Moby-Dick")
        assert wrong is not None and nation not in wrong
        assert (wrong.split()[2] == "an") == (wrong.split()[3][0] in "AEIOU") == (article == "an")


@pytest.mark.parametrize(
    "statement",
    [
        "It is one of the largest ships.",  # and one of the smallest, perhaps
        "It lies north or south of the town.",
        "It is not the largest ship.",
        "It is a Polish-born captain.",
        "She was a French and Polish chemist.",
        "It is big.",
        "It is the second longest ship.",  # "the second shortest" is odd
    ],
)
def test_what_might_be_true_all_the_same_is_not_changed(statement: str) -> None:
    assert all(false_version(statement, random.Random(seed), "Moby-Dick") is None for seed in range(30))


def test_a_rough_year_becomes_one_that_is_far_off() -> None:
    """Guards against "around 1096" for "around 1100", which is true enough."""
    for seed in range(40):
        wrong = false_figure("It was founded around 1100.", random.Random(seed), "it")
        assert wrong is not None and abs(int(wrong.split()[-1].rstrip(".")) - 1100) >= 60


@pytest.mark.parametrize("statement", ["It won in 1960, 1961 and 1966.", "It ruled from 1961 to 1965."])
def test_nothing_is_changed_among_several_years(statement: str) -> None:
    """Guards against "won in 1960, 1983 and 1966", where the order gives the false year away."""
    for seed in range(20):
        assert false_version(statement, random.Random(seed), "Moby-Dick") is None
        assert false_figure(statement, random.Random(seed), "Moby-Dick") is None


@pytest.mark.parametrize(
    "statement",
    [
        "It is the longest ship of Asia, at about 630 meters.",
        "It began in 1913, a hundred years after the birth of Verdi.",
    ],
)
def test_nothing_is_changed_beside_an_aside(statement: str) -> None:
    """Guards against a question that asks two things, of which one is true: "Is it the longest, at about 1,260 km?"."""
    assert all(false_version(statement, random.Random(seed), "it") is None for seed in range(20))


@pytest.mark.parametrize(
    "statement", ["The Act of 1950 was long.", "The 1973 play was long.", "It began with a 1915 book."]
)
def test_a_year_that_names_something_stays(statement: str) -> None:
    """Guards against a law, a play or a book that doesn't exist."""
    assert all(false_version(statement, random.Random(seed), "it") is None for seed in range(20))


@pytest.mark.parametrize(("statement", "number"), [("It is about 30 meters long.", 30), ("It has some 7 masts.", 7)])
def test_a_rough_number_becomes_one_that_is_far_off(statement: str, number: int) -> None:
    """Guards against "about 32 meters" for "about 30 meters", which is true enough."""
    for seed in range(20):
        wrong = false_version(statement, random.Random(seed), "it")
        assert wrong is not None and int(next(filter(str.isdigit, wrong.split()))) >= 2 * number
