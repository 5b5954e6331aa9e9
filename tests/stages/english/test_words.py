"""Words as the rules compare them."""

import pytest

from stages.english.words import content_words, fold, quoted, split_at_stops, without_quotes, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Cuiabá", "cuiaba"), ("ÎLE", "ile"), ("Straße", "strasse"), ("Plain", "plain")],
)
def test_case_and_accents_make_no_difference(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_words_have_no_possessives_and_no_thousands_separators() -> None:
    text = "Ahab's crew of 1,000, the whales’ and the don't of 3.5 CAFÉS"
    assert words(text) == ["ahab", "crew", "of", "1000", "the", "whales", "and", "the", "don't", "of", "3.5", "cafes"]


def test_content_words_keep_their_order() -> None:
    assert content_words("Who wrote the novel about a whale?") == ["wrote", "novel", "whale"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("It rose. It fell! Why?", ["It rose.", "It fell!", "Why?"]),
        ('He said "no." They left.', ['He said "no.', "They left."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("He saw vol. 2.", ["He saw vol.", "2."]),  # rough: an abbreviation splits, too
        ("", []),
    ],
)
def test_split_at_stops(text: str, pieces: list[str]) -> None:
    assert split_at_stops(text) == pieces


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ('Is "to be" a verb?', '"to be"', "Is   a verb?"),
        ("Spell 'rye' and ‘oat’.", "'rye' ‘oat’", "Spell   and  ."),
        ("It's Tom's and the boys' game.", "", "It's Tom's and the boys' game."),
    ],
)
def test_quotes_are_told_from_apostrophes(text: str, inside: str, outside: str) -> None:
    assert quoted(text) == inside
    assert without_quotes(text) == outside
