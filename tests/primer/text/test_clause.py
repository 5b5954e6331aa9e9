"""What becomes of a clause, checked on clauses of all kinds."""

import pytest

from primer.text.clause import Phrase, SimpleClause

FARMER = Phrase("the farmer", "he", True)
HENS = Phrase("the hens", "they")
FEEDS = SimpleClause(FARMER, "feed", HENS, "in the morning")
SWIM = SimpleClause(Phrase("I", "I", True), "swim", None, "in the lake")
BOTH = SimpleClause(Phrase("Tom and Ida", "they", True), "write", Phrase("a letter"))
COLD = SimpleClause(Phrase("the water"), "be", None, "cold")


@pytest.mark.parametrize(
    ("clause", "tense", "statement", "negative", "question", "tagged"),
    [
        (
            FEEDS,
            "present",
            "The farmer feeds the hens in the morning.",
            "The farmer doesn't feed the hens in the morning.",
            "Does the farmer feed the hens in the morning?",
            "The farmer feeds the hens in the morning, doesn't he?",
        ),
        (
            FEEDS,
            "past",
            "The farmer fed the hens in the morning.",
            "The farmer didn't feed the hens in the morning.",
            "Did the farmer feed the hens in the morning?",
            "The farmer fed the hens in the morning, didn't he?",
        ),
        (
            SWIM,
            "present",
            "I swim in the lake.",
            "I don't swim in the lake.",
            "Do I swim in the lake?",
            "I swim in the lake, don't I?",
        ),
        (
            SWIM,
            "perfect",
            "I have swum in the lake.",
            "I haven't swum in the lake.",
            "Have I swum in the lake?",
            "I have swum in the lake, haven't I?",
        ),
        (
            SWIM,
            "progressive",
            "I am swimming in the lake.",
            "I am not swimming in the lake.",
            "Am I swimming in the lake?",
            "I am swimming in the lake, aren't I?",
        ),
        (
            BOTH,
            "future",
            "Tom and Ida will write a letter.",
            "Tom and Ida won't write a letter.",
            "Will Tom and Ida write a letter?",
            "Tom and Ida will write a letter, won't they?",
        ),
        (
            BOTH,
            "can",
            "Tom and Ida can write a letter.",
            "Tom and Ida can't write a letter.",
            "Can Tom and Ida write a letter?",
            "Tom and Ida can write a letter, can't they?",
        ),
        (
            BOTH,
            "past progressive",
            "Tom and Ida were writing a letter.",
            "Tom and Ida weren't writing a letter.",
            "Were Tom and Ida writing a letter?",
            "Tom and Ida were writing a letter, weren't they?",
        ),
        (
            COLD,
            "past",
            "The water was cold.",
            "The water wasn't cold.",
            "Was the water cold?",
            "The water was cold, wasn't it?",
        ),
        (
            COLD,
            "future",
            "The water will be cold.",
            "The water won't be cold.",
            "Will the water be cold?",
            "The water will be cold, won't it?",
        ),
    ],
)
def test_forms_of_a_clause(
    clause: SimpleClause, tense: str, statement: str, negative: str, question: str, tagged: str
) -> None:
    """Guards against "does feeds", "I is", "did fed", and tags of another verb."""
    assert clause.statement(tense) == statement
    assert clause.negative(tense, short=True) == negative
    assert clause.question(tense) == question
    assert clause.tagged(tense) == tagged


@pytest.mark.parametrize(
    ("tense", "passive"),
    [
        ("present", "A letter is written by Tom and Ida."),
        ("past", "A letter was written by Tom and Ida."),
        ("future", "A letter will be written by Tom and Ida."),
        ("perfect", "A letter has been written by Tom and Ida."),
        ("must", "A letter must be written by Tom and Ida."),
        ("progressive", "A letter is being written by Tom and Ida."),
    ],
)
def test_the_passive(tense: str, passive: str) -> None:
    assert BOTH.passive(tense) == passive


def test_the_passive_takes_the_number_of_the_object() -> None:
    """Guards against "The hens is fed", where the verb keeps the old subject's number."""
    assert FEEDS.passive("present") == "The hens are fed by the farmer in the morning."
    assert SimpleClause(Phrase("I", "I", True), "see", HENS).passive("past") == "The hens were seen by me."
    with pytest.raises(ValueError, match="swim: no object"):
        SWIM.passive("past")


def test_questions_for_a_part_leave_it_out() -> None:
    assert FEEDS.question("past", "what", object_too=False) == "What did the farmer feed in the morning?"
    assert FEEDS.question("past", "when", rest_too=False) == "When did the farmer feed the hens?"
    assert FEEDS.subject_question("past") == "Who fed the hens in the morning?"
    assert COLD.subject_question("present") == "What is cold?"
    assert BOTH.subject_question("present") == "Who writes a letter?"


def test_short_answers() -> None:
    assert FEEDS.short_answer("past", yes=True) == "Yes, he did."
    assert BOTH.short_answer("future", yes=False) == "No, they won't."
    assert SWIM.short_answer("progressive", yes=False) == "No, I am not."
