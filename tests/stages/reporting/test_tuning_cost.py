"""What the report says about forgetting."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.pages import write_report
from stages.reporting.tuning_cost import describe_preferences, describe_tuning_cost, read_page_groups
from stages.reporting.wording import Wording
from tests.stages.reporting.made_run import PREFERENCES


def with_forgetting(evidence: Evidence, groups: Mapping[str, Any]) -> Evidence:
    judge = {**evidence.metrics["judge"], "forgetting": groups}
    return replace(evidence, metrics={**evidence.metrics, "judge": judge})


def test_only_pages_that_were_read_can_be_forgotten(evidence: Evidence, wording: Wording) -> None:
    """Guards against a gain on pages that base never read, which hides what it forgot of the others."""
    assert describe_tuning_cost(evidence, wording) == (
        "On the 14 pages that base has read, tuning changed full's loss by +0.071 (95%: +0.053 to +0.089): "
        "it forgot part of them."
    )
    groups = evidence.metrics["judge"]["forgetting"]
    alone = with_forgetting(evidence, {name: groups[name] for name in ("all", "pages_unread")})
    assert describe_tuning_cost(alone, wording).startswith("Base has read none of these pages")
    assert describe_tuning_cost(with_forgetting(evidence, {}), wording) == ""


@pytest.mark.parametrize(
    ("low", "high", "said"), [(-0.2, 0.1, "undecided"), (-0.2, -0.1, "forgot nothing"), (0.1, 0.2, "forgot part")]
)
def test_the_interval_decides(evidence: Evidence, wording: Wording, low: float, high: float, said: str) -> None:
    all_pages = evidence.metrics["judge"]["forgetting"]["all"]
    figures = all_pages | {"full_rise": (low + high) / 2, "full_rise_95": [low, high]}
    sentence = describe_tuning_cost(with_forgetting(evidence, {"all": figures}), wording)
    assert sentence.startswith("On 17 pages, of which nobody knows") and said in sentence


def test_groups_are_those_of_the_metrics(evidence: Evidence) -> None:
    groups = read_page_groups(evidence)
    assert [(group.name, group.pages) for group in groups] == [("all", 17), ("pages_read", 14), ("pages_unread", 3)]
    assert groups[2].rises["small"] == Measurement(-0.44, -0.44 - 0.11, -0.44 + 0.11)


def test_the_report_shows_them(evidence: Evidence, tmp_path: Path) -> None:
    write_report(evidence, Wording("en"), tmp_path / "report.md", 1)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "| base has read them | 14 | 0.130 | 0.164 | 0.201 | +0.071 (95%: +0.053 to +0.089) | +0.034" in text
    write_report(with_forgetting(evidence, {}), Wording("pt"), tmp_path / "report.md", 1)
    assert "esqueceu" not in (tmp_path / "report.md").read_text("utf-8")


def test_preferences_are_named(evidence: Evidence, wording: Wording, tmp_path: Path) -> None:
    """Guards against a model that learned more than the report says."""
    assert describe_preferences(evidence, wording) == ""
    metrics = {**evidence.metrics, "train_full": PREFERENCES}
    write_report(replace(evidence, metrics=metrics), wording, tmp_path / "report.md", 1)
    text = (tmp_path / "report.md").read_text("utf-8")
    assert "Full then learned 1,500 preferences" in text and "the higher reward in 91.5% of them" in text
