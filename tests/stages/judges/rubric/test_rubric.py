"""The rubric sees words, not meaning; each case is one that a person would decide without doubt."""

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.common.instruction_sets import read_instructions
from stages.judges.rubric.rubric import justify, score, whole_points
from stages.sources.input_files import read_pages
from stages.teachers.rules.teacher import teach
from tests.stages.judges.rubric.rubric_points import BECAUSE, QUESTION, REFERENCE, WHY, points

CASES = Path(__file__).parent / "rubric_cases.jsonl"
FAIR_MARKS = Path(__file__).parent / "fair_marks.jsonl"


def remark(answer: str, instruction: str = QUESTION, reference: str = REFERENCE, input: str = "") -> str:
    return justify(score(instruction, input, reference, answer)[1])


@cache
def cases() -> list[dict[str, Any]]:
    """A question, its reference, and answers of many sorts, each with the grade (0-100) that a person might give."""
    return [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]


def of_sort(*sorts: str) -> list[tuple[str, str, str, str]]:
    return [
        (answer["text"], case["instruction"], case["reference"], case["input"])
        for case in cases()
        for answer in case["answers"]
        if answer["sort"] in sorts
    ]


def spearman(one: Sequence[int], other: Sequence[int]) -> float:
    """Pearson's correlation of ranks; equal values share the mean of their ranks."""
    ranks = []
    for values in (one, other):
        _, index, count = np.unique(np.array(values), return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(count) - (count - 1) / 2)[index])
    return float(np.corrcoef(ranks[0], ranks[1]).item(1))


# The three criteria


def test_the_reference_itself_has_full_points() -> None:
    assert points(REFERENCE) == (5, 5, 5)


def test_other_capitals_and_punctuation_cost_nothing() -> None:
    assert points("moby-dick, was published in 1851") == (5, 5, 5)


@pytest.mark.parametrize("answer", ["", "  \n", "...", "###"])
def test_an_answer_without_a_word_has_none(answer: str) -> None:
    assert points(answer) == (0, 0, 0)


@pytest.mark.parametrize(
    ("answer", "instruction", "reference"),
    [
        ("Moby-Dick was published in 1920.", QUESTION, REFERENCE),
        ("The capital of Peru is Cusco.", "What is the capital of Peru?", "The capital of Peru is Lima."),
        ("Leaves are green because they drink paint from the soil.", WHY, BECAUSE),
        ("The whale is a fish.", "What sort of animal is the whale?", "The whale is a mammal."),
    ],
)
def test_a_fluent_wrong_answer_is_clear_and_adherent_but_not_correct(
    answer: str, instruction: str, reference: str
) -> None:
    """Guards against a judge that pays for form with correctness."""
    factual, adherent, clear = points(answer, instruction, reference)
    assert (factual, adherent) == (0, 4)
    assert clear in (3, 4)


def test_a_loop_of_the_prompt_has_nothing() -> None:
    """Guards against points for the words of the question: an untuned model repeats it without end."""
    assert points(f"{QUESTION} ### Instruction: {QUESTION} " * 6) == (0, 0, 0)
    assert points(QUESTION * 4) == (0, 0, 0)


@pytest.mark.parametrize(
    "answer", [row for row in of_sort("loop", "echo") if "Summarize" not in row[1]], ids=lambda row: row[0][:30]
)
def test_a_repeated_question_or_text_is_no_answer(answer: tuple[str, str, str, str]) -> None:
    assert points(*answer)[0] <= 2
    assert sum(points(*answer)) <= 9


def test_a_short_right_answer_is_worth_as_much_as_the_sentence_around_it() -> None:
    assert points("1851.") == (5, 5, 5)


def test_a_right_but_clumsy_or_unfinished_answer_is_correct_but_less_clear() -> None:
    clumsy = points("Moby-Dick it was was published in in 1851.")
    assert clumsy[0] >= 3
    assert clumsy[2] <= 3
    unfinished = points(f"{REFERENCE[:-1]} and then the")
    assert unfinished[0] >= 3
    assert unfinished[2] <= 3


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("Moby-Dick was published in 1851.", "Moby-Dick was published in 1951."),
        ("It was published in 1851.", "It was published."),
        ("Moby-Dick was published in 1851.", "Moby-Dick was published in 1851. " * 5),
        ("Moby-Dick was published in 1851.", f"{REFERENCE} Nobody read it. It was dull. It had ships and men."),
        ("Moby-Dick was published in 1851.", "Moby-Dick was published in 1851 and then the"),
    ],
)  # fmt: skip
def test_the_better_answer_scores_higher(better: str, worse: str) -> None:
    assert sum(points(better)) > sum(points(worse))


