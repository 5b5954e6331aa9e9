import json
from pathlib import Path

import pytest

from stages import curate, split
from stages.common.errors import StageError
from stages.common.files import write_jsonl
from stages.common.harmless import harmless
from stages.common.records import Rejection, Source, example_id
from stages.curation.rules import ORDER
from tests.stages.conftest import MakeExample
from tools.why import print_story


def test_why_tells_the_story(project: Path, make: MakeExample, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a rejection that nobody can follow: every rule in order, the evidence, the twin and the page."""
    twin, example = make("Who wrote Emma?", "Jane Austen."), make("Name the author of Emma.", "Jane Austen wrote it.")
    write_jsonl(curate.SYNTHETIC, [twin, example])
    print_story(example.id)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{example.id} [] (Colors) Name the author of Emma."
    assert "   page: u" in lines
    rules = [line.split()[:2] for line in lines if line.startswith("  ") and line.split()[0] in ORDER]
    said = dict.fromkeys(ORDER, "-") | {"near_duplicate": "asks"}
    assert rules == [[name, said[name]] for name in ORDER]
    assert f"  near_duplicate        asks and answers the same as {twin.id}: 'Who wrote Emma?'" in lines
    assert f"the other: {twin.id} [] (Colors) Who wrote Emma?" in lines
    print_story(twin.id)
    assert capsys.readouterr().out.splitlines()[-1] == "kept"


def test_why_of_an_example_that_a_rule_of_its_own_rejects(
    project: Path, make: MakeExample, capsys: pytest.CaptureFixture[str]
) -> None:
    example = make("When was it built?", "It was built in 2031.")
    write_jsonl(curate.SYNTHETIC, [example])
    print_story(example.id)
    lines = capsys.readouterr().out.splitlines()
    assert "  after_cutoff          output speaks of '2031', the cut-off is 2022-12-31" in lines
    assert "  exact_duplicate       not asked" in lines
    assert lines[-1] == "rejected: after_cutoff"


def test_why_of_a_general_task_that_the_split_rejected(
    project: Path, make: MakeExample, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a story that ends where another stage curates."""
    write_jsonl(curate.SYNTHETIC, [make()])
    task = make("Name a fish.", "TODO", source=Source(kind="general"))
    write_jsonl(split.REJECTED, [Rejection(example=task, reason="placeholder", evidence="output is 'TODO'")])
    print_story(task.id)
    assert capsys.readouterr().out.splitlines()[-1] == "rejected by split: placeholder: output is 'TODO'"


def test_why_of_an_id_that_is_not_there(project: Path, make: MakeExample) -> None:
    write_jsonl(curate.SYNTHETIC, [make()])
    with pytest.raises(
        StageError, match=r"holds no example with the id 'abc', and split rejected no general one; an id has 16"
    ):
        print_story("abc")


def test_what_a_row_holds_is_harmless(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against an example that clears the terminal of who looks at it."""
    row = {"instruction": "Name a bird.", "input": "", "output": "The \x1b[2J\u202ewren."}
    curate.SYNTHETIC.write_text(json.dumps(row) + '\n{"instruction": 1, "\x7f\u009b": 2}\n')
    print_story(example_id(**row))
    print_story("data/synthetic.jsonl:2")
    said = capsys.readouterr().out
    assert r"The \x1b[2J\u202ewren." in said
    assert r'{"instruction": 1, "\x7f\x9b": 2}' in said
    assert said == harmless(said)


def test_why_of_a_row_that_is_no_example(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a rejected row that has no id to ask for."""
    curate.SYNTHETIC.write_text('{"instruction": "Name a bird.", "output": "The wren."}\n{"instruction": 1}\n')
    print_story("data/synthetic.jsonl:2")
    assert capsys.readouterr().out.splitlines() == [
        'data/synthetic.jsonl:2 {"instruction": 1}',
        "rejected: malformed: `instruction` is a number, must be a string",
    ]
