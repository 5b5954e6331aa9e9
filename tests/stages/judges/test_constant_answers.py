"""Answers to everything."""

from collections.abc import Callable

import pytest

from stages.common.records import Answers
from stages.judges.constant_answers import CONSTANTS, OWN_FRAME, constant_answers, frame_of

MakeAnswers = Callable[..., Answers]


@pytest.mark.parametrize(
    ("question", "reference", "frame"),
    [
        ("What is the plural of 'child'?", "The plural of 'child' is 'children'.", "The plural of 'child' is '.'"),
        ("Which word is missing?", "The blank stands for 'Greek'.", "The blank stands for '.'"),
        ("What is the capital of Peru?", "Lima is the capital of Peru.", "."),  # the answer is before "is"
        ("Who won?", "Ann won.", "."),
    ],
)
def test_a_frame_is_the_reference_without_what_it_says(
    answers: MakeAnswers, question: str, reference: str, frame: str
) -> None:
    assert frame_of(answers(reference, question)) == frame


def test_the_openings_of_the_references_are_tried(answers: MakeAnswers) -> None:
    rows = [answers(f"The years are {year}.", f"Which years? {year}", id=f"{year:016x}") for year in (1900, 1901)]
    tried = constant_answers(rows)
    assert list(tried) == [*CONSTANTS, "The years are.", OWN_FRAME]
    assert tried["Yes."](rows[0]) == "Yes." == tried["Yes."](rows[1])
    assert tried[OWN_FRAME](rows[0]) == "The years are '.'"