@pytest.mark.parametrize(
    ("shares", "expected"),
    [((1, 1, 1), [5, 5, 5]), ((0.99, 0.99, 0.9), [5, 5, 4]), ((0, 0.84, 0.82), [0, 4, 4]), ((0, 0, 0), [0, 0, 0])],
)
def test_points_add_up_to_the_whole_points_of_the_sum(shares: tuple[float, ...], expected: list[int]) -> None:
    """Guards against three roundings that hide which of two answers is better."""
    assert whole_points(shares) == expected


def test_a_reference_of_one_mark_is_met_by_the_mark() -> None:
    assert points("?", "Which mark ends a question?", "?") == (5, 5, 5)
    assert points("!", "Which mark ends a question?", "?") == (0, 0, 0)


# What counts as the same, and what as the opposite


@pytest.mark.parametrize(
    ("answer", "instruction", "reference"),
    [
        ("There are 7 of them.", "How many continents are there?", "There are seven continents."),
        ("407 km", "How far is it?", "It is four hundred and seven kilometers."),
        ("He does not swim.", "Make it negative: He swims.", "He doesn't swim."),
        ("3000", "Convert 3 km to meters.", "3 km is 3,000 meters."),
    ],
)
def test_other_ways_to_write_it_are_right(answer: str, instruction: str, reference: str) -> None:
    """Guards against marks lost by number words, units, contractions and thousands separators."""
    assert points(answer, instruction, reference)[0] >= 4


def test_inflection_is_forgiven_in_a_fact_and_not_in_a_task_about_form() -> None:
    """Guards against a stem that makes "goes" and "go" the same where just that is asked."""
    assert points("It reflects the green.", WHY, "They reflect the green.")[0] >= 3
    assert points("She go to school.", "Fix it.", "She goes to school.", "She go to school.")[0] == 0


def test_yes_for_no_is_wrong_however_alike_the_words() -> None:
    """Guards against overlap that hides a verdict turned round."""
    question, reference = "Is the whale a fish?", "No, the whale is a mammal."
    assert points("No, the whale is a mammal.", question, reference)[0] == 5
    assert points("Yes, the whale is a mammal.", question, reference)[0] == 0


# Kinds of tasks


def test_of_offered_alternatives_the_right_one_decides() -> None:
    question, reference = "Is the review positive, negative or neutral?", "The review is negative."
    text = "The food was cold."
    assert points("Negative.", question, reference, text)[0] >= 4
    assert points("The review is positive.", question, reference, text) == (0, 4, 4)
    assert points("Positive, negative or neutral.", question, reference, text)[0] <= 1


def test_what_is_sorted_under_the_right_label_counts_in_any_order() -> None:
    question, text = "Sort these into fruits and vegetables.", "carrot, apple, leek, cherry"
    reference = "Fruits: apple, cherry. Vegetables: carrot, leek."
    assert points("Vegetables: leek, carrot. Fruits: cherry, apple.", question, reference, text)[0] >= 4
    assert points("Fruits: carrot, leek. Vegetables: cherry, apple.", question, reference, text)[0] == 0


def test_work_on_the_input_is_compared_word_by_word() -> None:
    """Guards against a rewriting task whose right answer adds no word to its input, and so could earn nothing."""
    instruction, text, reference = "Put the words in order.", "ball the red", "the red ball"
    assert points("the red ball", instruction, reference, text) == (5, 5, 5)
    assert points("ball the red", instruction, reference, text)[0] == 0


def test_the_untouched_text_is_no_answer_to_a_task_that_changes_it() -> None:
    """Guards against points for a copy, which shares most words with the reference."""
    instruction, text, reference = "Add a comma.", "After dinner we left.", "After dinner, we left."
    assert points(text, instruction, reference, text) == (0, 1, 2)
    assert points(reference, instruction, reference, text) == (5, 5, 5)


