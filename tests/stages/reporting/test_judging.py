"""How the judge behaved, as the report reads it from the metrics."""

from dataclasses import replace
from typing import Any

import pytest

from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.judging import CheckResult, describe_agreement, is_unhealthy, read_checks, read_consistencies
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
