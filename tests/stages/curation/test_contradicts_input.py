import pytest

from stages.curation.contradicts_input import contradicts_input
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("instruction", "input", "output", "found"),
    [
        ("Which river flows through Cairo?", "Congo", "The Nile flows through Cairo.", True),
        ("In which year did Rome host the Olympics?", "1964", "Rome hosted them in 1960.", True),
        ("How many legs does an insect have?", "eight", "An insect has six legs.", True),
        ("How many legs does an insect have?", "six", "An insect has six legs.", False),  # no contradiction
        ("How many legs does an insect have?", "six or eight", "An insect has six legs.", False),  # the answer, too
        ("Which river flows through Cairo?", "the Nile", "The Nile flows through Cairo.", False),
        ("Who won the World Cup?", "2002", "Brazil won the World Cup.", False),  # a year, asked for a team
        ("Who ruled during the Second World War?", "Soviet Union", "Joseph Stalin ruled.", False),  # not a person
        ("Name the capital of the country.", "Chad", "N'Djamena", False),  # what is asked about
    ],
)
def test_contradicts_input(make: MakeExample, instruction: str, input: str, output: str, found: bool) -> None:
    """Guards against an input of the answer's kind that isn't the answer, and against a given taken for it."""
    expected = f"input {input!r} is not the answer, which is {output!r}" if found else None
    assert contradicts_input(make(instruction, output, input), max_words=6) == expected


@pytest.mark.parametrize(("max_words", "found"), [(1, False), (2, True)])
def test_a_long_input_contradicts_nothing(make: MakeExample, max_words: int, found: bool) -> None:
    example = make("Who wrote the novel Dracula?", "Bram Stoker", "Mary Shelley")
    assert (contradicts_input(example, max_words) is not None) == found
