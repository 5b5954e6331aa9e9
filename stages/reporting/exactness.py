"""Which answers are exact: by kind of row, and by whether base has read the page."""

from collections.abc import Mapping
from dataclasses import dataclass

from stages.common.records import ROLES
from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.wording import Wording

TUNED = "full"  # the model that the sentence about pages is about


@dataclass(frozen=True)
class GroupRates:
    """What the models did on some of the test rows."""

    name: str  # all, general, synthetic, from_memory, pages_read or pages_unread
    rows: int
    rates: Mapping[str, Measurement | None]  # share of exact answers, 0 to 1, by model
    judged: int  # how many of the rows the totals are about
    totals: Mapping[str, Measurement | None]  # mean total, 0 to 15, by model; {} where it was not measured


def read_group_rates(evidence: Evidence) -> list[GroupRates]:
    """The groups of rows in the order of the metrics, all rows first; [] if exact answers were not counted."""
    return [
        GroupRates(
            name=name,
            rows=int(figures["rows"]),
            rates={role: evidence.measurement("judge", "exact", name, role) for role in ROLES},
            judged=int(evidence.number("judge", "totals_by_page", name, "rows") or 0),
            totals={
                role: evidence.measurement("judge", "totals_by_page", name, role)
                for role in ROLES
                if evidence.table("judge", "totals_by_page", name)
            },
        )
        for name, figures in evidence.table("judge", "exact").items()
    ]


def describe_pages(evidence: Evidence, wording: Wording) -> str:
    """How the tuned model does, from memory, on pages that base has read and on others; "" if nobody knows which it has
    read."""
    by_name = {group.name: group for group in read_group_rates(evidence)}
    if not {"pages_read", "pages_unread"} <= by_name.keys():
        tested, known = (evidence.number("split", "base", name) for name in ("test_pages", "read_test_pages"))
        if not tested or known not in (0, tested) or "from_memory" not in by_name:
            return ""
        asked = by_name["from_memory"]
        return wording.text(
            "exact.all_read" if known else "exact.none_read",
            rows=wording.integer(asked.rows),
            rate=wording.with_interval(asked.rates[TUNED], wording.percent),
        )
    read, unread = by_name["pages_read"], by_name["pages_unread"]
    return wording.text(
        "exact.pages",
        read=wording.integer(read.rows),
        unread=wording.integer(unread.rows),
        rate_read=wording.with_interval(read.rates[TUNED], wording.percent),
        rate_unread=wording.with_interval(unread.rates[TUNED], wording.percent),
    )
