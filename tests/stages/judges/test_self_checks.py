"""The checks of the judge itself, with the rubric and with judges that are each broken in one way."""

import logging
from collections.abc import Callable, Iterable

import pytest

from stages.common.errors import StageError
from stages.common.records import Answers, CheckJudgment, CheckName, Judgment, Teacher
from stages.judges.constant_answers import constant_answers
from stages.judges.panel import judge_by_rubric
from stages.judges.protocol import Position, Sheet, higher_total, make_failed_judgment, make_judgment
from stages.judges.self_checks import (
    CHECKS,
    check_metrics,
    check_sheets,
    health_metric,
    pad_reference,
    report_failed_checks,
    truncate_reference,
)
from tests.stages.judges.conftest import RUBRIC, scores

MakeAnswers = Callable[..., Answers]
Judge = Callable[[str, str, int], int]  # from reference, answer and position to a total
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
    return [judgment for judgment in judgments if isinstance(judgment, CheckJudgment)]


def judged_by(judge: Judge, sheets: Iterable[Sheet]) -> list[CheckJudgment]:
    judgments = []
    for sheet in sheets:
        given = [scores(judge(sheet.reference, text, position)) for position, text in enumerate(sheet.texts)]
        judgments.append(make_judgment(sheet, RUBRIC, 0, given, higher_total(given), "So it is."))
    return checked(judgments)


def passed(judge: Judge, rows: list[Answers]) -> dict[str, float | str]:
    metrics = check_metrics(judged_by(judge, check_sheets(rows, ALL, 20, 1, 2000)), ALL)
    return {name: check["passed"] for name, check in metrics.items()}


def test_texts_under_test(answers: MakeAnswers) -> None:
    row = answers("One two three four five.")
    assert truncate_reference(row) == "One two"
    assert truncate_reference(answers("Blue.")) == "Bl"
    assert pad_reference(row).startswith("One two three four five. That is so. ")
    assert pad_reference(row).split()[-1].endswith(".")  # a whole sentence: the text is long, but doesn't break off
    assert 15 <= len(pad_reference(row).split()) <= 15 + 5


def test_each_check_shows_both_orders_of_the_same_rows(rows: list[Answers]) -> None:
    sheets = list(check_sheets(rows, ALL, 3, 1, 2000))
    constant = [sheet for sheet in sheets if sheet.check == "constant"]
    assert len(constant) == len(constant_answers(rows)) * 3
    assert [sheet.models[0] for sheet in constant[:3]] == ["probe", "rival", "probe"]  # first by turns
    free = list(check_sheets(rows, ["constant"], 3, 1, 2000, costs_nothing=True))
    assert len(free) == len(constant_answers(rows)) * 20  # a floor on few rows is a matter of luck
    sheets = [sheet for sheet in sheets if sheet.check != "constant"]
    assert len(sheets) == 6 * 3 * 2
    drawn = {sheet.id for sheet in sheets}
    assert len(drawn) == 3 and drawn != {row.id for row in rows[:3]}
    for forth, back in zip(sheets[::2], sheets[1::2], strict=True):
        assert (forth.id, forth.check) == (back.id, back.check)
        assert forth.models == ("probe", "rival") == back.models[::-1]
        assert forth.texts == back.texts[::-1]
    assert len(list(check_sheets(rows, ["empty"], 100, 1, 2000))) == 20 * 2  # no more rows than there are


def test_the_rubric_passes_all(rows: list[Answers]) -> None:
    """Guards against a default judge that fails its own checks."""
    sheets = check_sheets(rows, ALL, 20, 1, 2000)
    metrics = check_metrics(checked(judge_by_rubric(sheets, RUBRIC, 0)), ALL)
    assert {name for name, check in metrics.items() if not check["passed"]} == set()
    assert metrics["reference"]["measured"] == 1.0
    assert metrics["empty"]["measured"] == 0.0
    assert (metrics["truncated"]["expected_low"], metrics["truncated"]["expected_high"]) == (0.0, 0.25)  # as stated
    assert health_metric(metrics) == {"healthy": 1}


