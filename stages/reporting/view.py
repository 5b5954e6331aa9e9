"""What both templates show, worked out and in the reader's language."""

from typing import Any

from stages.common.records import TOTAL_MAX
from stages.reporting import headline, inputs, judging, reference, tables
from stages.reporting.evidence import SIZES, Evidence
from stages.reporting.gaps import gaps
from stages.reporting.wording import NOTHING, Wording

LOSSES = ("val_loss", "val_response_loss")


def view(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    """The templates' context."""
    return (
        _answer(evidence, wording)
        | _inputs(evidence, wording)
        | _judge(evidence, wording)
        | {
            "params": evidence.params,
            "losses": _losses(evidence, wording),
            "points": reference.points(evidence, wording),
            "sweep": evidence.sweep,
            "settings": reference.settings(evidence, wording),
            "share": lambda value: NOTHING if value is None else wording.percent(value, 0),
        }
    )


def _answer(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    pairs = headline.pairs(evidence)
    sentences = [headline.sentence(pair, wording) for pair in pairs]
    asked = [headline.sentence(pair, wording) for pair in pairs if pair.name == headline.QUESTION]
    lead = asked[0] if asked else wording.text("headline.unknown_why")
    return {
        "answer": headline.answer(pairs, wording),
        "lead": lead,
        "sentences": sentences if asked else [lead, *sentences],
        "pairs": pairs,
        "models": headline.models(evidence),
        "gaps": gaps(evidence, wording),
        "judge": ", ".join(reference.judge_names(evidence.params["judge"])),
        "total_max": TOTAL_MAX,
    }


def _inputs(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    params = evidence.params
    flow = inputs.flow(evidence, wording)
    return {
        "facts": inputs.facts(evidence),
        "sources": {
            "source": reference.page_source(params["extract"]),
            "teacher": reference.model_name(params["synth"], "teacher"),
            "auditor": reference.model_name(params["curate"], "auditor"),
        },
        "flow": flow.svg(wording.text("inputs.flow"), wording.integer) if any(one.count for one in flow.links) else "",
        "proof": inputs.proof(evidence),
        "test_rows": wording.integer(len(evidence.rows)),
        "rejections": [one for one in tables.rejections(evidence) if one["rejected"]],
        "sides": inputs.SIDES,
        "split": {
            size: [_integer(evidence.number("split", size, side), wording) for side in inputs.SIDES] for size in SIZES
        },
    }


def _losses(evidence: Evidence, wording: Wording) -> list[dict[str, str]]:
    """Each tuned model's losses before and after, and its steps."""
    lines = []
    for size in SIZES:
        line = {"size": size}
        for name in (*LOSSES, *(f"{loss}_before" for loss in LOSSES)):
            found = evidence.number(f"train_{size}", name)
            line[name] = NOTHING if found is None else wording.decimal(found, 3)
        for name in ("steps", "kept_step"):
            line[name] = _integer(evidence.number(f"train_{size}", name), wording)
        lines.append(line)
    return lines


def _judge(evidence: Evidence, wording: Wording) -> dict[str, Any]:
    counted = {
        "judgments": evidence.number("judge", "judgments"),
        "failed_judgments": evidence.number("judge", "failed"),
        "contradicted": evidence.number("judge", "contradicted"),
        "left_out": evidence.number("judge", "rows_left_out"),
        "answers_cut": evidence.number("judge", "answers_cut"),
    }
    checks = judging.checks(evidence)
    return {
        "unhealthy": judging.is_unhealthy(evidence),
        "checks": checks,
        "failed_checks": [check.label(wording) for check in checks if not check.passed],
        "judged": {name: wording.integer(count) for name, count in counted.items() if count is not None},
        "decided": _integer(evidence.number("judge", "decided"), wording),
        "first_wins": evidence.estimate("judge", "first_wins"),
        "consistencies": judging.consistencies(evidence),
        "agreement": _agreement(evidence, wording),
    }


def _agreement(evidence: Evidence, wording: Wording) -> list[str]:
    """How far the judge agrees with people, and people with one another; empty where nobody labelled rows."""
    found = evidence.part("judge", "agreement")
    said = []
    if found.get("labels"):
        rows = wording.integer(found["rows"])
        said.append(wording.text("judging.agreement_text", rows=rows, **_rates(evidence, wording, "agreement")))
    if evidence.number("judge", "agreement", "people", "labels"):
        rates = _rates(evidence, wording, "agreement", "people")
        said.append(wording.text("judging.agreement_people", people=wording.integer(found["labellers"]), **rates))
    unused = {name: found.get(f"labels_{name}", 0) for name in ("of_other_answers", "without_verdict")}
    if any(unused.values()):
        counts = {name: wording.integer(count) for name, count in unused.items()}
        said.append(wording.text("judging.agreement_unused", **counts))
    return said


def _rates(evidence: Evidence, wording: Wording, *path: str) -> dict[str, str]:
    """Agreement and kappa of some raters, and the number of labels behind them."""
    return {
        "labels": _integer(evidence.number("judge", *path, "labels"), wording),
        "agreement": wording.estimate(evidence.estimate("judge", *path, "agreement"), wording.percent),
        "kappa": wording.estimate(evidence.estimate("judge", *path, "kappa"), wording.decimal),
    }


def _integer(value: float | None, wording: Wording) -> str:
    return NOTHING if value is None else wording.integer(value)
