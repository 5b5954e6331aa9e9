from stages.curation.exact_duplicate import exact_duplicate, question_key
from tests.stages.conftest import MakeExample


def test_question_and_input_make_an_exact_duplicate(make: MakeExample) -> None:
    """Guards against twins that differ in case or spaces. Another input makes another question."""
    first = make("Name a color.", "Blue.")
    seen = {question_key(first): first.id}
    assert exact_duplicate(make("  name a COLOR", "Red."), seen) == f"asks the same as {first.id}"
    assert exact_duplicate(make("Name a color.", "Red.", input="warm"), seen) is None


def test_a_key_keeps_instruction_and_input_apart(make: MakeExample) -> None:
    """Guards against two different tasks whose texts only look alike when joined."""
    assert question_key(make("Is it\tRED? ", input="A  Car!")) == ("is it red", "a car")
    assert question_key(make("Add: 1", input="2")) != question_key(make("Add", input="1 2"))
