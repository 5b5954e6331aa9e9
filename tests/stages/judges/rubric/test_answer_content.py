"""What of an answer is right: wanted words, choices, verdicts and names."""

import pytest

from stages.judges.rubric.answer_content import AnswerContent, compare_content, wanted_units
from stages.judges.rubric.rubric_words import tokenize_words
from stages.judges.rubric.task import parse_task


def content(instruction: str, reference: str, answer: str, input: str = "") -> AnswerContent:
    return compare_content(parse_task(instruction, input), reference, answer)


def wanted(instruction: str, reference: str, input: str = "") -> list[str]:
    return [unit.word.form for unit in wanted_units(parse_task(instruction, input), tokenize_words(reference), [])]


@pytest.mark.parametrize(
    ("instruction", "input", "reference", "expected"),
    [
        ("When was it published?", "", "It was published in 1851.", ["1851"]),
        ("In what order?", "", "The answer is the red one.", ["red", "one"]),  # a frame is no content
        ("Is it even or odd?", "135", "The number 135 is odd.", ["odd"]),
        ("When did he win?", "He won in 1923.", "He won in 1923.", ["1923"]),  # picked from the text
        ("Why is it odd?", "", "It is odd because 2 leaves a rest.", ["2", "leaves", "rest"]),
        ("Which word is different?", "ant, bee, car", "Car is different, because it has wheels.", ["car"]),
        ("Who wrote it?", "", "Joseph John Thomson wrote it.", ["thomson"]),
    ],
)
def test_what_is_wanted_is_what_the_reference_adds(
    instruction: str, input: str, reference: str, expected: list[str]
) -> None:
    assert wanted(instruction, reference, input) == expected


@pytest.mark.parametrize(
    ("answer", "share"), [("children", 1.0), ("childs", 0.0), ("The plural of 'child' is 'childs'.", 0.0)]
)
def test_the_form_decides_where_it_is_asked(answer: str, share: float) -> None:
    assert content("What is the plural of 'child'?", "The plural of 'child' is 'children'.", answer).share == share


@pytest.mark.parametrize(
    ("answer", "right", "reverses", "hedges"),
    [
        ("Tokyo", True, "", False),
        ("Kyoto is smaller than Tokyo.", True, "", False),
        ("Kyoto is bigger than Tokyo.", False, "the roles", False),
        ("Kyoto", False, "the choice", False),
        ("Tokyo and Kyoto", False, "", True),
        ("Osaka", False, "", False),
    ],
)
def test_a_choice_is_read_from_the_sentence(answer: str, right: bool, reverses: str, hedges: bool) -> None:
    """Guards against a choice that is seen only in an answer with the words of the reference."""
    found = content("Which is bigger, Tokyo or Kyoto?", "Tokyo is bigger than Kyoto.", answer)
    assert (found.share >= 0.9, found.reversed, found.hedges) == (right, reverses, hedges)


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("Yes.", False),
        ("No, they cannot.", True),
        ("Penguins can't fly.", True),
        ("Penguins can fly.", False),
        ("Yes and no.", False),
    ],
)
def test_a_verdict_may_be_a_sentence_without_yes_or_no(answer: str, right: bool) -> None:
    """Guards against "No," taken for a negation of the sentence after it."""
    assert (content("Can penguins fly?", "No, penguins cannot fly.", answer).share >= 0.8) == right


@pytest.mark.parametrize(
    ("answer", "share"), [("It does not change.", 1.0), ("This is a sentence and it is not about anything.", 0.0)]
)
def test_a_not_counts_with_what_it_negates(answer: str, share: float) -> None:
    """Guards against points for any sentence with a "not" where the reference has one."""
    assert (
        content("How does the verb 'put' change in the past?", "The verb 'put' does not change.", answer).share == share
    )


def test_a_reference_in_quotes_is_the_answer_and_an_old_quote_in_the_answer_is_not() -> None:
    instruction, reference = "What is the full form of 'weren't'?", "Spelled out, 'weren't' is 'were not'."
    assert content(instruction, reference, "were not").share == 1.0
    assert content(instruction, reference, "Spelled out, 'weren't' is 'has not'.").share < 1.0


@pytest.mark.parametrize(
    ("answer", "below"),
    [
        ("Paris and Lyon", 0.6),
        ("Paris, Lyon, Nice or Metz", 0.4),
        ("I don't know, it may be Paris.", 0.1),
        ("Lyon", 0.1),
    ],
)
def test_hedges_dumps_and_refusals_are_not_right(answer: str, below: float) -> None:
    assert content("What is the capital of France?", "The capital of France is Paris.", answer).share < below


def test_true_extras_cost_nothing() -> None:
    more = "It was completed in March 1889. It was built by the firm of Gustave Eiffel for a fair in Paris."
    assert content("When was the tower completed?", "The tower was completed in March 1889.", more).share == 1.0


@pytest.mark.parametrize(
    ("answer", "brings"),
    [("The plural of 'child' is '.'", False), ("The plural.", False), ("The plural of 'child' is 'child'.", True)],
)
def test_a_frame_says_nothing_and_a_claim_does(answer: str, brings: bool) -> None:
    """Guards against points for the opening that a tuned model has learnt."""
    assert content("What is the plural of 'child'?", "The plural of 'child' is 'children'.", answer).brings == brings


def test_a_copy_is_no_answer_but_may_hold_what_a_summary_says() -> None:
    text, reference = "It rained. The river rose and the town was flooded.", "Rain flooded the town."
    assert content("Summarize this.", reference, text, text).copies
    assert content("Summarize this.", reference, text, text).share > 0
    assert content("Make it negative.", "She does not sing.", "She sings.", "She sings.").share == 0
