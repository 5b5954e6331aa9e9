"""Answers that cannot both be right, and which of them is kept."""

import pytest

from stages.common.records import Example
from stages.curation.conflicting_answer import conflicting_answer, disagree
from stages.curation.content import read_content
from tests.stages.conftest import MakeExample


def judge(examples: list[Example], *supported: Example) -> list[str | None]:
    return conflicting_answer(
        [(example, read_content(example)) for example in examples], lambda example: example in supported
    )


@pytest.mark.parametrize(
    ("question", "first", "second", "found"),
    [
        ("When was Emma published?", "In 1815.", "In 1816.", True),
        ("When was Emma published?", "In December 1815.", "In 1815.", False),  # one says more
        ("How tall is the tower?", "It is 330 m.", "It is 1,083 feet.", False),  # another unit
        ("How tall is the tower?", "It is 330.2 m.", "It is 330 m.", False),  # rounded
        ("How tall is the tower?", "It is 330 m.", "It is 331 m.", True),  # two whole numbers are never rounded
        ("Is the tower tall?", "Yes, it is.", "No, it is not.", True),
        ("Which color is the cover?", "It is blue.", "It is red.", True),
        ("Which color is the cover?", "Blue.", "A deep red of old brick, wine, rust, roses and dried blood.", False),
        ("Give an example of the cover's colors, please.", "Blue.", "Red.", False),  # any of many
        ("What is the sign for and?", "The sign is &.", "The sign is @.", False),  # a sign is not a word of an answer
        ("Tell me something nice.", "Blue.", "Red.", False),  # nothing definite is asked for
    ],
)
def test_disagree(make: MakeExample, question: str, first: str, second: str, found: bool) -> None:
    """Guards against a contradiction that passes, and against two wordings, units or choices taken for one."""
    pairs = [(example, read_content(example)) for example in (make(question, first), make(question, second))]
    assert disagree(*pairs) == disagree(*reversed(pairs)) == found


def test_a_confirmed_answer_is_kept_against_all_others(make: MakeExample) -> None:
    """Guards against a right answer that is rejected because two wrong ones outnumber it."""
    question = "Which color is the cover?"
    red, blue, green = make(question, "It is red."), make(question, "It is blue."), make(question, "It is green.")
    other = f"but {red.id} answers 'It is red.'; the page supports the other"
    assert judge([red, blue, green], red) == [None, f"'It is blue.', {other}", f"'It is green.', {other}"]


def test_confirmed_answers_that_agree_are_all_kept(make: MakeExample) -> None:
    question = "Which color is the cover?"
    red, again, blue = make(question, "It is red."), make(question, "Red it is."), make(question, "It is blue.")
    assert [evidence is None for evidence in judge([red, again, blue], red, again)] == [True, True, False]


def test_nobody_is_kept_where_nobody_can_say_who_is_right(make: MakeExample) -> None:
    """Guards against the first of two that is kept only because it came first."""
    question = "Which color is the cover?"
    red, blue = make(question, "It is red."), make(question, "It is blue.")
    for supported, verdict in (((), "no page supports one"), ((red, blue), "the page supports both")):
        found = judge([red, blue], *supported)
        assert [evidence is not None and evidence.endswith(f"; {verdict}") for evidence in found] == [True, True]


def test_what_nobody_contradicts_is_kept(make: MakeExample) -> None:
    question = "Which color is the cover?"
    examples = [make(question, "It is red."), make(question, "Red it is.")]
    assert judge(examples) == [None, None]


def test_questions_that_differ_by_a_sign_do_not_conflict(make: MakeExample) -> None:
    """Guards against two good examples that are both rejected, because their questions count as the same."""
    first = make("What is the symbol & called?", "It is called an ampersand.")
    second = make("What is the symbol @ called?", "It is called the at sign.")
    assert not disagree((first, read_content(first)), (second, read_content(second)))
