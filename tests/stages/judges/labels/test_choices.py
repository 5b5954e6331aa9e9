"""Labels of the page: who chose which model, and files that are not used."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.common.files import write_json
from stages.common.records import Answers
from stages.judges.labels.choices import Choices, Comparison, Labels, read_labels

MakeAnswers = Callable[..., Answers]


@pytest.fixture
def rows(answers: MakeAnswers) -> list[Answers]:
    return [
        answers("Blue.", id=f"{number:016x}", full=f"Blue {number}.", small="Red.", base="The the.")
        for number in range(3)
    ]


def label(row: Answers, pair: str, choice: str, swapped: bool = False) -> dict[str, str]:
    return {"id": row.id, "token": Comparison(row, pair, swapped).token, "choice": choice}


def file(labels: list[Any], labeller: str = "0" * 16) -> dict[str, Any]:
    return {"version": 1, "labeller": labeller, "labels": labels}


def test_letters_become_models_again(tmp_path: Path, rows: list[Answers]) -> None:
    """Guards against a choice that counts for the other model when the two were shown swapped."""
    labels = [
        label(rows[0], "full-base", "A"),
        label(rows[0], "full-small", "A", swapped=True),
        label(rows[0], "small-base", "B"),
        label(rows[1], "full-base", "B", swapped=True),
        label(rows[2], "full-base", "tie", swapped=True),
    ]
    write_json(tmp_path / "labels.json", file(labels))
    expected: Choices = {
        (rows[0].id, "full-base"): "full",
        (rows[0].id, "full-small"): "small",
        (rows[0].id, "small-base"): "base",
        (rows[1].id, "full-base"): "full",
        (rows[2].id, "full-base"): "tie",
    }
    assert read_labels(tmp_path / "labels.json", rows) == read_labels(tmp_path, rows) == Labels([expected], 0)


def test_a_folder_holds_a_file_a_person_or_none(tmp_path: Path, rows: list[Answers]) -> None:
    """Guards against the folder's README read as labels, and against the order of the file system."""
    (tmp_path / "README.md").write_text("not JSON")
    assert read_labels(tmp_path, rows) == Labels([], 0)
    write_json(tmp_path / "b.json", file([label(rows[0], "full-base", "A")], "b" * 16))
    write_json(tmp_path / "a.json", file([label(rows[0], "full-base", "B")], "a" * 16))
    key = (rows[0].id, "full-base")
    assert read_labels(tmp_path, rows) == Labels([{key: "base"}, {key: "full"}], 0)


def test_a_token_is_of_one_order_of_one_pair_of_one_rows_answers(answers: MakeAnswers) -> None:
    """Guards against labels that count for answers that nobody saw, and against one token for two comparisons."""
    row = answers("Blue.", full="Same.", small="Same.", base="Same.")
    tokens = {Comparison(row, pair, swapped).token for pair in ("full-base", "full-small") for swapped in (True, False)}
    changed = [answers("Blue.", full="Same!", small="Same.", base="Same."), row.model_copy(update={"output": "Red."})]
    tokens |= {Comparison(row, "full-base", swapped=False).token for row in changed}
    assert len(tokens) == 4 + 2
    elsewhere = answers("Blue.", full="Same.", small="Other.", base="Same.")  # doesn't matter between full and base
    assert Comparison(elsewhere, "full-base", swapped=False).token in tokens


def test_labels_of_other_answers_are_left_out_and_counted(
    tmp_path: Path, rows: list[Answers], answers: MakeAnswers, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against agreement about answers that the models no longer give, and against an experiment that fails
    because the answers before it were labelled."""
    labels = [label(rows[0], "small-base", "A"), label(rows[1], "full-base", "A")]
    write_json(tmp_path / "labels.json", file(labels))
    retrained = [rows[0], answers("Blue.", id=rows[1].id, full="Green.", small="Red.", base="The the."), rows[2]]
    kept: Choices = {(rows[0].id, "small-base"): "small"}
    assert read_labels(tmp_path, retrained) == Labels([kept], 1)
    assert "labels.json: 1 of 2 labels are about other answers; `wikitune label 50`" in caplog.text
    assert read_labels(tmp_path, [rows[2]]) == Labels([], 2)


def test_a_comparison_that_is_labelled_twice_stops_the_stage(tmp_path: Path, rows: list[Answers]) -> None:
    """Guards against a file merged from two, in which the later choice silently wins."""
    labels = [label(rows[0], "full-base", "A"), label(rows[0], "full-base", "A", swapped=True)]
    write_json(tmp_path / "labels.json", file(labels))
    with pytest.raises(StageError, match=rf"full-base of row {rows[0].id} is labelled twice"):
        read_labels(tmp_path, rows)


def test_two_files_of_one_person_stop_the_stage(tmp_path: Path, rows: list[Answers]) -> None:
    """Guards against a file that was downloaded twice and counts as two people who always agree."""
    for name in ("labels.json", "labels (1).json"):
        write_json(tmp_path / name, file([label(rows[0], "full-base", "A")]))
    with pytest.raises(StageError, match=r"labels \(1\)\.json and .*labels\.json are by the same person"):
        read_labels(tmp_path, rows)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "Invalid JSON"),
        ("{", "Invalid JSON"),
        ("[]", "should be an object"),
        ("{}", "version: Field required; labeller: Field required; labels: Field required"),
        (json.dumps(file([])), "labels: List should have at least 1 item"),
        (json.dumps(file([]) | {"version": 2}), r"version: Input should be 1 \(is 2\)"),
        (json.dumps(file([], labeller="Ann")), "labeller: String should match pattern"),
        (
            json.dumps(file([{"id": "0", "token": "0", "choice": "C"}])),
            r"labels.0.choice: .*'A', 'B' or 'tie' \(is 'C'",
        ),
        (json.dumps(file([{"id": "0", "token": "0", "choice": "A", "model": "full"}])), "labels.0.model: Extra inputs"),
    ],
)
def test_a_file_that_the_page_did_not_write_is_named(
    tmp_path: Path, rows: list[Answers], content: str, message: str
) -> None:
    """Guards against a traceback, and against a file of the wrong shape read as no labels."""
    (tmp_path / "labels.json").write_text(content)
    with pytest.raises(StageError, match=rf"labels\.json is not a file of the label page: .*{message}"):
        read_labels(tmp_path, rows)


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path, rows: list[Answers]) -> None:
    """Guards against a misspelt path that reads as no labels."""
    with pytest.raises(StageError, match=r"label does not exist; judge.labels names a file"):
        read_labels(tmp_path / "label", rows)


def test_labels_of_other_answers_are_counted_over_all_files(tmp_path: Path, rows: list[Answers]) -> None:
    write_json(
        tmp_path / "a.json", file([label(rows[0], "full-base", "A"), label(rows[1], "full-base", "A")], "a" * 16)
    )
    write_json(tmp_path / "b.json", file([label(rows[0], "full-base", "A")], "b" * 16))
    assert read_labels(tmp_path, rows[2:]) == Labels([], 3)
