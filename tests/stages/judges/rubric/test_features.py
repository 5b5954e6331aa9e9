"""What the rubric sees in one answer: topic, form, and what it reverses."""

import pytest

from stages.judges.rubric.features import AnswerFeatures, extract_features, find_opposite, yes_or_no
from stages.judges.rubric.rubric_words import tokenize_words

QUESTION = "Why are leaves green?"
REFERENCE = "Leaves are green because chlorophyll absorbs red and blue light and reflects green light."


def features(answer: str, instruction: str = QUESTION, reference: str = REFERENCE, input: str = "") -> AnswerFeatures:
    return extract_features(instruction, input, reference, answer)


# Topic


def test_topic_of_full_off_topic_and_short_answers() -> None:
    assert features(REFERENCE).topic == 1.0
    assert features("My uncle sells used cars in a small town near the sea.").topic == 0.0
    assert (
        features("Leaves drink paint from the soil every night, as my uncle often says.").topic == 0.5
    )  # of the subject
    short = features("Lima.", "What is the capital of Peru?", "The capital of Peru is Cusco.")
    assert short.topic == 0.8  # a short answer need not name its subject


def test_topic_from_two_thirds_of_the_reference_on_is_full() -> None:
    """The words "pears", "figs", "plums" are two of the three content words that the reference has."""
    question, reference = "What did he eat there?", "Pears, figs, plums."
    many = "He had pears and figs, and then went home to bed again at night, they say."
    few = "He had pears, and then went home to bed again at night, they say, with it."
    assert features(many, question, reference).topic == 1.0
    assert features(few, question, reference).topic == pytest.approx(0.5 + 1 / 3)  # by recall


def test_topic_from_the_words_of_the_reference() -> None:
    """Two of its four content words, which are two of the three of its subject, and nothing that it adds."""
    question, reference = "What is the color of the old ship's sail?", "The old ship's sail is red."
    assert features("It was an old ship that sank there.", question, reference).topic == 1.5 * 2 / 4


def test_a_wrong_alternative_is_to_the_point() -> None:
    found = features("Positive.", "Is the review positive or negative?", "The review is negative.", "It was cold.")
    assert (found.overlap.rejected, found.topic) == (("Positive",), 1.0)


def test_topic_of_an_answer_to_an_open_task() -> None:
    """Half of the subject is enough if many answers are right; no word of it is not."""
    reference, answer = "The deep sea is calm and blue.", "A fish lives in the sea."
    assert features(answer, "Write a sentence about the deep sea.", reference).topic == 0.8
    assert features(answer, "What is the deep sea?", reference).topic == 0.5
    assert features("The bird is at the window.", "Write a sentence about the deep sea.", reference).topic == 0.0


def test_answers_that_say_more_get_no_assumed_topic() -> None:
    question, reference = "What is the capital of Peru?", "Lima."
    assert features("Cusco.", question, reference).topic == 0.8
    assert features("It rained all day long there.", question, reference).topic < 0.8
    assert features("Whales swallow ships.", question, reference).topic == 0.0  # short, but adds too many words


# What is new


def test_a_copy_of_question_or_text_is_nothing_new() -> None:
    assert features(QUESTION).nothing_new
    assert features("Leaves are green.").nothing_new
    text, reference = "After dinner we left.", "After dinner, we left."
    assert features(text, "Add a comma.", reference, text).nothing_new
    assert not features(reference, "Add a comma.", reference, text).nothing_new
    assert not features("Chlorophyll.").nothing_new


def test_the_reference_in_other_writing_is_the_same() -> None:
    question, reference = "How many are there?", "There are seven of them."
    assert (features(reference, question, reference).same, features(reference, question, reference).exact) == (
        True,
        True,
    )
    other = features("there are 7 of them!", question, reference)
    assert (other.same, other.exact) == (True, False)
    assert not features("There are of them seven.", question, reference).same


def test_enough_is_half_of_the_length() -> None:
    question, reference = "Say it.", "fig plum pear quince kiwi lime date nut"
    assert [features(answer, question, reference).enough for answer in ("fig", "fig plum", "fig plum pear quince")] == [
        0.25,
        0.5,
        1.0,
    ]


# Form


def test_loops_echoes_and_length() -> None:
    loop = features("green light and " * 20).form
    assert loop.variety < 0.2
    assert loop.not_long == pytest.approx((2 * 14 + 8) / 60)
    assert features(REFERENCE).form.variety == 1.0
    echo = features("Why are leaves green? Why are leaves green?").form
    assert echo.echo > 0.5
    shared = features("The whale is big.", "Is it true that the whale is big?", "Yes, the whale is big.").form
    assert shared.echo == 0.0  # the reference says it, too


@pytest.mark.parametrize(
    ("answer", "broken", "prose", "finished"),
    [
        (REFERENCE, 0.0, True, True),
        ("It reflects the green", 0.0, True, True),  # four words, the last has content
        ("It is because the", 0.0, True, False),
        ("It reflects the the green light.", 1 / 6, True, True),
        ("It is a of green light.", 1 / 6, True, True),  # a preposition after an article
        ("chlorophyll red blue light absorb reflect green.", 0.0, False, True),
    ],
)
def test_sentences(answer: str, broken: float, prose: bool, finished: bool) -> None:
    form = features(answer).form
    assert (form.prose, form.finished) == (prose, finished)
    assert form.broken == pytest.approx(broken)


# Opposites


@pytest.mark.parametrize(
    ("expected", "given", "opposite"),
    [
        ("Yes, it is.", "No, it is not.", "no for yes"),
        ("It is a planet.", "It is not a planet.", "not planet"),
        ("It is not a planet.", "It is a planet.", "not planet"),
        ("It is never cold.", "It is not cold.", ""),
        ("It is a whale.", "No.", ""),  # only one of the two says yes or no
        ("Iron expands.", "Iron contracts.", "contracts for expands"),
        ("It is hot by day and cold by night.", "It is cold by night.", ""),  # the reference says both
    ],
)
def test_opposites(expected: str, given: str, opposite: str) -> None:
    assert find_opposite(tokenize_words(expected), tokenize_words(given)) == opposite


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("Yes.", True), ("That is false.", False), ("The statement is true.", True), ("It is true.", None), ("", None)],
)
def test_yes_or_no_opens_the_text(text: str, verdict: bool | None) -> None:
    assert yes_or_no(tokenize_words(text)) is verdict
