import json
import math
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_csv, write_json, write_jsonl
from stages.common.records import Example, Page, Scores, example_id
from tests.stages.conftest import MakeExample


def test_records_come_back_as_they_were_written(tmp_path: Path, make: MakeExample) -> None:
    """Guards against text that a line-based format breaks: line ends, quotes, characters beyond ASCII."""
    examples = [make('Two\nlines \u2028 and "quotes"', "Naïve 日本."), make("x", "y", input="{}")]
    write_jsonl(tmp_path / "a.jsonl", examples)
    assert read_jsonl(tmp_path / "a.jsonl", Example) == examples
    assert not list(tmp_path.glob(".*"))


def test_a_failed_write_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """Guards against half a file after a crash, and NaN in metrics, which break their readers."""
    path = tmp_path / "metrics.json"
    write_json(path, {"loss": 1.5})
    with pytest.raises(StageError, match=r"metrics.json: full.loss is nan, and a result must be a finite number"):
        write_json(path, {"steps": 3, "full": {"loss": math.nan}})
    assert json.loads(path.read_text()) == {"loss": 1.5}


def test_infinity_gets_into_no_curve(tmp_path: Path) -> None:
    """Guards against a picture that cannot be drawn."""
    with pytest.raises(StageError, match=r"a.csv: row 2, loss is inf, and a result must be a finite number"):
        write_csv(tmp_path / "a.csv", [{"step": 0, "loss": None}, {"step": 1, "loss": math.inf}])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("constant", ["NaN", "-Infinity"])
def test_what_is_no_json_number_is_named(tmp_path: Path, constant: str) -> None:
    """Guards against NaN in a metrics file, which Python's own reader takes, in the report."""
    (tmp_path / "a.json").write_text(f'{{"loss": {constant}}}')
    with pytest.raises(StageError, match=f"a.json holds {constant}, which is no JSON; run `dvc repro`"):
        read_json(tmp_path / "a.json")


def line(example: Example, **changes: object) -> str:
    return json.dumps({**example.model_dump(), **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"output": 5}, r"a.jsonl:2: output: Input should be a valid string \(is 5\)"),
        ({"mood": "good"}, r"a.jsonl:2: mood: Extra inputs are not permitted \(is 'good'\)"),
        ({"id": "0123456789abcdef"}, "a.jsonl:2: id 0123456789abcdef is not that of the three texts"),
        ({"source": {"kind": "rumor"}}, "a.jsonl:2: source.kind: Input should be 'synthetic' or 'general'"),
    ],
)
def test_a_bad_record_is_named_by_file_line_and_field(
    tmp_path: Path, make: MakeExample, changes: dict[str, object], message: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{line(make())}\n{line(make(), **changes)}\n")
    with pytest.raises(StageError, match=message):
        read_jsonl(path, Example)


def test_an_example_without_input_is_named(tmp_path: Path, make: MakeExample) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({key: value for key, value in make().model_dump().items() if key != "input"}))
    with pytest.raises(StageError, match=r"a.jsonl:1: input: Field required"):
        read_jsonl(path, Example)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{\n", r"a.jsonl:1: Invalid JSON"),
        (b"", r"a.jsonl holds no record; at least 1 is needed"),
        (b"\xff\xfe", r"a.jsonl:1: Invalid JSON: expected value at line 1 column 1"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    with pytest.raises(StageError, match=message):
        read_jsonl(tmp_path / "a.jsonl", Page)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"a.jsonl does not exist; if a stage writes it, run `dvc repro`"):
        read_jsonl(tmp_path / "a.jsonl", Page)


def test_csv_leaves_none_empty(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [{"step": 0, "loss": None}, {"step": 1, "loss": 0.5}])
    assert (tmp_path / "a.csv").read_text() == "step,loss\n0,\n1,0.5\n"


def test_id_is_the_hash_of_the_three_texts() -> None:
    """Guards against ids that change: they join test rows with answers, judgments and the journal."""
    assert example_id("Name a color.", "", "Blue.") == "6dadb0dc39594f99"
    assert example_id("a", "b", "c") != example_id("ab", "", "c")


def test_a_total_that_is_not_the_sum_is_refused() -> None:
    """Guards against a judge's own arithmetic."""
    with pytest.raises(ValueError, match="total 12 is not the sum of the three criteria"):
        Scores(factual_correctness=1, instruction_adherence=2, clarity_and_usefulness=3, total=12)
