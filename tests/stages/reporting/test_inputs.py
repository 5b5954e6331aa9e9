"""What went in, and whether the test split leaks."""

import pytest

from stages.reporting.evidence import Evidence
from stages.reporting.inputs import (
    count_inputs,
    count_shared_beside,
    example_flow,
    explain_shared_beside,
    read_leak_check,
)
from stages.reporting.wording import Wording


def test_the_flow_has_every_example_once(evidence: Evidence, wording: Wording) -> None:
    """Guards against examples that appear from nowhere: what comes into a node goes out of it."""
    flow = example_flow(evidence, wording)
    incoming, outgoing = ({node.name: 0 for node in flow.nodes} for _ in range(2))
    for link in flow.links:
        outgoing[link.source] += link.count
        incoming[link.target] += link.count
    assert (outgoing["synthetic"], outgoing["general"]) == (1200, 1100)
    assert incoming["synthetic_kept"] == outgoing["synthetic_kept"] == 1075
    assert incoming["general_kept"] == outgoing["general_kept"] == 1056
    assert incoming["near_duplicate"] == 41 + 14
    assert incoming["drawn"] == 2000


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({"test_examples_that_leak": 0}, "clean"),
        ({"test_examples_that_leak": 3}, "leaks"),
        ({"questions_on_two_sides": 1}, "val_leaks"),
        ({"questions_on_two_sides": 1, "test_examples_that_leak": 1}, "leaks"),
    ],
)
def test_the_proof_of_no_leak(evidence: Evidence, counts: dict[str, int], verdict: str) -> None:
    """Guards against a leaking split that reads as clean, and one between train and val called the test's."""
    split = evidence.metrics["split"] | counts
    assert read_leak_check(Evidence({}, {"split": split}, {}, ())).verdict == verdict


def test_without_counts_nothing_is_proved(wording: Wording) -> None:
    assert read_leak_check(Evidence({}, {}, {}, ())).verdict == "unknown"
    assert count_shared_beside(Evidence({}, {}, {}, ()), wording) == {}
    assert explain_shared_beside(Evidence({}, {}, {}, ()), wording) == []


@pytest.mark.parametrize(
    ("read", "words", "said", "why"),
    [
        (4, 9, ["4 of 5", "9 of 24"], "All models start from base, so"),
        (0, 1, ["0 of 5", "1 of 24"], "All models start from base, so"),
        (0, 0, ["0 of 5", "0 of 24"], ""),
        ("unknown", "unknown", ["unknown", "unknown"], "Others trained base, on text that may include these pages."),
    ],
)
def test_what_the_proof_does_not_count_is_said(
    evidence: Evidence, wording: Wording, read: int | str, words: int | str, said: list[str], why: str
) -> None:
    """Guards against a proof of zeros beside a base model that has read the test pages, and a zero for unknown."""
    base = {"test_pages": 5, "read_test_pages": read, "test_examples_that_share_words": words}
    changed = Evidence({}, {"split": evidence.metrics["split"] | {"base": base}}, {}, ())
    assert list(count_shared_beside(changed, wording).values()) == ["3 of 24", *said]
    tasks, *reading = explain_shared_beside(changed, wording)
    assert "the wording of a task" in tasks
    assert " ".join(reading).startswith(why) and bool(reading) == bool(why)


def test_what_base_was_asked_is_shown_of_val_and_test(evidence: Evidence, wording: Wording) -> None:
    """Guards against a count of the test side alone."""
    split = evidence.metrics["split"]
    changed = Evidence({}, {"split": split | {"base": {"asked_in_val_and_test": 2}}}, {}, ())
    total = split["full"]["val"] + split["full"]["test"]
    assert count_shared_beside(changed, wording)["asked"] == f"2 of {total}"


def test_only_what_was_counted_is_shown(evidence: Evidence) -> None:
    """Guards against a zero in the place of a count that nobody made, and counts under the wrong name."""
    assert count_inputs(evidence) == {
        "pages": 166,
        "words": 41779,
        "synthetic": 1200,
        "kinds": 2,
        "general": 1100,
        "parameters": 354_823_168,
    }
    assert count_inputs(Evidence({}, {"extract": {"words": 0}}, {}, ())) == {"words": 0}
