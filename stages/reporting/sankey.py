"""A Sankey diagram as SVG: how many examples go which way, each band as thick as its count.

Bands keep their order on both sides, so that none crosses another that starts and ends on the same side of it. Colours
and fonts are those of the page, by the classes of `page.css`.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

WIDTH = 960  # of the drawing, in its own units
FLOW = 260  # height of the fullest column without its gaps
BAR = 10  # width of a node
GAP = 26  # between two nodes of a column: room for a label of one line
THIN = 1.5  # the least thickness: a single example among thousands is still seen
LABEL = 150  # room to the right of the last column
TOP = 12


@dataclass(frozen=True)
class Node:
    name: str
    label: str
    column: int
    tone: str  # a class of page.css: kept, lost, source, train, ...


@dataclass(frozen=True)
class Link:
    source: str
    target: str
    count: int


@dataclass(frozen=True)
class Sankey:
    """Nodes from left to right and from top to bottom. Links without count and nodes without link aren't drawn."""

    nodes: Sequence[Node]
    links: Sequence[Link]

    def svg(self, title: str, write: Callable[[float], str]) -> Markup:
        """The drawing; `write` gives counts their form."""
        bands = Markup("").join(self._band(link, write) for link in self._drawn)
        bars = Markup("").join(self._bar(node, write) for node in self._shown)
        return Markup('<svg class="sankey" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>').format(
            WIDTH, round(self._bottom), title, bands, bars
        )

    @cached_property
    def _drawn(self) -> list[Link]:
        order = {node.name: place for place, node in enumerate(self.nodes)}
        return sorted((one for one in self.links if one.count), key=lambda one: (order[one.source], order[one.target]))

    @cached_property
    def _shown(self) -> list[Node]:
        return [node for node in self.nodes if self.count(node)]

    def count(self, node: Node) -> int:
        """What goes through a node: the larger of what comes in and what goes out."""
        came = sum(link.count for link in self._drawn if link.target == node.name)
        went = sum(link.count for link in self._drawn if link.source == node.name)
        return max(came, went)

    @cached_property
    def _scale(self) -> float:
        """Units of height an example."""
        columns = Counter[int]()
        for node in self._shown:
            columns[node.column] += self.count(node)
        return FLOW / max(columns.values(), default=1)

    def _height(self, count: int) -> float:
        return max(THIN, count * self._scale)

    @cached_property
    def _tops(self) -> dict[str, float]:
        """The upper edge of each node: columns are filled from the top."""
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
        start, end = self._left(link.source) + BAR, self._left(link.target)
        upper, lower = self._edge(link, "source"), self._edge(link, "target")
        thick, middle = self._height(link.count), (start + end) / 2
        target = next(node for node in self._shown if node.name == link.target)
        source = next(node for node in self._shown if node.name == link.source)
        path = (
            f"M{start:.1f} {upper:.1f}C{middle:.1f} {upper:.1f} {middle:.1f} {lower:.1f} {end:.1f} {lower:.1f}"
            f"v{thick:.1f}C{middle:.1f} {lower + thick:.1f} {middle:.1f} {upper + thick:.1f} {start:.1f} "
            f"{upper + thick:.1f}z"
        )
        return Markup('<path class="band {}" d="{}"><title>{} → {}: {}</title></path>').format(
            target.tone, path, source.label, target.label, write(link.count)
        )

    def _edge(self, link: Link, end: str) -> float:
        """Where a band meets a node: below the bands that come before it."""
        name = getattr(link, end)
        before = self._drawn[: self._drawn.index(link)]
        return self._tops[name] + sum(self._height(one.count) for one in before if getattr(one, end) == name)

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
