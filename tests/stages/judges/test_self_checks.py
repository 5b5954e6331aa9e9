"""The judge's own checks, with the rubric and with judges that are broken in one way each."""

import logging
from collections.abc import Callable, Iterable

import pytest

from stages.common.errors import StageError
from stages.common.records import Answers, CheckJudgment, CheckName, Judgment, Teacher
from stages.judges.marking import better, failed, marked
from stages.judges.panel import by_rubric
from stages.judges.self_checks import CHECKS, CONSTANT, check_sheets, health, healthy, padded, report, truncated
from stages.judges.sheets import Sheet
from tests.stages.judges.conftest import RUBRIC, scores

MakeAnswers = Callable[..., Answers]
Judge = Callable[[str, str, int], int]  # from reference, answer and place to a total
ALL: list[CheckName] = list(CHECKS)


@pytest.fixture
def rows(answers: MakeAnswers) -> list[Answers]:
    facts = [("Paris", "France"), ("Rome", "Italy"), ("Cairo", "Egypt"), ("Lima", "Peru")] * 5
    return [
        answers(
            f"The capital of {land} is {city}, a large old town on a river.",
            f"What is the capital of {land}? {n}",
            id=f"{n:016x}",
            full=f"The capital of {land} is Berlin.",
        )
        for n, (city, land) in enumerate(facts)
    ]


def checked(judgments: Iterable[Judgment]) -> list[CheckJudgment]:
    return [one for one in judgments if isinstance(one, CheckJudgment)]


def judged_by(judge: Judge, sheets: Iterable[Sheet]) -> list[CheckJudgment]:
    found = []
    for sheet in sheets:
        given = [scores(judge(sheet.reference, text, place)) for place, text in enumerate(sheet.texts)]
        found.append(marked(sheet, RUBRIC, 0, given, better(given), "So it is."))
    return checked(found)


def passed(judge: Judge, rows: list[Answers]) -> dict[str, float | str]:
    found = health(judged_by(judge, check_sheets(rows, ALL, 20, 1, 2000)), ALL)
    return {name: one["passed"] for name, one in found.items()}


def test_texts_that_are_tried_out(answers: MakeAnswers) -> None:
    row = answers("One two three four five.")
    assert truncated(row) == "One two"
    assert truncated(answers("Blue.")) == "Bl"
    assert padded(row).startswith("One two three four five. That is so. ")
    assert padded(row).split()[-1].endswith(".")  # ends as a sentence: it is long, and not broken off
    assert 15 <= len(padded(row).split()) <= 15 + 5
    assert CHECKS["constant"].probe(row) == CHECKS["constant"].probe(answers("Red.")) == CONSTANT


def test_each_check_shows_both_orders_of_the_same_rows(rows: list[Answers]) -> None:
    sheets = list(check_sheets(rows, ALL, 3, 1, 2000))
    assert len(sheets) == 6 * 3 * 2
    drawn = {sheet.id for sheet in sheets}
    assert len(drawn) == 3 and drawn != {row.id for row in rows[:3]}
    for one, other in zip(sheets[::2], sheets[1::2], strict=True):
        assert (one.id, one.check) == (other.id, other.check)
        assert one.models == ("probe", "rival") == other.models[::-1]
        assert one.texts == other.texts[::-1]
    assert len(list(check_sheets(rows, ALL, 100, 1, 2000))) == 6 * 20 * 2  # no more rows than there are


def test_the_rubric_passes_all(rows: list[Answers]) -> None:
    """Guards against an offline default that fails what it is shown beside."""
    sheets = check_sheets(rows, ALL, 20, 1, 2000)
    found = health(checked(by_rubric(sheets, RUBRIC, 0)), ALL)
    assert {name for name, one in found.items() if not one["passed"]} == set()
    assert found["reference"]["measured"] == 1.0
    assert found["empty"]["measured"] == 0.0
    assert healthy(found) == {"healthy": 1}


def knows(reference: str, answer: str, place: int) -> int:
    """A sound judge: full points for the reference with little around it, few for anything else."""
    if not answer.strip():
        return 0
    if reference not in answer:
        return 4
    return 15 if len(answer) < 1.5 * len(reference) else 12


