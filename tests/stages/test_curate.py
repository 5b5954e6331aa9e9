from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from stages import curate
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.records import Example, Rejection, Source
from stages.curation.rules import ORDER
from tests.stages.conftest import MakeExample

CUTOFF = date(2022, 12, 31)


def test_every_example_is_kept_or_rejected_with_its_reason(project: Path, make: MakeExample) -> None:
    """Guards against rows that are lost; the counts add up and the rejected rows are all there."""
    examples = [
        make("Name a color.", "Blue."),
        make("name a color", "Red."),
        make("Name a planet.", ""),
        make("When was it built?", "It was built in 2031."),
        make("Name the capital of France.", "Paris.", input="Paris"),
        make("Nenne die Hauptstadt von Frankreich.", "Paris ist die Hauptstadt von Frankreich."),
        make("Name a fruit.", "Apple."),
    ]
    write_jsonl(curate.SYNTHETIC, examples)
    curate.main()
    kept = read_jsonl(curate.CURATED, Example)
    rejected = read_jsonl(curate.REJECTED, Rejection)
    assert kept == [examples[0], examples[6]]
    assert [rejection.example for rejection in rejected] == examples[1:6]
    reasons = ["exact_duplicate", "malformed", "after_cutoff", "answer_in_input", "not_english"]
    assert [rejection.reason for rejection in rejected] == reasons
    metrics = read_json(curate.METRICS)
    assert {reason: count for reason, count in metrics["reasons"].items() if count} == Counter(reasons)
    assert tuple(metrics["reasons"]) == ORDER
    assert metrics["without_input"] == 0
    assert metrics["read"] == metrics["kept"] + metrics["rejected"] == len(examples)
    rows = curate.FLOW.read_text(encoding="utf-8").splitlines()
    assert rows[0] == "from,to,count"
    assert rows[-1] == "synthetic,kept,2"
    assert sum(int(row.split(",")[2]) for row in rows[1:]) == len(examples)


def test_nothing_kept_stops_the_stage(project: Path, make: MakeExample) -> None:
    write_jsonl(curate.SYNTHETIC, [make("Name a planet.", "")])
    with pytest.raises(StageError, match=r"all 1 examples were rejected: \{'malformed': 1\}"):
        curate.main()


def test_why_tells_the_story(project: Path, make: MakeExample, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a rejection that nobody can follow: every rule in order, the evidence, the twin and the page."""
    twin, example = make("Who wrote Emma?", "Jane Austen."), make("Name the author of Emma.", "Jane Austen wrote it.")
    write_jsonl(curate.SYNTHETIC, [twin, example])
    curate.why(example.id)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{example.id} [] (Colors) Name the author of Emma."
    assert "   page: u" in lines
    rules = [line.split()[:2] for line in lines if line.startswith("  ") and line.split()[0] in ORDER]
    said = dict.fromkeys(ORDER, "-") | {"near_duplicate": "asks"}
    assert rules == [[name, said[name]] for name in ORDER]
    assert f"  near_duplicate        asks and answers the same as {twin.id}: 'Who wrote Emma?'" in lines
    assert f"the other: {twin.id} [] (Colors) Who wrote Emma?" in lines
    curate.why(twin.id)
    assert capsys.readouterr().out.splitlines()[-1] == "kept"


def test_why_of_an_example_that_a_rule_of_its_own_rejects(
    project: Path, make: MakeExample, capsys: pytest.CaptureFixture[str]
) -> None:
    example = make("When was it built?", "It was built in 2031.")
    write_jsonl(curate.SYNTHETIC, [example])
    curate.why(example.id)
    lines = capsys.readouterr().out.splitlines()
    assert "  after_cutoff          output speaks of '2031', the cut-off is 2022-12-31" in lines
    assert "  exact_duplicate       not asked" in lines
    assert lines[-1] == "rejected: after_cutoff"


def test_a_row_without_input_is_counted_and_one_that_is_no_example_has_a_story(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a missing key that nobody hears of, and a rejected row that has no id to ask for."""
    curate.SYNTHETIC.write_text('{"instruction": "Name a bird.", "output": "The wren."}\n{"instruction": 1}\n')
    curate.main()
    metrics = read_json(curate.METRICS)
    assert (metrics["read"], metrics["kept"], metrics["without_input"]) == (2, 1, 1)
    curate.why("data/synthetic.jsonl:2")
    assert capsys.readouterr().out.splitlines() == [
        'data/synthetic.jsonl:2 {"instruction": 1}',
        "rejected: malformed: `instruction` is a number, must be a string",
    ]


def test_why_of_a_general_task_that_the_split_rejected(
    project: Path, make: MakeExample, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a story that ends where another stage curates."""
    write_jsonl(curate.SYNTHETIC, [make()])
    task = make("Name a fish.", "TODO", source=Source(kind="general"))
    write_jsonl(curate.GENERAL_REJECTED, [Rejection(example=task, reason="placeholder", evidence="output is 'TODO'")])
    curate.why(task.id)
    assert capsys.readouterr().out.splitlines()[-1] == "rejected by split: placeholder: output is 'TODO'"


def test_why_of_an_id_that_is_not_there(project: Path, make: MakeExample) -> None:
    write_jsonl(curate.SYNTHETIC, [make()])
    with pytest.raises(
        StageError, match=r"holds no example with the id 'abc', and split rejected no general one; an id has 16"
    ):
        curate.why("abc")
