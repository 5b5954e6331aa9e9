"""The Sankey diagram's geometry and labels."""

import re
from xml.etree import ElementTree

from stages.reporting.sankey import FLOW, THIN, Link, Node, Sankey

NODES = [Node("all", "all", 0, "source"), Node("kept", "kept", 1, "kept"), Node("lost", "l<o>st", 1, "lost")]


def drawn(sankey: Sankey) -> ElementTree.Element:
    return ElementTree.fromstring(sankey.svg("what went where", str))


def thickness(path: ElementTree.Element) -> float:
    height = re.search(r"v([\d.]+)C", path.attrib["d"])
    assert height
    return float(height[1])


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
