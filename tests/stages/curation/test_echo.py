import pytest

from stages.curation.echo import echo
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        (
            {
                "instruction": "Summarize the text.",
                "input": "Cats are small animals.",
                "output": "Cats are small animals.",
            },
            "output repeats the input: 'Cats are small animals.'",
        ),
        ({"instruction": "Who wrote Emma?", "output": "Who wrote Emma?"}, "output repeats the instruction"),
        (
            {"instruction": "Explain how bees make honey.", "output": "How bees make honey."},
            "output adds nothing to the instruction",
        ),
        (
            {"instruction": "Translate into Spanish.", "input": "The cat ate.", "output": "the cat ate"},
            "output is what it should translate",
        ),
        (
            {
                "instruction": "Translate into Spanish.",
                "input": "The kids are in the garden.",
                "output": "The children are in the garden.",
            },
            "output is English, and another language is asked for",
        ),
        ({"instruction": "Name it.", "input": "Name it.", "output": "A cat."}, "input repeats the instruction"),
        ({"instruction": "Correct the sentence.", "input": "The dog is big.", "output": "The dog is big."}, None),
        ({"instruction": "Translate the word into French.", "input": "restaurant", "output": "restaurant"}, None),
        ({"instruction": "What is the plural?", "input": "sheep", "output": "sheep"}, None),
    ],
)
def test_echo(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    """Guards against answers that only repeat, and against texts that are right as they are."""
    found = echo(make(**texts))
    assert found is None if evidence is None else found is not None and evidence in found
