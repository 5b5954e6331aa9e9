"""What a question asks of its answer: the text to work on, the alternatives, and whether many answers are right."""

import pytest

from stages.judges.rubric.task import parse_task


def test_the_input_is_the_text_to_work_on() -> None:
    task = parse_task("Correct the spelling.", "I recieved a cat.")
    assert task.text == "I recieved a cat."
    assert [word.form for word in task.material] == ["i", "recieved", "a", "cat"]
    assert task.works_on_text
    assert "spell" in task.subject and "cat" not in task.subject


def test_without_input_the_text_follows_a_colon_or_is_quoted() -> None:
    after_colon = parse_task("Make it negative: He swims.", "")
    assert after_colon.text == "He swims."
    assert "swim" not in after_colon.subject
    in_quotes = parse_task("Count the words in 'red blue green'.", "")
    assert in_quotes.offered == {"red", "blue", "green"} == in_quotes.named
    neither = parse_task("Why are leaves green?", "")
    assert (neither.text, neither.material, neither.offered) == ("", (), frozenset())


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
    assert found == {stem for word in options for stem in parse_task(f"'{word}'", "").named}


@pytest.mark.parametrize(
    ("instruction", "input", "is_free"),
    [
        ("Write a short poem.", "", True),
        ("Name three fruits.", "", True),
        ("Give a synonym of 'big'.", "", True),
        ("Rephrase the sentence.", "It is big.", True),
        ("When was Moby-Dick published?", "", False),
        ("Sort these words.", "b, a", False),
    ],
)
def test_tasks_with_many_right_answers_are_recognised(instruction: str, input: str, is_free: bool) -> None:
    assert ("free" in parse_task(instruction, input).kinds) == is_free


@pytest.mark.parametrize(
    ("instruction", "input", "kinds"),
    [
        ("Is 37 a prime number?", "", {"verdict"}),
        ("About Tetris: did it have seven shapes?", "", {"verdict", "work"}),
        ("True or false: ice floats.", "", {"verdict", "work"}),
        ("Sort these numbers.", "3, 1", {"order", "work"}),
        ("What is the plural of 'child'?", "", {"form"}),
        ("Who wrote it?", "", {"answer", "person"}),
        ("How far is it to the beach?", "It is 5 km.", {"answer"}),  # a question, no work on its text
    ],
)
def test_the_kind_of_task_says_what_decides(instruction: str, input: str, kinds: set[str]) -> None:
    assert parse_task(instruction, input).kinds == kinds


def test_a_comparative_is_no_alternative() -> None:
    assert parse_task("Which is larger, Rome or Paris?", "").options == {"rome", "paris"}


def test_a_list_has_short_items() -> None:
    assert parse_task("Sort these.", "pear, fig, plum").is_list
    assert not parse_task("Make it negative.", "She likes coffee.").is_list
