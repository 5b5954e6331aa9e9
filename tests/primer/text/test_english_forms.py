"""Forms of words: the words with more than one form, or a wrong one, in the dictionary."""

import pytest

from primer.text import slots
from primer.text.english_forms import (
    degrees_of,
    ing_form,
    listed,
    number_in_words,
    ordinal_in_digits,
    ordinal_word,
    participle,
    plural_of,
    simple_past,
    third_person,
    with_article,
)


@pytest.mark.parametrize(
    ("verb", "forms"),
    [
        ("write", "writes wrote written writing"),
        ("carry", "carries carried carried carrying"),
        ("swim", "swims swam swum swimming"),
        ("lie", "lies lay lain lying"),
        ("knit", "knits knitted knitted knitting"),
        ("wake", "wakes woke woken waking"),
        ("light", "lights lit lit lighting"),
        ("read", "reads read read reading"),
        ("stop", "stops stopped stopped stopping"),
    ],
)
def test_forms_of_verbs(verb: str, forms: str) -> None:
    assert [third_person(verb), simple_past(verb), participle(verb), ing_form(verb)] == forms.split()


def test_a_particle_stays_behind_its_verb() -> None:
    assert simple_past("give back") == "gave back" and third_person("put off") == "puts off"


def test_plurals() -> None:
    """Guards against the dictionary's other forms: "fishes", "busses", "rooves", "deers"."""
    assert plural_of("day of the week") == "days of the week"
    assert plural_of("piece of furniture") == "pieces of furniture"
    expected = "fish buses roofs deer knives children mice tomatoes fishermen scarves"
    assert [
        plural_of(noun) for noun in "fish bus roof deer knife child mouse tomato fisherman scarf".split()
    ] == expected.split()


def test_plurals_of_all_slots_end_as_plurals_do() -> None:
    odd = {"mice", "geese", "feet", "men", "women", "children", "firefighters", "fishermen"}
    same = {"fish", "sheep", "deer", "salmon", "trout", "tuna", "cod", "carp", "herring", "pike"}
    for noun in (*slots.JOBS, *slots.MAMMALS, *slots.FRUITS, *slots.FURNITURE, *slots.CLOTHES, *slots.FISH):
        several = plural_of(noun)
        assert several.endswith("s") or several in odd | same, (noun, several)


def test_degrees() -> None:
    """Guards against "beautifuler", which the dictionary lists."""
    assert degrees_of("beautiful") == ("more beautiful", "most beautiful")
    assert degrees_of("good") == ("better", "best")
    for word, more in {
        "big": "bigger",
        "happy": "happier",
        "narrow": "narrower",
        "quiet": "quieter",
        "simple": "simpler",
    }.items():
        assert degrees_of(word)[0] == more
    for word in "famous useful polite expensive dangerous careful wooden".split():
        assert degrees_of(word) == (f"more {word}", f"most {word}")


@pytest.mark.parametrize(
    "phrase",
    "an hour|a house|an honest man|a university|a useful tool|an umbrella|a uniform|an unimportant "
    "role|a European city|"
    "an old hat|an unhappy girl|an uncle|an umbrella|a unit|an 8-year-old|an 11-year-old".split("|"),
)
def test_articles_go_by_sound(phrase: str) -> None:
    assert with_article(phrase.split(" ", 1)[1]) == phrase


def test_numbers_in_words() -> None:
    words = {
        0: "zero",
        13: "thirteen",
        40: "forty",
        99: "ninety-nine",
        305: "three hundred five",
        2041: "two thousand forty-one",
    }
    assert {number: number_in_words(number) for number in words} == words
    ordinals = {1: "first", 12: "twelfth", 20: "twentieth", 21: "twenty-first", 33: "thirty-third", 9: "ninth"}
    assert {number: ordinal_word(number) for number in ordinals} == ordinals
    assert [
        ordinal_in_digits(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 112)
    ] == "1st 2nd 3rd 4th 11th 12th 13th 21st 112th".split()


def test_lists() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == ["a", "a and b", "a, b or c"]
