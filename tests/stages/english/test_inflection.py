"""Stems, lemmas, roots and verb forms."""

import pytest

from stages.english.inflection import (
    base_form,
    has_finite_form,
    is_finite,
    is_finite_or_auxiliary,
    is_only_verb,
    is_participle,
    is_past,
    lemma_of,
    lemmas_of,
    root_of,
    stem,
)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("planets", "planet"),
        ("closing", "clos"),
        ("close", "clos"),
        ("cities", "cit"),
        ("city", "cit"),
        ("gas", "gas"),
        ("used", "used"),  # two letters would be left
        ("wrote", "wrot"),  # spelling alone doesn't find "write"
    ],
)
def test_stem(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("wrote", "write"),
        ("cities", "city"),
        ("better", "better"),  # a verb before an adjective
        ("saw", "see"),
        ("zyxw", "zyxw"),
    ],
)
def test_lemma_of(word: str, expected: str) -> None:
    assert lemma_of(word) == expected


@pytest.mark.parametrize(
    ("lemma", "expected"),
    [("formation", "form"), ("happiness", "happi"), ("quickly", "quick"), ("nation", "nation"), ("river", "river")],
)
def test_a_root_has_at_least_four_letters(lemma: str, expected: str) -> None:
    """Guards against "nat" for "nation" and "riv" for "river", which would join words that have nothing in common."""
    assert root_of(lemma) == expected


def test_lemmas_by_part_of_speech() -> None:
    assert lemmas_of("ships") == {"NOUN": ("ship",), "VERB": ("ship",)}
    assert lemmas_of("zyxw") == {}


@pytest.mark.parametrize(("verb", "base"), [("wrote", "write"), ("found", "find"), ("lay", "lie"), ("zyxw", "zyxw")])
def test_base_form(verb: str, base: str) -> None:
    assert base_form(verb) == base


def test_past_and_participle() -> None:
    assert is_past("wrote") and not is_past("written") and not is_past("writes")
    assert is_participle("written") and is_participle("published") and is_participle("been")
    assert not is_participle("wrote")


def test_what_can_only_be_a_verb() -> None:
    assert is_only_verb("published")
    assert not is_only_verb("ships")  # a noun, too
    assert not is_only_verb("publish")  # not inflected


@pytest.mark.parametrize(
    ("word", "finite"),
    [
        ("published", True),
        ("flows", True),  # also a noun's plural, but a verb in encyclopedias
        ("ships", False),
        ("Wrote", False),
        ("publish", False),
        ("written", False),
    ],
)
def test_finite_verbs(word: str, finite: bool) -> None:
    """Guards against a plural noun that is taken for the verb of its sentence."""
    assert is_finite(word) == finite


def test_auxiliaries_are_finite() -> None:
    assert all(map(is_finite_or_auxiliary, ("was", "could", "has", "wrote")))
    assert not is_finite_or_auxiliary("ship")
    assert has_finite_form("ships") and not has_finite_form("shipping")
