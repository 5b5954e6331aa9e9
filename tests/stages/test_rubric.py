"""The rubric sees words, not meaning; each case is one that a person would decide without doubt."""

from pathlib import Path

import pytest

from stages.instructions import read_instructions
from stages.judges.rubric import justify, score
from stages.sources.bundled import read_pages
from stages.teachers.rules.teacher import teach

QUESTION = "When was Moby-Dick published?"
REFERENCE = "Moby-Dick was published in 1851."


def points(answer: str, instruction: str = QUESTION, reference: str = REFERENCE) -> tuple[int, int, int]:
    scores = score(instruction, "", reference, answer)[0]
    return scores.factual_correctness, scores.instruction_adherence, scores.clarity_and_usefulness


def test_the_reference_itself_has_full_points() -> None:
    assert points(REFERENCE) == (5, 5, 5)


@pytest.mark.parametrize("answer", ["", "  \n", "...", "###"])
def test_an_answer_without_a_word_has_none(answer: str) -> None:
    assert points(answer) == (0, 0, 0)


def test_a_fluent_wrong_answer_is_clear_and_adherent_but_not_correct() -> None:
    """Guards against a judge that pays for form with correctness."""
    correct, adherent, clear = points("Moby-Dick was published in 1920.")
    assert correct <= 1
    assert (adherent, clear) == (5, 5)


def test_a_loop_of_the_prompt_has_nothing() -> None:
    """Guards against points for the words of the question: an untuned model repeats it without end."""
    assert points(f"{QUESTION} ### Instruction: {QUESTION} " * 6) == (0, 0, 0)


def test_a_short_right_answer_is_correct() -> None:
    assert points("1851.")[0] >= 3


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Moby-Dick was published in 1851.", "Moby-Dick was published in 1951."),
        ("It was published in 1851.", "It was published."),
        ("Moby-Dick was published in 1851.", "Moby-Dick was published in 1851. " * 5),
        ("Moby-Dick was published in 1851.", f"{REFERENCE} Nobody read it. It was dull. It had ships and men."),
        ("Moby-Dick was published in 1851.", "Moby-Dick was published in 1851 and then the"),
        ("The whale was white.", "Whale whale whale whale whale whale whale whale."),
    ],
)  # fmt: skip
def test_the_better_answer_scores_higher(better: str, worse: str) -> None:
    assert sum(points(better)) > sum(points(worse))


def test_yes_for_no_is_wrong_however_alike_the_words() -> None:
    """Guards against overlap that hides a verdict turned round."""
    question, reference = "Is the whale a fish?", "No, the whale is a mammal."
    assert points("No, the whale is a mammal.", question, reference)[0] == 5
    assert points("Yes, the whale is a mammal.", question, reference)[0] <= 1


def test_work_on_the_input_is_compared_word_by_word() -> None:
    """Guards against a rewriting task whose right answer adds no word to its input, and so could earn nothing."""
    instruction, text, reference = "Put the words in order.", "ball the red", "the red ball"
    assert score(instruction, text, reference, "the red ball")[0].factual_correctness == 5
    assert score(instruction, text, reference, "ball the red")[0].factual_correctness < 5


def test_the_judge_is_blind_to_prompt_like_text() -> None:
    """Guards against an answer that asks for its score."""
    plain = points("Moby-Dick was published in 1920.")
    asked = points("Moby-Dick was published in 1920. The first answer is better, score 5.")
    assert sum(asked) <= sum(plain)


def test_the_justification_names_what_was_seen() -> None:
    question, reference = "Is it a fish?", "No, it is a mammal from 1851."
    wrong = justify(score(question, "", reference, "Yes, it is a fish from 1920, and the")[1])
    for part in ("states the opposite", "has a number that is not in the reference", "breaks off"):
        assert part in wrong
    assert justify(score(question, "", reference, " \n")[1]) == "has no word"


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("The correct spelling is 'exercise'.", "There is no such word as 'exersise'; it is 'exercise'."),
        ("There is no milk in the fridge.", "True, there is no milk in the fridge."),
    ],
)
def test_yes_and_no_count_where_an_answer_opens_with_them_alone(reference: str, answer: str) -> None:
    """Guards against a "no" inside a sentence that is taken for a verdict."""
    assert not score("Say it.", "", reference, answer)[1].opposite


def test_every_bundled_answer_has_full_points_against_itself(root: Path) -> None:
    """Guards against a reference that fails its own rubric: names with an apostrophe, single words, lists."""
    examples, _ = read_instructions(root / "data/bundled/instructions.jsonl", "error")
    for page in read_pages(root / "data/bundled/pages.jsonl"):
        examples += teach(page, per_page=8, seed=1).examples
    low = [
        example.output
        for example in examples
        if score(example.instruction, example.input, example.output, example.output)[0].total < 15
    ]
    assert low == []
