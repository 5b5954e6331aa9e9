import pytest

from stages.curation.input_unused import input_unused
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("instruction", "input", "output", "evidence"),
    [
        ("Who wrote Faust?", "Bread recipes", "Goethe", "neither instruction nor output has to do with the input"),
        ("Who wrote Faust?", "N/A", "Goethe", "input 'N/A' says that there is none"),
        ("Write a poem about rain.", "The bus is late again.", "Drops fall.", "neither instruction nor output"),
        ("Write a poem about rain.", "limerick", "Drops fall.", None),  # a form
        ("Who wrote Faust?", "in English", "Goethe", None),  # how to answer
        ("Who wrote Faust?", "Faust is a play by Goethe.", "Goethe", None),  # a passage
        ("Give the opposite.", "early", "late", None),
        ("What emotion does the writer show?", "What a lovely day!", "joy", None),
        ("Name a color.", "NaN", "Blue", "input 'NaN' says that there is none"),
        ("Name a color.", "No input necessary", "Blue", "input 'No input necessary' says"),
        ("Give a synonym.", "none", "nil", None),
        ("Who wrote Faust?", "", "Goethe", None),
    ],
)
def test_input_unused(make: MakeExample, instruction: str, input: str, output: str, evidence: str | None) -> None:
    """Guards against inputs without a use, and against conditions and givens taken for them."""
    found = input_unused(make(instruction, output, input))
    assert found is None if evidence is None else found is not None and found.startswith(evidence)
