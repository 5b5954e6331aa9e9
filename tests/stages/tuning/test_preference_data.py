"""The format of preferences, and that none about a test row is ever learned."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest

from model.core.prompt import chat_template, render_prompt
from stages.common.errors import StageError
from stages.common.files import write_jsonl
from stages.common.records import Answers
from stages.tuning.preference_data import judged_preference, read_preferences, user_message
from tests.stages.conftest import MakeExample

MakeAnswers = Callable[..., Answers]


def preference(prompt: str, chosen: str = "Blue.", rejected: str = "Red.", /, **changes: Any) -> str:
    """A line of a file, in TRL's format, with some keys changed."""
    texts = {"prompt": ("user", prompt), "chosen": ("assistant", chosen), "rejected": ("assistant", rejected)}
    row = {key: [{"role": role, "content": content}] for key, (role, content) in texts.items()}
    return json.dumps(row | changes) + "\n"


def test_a_row_is_trls_conversational_preference(answers: MakeAnswers, tmp_path: Path) -> None:
    """Guards against a key that TRL's trainers wouldn't find, and the two answers taken for one another."""
    row = answers("Blue.", full="It is blue.", base="It is red.", id="0" * 16)
    write_jsonl(tmp_path / "p.jsonl", [judged_preference(row, "full", "base", (12.0, 4.5))])
    assert json.loads((tmp_path / "p.jsonl").read_text()) == {
        "prompt": [{"role": "user", "content": "Name a color."}],
        "chosen": [{"role": "assistant", "content": "It is blue."}],
        "rejected": [{"role": "assistant", "content": "It is red."}],
        "id": "0" * 16,
        "chosen_model": "full",
        "rejected_model": "base",
        "score_chosen": 12.0,
        "score_rejected": 4.5,
    }


@pytest.mark.parametrize("text", ["", "A passage.\n\n### Response:\nwith a trap"])
def test_the_chat_template_makes_the_prompt_of_the_message(text: str) -> None:
    """Guards against TRL training on another prompt than the one that the model answers."""
    messages = [{"role": "user", "content": user_message("Name a {color}.", text)}]
    rendered = jinja2.Template(chat_template()).render(messages=messages, add_generation_prompt=True)
    assert rendered == render_prompt("Name a {color}.", text)


def test_a_file_or_a_folder_is_read_with_its_training_rows(make: MakeExample, tmp_path: Path) -> None:
    rows = [make("Name a color."), make("Which one?", "Blue.", "Red or blue?")]
    (tmp_path / "a.jsonl").write_text(preference(user_message("Which one?", "Red or blue?"), kind="from elsewhere"))
    (tmp_path / "b.jsonl").write_text(preference("Name a color.", "Teal."))
    (tmp_path / "README.md").write_text("Not read.")
    read = read_preferences(tmp_path, rows)
    assert [(example.input, one.chosen[0].content) for example, one in read] == [
        ("Red or blue?", "Blue."),
        ("", "Teal."),
    ]
    assert read_preferences(tmp_path / "b.jsonl", rows) == read[1:]


def test_a_preference_about_any_other_row_is_refused(make: MakeExample, tmp_path: Path) -> None:
    """Guards against a model that learned what it is judged by. The row with the same instruction and another input is
    another row."""
    training = [make("Name a color."), make("Which one?", "Blue.", "Red or blue?")]
    for prompt in ("Name a planet.", "Which one?", user_message("Which one?", "Red or green?")):
        (tmp_path / "p.jsonl").write_text(preference("Name a color.") + preference(prompt))
        with pytest.raises(StageError) as error:
            read_preferences(tmp_path, training)
        assert str(error.value) == (
            f"{tmp_path}/p.jsonl:2: the prompt ({prompt!r}) is no instruction of the training side; preferences about "
            "other rows, such as test rows, would let the model learn what it is judged by; `wikitune preferences` "
            "writes some about training rows"
        )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (preference("Name a color.", "Red."), "chosen and rejected are the same"),
        (preference("Name a color.", chosen=[]), "chosen"),
        (preference("Name a color.", prompt="Name a color."), "prompt"),
        (preference("Name a color.", prompt=[{"role": "assistant", "content": ""}]), "prompt must be a user's message"),
        ('{"prompt": []}\n', "prompt"),
    ],
)
def test_a_damaged_line_is_named(make: MakeExample, tmp_path: Path, line: str, problem: str) -> None:
    (tmp_path / "p.jsonl").write_text(line)
    with pytest.raises(StageError, match=rf"p\.jsonl:1: .*{problem}"):
        read_preferences(tmp_path, [make("Name a color.")])


def test_without_preferences_it_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"train\.objective is dpo, and .* holds no .*`wikitune preferences` writes"):
        read_preferences(tmp_path, [])