def knows(reference: str, answer: str, position: int) -> int:
    """A sound judge: full points for the reference with little around it, few for anything else."""
    if not answer.strip():
        return 0
    if reference not in answer:
        return 4
    return 15 if len(answer) < 1.5 * len(reference) else 12


def prefers_first(_reference: str, _answer: str, position: int) -> int:
    return 9 - position


@pytest.mark.parametrize(
    ("judge", "fails"),
    [
        (knows, set()),
        (
            lambda reference, answer, position: 9 + 6 * (position == 0),
            {"same_answer", "empty", "constant", "truncated"},
        ),
        (lambda reference, answer, position: 15, {"empty", "constant", "truncated"}),
        (lambda reference, answer, position: 0, {"reference", "truncated"}),
        (lambda reference, answer, position: min(15, len(answer) // 8), {"constant", "reference", "padded"}),
        (
            lambda reference, answer, position: 15 - knows(reference, answer, position),
            {"empty", "constant", "reference", "padded", "truncated"},
        ),
        (lambda reference, answer, position: max(3, knows(reference, answer, position)), {"empty"}),
    ],
    ids=["sound", "first", "all the same", "none ever", "length", "turned round", "pays for nothing"],
)
def test_a_broken_judge_fails_what_it_should(rows: list[Answers], judge: Judge, fails: set[str]) -> None:
    """Guards against a check that no judge can fail."""
    assert {name for name, is_passed in passed(judge, rows).items() if not is_passed} == fails


def test_bounds_are_stated_with_what_was_measured(rows: list[Answers]) -> None:
    """A judge that always prefers the first has 1; a tossed coin has 0.5 +- 1.96 * 0.5 / sqrt(20)."""
    judgments = judged_by(prefers_first, check_sheets(rows, ["same_answer"], 20, 1, 2000))
    check = check_metrics(judgments, ["same_answer"])["same_answer"]
    assert (check["passed"], check["measured"], check["rows"]) == (0, 1.0, 20)
    assert (check["expected_low"], check["expected_high"]) == pytest.approx((0.5 - 0.2191, 0.5 + 0.2191), abs=1e-4)


def test_a_broken_judge_does_not_hide_in_a_panel(rows: list[Answers]) -> None:
    """Guards against a mean over three judges that hides the one that prefers whatever comes first."""
    sheets = list(check_sheets(rows, ["same_answer"], 20, 1, 2000))
    sound = judged_by(knows, sheets)
    judgments = sound + [
        judgment.model_copy(update={"judge": Teacher(name="openai", model=model)})
        for model, of_model in (("a", sound), ("b", judged_by(prefers_first, sheets)))
        for judgment in of_model
    ]
    check = check_metrics(judgments, ["same_answer"])["same_answer"]
    assert (check["measured"], check["passed"], check["rows"], check["judge"]) == (1.0, 0, 20, "openai: b")
    with pytest.raises(StageError, match=r"same_answer: 1\.000 on 20 rows \(openai: b\), expected"):
        report_failed_checks({"same_answer": check}, required=True)


def test_failed_judgments_leave_their_row_out(rows: list[Answers]) -> None:
    """Guards against a failed judgment that counts as passed, and a check that is passed without rows."""
    sheets = list(check_sheets(rows, ["reference"], 4, 1, 2000))
    broken = checked([make_failed_judgment(sheets[0], RUBRIC, 0, "not_json", "no", "no")])
    check = check_metrics(broken + judged_by(knows, sheets[1:]), ["reference"])["reference"]
    assert (check["rows"], check["passed"], check["measured"]) == (3, 1, 1.0)
    nothing = check_metrics(broken, ["reference"])
    assert nothing == {"reference": {"passed": 0, "expected_low": 0.8, "expected_high": 1.0, "rows": 0}}
    assert health_metric(nothing) == {"healthy": 0}
    with pytest.raises(StageError, match=r"reference: no row was judged, expected 0\.800 to 1\.000"):
        report_failed_checks(nothing, required=True)


def test_few_rows_say_nothing_about_the_order(rows: list[Answers]) -> None:
    """Guards against a judge that always prefers the first and passes, because 3 rows are within anybody's chance."""
    checks = check_metrics(judged_by(prefers_first, check_sheets(rows, ["same_answer"], 9, 1, 2000)), ["same_answer"])
    assert "passed" not in checks["same_answer"] and "measured" not in checks["same_answer"]
    assert checks["same_answer"]["rows"] == 9
    assert health_metric(checks) == {}
    report_failed_checks(checks, required=False)
    with pytest.raises(
        StageError, match=r"1 of 1 checks of the judge not measured:\n  same_answer: 9 usable rows, of the"
    ):
        report_failed_checks(checks, required=True)
    ten = check_metrics(judged_by(prefers_first, check_sheets(rows, ["same_answer"], 10, 1, 2000)), ["same_answer"])
    assert (ten["same_answer"]["passed"], ten["same_answer"]["measured"]) == (0, 1.0)


def test_what_is_not_measured_hides_no_failure(rows: list[Answers]) -> None:
    """Guards against a panel in which a judge with too few replies stands before the one that fails."""
    sheets = list(check_sheets(rows, ["same_answer"], 20, 1, 2000))
    silent = [
        judgment.model_copy(update={"judge": Teacher(name="openai", model="a")})
        for judgment in judged_by(knows, sheets[:4])
    ]
    broken = judged_by(prefers_first, sheets)
    check = check_metrics(silent + broken, ["same_answer"])["same_answer"]
    assert (check["passed"], check["judge"]) == (0, "rubric")
    sound = check_metrics(silent + judged_by(knows, sheets), ["same_answer"])["same_answer"]
    assert (sound.get("passed"), sound["judge"]) == (None, "openai: a")


@pytest.mark.parametrize(
    ("declare", "measured", "is_passed"),
    [
        (lambda first, second: "first" if first > second else "second" if second > first else "tie", 0.0, 1),
        (lambda first, second: "second" if first > second else "first", 1.0, 0),
        (lambda first, second: "tie", 1.0, 0),
        (lambda first, second: "first", 1.0, 0),  # in one of the two orders of each row
    ],
    ids=["as scored", "turned round", "always a tie", "always the first"],
)
def test_a_judge_that_contradicts_its_own_scores(
    rows: list[Answers], declare: Callable[[int, int], Position], measured: float, is_passed: int
) -> None:
    """Guards against a judge whose scores and whose winner have nothing to do with one another."""
    judgments = []
    for sheet in check_sheets(rows, ["declared_winner"], 20, 1, 2000):
        assert sorted(sheet.texts) == sorted({rows[0].answers["base"].text, sheet.texts[sheet.models.index("probe")]})
        totals = [12 if name == "probe" else 3 for name in sheet.models]
        given = [scores(total) for total in totals]
        judgments.append(make_judgment(sheet, RUBRIC, 0, given, declare(*totals), "So it is."))
    check = check_metrics(checked(judgments), ["declared_winner"])["declared_winner"]
    assert (check["measured"], check["passed"], check["expected_high"]) == (measured, is_passed, 0.5)


def test_a_winner_between_equal_scores_contradicts_nothing(rows: list[Answers]) -> None:
    sheets = check_sheets(rows, ["declared_winner"], 20, 1, 2000)
    judgments = [make_judgment(sheet, RUBRIC, 0, [scores(7), scores(7)], "first", "By a hair.") for sheet in sheets]
    assert check_metrics(checked(judgments), ["declared_winner"])["declared_winner"]["measured"] == 0.0


def test_a_judge_that_fails_is_named_and_may_stop_the_run(
    rows: list[Answers], caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a broken judge that nobody hears of."""
    checks = check_metrics(judged_by(lambda *_: 15, check_sheets(rows, ALL, 20, 1, 2000)), ALL)
    message = "the judge fails 3 of 7 checks of itself:\n  empty: 1.000 on 20 rows, expected 0.000 to 0.050\n  constant"
    with caplog.at_level(logging.WARNING):
        report_failed_checks(checks, required=False)
    assert message in caplog.text
    with pytest.raises(StageError, match=r"judge\.require_healthy: the judge fails 3 of 7") as raised:
        report_failed_checks(checks, required=True)
    assert message in str(raised.value)
    sound = check_metrics(judged_by(knows, check_sheets(rows, ALL, 20, 1, 2000)), ALL)
    report_failed_checks(sound, required=True)
    assert health_metric({}) == {}
