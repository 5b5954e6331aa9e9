"""The Sankey diagram's geometry and words."""

import re
from xml.etree import ElementTree

import pytest

from stages.reporting.evidence import Evidence
from stages.reporting.inputs import flow, proof
from stages.reporting.sankey import FLOW, THIN, Link, Node, Sankey
from stages.reporting.wording import Wording

NODES = [Node("all", "all", 0, "source"), Node("kept", "kept", 1, "kept"), Node("lost", "l<o>st", 1, "lost")]


def drawn(sankey: Sankey) -> ElementTree.Element:
    return ElementTree.fromstring(sankey.svg("what went where", str))


def thickness(path: ElementTree.Element) -> float:
    found = re.search(r"v([\d.]+)C", path.attrib["d"])
    assert found
    return float(found[1])


def test_bands_are_as_thick_as_their_counts() -> None:
    """Guards against bands that overlap, or don't add up."""
    svg = drawn(Sankey(NODES, [Link("all", "kept", 75), Link("all", "lost", 25)]))
    kept, lost = svg.iter("path")
    assert (thickness(kept), thickness(lost)) == (FLOW * 0.75, FLOW * 0.25)
    start = re.match(r"M([\d.]+) ([\d.]+)C", lost.attrib["d"])
    assert start and float(start[2]) == 12 + FLOW * 0.75  # below the band of what was kept
    assert [float(bar.attrib["height"]) for bar in svg.iter("rect")] == [FLOW, FLOW * 0.75, FLOW * 0.25]


def test_one_among_thousands_is_still_seen() -> None:
    svg = drawn(Sankey(NODES, [Link("all", "kept", 99_999), Link("all", "lost", 1)]))
    assert thickness(list(svg.iter("path"))[1]) == THIN


def test_nothing_is_drawn_for_no_examples() -> None:
    """Guards against a division by zero in a run that rejects nothing."""
    svg = drawn(Sankey(NODES, [Link("all", "kept", 5), Link("all", "lost", 0)]))
    assert [text.text for text in svg.iter("text")] == ["all ", "kept "]
    assert list(drawn(Sankey(NODES, []))) == []


def test_labels_are_text() -> None:
    """Guards against markup in a name."""
    svg = Sankey(NODES, [Link("all", "lost", 5)]).svg("a & b", str)
    assert "l&lt;o&gt;st" in svg and 'aria-label="a &amp; b"' in svg


def test_the_flow_has_every_example_once(evidence: Evidence, wording: Wording) -> None:
    """Guards against examples that appear from nowhere: what comes into a node goes out of it."""
    found = flow(evidence, wording)
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
    assert proof(Evidence({}, {"split": split}, {}, ())).verdict == verdict


def test_without_counts_nothing_is_proved() -> None:
    assert proof(Evidence({}, {}, {}, ())).verdict == "unknown"
