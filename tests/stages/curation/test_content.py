"""What an example asks and answers, in content words."""

import pytest

from stages.curation.content import read_content, tokens, word_forms
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The author's 1,300 books - 5.5 kg", ["The", "author's", "1300", "books", "5.5", "kg"]),
        ("7 - 5 = 2", ["7", "-", "5", "=", "2"]),
        ("7-5", ["7", "-", "5"]),
        ("well-known 4x4", ["well-known", "4x4"]),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    """Guards against a minus that is lost between numbers, and a hyphen or a dash that is taken for one."""
    assert tokens(text) == expected


@pytest.mark.parametrize("question", ["Who wrote Emma?", "Name the author of Emma.", "Which writer wrote 'Emma'?"])
def test_wording_makes_no_difference(make: MakeExample, question: str) -> None:
    content = read_content(make(question, "It was written by Jane Austen in two years."))
    assert content.question == {"author", "emma"}
    assert content.marked == content.subjects == {"emma"}
    assert content.answer == {"author", "jane", "austen", "2"}
    assert content.added == {"jane", "austen", "2"}
    assert content.all == {"author", "emma", "jane", "austen", "2"}


def test_quoted_words_and_those_after_a_colon_are_kept_as_they_are(make: MakeExample) -> None:
    """Guards against a word that somebody asks about and that is folded into another, or dropped as wording."""
    content = read_content(make("Give the plural of 'the cities': and do not forget: wrote"))
    assert content.marked == {"the", "cities", "and", "do", "not", "forget", "wrote"}
    assert content.subjects == {"cities", "forget", "wrote"}  # nobody asks about "the" or "not"
    asked = read_content(make("Answer this: when did Austen die?"))
    assert asked.question == {"austen", "death"}
    assert asked.marked == {"austen"}
    assert asked.asks == "when"


def test_a_short_input_is_marked_and_a_passage_only_by_its_names(make: MakeExample) -> None:
    """Guards against an input of 20 words in which each word counts, and one of 19 in which none does."""
    short = read_content(make("Rewrite it.", "They walked.", input="word " * 18 + "She"))
    assert short.marked == {"word", "she"}
    assert short.answer == {"they", "walked"}  # word for word
    passage = read_content(make("Rewrite it.", "They walked.", input="word " * 19 + "She"))
    assert passage.marked == {"she"}
    assert passage.answer == {"they", "walk"}


def test_the_order_of_all_words_counts_where_there_is_a_number(make: MakeExample) -> None:
    assert read_content(make("Convert 5 km to m.")).order == ("change", "5", "km", "m")
    assert read_content(make("Convert Rome to Paris, then Rome.")).order == ("rome", "paris", "rome")


@pytest.mark.parametrize(
    ("instruction", "asks"),
    [
        ("When did she die?", "when"),
        ("What year was it?", "when"),
        ("In which City is it?", "where city"),
        ("Where is it?", "where"),
        ("How many are there?", "how many"),
        ("How do whales sing?", "how"),
        ("Why do whales sing?", "why"),
        ("Which painter was it?", "who"),
        ("Name a color.", ""),
    ],
)
def test_what_is_asked_for(make: MakeExample, instruction: str, asks: str) -> None:
    assert read_content(make(instruction)).asks == asks


@pytest.mark.parametrize(
    ("output", "verdict"),
    [("Yes, it is.", "yes"), ("TRUE.", "yes"), ("No.", "no"), ("False: it isn't.", "no"), ("Nobody knows.", "")],
)
def test_the_verdict_is_how_the_answer_begins(make: MakeExample, output: str, verdict: str) -> None:
    assert read_content(make("Is it?", output)).verdict == verdict


def test_word_forms_are_those_of_the_text_and_their_lemmas() -> None:
    assert word_forms("Two Cities") == {"two", "2", "cities", "city"}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("What is the symbol & called?", "What is the symbol @ called?", False),
        ("What does the character ; do?", "What does the character : do?", False),
        ("What does '[' mean?", "What does ']' mean?", False),
        ("What does | do?", "What does ~ do?", False),
        ("What does && do?", "What does || do?", False),
        ("What is C#?", "What is C++?", False),
        ("What is C#?", "What is C?", False),
        ("What is 5!?", "What is 5?", False),
        ("Convert $5.", "Convert \u20ac5.", False),
        ("What does \U0001f600 mean?", "What does \U0001f622 mean?", False),
        ("Which key is A\u266d?", "Which key is A\u266f?", False),
        ("Who are Simon & Garfunkel?", "Who are Simon and Garfunkel?", True),
        ("Describe Paris - the city.", "Describe Paris, the city.", True),
        ("# Describe Paris!", "Describe Paris.", True),
        ("Who sells Lego\u00ae?", "Who sells Lego?", True),
        ("Describe the ros\u00e9.", "Describe the rose\u0301.", True),
        ("Who wrote \uff25\uff4d\uff4d\uff41?", "Who wrote Emma?", True),
        ("Who wrote Emm\u0430?", "Who wrote Emma?", True),
        ("Who wr\u00adote Em\u200bma?", "Who wrote Emma?", True),
        ("Describe the ros\u00e9.", "Describe the rise.", False),
    ],
)
def test_signs_and_spellings(make: MakeExample, first: str, second: str, same: bool) -> None:
    """Guards against a sign that is the whole difference of two questions and is lost, and against two spellings."""
    question, other = (read_content(make(text, "Thing.")).question for text in (first, second))
    assert (question == other) == same


def test_an_answer_of_signs_alone_has_content(make: MakeExample) -> None:
    """Guards against two different signs that count as the same empty answer."""
    assert read_content(make("Which sign stands for and?", "&.")).answer != read_content(make("A?", "@.")).answer
