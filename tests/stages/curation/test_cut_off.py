import pytest

from stages.curation.cut_off import cut_off
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        ({"output": "The sky is blue because of the"}, "output breaks off: 'The sky is blue because of the'"),
        ({"output": "The reasons for it are:"}, "output breaks off"),
        ({"output": "1. Red\n2."}, "output breaks off: '1. Red"),
        ({"instruction": "What is the capital of"}, "the instruction breaks off: 'What is the capital of'"),
        ({"instruction": "Translate into", "input": "hello"}, None),
        ({"instruction": "Complete: I like the"}, None),
        ({"output": "Red, yellow and blue"}, None),
        ({"instruction": "Write a letter.", "output": "Dear Ana,\nthank you.\nBest regards,"}, None),
    ],
)
def test_cut_off(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    """Guards against answers that break off, and against lists, letters and names without a full stop."""
    found = cut_off(make(**texts))
    assert found is None if evidence is None else found is not None and evidence in found
