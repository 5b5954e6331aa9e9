"""What tuning cost: how far the loss rose on pages that none of the models was tuned on. And what else full learned."""

from collections.abc import Mapping
from dataclasses import dataclass

from stages.common.records import ROLES
from stages.reporting.evidence import SIZES, Evidence, Measurement
from stages.reporting.wording import Wording

TUNED = "full"  # the model that the sentence is about


@dataclass(frozen=True)
class PageGroup:
    """Losses on some of the pages, in nats a token."""

    name: str  # all, pages_read or pages_unread
    pages: int
    losses: Mapping[str, float | None]  # by model
    rises: Mapping[str, Measurement | None]  # by tuned model: above base's


def read_page_groups(evidence: Evidence) -> list[PageGroup]:
    """All pages, then those that base has read and those it hasn't, where that is known; [] if nothing was measured."""
    return [
        PageGroup(
            name=name,
            pages=int(figures["pages"]),
            losses={role: evidence.number("judge", "forgetting", name, role) for role in ROLES},
            rises={size: evidence.measurement("judge", "forgetting", name, f"{size}_rise") for size in SIZES},
        )
        for name, figures in evidence.table("judge", "forgetting").items()
    ]


def describe_tuning_cost(evidence: Evidence, wording: Wording) -> str:
    """What tuning made full forget; "" if nothing was measured. Where it is known, only pages that base has read count:
    what was never known can't be forgotten."""
    groups = {group.name: group for group in read_page_groups(evidence)}
    if not groups:
        return ""
    if "pages_read" not in groups and "pages_unread" in groups:
        return wording.text("forgetting.none_read")
    group = groups.get("pages_read", groups["all"])
    rise = group.rises[TUNED]
    if rise is None:
        return ""
    verdict = "unresolved" if (rise.low or 0) <= 0 <= (rise.high or 0) else "forgot" if rise.value > 0 else "learned"
    about = wording.text(f"forgetting.{'of_read' if 'pages_read' in groups else 'of_unknown'}", pages=group.pages)
    return wording.text(
        f"forgetting.{verdict}", about=about, rise=wording.with_interval(rise, lambda value: wording.signed(value, 3))
    )


def describe_preferences(evidence: Evidence, wording: Wording) -> str:
    """What full learned from preferences; "" if it learned none."""
    pairs, accuracy = (evidence.number(f"train_{TUNED}", "dpo", name) for name in ("pairs", "accuracy"))
    if pairs is None or accuracy is None:
        return ""
    return wording.text("training.dpo", pairs=wording.integer(pairs), accuracy=wording.percent(accuracy))
