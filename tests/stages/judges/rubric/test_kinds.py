"""Items in order and under labels, reworked texts, and tasks with many right answers."""

import pytest

from stages.judges.rubric.kinds import open_share, progress, share_in_order, share_of_groups
from stages.judges.rubric.rubric_words import tokenize_words
from stages.judges.rubric.task import parse_task


@pytest.mark.parametrize(
    ("answer", "share"),
    [("3, 12, 20", 1.0), ("From low to high: 3, 12 and 20", 1.0), ("20, 12, 3", 0.0), ("12, 20, 3", 0.2)],
)
def test_an_order_is_right_or_nearly_nothing(answer: str, share: float) -> None:
    task, expected = parse_task("Sort these numbers.", "12, 20, 3"), tokenize_words("They are 3, 12, 20.")
    assert share_in_order(task, expected, tokenize_words(answer)) == pytest.approx(share)


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        ("Plants: rose, oak. Animals: trout, wolf.", 1.0),
        ("The wolf and the trout are animals, and the oak and the rose are plants.", 1.0),
        ("Animals: wolf, trout, rose. Plants: oak.", 0.5),
        ("Animals: oak, rose. Plants: wolf, trout.", 0.0),
    ],
)
def test_items_count_under_their_label_in_any_order(answer: str, share: float) -> None:
    task = parse_task("Classify each item as an animal or a plant.", "oak, wolf, rose, trout")
    assert share_of_groups(task, "Animals: wolf, trout. Plants: oak, rose.", answer, frozenset()) == share


def test_what_is_not_grouped_has_no_share_of_groups() -> None:
    assert share_of_groups(parse_task("Who won?", ""), "Ann won.", "Ann", frozenset()) is None


@pytest.mark.parametrize(
    ("answer", "low", "high"),
    [
        ("The cat sleeps on the sofa.", 1.0, 1.0),
        ("The cat slept on the sofa.", 0.7, 0.9),  # another right form
        ("The cat sleep on the sofa.", 0.0, 0.0),
        ("The cat sleep on sofa.", 0.0, 0.0),
    ],
)
def test_a_corrected_text_has_come_as_far_as_its_pairs_of_words(answer: str, low: float, high: float) -> None:
    task, reference = parse_task("Correct this.", "The cat sleep on the sofa."), "The cat sleeps on the sofa."
    done = progress(task, tokenize_words(reference), tokenize_words(answer), reference, answer)
    assert low <= done <= high


def test_marks_count_where_only_they_change() -> None:
    """Guards against full points for a text without the comma that is asked for."""
    text, reference = "After lunch we went home", "After lunch, we went home."
    words = tokenize_words(text)
    shares = [
        progress(parse_task("Punctuate this.", text), words, words, reference, answer)
        for answer in (text, "After lunch we went home.", reference)
    ]
    assert shares[0] == 0.0 < shares[1] < shares[2] == 1.0


@pytest.mark.parametrize(
    ("instruction", "reference", "right", "wrong"),
    [
        ("Give a synonym for 'fast'.", "A synonym is 'quick'.", "rapid", "slow"),
        ("Name the opposite of 'long'.", "The opposite is 'short'.", "short", "tall"),
        ("Name a word that rhymes with 'cat'.", "'Hat' rhymes with 'cat'.", "bat", "dog"),
        ("Name two fruits.", "Two fruits are apples and pears.", "Plums and peaches.", "Chairs and lamps."),
        ("Add a simile: She was quiet.", "She was as quiet as a mouse.", "She was as quiet as snow.", "She was loud."),
    ],
)
def test_free_answers_are_checked_as_far_as_a_dictionary_goes(
    instruction: str, reference: str, right: str, wrong: str
) -> None:
    task, expected = parse_task(instruction, ""), tokenize_words(reference)
    shares = [open_share(task, expected, tokenize_words(answer), "", frozenset()) for answer in (right, wrong)]
    assert shares[0] >= 0.5 > shares[1]
