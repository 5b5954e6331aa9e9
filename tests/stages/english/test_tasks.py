"""What an instruction says about its input."""

import pytest

from stages.english.tasks import asks_for_new_text, is_complete, is_yes_or_no, without_names, works_on_input


@pytest.mark.parametrize(
    ("instruction", "works"),
    [
        ("Rewrite the sentence in the passive voice.", True),
        ("What is the type of this word?", True),
        ("Name the capital of the country.", True),  # which country?
        ("Translate into French.", True),
        ("Convert 5 km to m.", False),  # the number is there
        ("Explain the sentence of the court.", False),
        ("What is the highest mountain in Africa?", False),
        ("Who wrote Emma?", False),
        ("What is the US capital?", False),  # no pronoun
    ],
)
def test_works_on_input(instruction: str, works: bool) -> None:
    """Guards against a question of its own that is taken for one about an input, and the other way round."""
    assert works_on_input(instruction) == works


@pytest.mark.parametrize(
    ("instruction", "complete"),
    [
        ("What is the highest mountain in Africa?", True),
        ("Who wrote Emma?", True),
        ("Name the capital of France.", True),
        ("Name the capital.", False),  # it doesn't say of what
        ("Name a river in France.", False),  # any of many
        ("Is Emma a novel?", False),
        ("Write a poem about Emma.", False),
        ("Summarize the passage.", False),
        ("Who was it?", False),
    ],
)
def test_is_complete(instruction: str, complete: bool) -> None:
    assert is_complete(instruction) == complete


def test_asks_for_new_text() -> None:
    assert (
        asks_for_new_text("Please write a poem.")
        and asks_for_new_text("Come up with a name.")
        and asks_for_new_text("Give another example.")
    )
    assert not asks_for_new_text("Who wrote a poem?")


def test_is_yes_or_no() -> None:
    assert is_yes_or_no("Is Emma a novel?") and is_yes_or_no("did it rain?")
    assert not is_yes_or_no("Can you name a novel?") and not is_yes_or_no("Name a novel.")


def test_abbreviations_that_look_like_pronouns() -> None:
    assert without_names("US and IT, but us and it") == " and , but us and it"
