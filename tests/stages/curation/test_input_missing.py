import pytest

from stages.curation.input_missing import input_missing
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("instruction", "pointer"),
    [
        ("Summarize the following passage.", "following passage"),
        ("Sort the list below.", "list below"),
        ("Is this sentence correct?", "this sentence"),
        ("Translate into Dutch.", "Translate into Dutch."),
        ("Paraphrase the given text. Use simple words.", "given text"),  # another command is no text
        ("Translate the sentence: I am here.", None),
        ("Correct the following sentence. He go home.", None),
        ('Explain this proverb, "Haste makes waste".', None),
        ("Explain the word photosynthesis.", None),
        ("Name the even numbers below 10.", None),
        ("What happened in the year following the war?", None),
        ("What is the last word of this question?", None),
    ],
)
def test_input_missing(make: MakeExample, instruction: str, pointer: str | None) -> None:
    """Guards against work on nothing, and against a text inside the instruction that is overlooked."""
    expected = f"{pointer!r} is asked about, and there is no input" if pointer else None
    assert input_missing(make(instruction)) == expected
    assert input_missing(make(instruction, input="I am here.")) is None
