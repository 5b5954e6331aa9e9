"""What went in: pages, examples, what curation let through, and the proof that the test split leaks nothing."""

from dataclasses import dataclass
from typing import Literal

from stages.reporting import tables
from stages.reporting.evidence import Evidence
from stages.reporting.sankey import Link, Node, Sankey
from stages.reporting.wording import Wording

SIDES = ("train", "val", "test")
SHARED = ("questions", "pages", "word_runs", "near_duplicates")  # what two sides must not share


@dataclass(frozen=True)
class Proof:
    """What stands on two sides of the split, by what it is; None where it was not counted."""

    shared: dict[str, int | None]
    leaking: int | None  # test examples that share something with train or val

    @property
    def verdict(self) -> Literal["clean", "val_leaks", "leaks", "unknown"]:
        """`val_leaks` where only train and val share something."""
        if self.leaking is None or None in self.shared.values():
            return "unknown"
        if self.leaking:
            return "leaks"
        return "val_leaks" if any(self.shared.values()) else "clean"


def proof(evidence: Evidence) -> Proof:
    counts = {what: evidence.number("split", f"{what}_on_two_sides") for what in SHARED}
    leaking = evidence.number("split", "test_examples_that_leak")
    shared = {what: None if count is None else int(count) for what, count in counts.items()}
    return Proof(shared, None if leaking is None else int(leaking))


def facts(evidence: Evidence) -> dict[str, float]:
    """The counts of what went in, by their keys in the catalogue; those that are known."""
    kinds = evidence.part("synth", "kinds")
    counts = {
        "pages": evidence.number("extract", "pages_kept"),
        "words": evidence.number("extract", "words"),
        "synthetic": evidence.number("synth", "examples"),
        "kinds": len(kinds) if kinds else None,
        "general": evidence.number("split", "general_read"),
        "parameters": evidence.number("base", "parameters"),
    }
    return {name: count for name, count in counts.items() if count is not None}


def flow(evidence: Evidence, wording: Wording) -> Sankey:
    """From the examples that were written to the sides of the split, with what was left out on the way."""

    def count(*path: str) -> int:
        return int(evidence.number(*path) or 0)

    reasons = tables.rejections(evidence)
    drawn = {kind: count("split", f"{kind}_drawn") for kind in ("synthetic", "general")}
    undrawn = {kind: count("split", f"{kind}_not_drawn") for kind in ("synthetic", "general")}
    general = count("split", "general_read") - count("split", "general_rejected")
    links = [
        Link("synthetic", "synthetic_kept", count("curate", "kept")),
        Link("general", "general_kept", general),
        *(Link(kind, str(one["reason"]), int(one[kind])) for kind in ("synthetic", "general") for one in reasons),
        *(Link(f"{kind}_kept", "drawn", number) for kind, number in drawn.items()),
        *(Link(f"{kind}_kept", "not_drawn", number) for kind, number in undrawn.items()),
        *(Link("drawn", side, count("split", "full", side)) for side in SIDES),
        Link("drawn", "not_used", count("split", "drawn_and_not_in_full")),
    ]
    nodes = [
        *(Node(name, wording.text(f"flow.{name}"), 0, "source") for name in ("synthetic", "general")),
        *(Node(f"{name}_kept", wording.text("flow.kept"), 1, "kept") for name in ("synthetic", "general")),
        *(
            Node(reason, wording.label("reasons", reason), 1, "lost")
            for reason in (str(one["reason"]) for one in reasons)
        ),
        Node("drawn", wording.text("flow.drawn"), 2, "kept"),
        Node("not_drawn", wording.text("flow.not_drawn"), 2, "idle"),
        *(Node(side, wording.text(f"flow.{side}"), 3, side) for side in SIDES),
        Node("not_used", wording.text("flow.not_used"), 3, "idle"),
    ]
    return Sankey(nodes, links)
