"""Which words can be finite verbs."""

import pytest

from stages.teachers.rules.readings import Finite, finite, may_be_plural


@pytest.mark.parametrize(
    ("words", "index", "kind"),
    [
        ("Ahab wrote it", 1, Finite.YES),
        ("the crew was large", 2, Finite.YES),
        ("his will was found", 1, Finite.NO),
        ("it was built here", 2, Finite.NO),
        ("it was never built here", 3, Finite.NO),
        ("the polluted river", 1, Finite.NO),
        ("Ahab hunted whales", 1, Finite.PERHAPS),  # "Ahab hunted by whales"
        ("Ahab hunted the whale", 1, Finite.YES),
        ("whales hunted by Ahab", 1, Finite.NO),
        ("a man named Ahab", 2, Finite.PERHAPS),
        ("the navigator records it", 2, Finite.PERHAPS),
        ("the river contains salt", 2, Finite.YES),
        ("of covers", 1, Finite.NO),
        ("whales tolerate ice", 1, Finite.YES),
        ("whales print it", 1, Finite.PERHAPS),
        ("the print shop", 1, Finite.NO),
        ("two ships sank", 1, Finite.NO),
        ("it now flows east", 2, Finite.YES),
        ("the first printed book", 2, Finite.NO),
        ("rich repeated notes", 1, Finite.NO),
        ("Ahab wanted to swim", 3, Finite.NO),
        ("Ahab blorked it", 1, Finite.PERHAPS),  # in no dictionary
        ("wrote", 0, Finite.NO),
    ],
)
def test_finite(words: str, index: int, kind: Finite) -> None:
    """Guards against participles, adjectives and plurals that are taken for verbs."""
    assert finite(words.split(), index) is kind


@pytest.mark.parametrize(
    ("word", "plural"),
    [("whales", True), ("men", True), ("ginkgos", True), ("whale", False), ("glass", False), ("crisis", False)],
)
def test_may_be_plural(word: str, plural: bool) -> None:
    assert may_be_plural(word) == plural
