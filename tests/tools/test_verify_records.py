"""Records that don't follow from what they should, and the way from a test row back to its page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stages import infer, judge
from stages.common.errors import StageError
from stages.common.files import write_json, write_jsonl
from stages.common.records import ROLES, Answers, Example, Judgment, Page, Scores, Source, Teacher
from tests.stages.conftest import MakeExample
from tools.verify_records import check_answers, check_sources, trace_row

RIGHT = Source(kind="synthetic", title="Colors", revision_id=7, url="https://example.org/page")
MakePage = Callable[..., Page]
MakeAnswers = Callable[..., Answers]


def write_examples(*examples: Example) -> None:
    write_jsonl(Path("data/curated.jsonl"), examples)
    for side in ("train", "val", "test"):
        write_jsonl(infer.TEST.with_stem(side), examples[:1])


def test_an_example_leads_to_a_page_and_its_revision(project: Path, make: MakeExample, page: MakePage) -> None:
    """Guards against an example about a page, or a revision, that the run doesn't have."""
    write_jsonl(Path("data/pages.jsonl"), [page("Colors", "Blue is a color.")])
    good, task = make(source=RIGHT), make("Add two and two.", source=Source(kind="general"))
    write_examples(good, task)
    assert check_sources() == []
    old, lost = (
        make("Old?", source=RIGHT.model_copy(update={"revision_id": 6})),
        make("Lost?", source=RIGHT.model_copy(update={"title": "Tide"})),
    )
    write_examples(good, old, lost)
    assert [str(one) for one in check_sources()] == [
        f"data/curated.jsonl: line 2 (id {old.id}): is about Colors, revision 6, {RIGHT.url}; "
        f"data/pages.jsonl has revision 7, {RIGHT.url}",
        f"data/curated.jsonl: line 3 (id {lost.id}): is about Tide, revision 7, {RIGHT.url}; "
        "data/pages.jsonl has no such page",
    ]


@pytest.fixture
def answered(project: Path, make: MakeExample, page: MakePage, answers: MakeAnswers) -> Answers:
    """Writes a run of one test row, which full answers best."""
    example = make(source=RIGHT)
    row = answers("Blue.", id=example.id, base="", small="Red.", full="Blue.")
    write_jsonl(Path("data/pages.jsonl"), [page("Colors", "Blue is a color.")])
    write_examples(example)
    write_jsonl(Path("data/synthetic.jsonl"), [example])
    write_jsonl(infer.ANSWERS, [row])
    write_json(infer.METRICS, infer.answer_metrics({role: [row.answers[role]] for role in ROLES}))
    scores = {
        role: Scores(factual_correctness=n, instruction_adherence=n, clarity_and_usefulness=n, total=3 * n)
        for role, n in (("full", 5), ("base", 0))
    }
    judgment = {
        "id": row.id,
        "models": ("full", "base"),
        "repeat": 0,
        "scores": scores,
        "declared": "full",
        "winner": "full",
    }
    judgment |= {"justification": "", "judge": Teacher(name="rubric"), "status": "ok", "raw": ""}
    write_jsonl(judge.JUDGMENTS, [Judgment.model_validate(judgment)])
    return row


def test_answers_are_those_of_the_test_rows(answered: Answers) -> None:
    """Guards against an answer that stands beside another question, and counts that aren't those of the answers."""
    assert check_answers() == []
    write_jsonl(infer.ANSWERS, [answered.model_copy(update={"output": "Red."})])
    assert [str(one) for one in check_answers()] == [
        f'data/answers.jsonl: line 1 (id {answered.id}): output: expected "Blue.", found "Red."'
    ]
    write_jsonl(infer.ANSWERS, [answered, answered])
    said = [str(one) for one in check_answers()]
    assert said[0] == "data/answers.jsonl: expected 1 rows, as in data/splits/full/test.jsonl, found 2"
    assert "reports/metrics/infer.json: base.answers: expected 2, found 1" in said


def test_a_row_leads_back_to_its_page(answered: Answers) -> None:
    assert list(trace_row(answered.id)) == [
        f'test row {answered.id}: "Name a color."',
        "<- base: 0 (line 1) in data/judgments.jsonl",
        '<- data/answers.jsonl, line 1: ""',
        "<- small: no score in data/judgments.jsonl",
        '<- data/answers.jsonl, line 1: "Red."',
        "<- full: 15 (line 1) in data/judgments.jsonl",
        '<- data/answers.jsonl, line 1: "Blue."',
        "<- data/splits/full/test.jsonl, line 1: by rules",
        "<- data/curated.jsonl, line 1: by rules",
        "<- data/synthetic.jsonl, line 1: by rules",
        "<- data/pages.jsonl, line 1: Colors, revision 7 of 2022-01-01T00:00:00Z",
        f"<- {RIGHT.url}",
    ]
    with pytest.raises(StageError, match=re.escape("'judge.mean' is neither a figure, such as")):
        list(trace_row("judge.mean"))
