"""The win rate corrected by people's labels: by hand, and in simulation under judges that err and lean."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from benchmarks.corrected_rates import JudgeSetting, simulate
from stages.common.records import Answers
from stages.judges.labels.choices import Choices, Labels
from stages.judges.labels.correction import JudgedRows, correct_rate, corrected_rates


def judged_rows(judged: list[float], labels: dict[int, float], same: tuple[int, ...] = ()) -> JudgedRows:
    rows = np.arange(len(judged))
    people = np.array([labels.get(row, np.nan) for row in range(len(judged))])
    return JudgedRows(np.array(judged), people, ~np.isin(rows, same), rows)


def test_the_judges_error_on_labelled_rows_is_taken_off_the_others() -> None:
    """By hand: the judge gives the first model 30 of 40 rows; of 8 labelled ones it gives it 6, people 4. With the
    judge at full weight the rate is 30/40 - 6/8 + 4/8."""
    judged = [1.0] * 6 + [0.0] * 2 + [1.0] * 24 + [0.0] * 8
    labels = dict(enumerate([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]))
    rows = judged_rows(judged, labels)
    assert correct_rate(rows, weight=1.0).mean == pytest.approx(30 / 40 - 6 / 8 + 4 / 8)
    assert correct_rate(rows, weight=0.0).mean == pytest.approx(4 / 8)


def test_the_weight_is_the_slope_and_never_beyond_one() -> None:
    """Guards against a judge that counts although it knows nothing. The slope of labels on judgments is 2/3: people
    give the first model 4 of the judge's 6 wins, and none of its 2 losses."""
    judged = [1.0] * 6 + [0.0] * 2 + [1.0] * 18
    rows = judged_rows(judged, dict(enumerate([1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0])))
    assert correct_rate(rows).mean == pytest.approx(correct_rate(rows, weight=2 / 3).mean)
    against = judged_rows(judged, dict(enumerate([0.0] * 6 + [1.0] * 2)))
    assert correct_rate(against) == correct_rate(against, weight=0.0)


def test_rows_with_the_same_answers_are_ties_without_a_label() -> None:
    """Guards against a rate of the rows that differ alone, from which the label page draws."""
    judged = [1.0] * 20 + [0.5] * 20
    rows = judged_rows(judged, dict.fromkeys(range(10), 1.0), same=tuple(range(20, 40)))
    assert correct_rate(rows).mean == pytest.approx(0.75)


def test_labels_that_all_agree_with_the_judge_leave_a_doubt() -> None:
    """Guards against "100% to 100%" after ten labels."""
    found = correct_rate(judged_rows([1.0] * 40, dict.fromkeys(range(10), 1.0)))
    assert found.mean == found.high == 1.0 and 0.6 < found.low < 0.9


def test_labels_about_one_page_are_not_independent() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, size=40).astype(float)
    judged = np.repeat(np.where(rng.random(40) < 0.3, 1.0, truth), 3)
    labels = np.where(np.arange(120) < 60, np.repeat(truth, 3), np.nan)
    by_page = correct_rate(JudgedRows(judged, labels, np.full(120, True), np.repeat(np.arange(40), 3)))
    by_row = correct_rate(JudgedRows(judged, labels, np.full(120, True), np.arange(120)))
    assert by_page.mean == by_row.mean
    assert by_page.error == pytest.approx(3**0.5 * by_row.error, rel=0.1)


@pytest.mark.parametrize(
    "setting",
    [
        JudgeSetting(win=0.45, tie=0.1, errors=0.4, leaning=0.9, labels=50),
        JudgeSetting(win=0.65, tie=0.15, errors=0.2, leaning=1.0, labels=17),
        JudgeSetting(win=0.85, tie=0.1, errors=0.4, leaning=0.9, labels=100),
    ],
    ids=lambda setting: f"{setting.truth:.2f}-{setting.labels}",
)
def test_the_interval_contains_the_truth_and_is_narrower_than_that_of_the_labels(setting: JudgeSetting) -> None:
    """Guards against an interval that believes a biased judge. benchmarks/corrected_rates.py has more of this."""
    corrected, labels_alone = simulate(setting, runs=400, seed=7).values()
    right, width = corrected.mean(axis=0)
    assert right >= 0.925  # at 95%, less has a chance of 1% in 400 runs
    assert width < labels_alone.mean(axis=0)[1]


def test_labels_meet_their_judgments(answers: Callable[..., Answers]) -> None:
    """Guards against labels of another pair, people who count twice, and rows without a verdict."""
    rows = [answers("Blue.", f"Q{n}?", f"row {n}", full="blue", small="red", base="red") for n in range(12)]
    judge: Choices = {(f"row {n}", "full-base"): "full" for n in range(10)}
    judge |= {(f"row {n}", "small-base"): "tie" for n in range(10)}
    one: Choices = {(f"row {n}", "full-base"): "full" for n in range(12)}
    one["row 0", "full-small"] = "full"
    other: Choices = {("row 0", "full-base"): "base", ("row 1", "full-base"): "tie"}
    clusters = {row.id: row.id for row in rows}
    found: Any = corrected_rates(Labels([one, other], 0), judge, rows, clusters)
    assert list(found) == ["full-base"] and found["full-base"]["labels"] == 10
    assert found["full-base"]["corrected_win_rate"] == pytest.approx((0.5 + 0.75 + 8) / 10)
    few: Any = corrected_rates(Labels([one], 0), judge, rows, dict.fromkeys(clusters, "one page"))
    assert few == {"full-base": {"labels": 10}}


def test_the_same_answers_need_no_label(answers: Callable[..., Answers]) -> None:
    """Guards against rows that nobody could label, counted as rows that nobody labelled."""
    rows = [answers("Blue.", f"Q{n}?", f"row {n}", full="blue", small="red", base="blue ") for n in range(10)]
    rows += [answers("Blue.", f"Q{n}?", f"row {n}", full="blue", small="red", base="red") for n in range(10, 20)]
    judge: Choices = {(row.id, "full-base"): "tie" if index < 10 else "full" for index, row in enumerate(rows)}
    person: Choices = {(row.id, "full-base"): "full" for row in rows[10:18]}
    found: Any = corrected_rates(Labels([person], 0), judge, rows, {row.id: row.id for row in rows})
    assert found["full-base"]["corrected_win_rate"] == pytest.approx(0.75)
