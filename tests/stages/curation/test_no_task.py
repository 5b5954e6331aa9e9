import pytest

from stages.curation.no_task import no_task
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        (
            {"instruction": "Write exactly 8 examples about this page."},
            "the instruction is a teacher's prompt: 'Write exactly 8 examples about this page'",
        ),
        ({"instruction": "example", "input": "example"}, "the instruction 'example' is no task"),
        ({"instruction": "Enkidu was made of clay."}, "the instruction asks for nothing"),
        ({"output": "Sure! Here are the examples."}, "output only announces an answer: 'Sure! Here are the examples.'"),
        ({"output": '{"answer": "Blue"}'}, "output is JSON with 'answer', and the task asks for none"),
        ({"instruction": "Return the JSON.", "output": '{"a": 1}'}, None),
        ({"instruction": "Write three examples of puns."}, None),
        ({"output": "Here are two colors: red and blue."}, None),
    ],
)
def test_no_task(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    """Guards against what confused teachers write, and against tasks that ask for instructions, examples or JSON."""
    found = no_task(make(**texts))
    assert found is None if evidence is None else found is not None and evidence in found
