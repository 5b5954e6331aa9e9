"""What went in, and whether the test split leaks."""

import pytest

from stages.reporting.evidence import Evidence
from stages.reporting.inputs import example_flow, read_leak_check
from stages.reporting.wording import Wording


def test_the_flow_has_every_example_once(evidence: Evidence, wording: Wording) -> None:
    """Guards against examples that appear from nowhere: what comes into a node goes out of it."""
    found = example_flow(evidence, wording)
    came, went = ({node.name: 0 for node in found.nodes} for _ in range(2))
    for link in found.links:
        went[link.source] += link.count
        came[link.target] += link.count
    assert (went["synthetic"], went["general"]) == (1200, 1100)
    assert came["synthetic_kept"] == went["synthetic_kept"] == 1075
    assert came["general_kept"] == went["general_kept"] == 1056
    assert came["near_duplicate"] == 41 + 14
    assert came["drawn"] == 2000


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


def test_without_counts_nothing_is_proved() -> None:
    assert read_leak_check(Evidence({}, {}, {}, ())).verdict == "unknown"
