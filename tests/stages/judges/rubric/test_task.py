"""What a question asks of its answer: the text to work on, the alternatives, and whether many answers are right."""

import pytest

from stages.judges.rubric.task import parse_task


def test_the_input_is_the_text_to_work_on() -> None:
    task = parse_task("Correct the spelling.", "I recieved a cat.")
    assert task.text == "I recieved a cat."
    assert [word.form for word in task.material] == ["i", "recieved", "a", "cat"]
    assert task.works_on_text
    assert "spell" in task.instruction_stems and "cat" not in task.instruction_stems
    assert ("the", "spelling") in task.pairs
    assert ("spelling", "i") not in task.pairs  # instruction and input are not neighbours


def test_without_input_the_text_follows_a_colon_or_is_quoted() -> None:
    after_colon = parse_task("Make it negative: He swims.", "")
    assert after_colon.text == "He swims."
    assert "swim" not in after_colon.instruction_stems
    in_quotes = parse_task("Count the words in 'red blue green'.", "")
    assert in_quotes.offered == {"red", "blue", "green"} == in_quotes.quoted
    neither = parse_task("Why are leaves green?", "")
    assert (neither.text, neither.material, neither.offered) == ("Why are leaves green?", (), frozenset())


@pytest.mark.parametrize(
    ("instruction", "options"),
    [
        ("Is it positive, negative or neutral?", {"positive", "negative", "neutral"}),
        ("Is this good or bad?", {"good", "bad"}),
        ("Choose the right word (affect, effect).", {"affect", "effect"}),
        ("Why are leaves green?", set()),
    ],
)
def test_alternatives_are_found(instruction: str, options: set[str]) -> None:
    found = parse_task(instruction, "").options
    assert found == {stem for word in options for stem in parse_task(f"'{word}'", "").quoted}


@pytest.mark.parametrize(
    ("instruction", "input", "open_ended"),
    [
        ("Write a short poem.", "", True),
        ("Name three fruits.", "", True),
        ("Give a synonym of 'big'.", "", True),
        ("Rephrase the sentence.", "It is big.", True),
        ("When was Moby-Dick published?", "", False),
        ("Sort these words.", "b, a", False),
    ],
)
def test_tasks_with_many_right_answers_are_recognised(instruction: str, input: str, open_ended: bool) -> None:
    assert parse_task(instruction, input).open_ended == open_ended
