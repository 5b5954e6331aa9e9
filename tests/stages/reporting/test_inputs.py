"""What went in, and whether the test split leaks."""

import pytest

from stages.reporting.evidence import Evidence
from stages.reporting.inputs import count_inputs, example_flow, read_leak_check
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


def test_without_counts_nothing_is_proved() -> None:
    assert read_leak_check(Evidence({}, {}, {}, ())).verdict == "unknown"


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
