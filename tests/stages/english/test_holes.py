"""Holes that a wiki's templates leave in sentences, and sentences that only look as if they had one."""

from pathlib import Path

import pytest

from stages.english.holes import has_debris, mark_holes, reason_to_leave_out, without_broken_sentences
from stages.english.wiki_text import tidy_spaces


def read_rows(name: str) -> list[str]:
    return (Path(__file__).parent / "holes" / f"{name}.txt").read_text(encoding="utf-8").splitlines()


# As a wiki writes it: two spaces, or one before a mark, where a value is gone.
SPACED = read_rows("spaced")

# The same after somebody has tidied the spaces.
TIDIED = read_rows("tidied")

# Prepositions at the end of a clause, pairs of them, letters, names and sums.
WHOLE = read_rows("whole")


@pytest.mark.parametrize("sentence", SPACED)
def test_a_hole_is_seen_by_the_spaces_around_it(sentence: str) -> None:
    """Guards against "an area of and a population of approximately." in an example."""
    assert has_debris(tidy_spaces(mark_holes(sentence)))


@pytest.mark.parametrize("sentence", TIDIED)
def test_a_hole_is_seen_by_the_words_around_it(sentence: str) -> None:
    """Guards against holes in pages from a file, whose spaces say nothing any more."""
    assert has_debris(sentence)


@pytest.mark.parametrize("sentence", WHOLE)
def test_a_whole_sentence_stays(sentence: str) -> None:
    """Guards against a loss of sentences for a preposition without a noun after it, as in "the town he was born in"."""
    assert mark_holes(sentence) == sentence
    assert not has_debris(sentence)


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("It cost $6 million  today.", "It cost $6 million today."),
        ("It is  the largest town in  the land.", "It is the largest town in the land."),
        ("Hunter,  the governor, came.  He left.", "Hunter, the governor, came. He left."),
        ("He died in  1950 in  Paris.", "He died in 1950 in Paris."),
        ("It is 5 km ( mi) long and weighs 5 kg ( lb).", "It is 5 km long and weighs 5 kg."),
        ("The kilometre (km) is a unit.", "The kilometre (km) is a unit."),
        ("A duck's  beak .", "A duck's beak."),
        ("It cost $5 (equivalent to  in 2020) then.", "It cost $5 then."),
        ("The flat  bill is long.", None),
    ],
)
def test_what_is_certain_is_mended(raw: str, mended: str | None) -> None:
    """Guards against a sentence that is lost for a space, and one that is kept where a value may be gone (None)."""
    tidy = tidy_spaces(mark_holes(raw))
    assert (None if has_debris(tidy) else tidy) == mended


@pytest.mark.parametrize(
    "sentence",
    [
        "He wrote $E = mc^2$ in 1905.",
        "The mass $m$ is known.",
        "It has $2^n$ of them.",
        "It follows that $$x+y$$ holds.",
        "The ratio \\frac{1}{2} is known.",
        "The angle \\alpha is small.",
        "The mass \\(m\\) is known.",
        "The formula E = mc^2 is known.",
        "The row a_{n} grows.",
        "The value x_1 is known.",
        "The formula H_2O is known.",
        "It is $10$ km or $3/4$ of a mile.",
        "The mean {\\displaystyle k} is known.",
        "The variable $x_i \\in X$ is free.",
    ],
)
def test_tex_is_debris(sentence: str) -> None:
    """Guards against TeX in examples, which readers see as signs without a meaning."""
    assert has_debris(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs between $5 and NZ$6.",
        "Ke$ha and A$AP sang with $uicideboy$.",
        "The files are in C:\\Users.",
        "It sold for $100-$200, or 5$ to 6$.",
        "Use __init__ in my_file.txt.",
        "The snake_case name is long.",
        "The firm made $3 million and lost $2 million.",
        "He paid $5, $6 and $7.",
        "The $ sign is used in the USA.",
        "The variables $x and $y are of PHP.",
        "The sign ^ is called a caret.",
    ],
)
def test_dollars_and_backslashes_are_not_always_tex(sentence: str) -> None:
    """Guards against a loss of prices and names."""
    assert not has_debris(sentence)


def test_holes_are_looked_for_in_english_only() -> None:
    """Guards against a loss of sentences for words of other languages that look like English ones."""
    assert not has_debris("Ele a viu no. Ela foi a Roma e a in in.", "pt")
    assert mark_holes("Era a  casa.", "pt") == "Era a  casa."
    assert has_debris("A massa $m$ cresce.", "pt")


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("This page lists the rivers.", "notice"),
        ("This article was written by a fan.", "notice"),
        ("In this article, dates are old.", "notice"),
        ("This Wikipedia article is short.", "notice"),
        ("This article of the law is old.", ""),
        ("This pageant is old.", ""),
        ("The page was written by .", "sentence_with_a_hole"),
    ],
)
def test_reason_to_leave_out(sentence: str, reason: str) -> None:
    """Guards against "This page ..." as something to learn."""
    assert reason_to_leave_out(tidy_spaces(mark_holes(sentence))) == reason


def test_only_broken_sentences_go() -> None:
    """Guards against a paragraph that changes although nothing is wrong with it, and so the request to a model."""
    assert without_broken_sentences("It is  the first.\nSo it is.") == ("It is  the first.\nSo it is.", {})
    assert without_broken_sentences("It cost $5 (now  in all).\nSo it is.") == ("It cost $5.\nSo it is.", {})
    text, left_out = without_broken_sentences("It rose. It has an area of . This page is long. It fell.")
    assert text == "It rose. It fell."
    assert left_out == {"sentence_with_a_hole": 1, "notice": 1}
