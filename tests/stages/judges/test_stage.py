"""Labels through the stage itself: the page that it writes, and what it makes of the answers."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stages import judge
from stages.common.errors import StageError
from stages.common.files import read_json, write_jsonl
from stages.common.records import Answers, Source
from stages.judges.labels.blinding import Comparison
from tests.stages.conftest import MakeExample

MakeAnswers = Callable[..., Answers]


@pytest.fixture
def rows(project: Path, answers: MakeAnswers, make: MakeExample) -> list[Answers]:
    """Four rows in which `full` is right and the others are not, as the stage finds them."""
    examples = [make(f"Name color {i}.", "It is blue.", source=Source(kind="general")) for i in range(4)]
    rows = [
        answers("It is blue.", one.instruction, one.id, full="It is blue.", small="Is it", base="") for one in examples
    ]
    write_jsonl(judge.TEST, examples)
    write_jsonl(judge.ANSWERS, rows)
    return rows


def save(rows: list[Answers], pair: str, choices: list[str]) -> None:
    labels = [
        {"id": row.id, "token": Comparison(row, pair, swapped=False).token, "choice": choice}
        for row, choice in zip(rows, choices, strict=True)
    ]
    content = {"version": 1, "labeller": "0" * 16, "labels": labels}
    Path("data/labels/labels.json").write_text(json.dumps(content))


def test_metrics_hold_agreement_where_somebody_labelled(rows: list[Answers]) -> None:
    """Guards against labels that are read and change nothing, and against figures of nobody's labels."""
    judge.main()
    without = read_json(judge.METRICS)
    assert "agreement" not in without
    save(rows, "full-base", ["A", "A", "A", "B"])
    judge.main()
    metrics = read_json(judge.METRICS)
    found = metrics.pop("agreement")
    assert metrics == without
    assert {key: found[key] for key in ("labellers", "rows", "labels", "agreement", "kappa")} == {
        "labellers": 1,
        "rows": 4,
        "labels": 4,
        "agreement": 0.75,
        "kappa": 0.0,  # the judge always says the same, so that chance agrees as often
    }
    assert found["agreement_low"] < 0.75 < found["agreement_high"] == 1.0


def test_labels_of_other_answers_are_counted(rows: list[Answers]) -> None:
    """Guards against labels that vanish without a word."""
    save(rows, "full-base", ["A", "A", "A", "B"])
    write_jsonl(judge.ANSWERS, [row.model_copy(update={"output": "It is green."}) for row in rows])
    judge.main()
    assert read_json(judge.METRICS)["agreement"] == {"labels_of_other_answers": 4}


def test_a_file_of_another_program_stops_the_stage_before_it_judges(rows: list[Answers]) -> None:
    """Guards against a judge that is paid before the labels are found to be of no use."""
    Path("data/labels/labels.json").write_text("{}")
    with pytest.raises(StageError, match="is not a file of the label page"):
        judge.main()
    assert not judge.JUDGMENTS.exists()


def test_the_page_is_written_and_named(rows: list[Answers], capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a page that nobody finds."""
    judge.label(6)
    page = Path("reports/label.html").read_text(encoding="utf-8")
    assert len(set(re.findall(r'data-token="([0-9a-f]{16})"', page))) == 6
    expected = "reports/label.html: 6 comparisons; open it in a browser, and put what it downloads into data/labels\n"
    assert capsys.readouterr().out == expected
