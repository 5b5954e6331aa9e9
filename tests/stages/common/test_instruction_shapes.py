"""The shapes in which other people's instruction sets come."""

import json
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.instruction_sets import read_instructions

TURN = [{"role": "user", "content": "Name a color."}, {"role": "assistant", "content": "Red."}]
SHAREGPT = [{"from": "human", "value": "Name a color."}, {"from": "gpt", "value": "Red."}]
AIRLINE = (
    "When did the airline begin to fly?",
    "The airline began to fly in 2000 as a low-cost carrier.",
    "It began in 2000.",
)


def texts_of(folder: Path, *rows: object) -> list[tuple[str, str, str]]:
    (folder / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    examples, _ = read_instructions(folder / "a.jsonl", "error")
    return [(example.instruction, example.input, example.output) for example in examples]


@pytest.mark.parametrize(
    ("row", "texts"),
    [
        ({"instruction": "Add.", "input": "1, 2", "output": "3", "text": "Below is an instruction ..."}, "Add.|1, 2|3"),
        ({"instruction": "Add.", "input": "1", "output": "1", "history": [], "system": ""}, "Add.|1|1"),
        ({"id": 7, "instruction": "Add.", "input": "1", "output": "1", "category": "math"}, "Add.|1|1"),
        ({"instruction": "Add.", "input": None, "output": "3"}, "Add.||3"),
        ({"instruction": "Who?", "context": "I.", "response": "You.", "category": "closed_qa"}, "Who?|I.|You."),
        ({"instruction": "Who?", "context": "", "response": "You."}, "Who?||You."),
        ({"instruction": "Who?", "context": None, "response": "You."}, "Who?||You."),
        ({"instruction": "Who?", "input": "I.", "response": "You."}, "Who?|I.|You."),
        ({"messages": TURN}, "Name a color.||Red."),
        ({"messages": [{"role": "system", "content": ""}, *TURN]}, "Name a color.||Red."),
        ({"messages": TURN, "prompt_id": "x", "source": "forum"}, "Name a color.||Red."),
        ({"id": "a_0", "conversations": SHAREGPT}, "Name a color.||Red."),
        ({"conversations": [{"from": "Human", "value": "Hi."}, {"from": "GPT", "value": "Ho."}]}, "Hi.||Ho."),
        ({"conversations": TURN, "system": ""}, "Name a color.||Red."),
        (
            {"messages": [{**TURN[0], "content": [{"type": "text", "text": "Name a color."}]}, TURN[1]]},
            "Name a color.||Red.",
        ),
        ({"id": "seed_task_0", "instruction": "Add.", "instances": [{"input": "1", "output": "1"}]}, "Add.|1|1"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_known_shapes_are_read(tmp_path: Path, row: dict[str, object], texts: str) -> None:
    """Guards against a border that reads one shape alone, and against metadata taken for text that is lost."""
    assert texts_of(tmp_path, row) == [tuple(texts.split("|"))]


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("data.csv", 3),
        ("data.jsonl.gz", 3),
        ("data.parquet", 1),
        ("dolly.jsonl", AIRLINE),
        ("empty-outputs.json", 5),  # two of which the rules reject
        ("null_input.jsonl", ("Name a color.", "", "Red.")),
        ("pretty.json", 3),
        ("seed_tasks.jsonl", ("Is there anything to eat for breakfast?", "", "Yes, oats.")),
        ("sharegpt.json", ("Name a color.", "", "Red.")),
        ("wrapped.json", 3),
        ("context.jsonl", r"context.jsonl: 1 of 1 rows .*\n.*:1: `context` holds text that would be dropped"),
        ("history.json", r"history.json: 1 of 1 rows .*\n.*\[0\]: `history`, `system` hold text that would be dropped"),
        ("messages.jsonl", r"messages.jsonl: 1 of 1 rows .*\n.*:1: the system's message in `messages` holds text"),
    ],
)
def test_files_that_people_have_are_read_or_say_what_would_be_lost(
    name: str, result: int | tuple[str, str, str] | str
) -> None:
    path = Path(__file__).parent / "instruction_sets" / name
    if isinstance(result, str):
        with pytest.raises(StageError, match=result):
            read_instructions(path, "error")
        return
    examples, _ = read_instructions(path, "error")
    if isinstance(result, int):
        assert len(examples) == result
    else:
        assert [(example.instruction, example.input, example.output) for example in examples] == [result]


def test_a_seed_task_gives_an_example_for_each_of_its_instances(tmp_path: Path) -> None:
    """Guards against instances that are dropped."""
    instances = [{"input": "1, 2", "output": "3"}, {"input": "2, 2", "output": "4"}]
    assert texts_of(tmp_path, {"instruction": "Add.", "instances": instances}) == [
        ("Add.", "1, 2", "3"),
        ("Add.", "2, 2", "4"),
    ]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"instruction": AIRLINE[0], "context": AIRLINE[1], "output": AIRLINE[2]}, "`context` holds"),
        ({"instruction": "a", "input": "b", "context": "c", "response": "d"}, "`input` holds"),
        ({"instruction": "a", "input": "b", "context": "c", "output": "d"}, "`context` holds"),
        ({"instruction": "a", "input": "", "output": "b", "history": [["c", "d"]]}, "`history` holds"),
        (
            {"instruction": "a", "input": "", "output": "b", "system": "c", "history": [["d", "e"]]},
            "`history`, `system` hold",
        ),
        ({"instruction": "a", "input": "", "output": "b", "system_prompt": "c"}, "`system_prompt` holds"),
        ({"instruction": "a", "input": "", "output": "b", "response": "c"}, "`response` holds"),
        ({"instruction": "a", "input": "", "output": "b", "messages": TURN}, "`messages` holds"),
        ({"instruction": "a", "input": "b", "instances": [{"input": "", "output": "c"}]}, "`input` holds"),
        ({"conversations": SHAREGPT, "system": "Answer like a pirate."}, "`system` holds"),
        (
            {"messages": [{"role": "system", "content": "Be brief."}, *TURN]},
            "the system's message in `messages` holds",
        ),
        ({"messages": TURN * 2}, "`messages` has several turns, and all but one hold"),
        ({"conversations": [*SHAREGPT, SHAREGPT[0]]}, "`conversations` has several turns, and all but one hold"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_text_that_would_be_dropped_is_an_error_with_a_count(tmp_path: Path, row: dict[str, object], what: str) -> None:
    """Guards against a question that is asked without the text it is about."""
    with pytest.raises(StageError) as error:
        texts_of(tmp_path, row, *[row] * 11, {"messages": TURN})
    head, line = str(error.value).splitlines()
    assert head == f"{tmp_path / 'a.jsonl'}: 12 of 13 rows cannot be used; correct or remove them"
    places = ", ".join(f":{number}" for number in range(2, 11))
    assert line == (
        f"  {tmp_path / 'a.jsonl'}:1, {places} and 2 more (12 rows): {what} text that would be dropped; "
        "move it into `instruction` or `input`"
    )


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"question": "a", "answer": "b"}, "has no known shape, the keys are answer, question; wanted are `instr"),
        ({"prompt": "a", "completion": "b"}, "has no known shape, the keys are completion, prompt; wanted are"),
        ({"text": "### Instruction: a"}, "has no known shape, the keys are text; wanted are `instruction`, `input`"),
        ({}, "has no known shape, and no key; wanted are"),
        ({"\ud800": 1, "b\x1b": 2}, r"has no known shape, the keys are \ud800, b\x1b; wanted are"),
        ({f"{i:02}": i for i in range(20)}, "has no known shape, the keys are 00, 01, 02, 03, 04, 05, 06, 07, 08, 09"),
        ({"instruction": "a", "completion": "b"}, "`output` is missing, the keys are completion, instruction; wanted"),
        ({"input": "a", "output": "b"}, "`instruction` is missing, the keys are input, output; wanted are"),
        ({"messages": []}, "`messages` must be a list of objects with `role` and `content`, or `from` and `value`"),
        ({"messages": "a"}, "`messages` must be a list of objects with `role` and `content`"),
        ({"conversations": ["a", "b"]}, "`conversations` must be a list of objects with `role`"),
        ({"messages": [*TURN[:1], {"role": "tool", "content": "b"}]}, "`messages` has a message of 'tool', known are"),
        ({"messages": TURN[:1]}, "`messages` is not a user's message and the assistant's answer"),
        ({"messages": TURN[::-1]}, "`messages` is not a user's message and the assistant's answer"),
        ({"messages": [TURN[0], {"role": "assistant", "content": 5}]}, "`content` is a number, must be a string"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}, TURN[1]]}, "`content` has a part that is"),
        (
            {"conversations": [SHAREGPT[0], {"from": "gpt", "value": "\ud800"}]},
            "`value` holds half of a surrogate pair",
        ),
        ({"instruction": "a", "instances": []}, "`instances` must be a list of objects with `output`"),
        ({"instruction": "a", "instances": [{"input": ""}]}, "`output` is missing in one of `instances`"),
        ({"instruction": "a", "input": "", "output": {"b": 1}}, "`output` is an object, must be a string"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_an_unknown_shape_is_named_in_one_message(tmp_path: Path, row: dict[str, object], reason: str) -> None:
    """Guards against an error that names the first missing key only, and leaves what is wanted to be guessed."""
    with pytest.raises(StageError) as error:
        texts_of(tmp_path, row, row, {"messages": TURN})
    head, line = str(error.value).splitlines()
    assert head.endswith("a.jsonl: 2 of 3 rows cannot be used; correct or remove them")
    assert line.startswith(f"  {tmp_path / 'a.jsonl'}:1, :2 (2 rows): {reason}")


def test_a_message_with_many_keys_or_a_long_one_stays_short(tmp_path: Path) -> None:
    with pytest.raises(StageError) as error:
        texts_of(tmp_path, {"x" * 10_000: 1} | {f"key {i}": i for i in range(1000)})
    assert "key 110 and 986 more; wanted" in str(error.value)
    assert len(str(error.value)) < 800


def test_empty_and_null_texts_are_left_to_the_rules(tmp_path: Path) -> None:
    """Guards against a set of thousands that a single empty answer stops."""
    rows = [
        {"instruction": "a", "input": "", "output": ""},
        {"instruction": "a", "input": "", "output": None},
        {"instruction": None, "input": "", "output": "b"},
        {"messages": [TURN[0], {"role": "assistant", "content": None}]},
    ]
    assert texts_of(tmp_path, *rows) == [("a", "", ""), ("a", "", ""), ("", "", "b"), ("Name a color.", "", "")]
