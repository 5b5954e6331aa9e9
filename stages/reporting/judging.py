"""How the judge behaved: checks with known answers, its consistency, and its leanings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.reporting.evidence import Estimate, Evidence
from stages.reporting.wording import Wording


@dataclass(frozen=True)
class Check:
    """What a judge was tried with, what came out, and what a healthy judge shows."""

    name: str
    passed: bool
    measured: float | None  # share of the points, or of the wins; None where no row was judged
    low: float | None
    high: float | None
    rows: int
    judge: str  # whose result this is, of several; "" where there is one judge

    def label(self, wording: Wording) -> str:
        said = wording.label("checks", self.name)
        return f"{said} ({self.judge})" if self.judge else said


@dataclass(frozen=True)
class Consistency:
    """Of one pair: whether verdicts survive a change of order, and whether length decides them."""

    pair: str
    consistency: float | None  # share of the judgments in both orders that name the same winner
    inconsistent: int | None  # those that don't
    length_effect: Estimate | None  # log odds of a win that a much longer answer adds
    fit: str  # how well that could be told: ok, extrapolated, separated, constant, too_few
    length_controlled: Estimate | None  # win rate at equal lengths


def checks(evidence: Evidence) -> list[Check]:
    return [
        Check(
            name=name,
            passed=bool(found.get("passed")),
            measured=found.get("measured"),
            low=found.get("expected_low"),
            high=found.get("expected_high"),
            rows=int(found.get("rows", 0)),
            judge=found.get("judge", ""),
        )
        for name, found in evidence.part("judge", "checks").items()
    ]


def is_unhealthy(evidence: Evidence) -> bool:
    return evidence.number("judge", "healthy") == 0


def consistencies(evidence: Evidence) -> list[Consistency]:
    return [_consistency(name, figures, evidence) for name, figures in evidence.part("judge", "pairs").items()]


def _consistency(pair: str, figures: Mapping[str, Any], evidence: Evidence) -> Consistency:
    fit = figures.get("length_fit", "ok")
    effect, controlled = (
        evidence.estimate("judge", "pairs", pair, name) for name in ("length_effect", "length_controlled_win_rate")
    )
    return Consistency(
        pair=pair,
        consistency=figures.get("consistency"),
        inconsistent=figures.get("inconsistent"),
        fit=fit,
        length_effect=effect,
        # Where no two answers were as long as one another, what a curve says of such is no finding.
        length_controlled=None if fit == "extrapolated" else controlled,
    )
