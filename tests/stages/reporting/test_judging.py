"""How the judge behaved, as the report reads it from the metrics."""

from dataclasses import replace
from typing import Any

import pytest

from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.judging import (
    CheckResult,
    describe_agreement,
    describe_judged_rows,
    is_healthy,
    is_unhealthy,
    read_checks,
    read_consistencies,
)
from stages.reporting.wording import Wording
from tests.stages.reporting.made_run import estimate


def with_judge(evidence: Evidence, **changes: Any) -> Evidence:
    return replace(evidence, metrics={"judge": evidence.metrics["judge"] | changes})


def test_a_check_keeps_its_own_figures(evidence: Evidence, wording: Wording) -> None:
    """Guards against a measured share beside the range of another check."""
    checks = {check.name: check for check in read_checks(evidence)}
    assert len(checks) == 6
    assert checks["padded"] == CheckResult("padded", True, 0.4, 0, 0.5, 20, "")
    assert checks["padded"].label(wording) == "the reference, padded, against itself: wins"
    failed = replace(checks["padded"], judge="openai: b")
    assert failed.label(wording) == "the reference, padded, against itself: wins (openai: b)"


def test_a_check_that_was_not_measured_is_neither_passed_nor_failed(evidence: Evidence) -> None:
    """Guards against a judge that is called sound, or unsound, by a check on five rows."""
    checks = {"same_answer": {"expected_low": 0.1, "expected_high": 0.9, "rows": 5}}
    judge = {name: figure for name, figure in evidence.metrics["judge"].items() if name != "healthy"}
    unmeasured = replace(evidence, metrics={"judge": judge | {"checks": checks}})
    [check] = read_checks(unmeasured)
    assert (check.passed, check.measured, check.result) == (None, None, "not_measured")
    assert not is_healthy(unmeasured) and not is_unhealthy(unmeasured)
    assert is_healthy(evidence)


def test_what_was_judged_is_said_only_if_it_is_not_all(evidence: Evidence, wording: Wording) -> None:
    """Guards against a trial that reads like the whole, and an early end that nobody is told of."""
    assert list(describe_judged_rows(evidence, wording)) == []
    total = len(evidence.rows)
    drawn = replace(
        with_judge(evidence, rows_not_judged=total - 12),
        params={**evidence.params, "judge": evidence.params["judge"] | {"at_most": 12}},
    )
    assert list(describe_judged_rows(drawn, wording)) == [
        f"Of the {total} test rows, 12 were drawn at random for the judge, the same for all pairs."
    ]
    stopping = {"looks": 2, "rows_judged": 20, "certain": 1, "certain_after": {"full-base": 10, "small-base": 20}}
    where, how = describe_judged_rows(with_judge(evidence, rows_not_judged=total - 20, stopping=stopping), wording)
    assert where == (
        f"Judging stopped after 20 of {total} test rows, when it was certain of each pair which model is better. "
        "Certain: full against base after 10 rows, small against base after 20 rows."
    )
    assert "confidence sequences by betting (Waudby-Smith and Ramdas, 2024)" in how
    assert "All other intervals are meant for a number of rows that was fixed before." in how
    open_ = {"looks": 20, "rows_judged": total, "certain": 0, "certain_after": {}}
    where, _ = describe_judged_rows(with_judge(evidence, rows_not_judged=0, stopping=open_), wording)
    assert where.endswith(f"{total} of {total} test rows were judged.")


@pytest.mark.parametrize(("healthy", "unhealthy"), [(0, True), (1, False)])
def test_only_a_judge_that_failed_is_unhealthy(evidence: Evidence, healthy: int, unhealthy: bool) -> None:
    """Guards against a warning where nobody ran the checks, and against none where they failed."""
    assert is_unhealthy(with_judge(evidence, healthy=healthy)) == unhealthy
    assert not is_unhealthy(Evidence({}, {}, {}, ()))


def test_consistency_is_that_of_its_pair(evidence: Evidence) -> None:
    """Guards against flips and shares of agreement that are swapped, and effects of another pair."""
    pairs = evidence.metrics["judge"]["pairs"]
    other = pairs["full-small"] | {"consistency": 0.5, "inconsistent": 90, **estimate("length_effect", 0.7, 0.2)}
    full_base, full_small, _ = read_consistencies(with_judge(evidence, pairs={**pairs, "full-small": other}))
    assert (full_base.pair, full_base.consistency, full_base.inconsistent, full_base.fit) == (
        "full-base",
        0.915,
        17,
        "ok",
    )
    assert full_base.length_controlled == Measurement(0.725, 0.725 - 0.05, 0.725 + 0.05)
    assert (full_small.pair, full_small.consistency, full_small.inconsistent) == ("full-small", 0.5, 90)
    assert full_small.length_effect == Measurement(0.7, 0.7 - 0.2, 0.7 + 0.2)


def test_equal_lengths_that_were_never_seen_give_no_win_rate(evidence: Evidence) -> None:
    """Guards against a value from the far end of a fitted curve that reads like a measurement."""
    pairs = {"full-base": evidence.metrics["judge"]["pairs"]["full-base"] | {"length_fit": "extrapolated"}}
    [consistency] = read_consistencies(with_judge(evidence, pairs=pairs))
    assert consistency.length_controlled is None and consistency.length_effect is not None


def test_agreement_of_the_judge_with_people_and_among_people(evidence: Evidence, wording: Wording) -> None:
    """Guards against the people's own agreement in the place of the judge's."""
    people = {"labels": 30} | estimate("agreement", 0.9, 0.05) | estimate("kappa", 0.8, 0.1)
    agreement = {"labels": 60, "rows": 50, "labellers": 3, "labels_without_verdict": 4, "people": people}
    agreement |= estimate("agreement", 0.7, 0.1) | {"kappa": 0.6}
    assert list(describe_agreement(with_judge(evidence, agreement=agreement), wording)) == [
        "On 60 labels of 50 rows, judge and people agree in 70.0% (95%: 60.0% to 80.0%); Cohen's kappa is 0.60.",
        "The 3 people agree with one another in 90.0% (95%: 85.0% to 95.0%), over 30 pairs of their labels; their "
        "kappa is 0.80 (95%: 0.70 to 0.90).",
        "Labels left out: 0 about other answers than these, 4 on which the judge has no verdict.",
    ]


def test_without_labels_nothing_is_said_of_agreement(evidence: Evidence, wording: Wording) -> None:
    assert list(describe_agreement(evidence, wording)) == []
