"""What a wiki leaves in a text, and where its sentences end."""

import pytest

from stages.teachers.rules.prose import passages, to_passage, without_parentheses


@pytest.mark.parametrize(
    ("passage", "sentences"),
    [
        ("One. Two! Three?", ("One.", "Two!", "Three?")),
        ("The U.S. Navy sank it. Then it rose.", ("The U.S. Navy sank it.", "Then it rose.")),
        ("J. J. Thomson found it. Dr. Li did not.", ("J. J. Thomson found it.", "Dr. Li did not.")),
        ('He said "no." They left.', ('He said "no."', "They left.")),
        ("It cost 3.5 million. It rose.", ("It cost 3.5 million.", "It rose.")),
        ("He saw vol. 2 of it. He read No. 5.", ("He saw vol. 2 of it.", "He read No. 5.")),
        ("It hangs in Washington, D.C. It is old.", ("It hangs in Washington, D.C.", "It is old.")),
        ("He worked for Smith & Co. The firm closed.", ("He worked for Smith & Co.", "The firm closed.")),
        ("", ()),
    ],
)
def test_sentences_end_where_they_end(passage: str, sentences: tuple[str, ...]) -> None:
    assert to_passage(passage).sentences == sentences


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        ("The okapi,[1] an animal,[note 2][a] is shy.[citation needed]", "The okapi, an animal, is shy."),
        ("It eats.[14]: 45 It sleeps.[3]: 1–2", "It eats. It sleeps."),
        ("The platypus (/ˈplætɪpəs/; PLAT-ih-pəs) swims.", "The platypus swims."),
        ("Athens (Greek: Ἀθῆναι, romanized: Athênai) is old.", "Athens is old."),
        ("The mammal ( ) of Australia (, ) swims.", "The mammal of Australia swims."),
        ("Suttner (; 9 June 1843 – 21 June 1914) wrote.", "Suttner (9 June 1843 – 21 June 1914) wrote."),
        ("A “flat-footed”\u00a0duck’s  beak .", 'A "flat-footed" duck\'s beak.'),
        ("It was built c. 1450, ca. 500 BC or approx. 3 years on Dec. 17.",
         "It was built around 1450, around 500 BC or approximately 3 years on December 17."),
        ("A wrapped\nline goes on.", "A wrapped line goes on."),
    ],
)  # fmt: skip
def test_what_a_wiki_leaves_between_the_sentences_is_removed(raw: str, tidy: str) -> None:
    """Guards against marks and emptied brackets in examples; dates in brackets stay in a passage."""
    [passage], left_out = passages(raw)
    assert (passage.text, left_out) == (tidy, 0)


def test_lists_and_tables_are_left_out_and_counted() -> None:
    found, left_out = passages(
        "The provinces are:\n- Central, the largest. It is green.\n* Eastern\n1. First\n• Dot\n== Name ==\n"
        "North | Jaffna | 8,884\nWest\tColombo\nThe rest is sea."
    )
    assert [passage.text for passage in found] == ["The provinces are:", "The rest is sea."]
    assert left_out == 7


def test_brackets_leave_no_trace() -> None:
    text = "Ahab (born around 1790 (or 1791), in Nantucket) hunted [1] the whale (Moby-Dick)."
    assert without_parentheses(text) == "Ahab hunted the whale."


def test_a_bracket_that_is_never_closed_ends_the_search() -> None:
    assert without_parentheses("Ahab (the captain hunted.") == "Ahab (the captain hunted."
