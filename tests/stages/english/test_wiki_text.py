"""What is removed from the text of a wiki, what only looks as if it should be, and where sentences end."""

import pytest

from stages.english.wiki_text import (
    clean_characters,
    is_list_or_table,
    split_sentences,
    tidy_spaces,
    without_empty_brackets,
    without_footnotes,
    without_parentheses,
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("The okapi[a] is shy (and eats too[b]). [c] It sleeps.[z]", "The okapi is shy (and eats too). It sleeps."),
        ('He said "[T]hey came", and "[t]hey left".', 'He said "[T]hey came", and "[t]hey left".'),
        ("Each a[i], x[b] and list[n] is a number.", "Each a[i], x[b] and list[n] is a number."),
        ("The vowel [A] is long.[Note 2]", "The vowel [A] is long."),
    ],
)
def test_letters_in_brackets_are_footnotes_only_by_themselves(raw: str, clean: str) -> None:
    """Guards against "hey came" for "[T]hey came", and "a" for "a[i]"."""
    assert without_footnotes(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("It rose (see [12]).", "It rose."),
        ("It rose (see also [note 3], p. 5), then fell (cf. [3][4]).", "It rose, then fell."),
        ("It rose (see Nile) and fell (see the flood of 1900 [4]).",
         "It rose (see Nile) and fell (see the flood of 1900)."),
    ],
)  # fmt: skip
def test_brackets_that_lead_to_a_footnote_go_with_it(raw: str, clean: str) -> None:
    """Guards against "(see)"."""
    assert without_footnotes(raw) == clean


@pytest.mark.parametrize(
    ("raw", "tidy"),
    [
        ("It uses the .NET framework and .45 ACP .", "It uses the .NET framework and .45 ACP."),
        ("Type :wq or !important , then wait ...", "Type :wq or !important, then wait ..."),
        ('He said "no ." They ( all ;) left ?!', 'He said "no." They ( all;) left?!'),
    ],
)
def test_a_space_stays_before_a_name_that_begins_with_a_mark(raw: str, tidy: str) -> None:
    """Guards against "the.NET framework"."""
    assert tidy_spaces(raw) == tidy


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("AT&amp;T, R&amp;amp;D and Q&#38;A", "AT&T, R&D and Q&A"),
        ("caf&eacute; &#233; &#xE9; 5&nbsp;km", "café é é 5\u00a0km"),
        ("AT&T, B&para and &c; are no entities", "AT&T, B&para and &c; are no entities"),
        (
            "soft\u00adly, \u200bzero, \u200fright\u200e, \u202eover\u202c, \ufeffmark",
            "softly, zero, right, over, mark",
        ),
        ("a\u200dcat \u200c sat", "acat  sat"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001
        ("ශ්\u200dරී", "ශ්\u200dරී"),
        ("👨\u200d👩\u200d👧 and ❤\ufe0f\u200d🔥", "👨\u200d👩\u200d👧 and ❤\ufe0f\u200d🔥"),
    ],
)
def test_characters_are_those_that_a_reader_sees(raw: str, clean: str) -> None:
    """Guards against HTML entities in examples, and against Persian words and emoji that fall apart."""
    assert clean_characters(raw) == clean


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Li ( ; ) (born ) (born ; died ) (c. – ) wrote.", "Li wrote."),
        ("The kilometre (km) and Li (1890–) (born 1890).", "The kilometre (km) and Li (1890–) (born 1890)."),
    ],
)
def test_brackets_that_hold_nothing_go(raw: str, clean: str) -> None:
    """Guards against "(born )", and against the loss of what brackets do say."""
    assert without_empty_brackets(raw) == clean


@pytest.mark.parametrize(
    "line",
    [
        "The absolute value |x| of a number is its distance from zero.",
        "The norm ||v|| is never below zero.",
        "|x| is the absolute value of x.",
        "P(A|B) is the probability of A given B.",
        "1. FC Köln is a football club.",
        "-40 degrees is the same on both scales.",
        '#MeToo is a movement that began with the words "me too."',
    ],
)
def test_a_whole_sentence_is_prose_however_it_begins(line: str) -> None:
    """Guards against paragraphs that vanish for a bar, a number or a minus."""
    assert not is_list_or_table(line)


@pytest.mark.parametrize(
    "line",
    [
        "- Cairo is a large city in Egypt.",
        "-\u00a0Cairo is a large city in Egypt.",
        "# Cairo is a large city in Egypt.",
        "*Cairo is a large city in Egypt.",
        "-Cairo",
        "#REDIRECT",
        "1. Cairo",
        "1) Cairo, Egypt.",
        "North | Jaffna is a large city. | It is old.",
        "Length\tThe river is very long.",
        "Nile.jpg|The Nile at night is dark.",
        "|-",
        "{{convert|5|km}} is a short way to go.",
        "|x|",
    ],
)
def test_items_and_rows_are_no_prose(line: str) -> None:
    """Guards against lists and tables that pass for prose because they hold a sentence."""
    assert is_list_or_table(line)


def test_a_number_that_begins_a_name_is_no_sentence() -> None:
    assert split_sentences("1. FC Köln is a club. It won in 1978. It fell.") == [
        "1. FC Köln is a club.",
        "It won in 1978.",
        "It fell.",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("The U.S. Navy sank it. Then it rose.", ["The U.S. Navy sank it.", "Then it rose."]),
        ("J. J. Thomson found it. Dr. Li did not.", ["J. J. Thomson found it.", "Dr. Li did not."]),
        ('He said "no." They left.', ['He said "no."', "They left."]),
        ("It cost 3.5 million. It rose.", ["It cost 3.5 million.", "It rose."]),
        ("He saw vol. 2 of it. He read No. 5.", ["He saw vol. 2 of it.", "He read No. 5."]),
        ("It hangs in Washington, D.C. It is old.", ["It hangs in Washington, D.C.", "It is old."]),
        ("He worked for Smith & Co. The firm closed.", ["He worked for Smith & Co.", "The firm closed."]),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


def test_brackets_leave_no_trace() -> None:
    text = "Ahab (born around 1790 (or 1791), in Nantucket) hunted [1] the whale (Moby-Dick)."
    assert without_parentheses(text) == "Ahab hunted the whale."


def test_a_bracket_that_is_never_closed_ends_the_search() -> None:
    assert without_parentheses("Ahab (the captain hunted.") == "Ahab (the captain hunted."
