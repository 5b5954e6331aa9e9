import json
import random
from pathlib import Path

import pytest

from stages import split
from stages.errors import StageError
from stages.files import read_json, read_jsonl, write_jsonl
from stages.instructions import read_instructions
from stages.records import Example
from tests.stages.conftest import MakeExample


def run(project: Path, examples: list[Example], **changes: str) -> None:
    write_jsonl(split.CURATED, examples)
    text = Path("params.yaml").read_text()
    for old, new in changes.items():
        assert text.count(f"  {old}:") == 1
        text = "\n".join(f"  {old}: {new}" if line.startswith(f"  {old}:") else line for line in text.splitlines())
    Path("params.yaml").write_text(text)
    split.main()


def sides(name: str) -> dict[str, list[Example]]:
    return {side: read_jsonl(split.SPLITS / name / f"{side}.jsonl", Example) for side in split.SIDES}


def test_sizes_nesting_and_no_question_on_two_sides(project: Path, make: MakeExample) -> None:
    """Guards against a test question that was trained on, and a small split that isn't inside the full one."""
    examples = [make(f"Question {i}?", f"Answer {i}.") for i in range(1200)]
    run(project, examples)
    full, small = sides("full"), sides("small")
    assert {side: len(rows) for side, rows in full.items()} == {"train": 1600, "val": 200, "test": 200}
    assert {side: len(rows) for side, rows in small.items()} == {"train": 400, "val": 50, "test": 50}
    for side in split.SIDES:
        assert {row.id for row in small[side]} < {row.id for row in full[side]}
    questions = [(row.instruction, row.input) for rows in full.values() for row in rows]
    assert len(set(questions)) == len(questions) == 2000
    assert sum(row.source.kind == "synthetic" for rows in full.values() for row in rows) == 1000
    assert read_json(split.METRICS)["questions_on_two_sides"] == 0


def test_repeated_general_questions_are_dropped_and_counted(project: Path, make: MakeExample) -> None:
    """Guards against the leak of the report that is reproduced: general questions that repeat one another."""
    rows = [{"instruction": f"Task {i % 20}.", "input": "", "output": f"Answer {i}."} for i in range(50)]
    rows.append({"instruction": "question 3?", "input": "", "output": "x"})
    Path("data/bundled/instructions.jsonl").write_text("\n".join(map(json.dumps, rows)))
    run(project, [make(f"Question {i}?", f"Answer {i}.") for i in range(30)], small="10")
    metrics = read_json(split.METRICS)
    assert metrics["general_read"] == 51
    assert metrics["general_repeated"] == 31
    assert metrics["general_drawn"] == 20
    assert metrics["general_read"] == sum(metrics[f"general_{what}"] for what in ("repeated", "drawn", "not_drawn"))
    assert metrics["synthetic_read"] == metrics["synthetic_drawn"] + metrics["synthetic_not_drawn"]
    assert sum(map(len, sides("full").values())) == 50


def test_the_seed_decides(project: Path, make: MakeExample) -> None:
    examples = [make(f"Question {i}?", f"Answer {i}.") for i in range(40)]
    assert split.draw(examples, 10, random.Random(1)) == split.draw(examples, 10, random.Random(1))
    assert split.draw(examples, 10, random.Random(1)) != split.draw(examples, 10, random.Random(2))


def test_a_leak_is_counted(make: MakeExample) -> None:
    """Guards against a proof that can only say 0."""
    rows = [make(f"Question {i}?", f"Answer {i}.") for i in range(3)]
    leaking = {"train": rows[:2], "val": [rows[2]], "test": [make("question 1?", "Other.")]}
    assert split.questions_on_two_sides(leaking) == 1
    assert split.answers_on_two_sides(leaking) == 0
    assert split.answers_on_two_sides(leaking | {"val": [make("Another?", "Answer 1.")]}) == 1


@pytest.mark.parametrize(("total", "expected"), [(2000, (1600, 200, 200)), (500, (400, 50, 50)), (17, (13, 2, 2))])
def test_sides_add_up(total: int, expected: tuple[int, int, int]) -> None:
    assert tuple(split.side_sizes(total).values()) == expected


def test_fewer_examples_than_asked_for(project: Path, make: MakeExample) -> None:
    message = r"split.full asks for 9000 examples, 1005 are there \(7995 missing\); write or extract more"
    with pytest.raises(StageError, match=message):
        run(project, [make(f"Question {i}?", f"Answer {i}.") for i in range(5)], full="9000")
    assert not split.SPLITS.exists()


def test_small_larger_than_full(project: Path, make: MakeExample) -> None:
    with pytest.raises(StageError, match=r"split\.small is 1300, must be at most the size of full, 1005"):
        run(project, [make(f"Question {i}?", f"Answer {i}.") for i in range(5)], small="1300")


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
