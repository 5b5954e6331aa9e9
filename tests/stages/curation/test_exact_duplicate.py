import pytest

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


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("What is the symbol & called?", ""), ("What is the symbol @ called?", "")),
        (("Name this symbol.", "?"), ("Name this symbol.", "!")),
        (("Name this symbol.", "?"), ("Name this symbol.", "")),
        (("What is 5!?", ""), ("What is 5?", "")),
        (("Expand (n+1)!.", ""), ("Expand (n+1).", "")),
        (("What is 10\u00b2?", ""), ("What is 102?", "")),
        (("What is C++?", ""), ("What is C#?", "")),
        (("Convert $5 to yen.", ""), ("Convert \u20ac5 to yen.", "")),
    ],
)
def test_a_sign_makes_another_question(make: MakeExample, first: tuple[str, str], second: tuple[str, str]) -> None:
    """Guards against a good question that is rejected because another one differs from it by a sign alone."""
    keys = [question_key(make(instruction, input=given)) for instruction, given in (first, second)]
    assert keys[0] != keys[1]


def test_a_key_is_in_normal_form(make: MakeExample) -> None:
    """Guards against a twin in decomposed letters, or with letters that only look the same."""
    assert question_key(make("Define ros\u00e9!")) == question_key(make("D\u0435fine\u00a0rose\u0301"))
