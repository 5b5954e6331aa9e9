"""A Sankey diagram as SVG: how many examples go which way, each band as thick as its count.

Bands are in the same order at both of their ends, so that they cross as little as possible. Colours and fonts come from
the page, by the classes of `page.css`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

# All lengths are in the units of the drawing.
WIDTH = 960
FLOW = 260  # height of the fullest column, without its gaps
BAR = 10  # width of a node
GAP = 26  # between two nodes of a column: room for a label of one line
THIN = 1.5  # the smallest thickness, so that a single example among thousands is still visible
LABEL = 150  # room to the right of the last column
TOP = 12  # margin above and below


@dataclass(frozen=True)
class Node:
    """A place that examples reach: a bar with a label."""

    name: str
    label: str
    column: int
    tone: str  # a class of page.css, such as kept, lost, source or train


@dataclass(frozen=True)
class Link:
    """Examples that go from one node to another: a band."""

    source: str
    target: str
    count: int


@dataclass(frozen=True)
class Sankey:
    """Nodes are in order, from left to right and from top to bottom.

    Links with a count of 0 are not drawn, nor are nodes without links.
    """

    nodes: Sequence[Node]
    links: Sequence[Link]

    def svg(self, title: str, write: Callable[[float], str]) -> Markup:
        """The drawing; `write` formats the counts."""
        bands = Markup("").join(self._band(link, write) for link in self._drawn)
        bars = Markup("").join(self._bar(node, write) for node in self._shown)
        return Markup('<svg class="sankey" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>').format(
            WIDTH, round(self._bottom), title, bands, bars
        )

    @property
    def has_links(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self._drawn)

    @cached_property
    def _drawn(self) -> list[Link]:
        order = {node.name: place for place, node in enumerate(self.nodes)}
        links = (link for link in self.links if link.count)
        return sorted(links, key=lambda link: (order[link.source], order[link.target]))

    @cached_property
    def _shown(self) -> list[Node]:
        return [node for node in self.nodes if self.count(node)]

    def count(self, node: Node) -> int:
        """How many examples pass a node: the larger of what comes in and what goes out."""
        incoming = sum(link.count for link in self._drawn if link.target == node.name)
        outgoing = sum(link.count for link in self._drawn if link.source == node.name)
        return max(incoming, outgoing)

    @cached_property
    def _scale(self) -> float:
        """Height of one example."""
        columns = Counter[int]()
        for node in self._shown:
            columns[node.column] += self.count(node)
        return FLOW / max(columns.values(), default=1)

    def _height(self, count: int) -> float:
        return max(THIN, count * self._scale)

    @cached_property
    def _tops(self) -> dict[str, float]:
        """The upper edge of each node. Columns are filled from the top."""
        tops, free = {}, dict.fromkeys((node.column for node in self._shown), float(TOP))
        for node in self._shown:
            tops[node.name] = free[node.column]
            free[node.column] += self._height(self.count(node)) + GAP
        return tops

    @property
    def _bottom(self) -> float:
        return max((self._tops[node.name] + self._height(self.count(node)) for node in self._shown), default=0) + TOP

    def _left(self, name: str) -> float:
        columns = max(node.column for node in self._shown)
        column = next(node.column for node in self._shown if node.name == name)
        return column * (WIDTH - LABEL - BAR) / max(columns, 1)

    def _band(self, link: Link, write: Callable[[float], str]) -> Markup:
        """Two curves with the same vertical distance everywhere, closed at both ends."""
        left, right = self._left(link.source) + BAR, self._left(link.target)
        start, end = self._edge(link, "source"), self._edge(link, "target")
        thick, middle = self._height(link.count), (left + right) / 2
        target = next(node for node in self._shown if node.name == link.target)
        source = next(node for node in self._shown if node.name == link.source)
        path = (
            f"M{left:.1f} {start:.1f}C{middle:.1f} {start:.1f} {middle:.1f} {end:.1f} {right:.1f} {end:.1f}"
            f"v{thick:.1f}C{middle:.1f} {end + thick:.1f} {middle:.1f} {start + thick:.1f} {left:.1f} "
            f"{start + thick:.1f}z"
        )
        return Markup('<path class="band {}" d="{}"><title>{} → {}: {}</title></path>').format(
            target.tone, path, source.label, target.label, write(link.count)
        )

    def _edge(self, link: Link, end: str) -> float:
        """The upper edge of a band at its source or target: below the bands that come before it there."""
        name = getattr(link, end)
        before = self._drawn[: self._drawn.index(link)]
        return self._tops[name] + sum(self._height(band.count) for band in before if getattr(band, end) == name)

    def _bar(self, node: Node, write: Callable[[float], str]) -> Markup:
        left, top, height = self._left(node.name), self._tops[node.name], self._height(self.count(node))
        return Markup(
            '<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{}" height="{:.1f}" rx="2"/>'
            '<text x="{:.1f}" y="{:.1f}">{} <tspan>{}</tspan></text>'
        ).format(
            node.tone,
            left,
            top,
            BAR,
            height,
            left + BAR + 8,
            top + max(height, 1) / 2 + 4,
            node.label,
            write(self.count(node)),
        )
