"""How the judge behaved: checks with known answers, its consistency, its leanings, and its agreement with people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.wording import Wording


@dataclass(frozen=True)
class CheckResult:
    """What a judge was tested with, how it did, and what a healthy judge does."""

    name: str
    passed: bool | None  # None if it was not measured, because too few rows have a usable reply
    measured: float | None  # share of the points, the wins or the rows; None if it was not measured
    low: float | None  # of the expected range
    high: float | None
    rows: int
    judge: str  # which judge of several; "" if there is only one

    def label(self, wording: Wording) -> str:
        """The check in words, and the judge if there are several."""
        text = wording.label("checks", self.name)
        return f"{text} ({self.judge})" if self.judge else text

    @property
    def result(self) -> str:
        """The key of its result in the catalogue."""
        return "not_measured" if self.passed is None else "passed" if self.passed else "failed"


@dataclass(frozen=True)
class Consistency:
    """Whether the verdicts on a pair survive a change of order, and whether the answers' length decides them."""

    pair: str
    consistency: float | None  # share of the judgments in both orders that name the same winner, 0 to 1
    inconsistent: int | None  # how many don't
    length_effect: Measurement | None  # log odds of a win that a much longer answer adds
    fit: str  # how well the effect could be measured: ok, extrapolated, separated, constant or too_few
    length_controlled: Measurement | None  # win rate at equal lengths, 0 to 1


def read_checks(evidence: Evidence) -> list[CheckResult]:
    return [
        CheckResult(
            name=name,
            passed=bool(check["passed"]) if "passed" in check else None,
            measured=check.get("measured"),
            low=check.get("expected_low"),
            high=check.get("expected_high"),
            rows=int(check.get("rows", 0)),
            judge=check.get("judge", ""),
        )
        for name, check in evidence.table("judge", "checks").items()
    ]


def is_unhealthy(evidence: Evidence) -> bool:
    """Whether the judge failed its health checks; False if nobody ran them."""
    return evidence.number("judge", "healthy") == 0


def is_healthy(evidence: Evidence) -> bool:
    """Whether the judge passed all of its health checks; False if nobody ran them, or one was not measured."""
    return evidence.number("judge", "healthy") == 1


def describe_judged_rows(evidence: Evidence, wording: Wording) -> Iterator[str]:
    """How many of the test rows were judged, where judging stopped and why; nothing if all were, by plan."""
    left = int(evidence.number("judge", "rows_not_judged") or 0)
    total = len(evidence.rows)
    counts = {"judged": wording.integer(total - left), "rows": wording.integer(total)}
    drawn = evidence.params.get("judge", {}).get("at_most", "all")
    stopping = evidence.table("judge", "stopping")
    if drawn != "all" and drawn < total:
        yield wording.text("judging.drawn", drawn=wording.integer(drawn), rows=counts["rows"])
    if stopping:
        certain = wording.text("judging.certain_pairs", pairs=_certain_pairs(stopping, wording))
        sentence = wording.text("judging.stopped" if stopping.get("certain") else "judging.not_certain", **counts)
        yield f"{sentence} {certain}" if stopping.get("certain_after") else sentence
        yield wording.text("judging.sequence")


def _certain_pairs(stopping: Mapping[str, Any], wording: Wording) -> str:
    return ", ".join(
        wording.text("judging.certain_pair", pair=wording.pair(pair), rows=wording.integer(rows))
        for pair, rows in stopping.get("certain_after", {}).items()
    )


def read_consistencies(evidence: Evidence) -> list[Consistency]:
    """One for each pair that was judged, in the order of the metrics."""
    return [_consistency(name, figures, evidence) for name, figures in evidence.table("judge", "pairs").items()]


def _consistency(pair: str, figures: Mapping[str, Any], evidence: Evidence) -> Consistency:
    fit = figures.get("length_fit", "ok")
    effect, controlled = (
        evidence.measurement("judge", "pairs", pair, name) for name in ("length_effect", "length_controlled_win_rate")
    )
    return Consistency(
        pair=pair,
        consistency=figures.get("consistency"),
        inconsistent=figures.get("inconsistent"),
        fit=fit,
        length_effect=effect,
        # If no two answers were equally long, the fitted curve's value for equal lengths was never observed.
        length_controlled=None if fit == "extrapolated" else controlled,
    )


def describe_agreement(evidence: Evidence, wording: Wording) -> Iterator[str]:
    """How well the judge agrees with people, and people with one another; nothing if nobody labelled rows."""
    agreement = evidence.table("judge", "agreement")
    if agreement.get("labels"):
        rows = wording.integer(agreement["rows"])
        yield wording.text("judging.agreement_text", rows=rows, **_rates(evidence, wording, "agreement"))
    if evidence.number("judge", "agreement", "people", "labels"):
        people = wording.integer(agreement["labellers"])
        rates = _rates(evidence, wording, "agreement", "people")
        yield wording.text("judging.agreement_people", people=people, **rates)
    unused = {name: agreement.get(f"labels_{name}", 0) for name in ("of_other_answers", "without_verdict")}
    if any(unused.values()):
        counts = {name: wording.integer(count) for name, count in unused.items()}
        yield wording.text("judging.agreement_unused", **counts)


def _rates(evidence: Evidence, wording: Wording, *path: str) -> dict[str, str]:
    """Agreement and Cohen's kappa of some raters, and the number of labels that they are based on."""
    return {
        "labels": wording.count(evidence.number("judge", *path, "labels")),
        "agreement": wording.with_interval(evidence.measurement("judge", *path, "agreement"), wording.percent),
        "kappa": wording.with_interval(evidence.measurement("judge", *path, "kappa"), wording.decimal),
    }
