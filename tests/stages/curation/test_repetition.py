import pytest

from stages.curation.repetition import repetition
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        (
            {"output": "Bees make honey. Bees make honey. Bees make honey."},
            "output says 'bees make honey' again and again",
        ),
        ({"output": "1. Apple\n2. Apple\n3. Apple"}, "output says 'apple' again and again"),
        ({"output": "The capital is Lima. The capital is Lima."}, "output says 'the capital is lima' again and again"),
        ({"output": "a very very very very good day"}, "output says 'very' again and again"),
        ({"instruction": "Write a song.", "output": "La la la la la la la la."}, None),
        ({"output": "6, 6, 6, 6"}, None),
        ({"output": "1. true\n2. false\n3. true\n4. false"}, None),
    ],
)
def test_repetition(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    """Guards against models that loop, and against refrains and lists of numbers."""
    found = repetition(make(**texts))
    assert found is None if evidence is None else found is not None and evidence in found
