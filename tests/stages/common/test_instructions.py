"""Instruction sets from outside: what is read, and what stops the run."""

import json
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.instructions import read_instructions


def test_the_set_of_the_book_can_take_the_place_of_ours(instruction_data: Path) -> None:
    """Guards against a border that reads our own format alone: this one is a JSON array."""
    examples, without_input = read_instructions(instruction_data, "error")
    assert (len(examples), without_input) == (1100, 0)
    assert all(example.source.kind == "general" for example in examples)
    assert examples[0].teacher.name == "instruction-data"


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_array_and_lines_are_the_same(tmp_path: Path) -> None:
    rows = [{"instruction": f"Task {i}.", "input": "", "output": "Done.", "extra": 1} for i in range(3)]
    array = write(tmp_path / "a.json", json.dumps(rows, indent=2))
    lines = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert read_instructions(array, "error") == read_instructions(lines, "error")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"instruction": "a", "output": "b"}]', r"a.json\[0\]: has no `input`; write"),
        ('{"instruction": "a", "input": "", "output": "b"}\n{"a": 1}', "a.json:2: `instruction` is missing"),
        ('{"instruction": "a", "input": ""}', "a.json:1: `output` is missing"),
        ('{"instruction": "", "input": "", "output": "b"}', "a.json:1: `instruction` is empty"),
        ('{"instruction": "a", "input": null, "output": "b"}', "a.json:1: `input` is null, must be a string"),
        ('{"instruction": "a", "input": "", "output": ["b"]}', "a.json:1: `output` is an array, must be a string"),
        ("[1]", r"a.json\[0\]: is a number, must be an object"),
        ('{"instruction": "a"', "a.json:1: not JSON: Expecting"),
        ("[{]", r"a.json:1:3: not JSON"),
        ("[]", "a.json holds no instruction; at least 1 is needed"),
    ],
)
def test_a_bad_instruction_is_named_by_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StageError, match=message):
        read_instructions(write(tmp_path / "a.json", text), "error")


def test_a_missing_input_is_empty_and_counted_where_that_is_asked_for(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.json", '[{"instruction": "a", "output": "b"}, {"instruction": "c", "input": "d", "output": "e"}]'
    )
    examples, without_input = read_instructions(path, "empty")
    assert [example.input for example in examples] == ["", "d"]
    assert without_input == 1
