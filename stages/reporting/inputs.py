"""What went in: pages, examples, which of them curation and the split kept, and whether the test split leaks."""

from dataclasses import dataclass
from typing import Literal

from stages.reporting import tables
from stages.reporting.evidence import Evidence
from stages.reporting.sankey import Link, Node, Sankey
from stages.reporting.wording import Wording

KINDS = ("synthetic", "general")
SIDES = ("train", "val", "test")
SHARED = ("questions", "pages", "word_runs", "near_duplicates")  # what no two sides may share
# Where the metrics of split have what test shares beside that.
BESIDE = (
    ("test_examples_that_share_wording",),
    ("base", "test_pages"),
    ("base", "read_test_pages"),
    ("base", "test_examples_that_share_words"),
)


@dataclass(frozen=True)
class LeakCheck:
    """How much two sides of the split share; None for what was not counted."""

    shared: dict[str, int | None]  # by what is shared, as in SHARED
    leaking: int | None  # test examples that share something with train or val

    @property
    def verdict(self) -> Literal["clean", "val_leaks", "leaks", "unknown"]:
        """`val_leaks` if only train and val share something."""
        if self.leaking is None or None in self.shared.values():
            return "unknown"
        if self.leaking:
            return "leaks"
        return "val_leaks" if any(self.shared.values()) else "clean"


def read_leak_check(evidence: Evidence) -> LeakCheck:
    def count(name: str) -> int | None:
        number = evidence.number("split", name)
        return None if number is None else int(number)

    return LeakCheck({what: count(f"{what}_on_two_sides") for what in SHARED}, count("test_examples_that_leak"))


def count_shared_beside(evidence: Evidence, wording: Wording) -> dict[str, str]:
    """What test shares and the proof doesn't count, by keys of the catalogue: the wording of tasks, and what the base
    model has read. Only what was counted; "unknown" where nobody can know it."""

    def share(count: float | None, total: float | None) -> str:
        if count is None:
            return wording.text("inputs.not_known")
        return wording.text("inputs.of", count=wording.integer(count), total=wording.count(total))

    tests = evidence.number("split", "full", "test")
    shared, pages, read, words = (evidence.number("split", *path) for path in BESIDE)
    counts = {} if shared is None else {"wording": share(shared, tests)}
    if pages is not None:
        counts |= {"read_pages": share(read, pages), "read_words": share(words, tests)}
    asked, val = (evidence.number("split", *path) for path in (("base", "asked_in_val_and_test"), ("full", "val")))
    if asked is not None and tests is not None and val is not None:
        counts["asked"] = share(asked, val + tests)
    return counts


def explain_shared_beside(evidence: Evidence, wording: Wording) -> list[str]:
    """What these counts mean, in sentences."""
    shared, pages, read, words = (evidence.number("split", *path) for path in BESIDE)
    keys = ["why_wording"] if shared else []
    if pages is not None and read is None:
        keys.append("why_unknown")
    elif read or words:
        keys.append("why_read")
    return [wording.text(f"inputs.{key}") for key in keys]


def count_inputs(evidence: Evidence) -> dict[str, float]:
    """How much went in, by keys of the catalogue; only the counts that are known."""
    kinds = evidence.table("synth", "kinds")
    counts = {
        "pages": evidence.number("extract", "pages_kept"),
        "words": evidence.number("extract", "words"),
        "synthetic": evidence.number("synth", "examples"),
        "kinds": len(kinds) if kinds else None,
        "general": evidence.number("split", "general_read"),
        "parameters": evidence.number("base", "parameters"),
    }
    return {name: count for name, count in counts.items() if count is not None}


def example_flow(evidence: Evidence, wording: Wording) -> Sankey:
    """From the written examples to the sides of the split, with what was left out on the way."""

    def count(*path: str) -> int:
        return int(evidence.number(*path) or 0)

    rejections = tables.rejection_table(evidence).set_index("reason")
    links = [
        Link("synthetic", "synthetic_kept", count("curate", "kept")),
        Link("general", "general_kept", count("split", "general_read") - count("split", "general_rejected")),
        *(Link(kind, str(reason), number) for kind in KINDS for reason, number in rejections[kind].items()),
        *(Link(f"{kind}_kept", "drawn", count("split", f"{kind}_drawn")) for kind in KINDS),
        *(Link(f"{kind}_kept", "not_drawn", count("split", f"{kind}_not_drawn")) for kind in KINDS),
        *(Link("drawn", side, count("split", "full", side)) for side in SIDES),
        Link("drawn", "not_used", count("split", "drawn_and_not_in_full")),
    ]
    nodes = [
        *(Node(kind, wording.text(f"flow.{kind}"), 0, "source") for kind in KINDS),
        *(Node(f"{kind}_kept", wording.text("flow.kept"), 1, "kept") for kind in KINDS),
        *(Node(reason, wording.label("reasons", reason), 1, "lost") for reason in rejections.index),
        Node("drawn", wording.text("flow.drawn"), 2, "kept"),
        Node("not_drawn", wording.text("flow.not_drawn"), 2, "idle"),
        *(Node(side, wording.text(f"flow.{side}"), 3, side) for side in SIDES),
        Node("not_used", wording.text("flow.not_used"), 3, "idle"),
    ]
    return Sankey(nodes, links)
