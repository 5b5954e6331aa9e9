"""What the report says about exact answers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.reporting.charts import draw_charts
from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.exactness import describe_pages, read_group_rates
from stages.reporting.pages import write_page, write_report
from stages.reporting.wording import Wording
from tests.stages.reporting.made_run import without_pages

SENTENCE = (
    "Where full must answer from memory, 34.0% (95%: 17.0% to 51.0%) of its answers to 12 rows about pages that base "
    "has read are exact, and 4.0% (95%: 2.0% to 6.0%) of those to 4 rows about pages that it has not read."
)


def with_judge(evidence: Evidence, **changes: Any) -> Evidence:
    return replace(evidence, metrics={**evidence.metrics, "judge": {**evidence.metrics["judge"], **changes}})


@pytest.fixture
def render(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Writes report.md and index.html, and returns their texts."""
    draw_charts(Evidence({}, {}, {"full": [], "small": []}, ()), Wording("en"), tmp_path / "plots")

    def rendered(evidence: Evidence, language: Any = "en") -> tuple[str, str]:
        words = Wording(language)
        write_report(evidence, words, tmp_path / "report.md", 1)
        write_page(evidence, words, tmp_path / "plots", tmp_path / "index.html")
        return (tmp_path / "report.md").read_text("utf-8"), (tmp_path / "index.html").read_text("utf-8")

    return rendered


def test_shares_and_totals_by_group(evidence: Evidence, wording: Wording) -> None:
    groups = read_group_rates(evidence)
    assert [(group.name, group.rows) for group in groups] == [
        ("all", 24),
        ("general", 8),
        ("synthetic", 16),
        ("from_memory", 16),
        ("pages_read", 12),
        ("pages_unread", 4),
    ]
    assert groups[1].rates["full"] == Measurement(0.42, 0.21, 0.63)
    assert (groups[0].totals, groups[4].judged) == ({}, 11)
    assert groups[4].totals["small"] == Measurement(8.8, 4.4, 8.8 + 4.4)
    assert describe_pages(evidence, wording).startswith(SENTENCE)


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (5, "base has read all of the pages: 25.0% (95%: 12.5% to 37.5%) of its answers to 16 rows are exact."),
        (0, "base has read none of the pages: 25.0% (95%: 12.5% to 37.5%) of its answers to 16 rows are exact."),
        (4, ""),
        ("unknown", ""),
    ],
)
def test_pages_that_are_all_alike(evidence: Evidence, wording: Wording, read: int | str, sentence: str) -> None:
    """Guards against a run about football whose report doesn't say that base never read of it."""
    metrics = dict(evidence.metrics) | {"judge": without_pages(evidence.metrics["judge"])}
    metrics["split"] = metrics["split"] | {"base": {"test_pages": 5, "read_test_pages": read}}
    said = describe_pages(replace(evidence, metrics=metrics), wording)
    assert sentence in said and bool(sentence) == bool(said)


def test_the_report_says_what_is_exact(evidence: Evidence, render: Callable[..., tuple[str, str]]) -> None:
    """Guards against figures beside the wrong rows or model."""
    report, page = render(evidence)
    assert "| exact answers | 1.0% (95%: 0.5% to 1.5%) | 12.0% (95%: 6.0% to 18.0%) | 31.0%" in report
    assert "| general tasks | 8 | 0.0% (95%: 0.0% to 0.0%) | 15.0% (95%: 7.5% to 22.5%) | 42.0%" in report
    assert "| total: from memory, base never read it | 4 | 2.80 (95%: 1.40 to 4.20) | 7.10" in report
    assert page.count("<dt>exact answers</dt>") == 3 and "<dd>31.0% <small>15.5% to 46.5%</small></dd>" in page
    for text in (report, page.replace("&#39;", "'")):
        assert SENTENCE in text
    assert "respostas exatas" in render(evidence, "pt")[0]


def test_without_both_kinds_of_page_nothing_is_said_about_them(
    evidence: Evidence, render: Callable[..., tuple[str, str]]
) -> None:
    """Guards against a sentence, or a row of dashes, about what base has read where that is all, nothing or unknown."""
    judge = without_pages(evidence.metrics["judge"])
    for text in render(replace(evidence, metrics={**evidence.metrics, "judge": judge})):
        assert "exact answers" in text and "base never read it" not in text and "must answer from memory" not in text
    judge = {
        name: value for name, value in evidence.metrics["judge"].items() if name not in ("exact", "totals_by_page")
    }
    for text in render(replace(evidence, metrics={**evidence.metrics, "judge": judge})):
        assert "xact answers" not in text
