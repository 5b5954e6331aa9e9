import pytest

from stages.curation.answer_in_instruction import answer_in_instruction
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("instruction", "output", "found"),
    [
        ("Was Jane Austen, author of Emma, the author of Emma? Name the author.", "Jane Austen", True),
        ("Rome is the capital of Italy. What is the capital of Italy?", "Rome is the capital of Italy.", True),
        ("Which ship was the Titanic?", "The Titanic", True),
        ("Is a whale a fish or a mammal?", "A whale is a mammal.", False),
        ("Which is larger, 3 or 5?", "5", False),
        ("Is Rome the capital of Italy?", "Yes, Rome is the capital of Italy.", False),
        ("Ben has 4 pens and 2 cups. How many cups has Ben?", "Ben has 2 cups.", False),  # a problem
        ("Anna gave Ben a book. Who received it?", "Ben", False),  # asked in other words
        ("What is the full form of 'can't'?", "'cannot'", False),  # a new word in quotes
        ("Which month comes after April?", "May comes after April.", False),  # May is a word that says something
    ],
)
def test_answer_in_instruction(make: MakeExample, instruction: str, output: str, found: bool) -> None:
    """Guards against questions that answer themselves, and against choices, verdicts and problems taken for them."""
    expected = f"the instruction holds the answer {output!r}" if found else None
    assert answer_in_instruction(make(instruction, output)) == expected
