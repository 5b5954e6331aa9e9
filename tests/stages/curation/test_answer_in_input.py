import pytest

from stages.curation.answer_in_input import answer_in_input
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("instruction", "input", "output", "leaked"),
    [
        ("Name the metal with the symbol Fe.", "iron", "It is iron.", "iron"),
        ("Who composed The Magic Flute?", "Mozart", "Mozart composed it in Vienna.", "mozart"),  # the answer says more
        ("Can you name the author of Ulysses?", "Joyce", "Joyce", "joyce"),  # no yes-or-no question
        ("List the Baltic states.", "Estonia, Latvia", "They are Estonia and Latvia.", "estonia latvia"),
        ("Pick the prime number.", "4, 6, 7", "7", None),  # one of several
        ("Calculate the sum.", "2 + 3", "2 + 3 = 5", None),  # a sum repeats its terms
        ("Give the capital of the country.", "Cuba", "The capital of Cuba is Havana.", None),
        ("When does Anna arrive?", "Anna arrives at noon.", "At noon.", None),  # a sentence to read
        ("Write a line about spring.", "blossom", "Blossom falls in spring.", None),
        ("Correct the spelling.", "Wensday", "Wensday is spelled Wednesday.", None),
    ],
)
def test_answer_in_input(make: MakeExample, instruction: str, input: str, output: str, leaked: str | None) -> None:
    """Guards against answers that are given away, and against work on an input taken for it."""
    expected = f"input {input!r} gives away {leaked!r}" if leaked else None
    assert answer_in_input(make(instruction, output, input), max_words=6) == expected


@pytest.mark.parametrize(("max_words", "found"), [(2, False), (3, True)])
def test_a_long_input_gives_nothing_away(make: MakeExample, max_words: int, found: bool) -> None:
    example = make("Who painted the Mona Lisa?", "Leonardo da Vinci painted it.", "Leonardo da Vinci")
    assert (answer_in_input(example, max_words) is not None) == found
