"""What the reference adds to the question, and how much of it an answer has, by kind of task."""

import pytest

from stages.judges.rubric.overlap import Overlap, compare_groups, compare_with_reference
from stages.judges.rubric.task import parse_task


def overlap(instruction: str, reference: str, answer: str, input: str = "") -> Overlap:
    return compare_with_reference(parse_task(instruction, input), reference, answer)


def test_recall_and_precision_by_hand() -> None:
    """The reference adds "1851" (weight 2), "Harper" (a name, 2) and "press" (1)."""
    reference = "It was published in 1851 by the press of Harper."
    found = overlap("When was Moby-Dick published?", reference, "It was published in 1851 by a cheap press.")
    assert (found.wanted, found.brought) == (3, 3)
    assert found.recall == pytest.approx(3 / 5)
    assert found.precision == pytest.approx(3 / 4)  # "cheap" is not in the reference
    assert (found.missing, found.unsupported) == (("Harper",), ("cheap",))
    assert found.adds_number


def test_words_of_the_question_count_for_nothing() -> None:
    question = "When was Moby-Dick published?"
    found = overlap(question, "Moby-Dick was published in 1851.", question)
    assert (found.recall, found.brought, found.missing, found.same_pairs) == (0.0, 0, ("1851",), True)


@pytest.mark.parametrize(
    ("answer", "key_precision"),
    [
        ("It was published in 1851.", 1.0),
        ("It was published.", 1.0),  # missing, but not replaced
        ("It was published in 1920.", 0.0),
        ("It was published in 1851 and 1920.", 1.0),  # more, but none is missing
        ("It was published by Ahab.", 1.0),  # a name in the place of a number
    ],
)
def test_a_number_instead_of_another_lowers_key_precision(answer: str, key_precision: float) -> None:
    assert overlap("When was Moby-Dick published?", "It was published in 1851.", answer).key_precision == key_precision


def test_the_choice_among_alternatives() -> None:
    question, reference = "Is the review positive, negative or neutral?", "The review is negative."
    right = overlap(question, reference, "It is negative.", "The food was cold.")
    wrong = overlap(question, reference, "It is positive.", "The food was cold.")
    both = overlap(question, reference, "Negative or neutral.", "The food was cold.")
    assert (right.picked, right.chosen, right.rejected) == (True, True, ())
    assert (wrong.chosen, wrong.rejected) == (False, ("positive",))
    assert (both.chosen, both.rejected) == (True, ("neutral",))


def test_a_reworked_text_is_compared_form_by_form_and_in_order() -> None:
    """Guards against inflections that count as equal where the task is to change them."""
    text, reference = "She go to school.", "She goes to school."
    right = overlap("Correct the sentence.", reference, f"The corrected sentence is: {reference}", text)
    assert (right.rework, right.recall, right.precision, right.phrasing, right.kept) == (True, 1.0, 1.0, 1.0, 1.0)
    unchanged = overlap("Correct the sentence.", reference, text, text)
    assert (unchanged.recall, unchanged.missing) == (0.0, ("goes",))
    assert unchanged.phrasing == 0.0  # it changes no pair of words
    scrambled = overlap("Correct the sentence.", reference, "School goes to she.", text)
    assert (scrambled.recall, scrambled.kept) == (1.0, 1.0)
    assert scrambled.phrasing < right.phrasing


def test_changed_punctuation_is_measured_by_progress() -> None:
    text, reference = "After dinner we left he slept.", "After dinner, we left; he slept."
    shares = [
        overlap("Add the marks.", reference, answer, text).recall
        for answer in (text, "After dinner, we left he slept.", reference)
    ]
    assert shares[0] == 0.0 < shares[1] < shares[2] == 1.0


def test_a_reference_without_a_new_word_is_compared_as_a_whole() -> None:
    found = overlap(
        "Which is larger, the Sun or the Moon? The Sun is larger, they say.", "The Sun is larger.", "The Sun."
    )
    assert found.wanted > 0


def test_items_belong_to_the_label_of_their_clause() -> None:
    """Guards against an item that counts for any label, and against labels after their items that are missed."""
    task = parse_task("Sort these into fruits and vegetables.", "carrot, apple, leek, cherry")
    reference = "Fruits: apple, cherry. Vegetables: carrot, leek."
    sorted_right = compare_groups(task, reference, "Carrot and leek are vegetables, and apple and cherry are fruits.")
    assert sorted_right is not None and sorted_right[0] == sorted_right[1]
    assert len(sorted_right[0]) == 4
    one_clause = compare_groups(task, reference, "Fruits are apple and cherry and vegetables are carrot and leek.")
    assert one_clause is not None and one_clause[0] == one_clause[1]
    wrong = compare_groups(task, reference, "Fruits: carrot, apple. Vegetables: leek, cherry.")
    assert wrong is not None and len(wrong[0] & wrong[1]) == 2
    assert compare_groups(task, "Fruits: apple, cherry.", reference) is None  # only one label: nothing is sorted


def test_phrasing_is_the_f1_of_new_pairs() -> None:
    """The reference adds 3 pairs, the answer 5, of which 2 are the same: 2 * 2 / (3 + 5)."""
    found = overlap("Say it.", "fig plum pear date", "fig plum pear nut lime kiwi")
    assert found.phrasing == pytest.approx(4 / 8)


def test_a_reference_that_names_all_alternatives_chooses_none() -> None:
    found = overlap("Is it a fruit or vegetable?", "It is a fruit and a vegetable.", "It is a fruit.")
    assert (found.picked, found.rejected) == (False, ())
