"""From judgments to preferences."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stages import judge, train
from stages.common.errors import StageError
from stages.common.files import read_jsonl, write_jsonl
from stages.common.records import Answer, Answers, Example, Judgment, Teacher
from stages.judges.panel import judge_by_rubric
from stages.judges.protocol import pair_sheets
from stages.tuning.preference_data import JudgedPreference, read_preferences
from tests.stages.results import write_results
from tools.cli import run_arguments
from tools.preference_file import collect_preferences

MakeAnswers = Callable[..., Answers]
GOOD, BAD = "Thing 1 is blue, and the others are not.", "Red."


def rubric_judgments(rows: list[Answers], pairs: tuple[str, ...] = ("full-base",)) -> list[Judgment]:
    return list(judge_by_rubric(list(pair_sheets(rows, pairs, 2000)), Teacher(name="rubric"), 0))


def edited(judgment: Judgment, **changes: Any) -> Judgment:
    return judgment.model_copy(update=changes)


@pytest.fixture
def row(answers: MakeAnswers) -> Answers:
    return answers(GOOD, "What color is thing 1?", full=GOOD, base=BAD, small=BAD)


def test_the_winner_is_chosen_with_both_totals(row: Answers) -> None:
    """Guards against chosen and rejected, or their scores, taken for one another."""
    swapped = row.model_copy(
        update={"id": "1" * 16, "answers": row.answers | {"full": row.answers["base"], "base": row.answers["full"]}}
    )
    found, left_out = collect_preferences([row, swapped], rubric_judgments([row, swapped]), ["full-base"], 1)
    assert [(one.chosen_model, one.rejected_model) for one in found] == [("full", "base"), ("base", "full")]
    for one in found:
        assert (one.chosen[0].content, one.rejected[0].content) == (GOOD, BAD)
        assert one.score_chosen == 15 > one.score_rejected
    assert not left_out


def test_ties_small_leads_cut_answers_and_disagreeing_orders_are_left_out(row: Answers) -> None:
    """Guards against a preference that is a coin's, or one order's."""
    pairs = ("full-base", "small-base")
    judgments = rubric_judgments([row], pairs)
    found, left_out = collect_preferences([row], judgments, pairs, 1)
    assert len(found) == 1 and left_out == {"ties": 1}  # small and base say the same
    (one,) = found
    lead = one.score_chosen - one.score_rejected
    assert collect_preferences([row], judgments, pairs, lead)[0] == found
    assert collect_preferences([row], judgments, pairs, lead + 0.5)[1] == {"ties": 1, "smaller leads": 1}
    disagreeing = [judgments[0], edited(judgments[1], winner="base", declared="base")]
    assert collect_preferences([row], disagreeing, pairs, 0) == ([], {"ties": 1})
    cut = row.answers["base"].model_copy(update={"finish": "length"})
    longer = row.model_copy(update={"answers": row.answers | {"base": cut}})
    assert collect_preferences([longer], judgments[:2], pairs, 1)[1] == {"answers that were cut off": 1}


def test_a_row_with_a_failed_judgment_says_nothing(row: Answers) -> None:
    first, second = rubric_judgments([row])
    failed = edited(second, status="failed", scores={}, winner=None, declared=None)
    assert collect_preferences([row], [first, failed], ["full-base"], 0) == ([], {})


def test_the_command_asks_about_training_rows_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a test row in the file that training reads: the proof is that training takes all of it."""
    write_results(project / "data")
    asked: list[str] = []

    def answer(checkpoint: Path, examples: list[Example], params: object) -> list[Answer]:
        asked.extend(example.id for example in examples)
        return [
            Answer(text=example.output if checkpoint.name == "full" else "No.", tokens=1, finish="stop")
            for example in examples
        ]

    monkeypatch.setattr("stages.infer.answer_all", answer)
    assert run_arguments(["preferences", "--pairs", "full-base", "--rows", "5"]) == 0
    training = read_jsonl(train.SPLITS / "full/train.jsonl", Example)
    assert sorted(asked) == sorted([example.id for example in training] * 2)  # of two models
    assert len(read_preferences(project / "data/preferences", training)) == 2
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "data/preferences/judged.jsonl: 2 preferences about 2 training rows: full over base 2",
        "left out: 0 ties, 0 smaller leads, 0 answers that were cut off",
    ]
    with pytest.raises(StageError, match="no answer to the 2 training rows is 16 points ahead: 0 ties, 2 smaller"):
        run_arguments(["preferences", "--pairs", "full-base", "--lead", "16"])
    with pytest.raises(StageError, match="--rows 0: choose a number from 1"):
        run_arguments(["preferences", "--rows", "0"])


def test_what_was_judged_can_be_written_but_not_learned(project: Path, row: Answers) -> None:
    write_results(project / "data")
    write_jsonl(judge.ANSWERS, [row])
    write_jsonl(judge.JUDGMENTS, rubric_judgments([row]))
    with pytest.raises(StageError, match=r"data/preferences/t\.jsonl is in data/preferences, where training reads"):
        run_arguments(["preferences", "--of-test", "data/preferences/t.jsonl"])
    assert run_arguments(["preferences", "--of-test", "t.jsonl"]) == 0
    assert [one.id for one in read_jsonl(Path("t.jsonl"), JudgedPreference)] == [row.id]
    with pytest.raises(StageError, match="is no instruction of the training side"):
        read_preferences(Path("t.jsonl"), read_jsonl(train.SPLITS / "full/train.jsonl", Example))