@pytest.mark.parametrize(
    ("judge", "fails"),
    [
        (knows, set()),
        (lambda reference, answer, place: 9 + 6 * (place == 0), {"same_answer", "empty", "constant", "truncated"}),
        (lambda reference, answer, place: 15, {"empty", "constant", "truncated"}),
        (lambda reference, answer, place: 0, {"reference", "truncated"}),
        (lambda reference, answer, place: min(15, len(answer) // 8), {"constant", "reference", "padded"}),
        (lambda reference, answer, place: 15 - knows(reference, answer, place), set(ALL) - {"same_answer"}),
        (lambda reference, answer, place: max(3, knows(reference, answer, place)), {"empty"}),
    ],
    ids=["sound", "first", "all the same", "none ever", "length", "turned round", "pays for nothing"],
)
def test_a_broken_judge_fails_what_it_should(rows: list[Answers], judge: Judge, fails: set[str]) -> None:
    """Guards against a check that no judge can fail."""
    found = passed(judge, rows)
    assert {name for name, one in found.items() if not one} == fails


def test_bounds_are_stated_with_what_was_measured(rows: list[Answers]) -> None:
    """A judge that always prefers the first: 1 where lots would have 0.5 +- 1.96 * 0.5 / sqrt(20)."""
    sheets = check_sheets(rows, ["same_answer"], 20, 1, 2000)
    found = health(judged_by(lambda reference, answer, place: 9 - place, sheets), ["same_answer"])["same_answer"]
    assert (found["passed"], found["measured"], found["rows"]) == (0, 1.0, 20)
    assert (found["expected_low"], found["expected_high"]) == pytest.approx((0.5 - 0.2191, 0.5 + 0.2191), abs=1e-4)


def test_a_broken_judge_does_not_hide_in_a_panel(rows: list[Answers]) -> None:
    """Guards against a mean of three judges, one of whom prefers whatever comes first."""
    sheets = list(check_sheets(rows, ["same_answer"], 20, 1, 2000))
    judgments = judged_by(knows, sheets)
    judgments += [one.model_copy(update={"judge": Teacher(name="openai", model="a")}) for one in judgments]
    partial = judged_by(lambda reference, answer, place: 9 - place, sheets)
    judgments += [one.model_copy(update={"judge": Teacher(name="openai", model="b")}) for one in partial]
    found = health(judgments, ["same_answer"])["same_answer"]
    assert (found["measured"], found["passed"], found["rows"], found["judge"]) == (1.0, 0, 20, "openai: b")
    with pytest.raises(StageError, match=r"same_answer: 1\.000 on 20 rows \(openai: b\), expected"):
        report({"same_answer": found}, required=True)


def test_failed_judgments_leave_their_row_out(rows: list[Answers]) -> None:
    """Guards against a failed judgment that counts as passed, and a check without rows that does."""
    sheets = list(check_sheets(rows, ["reference"], 4, 1, 2000))
    broken = checked([failed(sheets[0], RUBRIC, 0, "not_json", "no", "no")])
    found = health(broken + judged_by(knows, sheets[1:]), ["reference"])["reference"]
    assert (found["rows"], found["passed"], found["measured"]) == (3, 1, 1.0)
    nothing = health(broken, ["reference"])
    assert nothing == {"reference": {"passed": 0, "expected_low": 0.8, "expected_high": 1.0, "rows": 0}}
    assert healthy(nothing) == {"healthy": 0}
    with pytest.raises(StageError, match=r"reference: no row was judged, expected 0\.800 to 1\.000"):
        report(nothing, required=True)


def test_a_judge_that_fails_is_named_and_may_stop_the_run(
    rows: list[Answers], caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a broken judge that nobody hears of."""
    found = health(judged_by(lambda *_: 15, check_sheets(rows, ALL, 20, 1, 2000)), ALL)
    said = "the judge fails 3 of 6 checks of itself:\n  empty: 1.000 on 20 rows, expected 0.000 to 0.050\n  constant"
    with caplog.at_level(logging.WARNING):
        report(found, required=False)
    assert said in caplog.text
    with pytest.raises(StageError, match=r"judge\.require_healthy: the judge fails 3 of 6") as raised:
        report(found, required=True)
    assert said in str(raised.value)
    report(health(judged_by(knows, check_sheets(rows, ALL, 20, 1, 2000)), ALL), required=True)
    assert healthy({}) == {}