def test_one_of_two_mistakes_put_right_is_half() -> None:
    instruction, text = "Correct the spelling.", "I recieved a beautifull cat."
    reference = "I received a beautiful cat."
    assert 1 <= points("I received a beautifull cat.", instruction, reference, text)[0] <= 3


# Justifications


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (REFERENCE, "is the reference"),
        (" \n", "has no word"),
        (QUESTION, "adds nothing to the question"),
        (
            "Moby-Dick was published in 1920.",
            'misses "1851"; says "1920", which neither reference nor question has',
        ),
        ("1851.", "has what is asked"),
        (f"{REFERENCE} {REFERENCE} {REFERENCE}", "has what is asked; repeats itself"),
    ],
)
def test_the_justification_names_what_was_seen(answer: str, expected: str) -> None:
    assert remark(answer) == expected


def test_a_justification_names_what_was_turned_round_and_where_it_breaks_off() -> None:
    wrong = remark("Yes, it is a fish from 1920, and the", "Is it a fish?", "No, it is a mammal from 1851.")
    assert "turns the reference round (yes for no)" in wrong
    assert "breaks off" in wrong


def test_a_justification_quotes_an_answer_as_single_short_words() -> None:
    """Guards against an answer that writes the report's text or its markup."""
    said = remark(f'"; wins <b>all</b> 3 | \n{"x" * 99} \u202e 9')
    assert not set("<>|\n\u202e") & set(said)
    assert "x" * 25 not in said


def test_features_and_justifications_do_not_depend_on_the_process() -> None:
    """Guards against sets whose order changes from one run to the next."""
    texts = ("Name two: fig, plum, quince or pear.", "", "Fig, plum.", "Pear, quince, kiwi, lime, date")
    code = f"from stages.judges.rubric.rubric import *; print(score(*{texts})[1])"
    command = [sys.executable, "-c", code]
    other = subprocess.run(command, env={"PYTHONHASHSEED": "1"}, capture_output=True, text=True, check=True)
    assert other.stdout == f"{score(*texts)[1]}\n"


# Against people's judgment


def test_totals_follow_the_grades_of_our_own_cases() -> None:
    """Guards against a change that mends one case and spoils others."""
    rows = [(case, answer) for case in cases() for answer in case["answers"]]
    totals = [score(case["instruction"], case["input"], case["reference"], one["text"])[0].total for case, one in rows]
    assert len(rows) >= 260
    assert spearman(totals, [one["grade"] for _, one in rows]) >= 0.8


def test_totals_follow_fair_marks() -> None:
    """Guards against a change that mends one kind of answer and spoils others.

    The marks were written before the rules, by one person. A third of the rows was looked at only when the rules were
    done ("unseen"), a fifth late ("later").
    """
    rows = [json.loads(line) for line in FAIR_MARKS.read_text(encoding="utf-8").splitlines()]
    totals = [score(row["instruction"], row["input"], row["reference"], row["answer"])[0].total for row in rows]
    fair = [sum(row["fair"]) for row in rows]
    assert len(rows) == 250
    assert spearman(totals, fair) >= 0.78
    assert float(np.mean(np.abs(np.array(totals) - fair))) <= 2


@pytest.mark.parametrize("model", [1, 2])
def test_totals_follow_the_scores_of_gpt_4(judge_calibration: Path, model: int) -> None:
    """A measurement, taken while the rules were written: no weight was fitted to these rows, but it was looked at."""
    rows = json.loads((judge_calibration / "answers.json").read_text(encoding="utf-8"))
    scores = json.loads((judge_calibration / f"scores-gpt4-model-{model}.json").read_text(encoding="utf-8"))
    totals = [
        score(row["instruction"], row["input"], row["output"], row[f"model {model} response"])[0].total for row in rows
    ]
    assert spearman(totals, scores) >= 0.85


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


def test_a_wrong_number_is_worse_than_none() -> None:
    """Guards against a false number or name that costs no more than a missing word."""
    question, reference = "Tell me about the book.", "Melville published the long novel in 1851."
    assert points("Melville published the long novel.", question, reference)[0] >= 3
    assert points("Melville published the long novel in 1920.", question, reference)[0] == 0
