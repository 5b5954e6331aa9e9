import pytest

from stages.curation.placeholder import placeholder
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        ({"output": "I'm sorry, but I can't help."}, "output refuses or speaks of itself: \"I'm sorry, but I can't\""),
        ({"output": "As an AI language model, I have none."}, "As an AI language model, I"),
        ({"output": "Blue.<|endoftext|>"}, "output holds '<|endoftext|>'"),
        ({"instruction": "Describe {{topic}}."}, "instruction holds '{{topic}}'"),
        ({"output": "<b>Blue</b>"}, "output holds '<b>'"),
        ({"input": "### Response:"}, "input holds '### Response'"),
        ({"output": "It is [your name]."}, "output holds '[your name]'"),
        ({"output": "Lorem ipsum dolor."}, "output holds 'Lorem ipsum'"),
        ({"output": "..."}, "output is '...'"),
        ({"output": "Please provide the text."}, "itself: 'Please provide'"),
        ({"output": "I don't know."}, 'itself: "I don\'t know."'),
        ({"instruction": "Is 3 < 5?", "output": "Yes, 3 < 5 and 5 > 3."}, None),
        ({"instruction": "Write an e-mail.", "output": "Dear [Name], I'm sorry, but I can't come."}, None),
        ({"instruction": "Write the HTML.", "output": "<b>Blue</b>"}, None),
        ({"instruction": "What is an ellipsis mark?", "output": "..."}, None),
        ({"output": "None."}, None),
        ({"instruction": "Correct the grammar.", "input": "I not can help.", "output": "I cannot help."}, None),
    ],
)
def test_placeholder(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    """Guards against answers that are none, and against apologies, gaps and markup that the task asks for."""
    found = placeholder(make(**texts))
    assert found is None if evidence is None else found is not None and evidence in found
