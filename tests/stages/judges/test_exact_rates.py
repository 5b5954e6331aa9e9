"""Exact answers by kind of row, whatever the judge says."""

from collections.abc import Callable
from typing import Any

import pytest

from stages.common.records import Answers, Example, Source
from stages.judges.exact_rates import exact_metrics, find_exact_answers, group_rows, page_totals
from stages.judges.judge_statistics import BootstrapSettings
from tests.stages.conftest import MakeExample
from tests.stages.judges.conftest import MakeJudgment

Rows = tuple[list[Answers], list[Example]]


@pytest.fixture
def rows(make: MakeExample, answers: Callable[..., Answers]) -> Rows:
    """Rows 0 and 1 about the Moon, 2 about the Nile, 3 about no page; `row N` are their ids in made-up judgments."""
    sources = [Source(kind="synthetic", title=title) for title in ("Moon", "Moon", "Nile")] + [Source(kind="general")]
    examples = [make(f"What is {n}?", "It is red.", source=source) for n, source in enumerate(sources)]
    found = [answers("It is red.", f"What is {n}?", f"row {n}", full="Red.", small="Blue.") for n in range(4)]
    return found, [example.model_copy(update={"id": f"row {n}"}) for n, example in enumerate(examples)]


def test_groups(rows: Rows) -> None:
    """Guards against a page that nobody knows about, counted as one that base has not read."""
    everything = {"all": [f"row {n}" for n in range(4)], "general": ["row 3"], "synthetic": ["row 0", "row 1", "row 2"]}
    everything |= {"from_memory": everything["synthetic"]}
    by_page = {"pages_read": ["row 0", "row 1"], "pages_unread": ["row 2"]}
    assert group_rows(*rows, {"Moon": True, "Nile": False}) == everything | by_page
    for known in ({}, {"Moon": True, "Nile": True}, {"Moon": False}):
        assert group_rows(*rows, known) == everything


def test_a_row_that_brings_its_text_says_nothing_about_memory(rows: Rows) -> None:
    found, examples = rows
    found[0] = found[0].model_copy(update={"input": "The Moon is red."})
    groups = group_rows(found, examples, {"Moon": True, "Nile": False})
    assert groups["synthetic"] == ["row 0", "row 1", "row 2"]
    assert (groups["from_memory"], groups["pages_read"]) == (["row 1", "row 2"], ["row 1"])


def test_shares_have_score_intervals_by_page(rows: Rows, settings: BootstrapSettings) -> None:
    """Guards against an interval of width 0 where all answers are alike, and rows of a page that count one by one."""
    groups = group_rows(*rows, {})
    metrics: Any = exact_metrics(find_exact_answers(rows[0]), groups, settings)
    assert list(metrics) == ["all", "general", "synthetic", "from_memory"]
    assert (metrics["all"]["rows"], metrics["all"]["clusters"]) == (4, 2)  # as the settings have it
    assert [metrics["all"][role] for role in ("base", "small", "full")] == [0, 0, 1]
    low, high = metrics["all"]["small_95"]
    assert low == 0 and high == pytest.approx(0.66, abs=0.01)


def test_totals_are_of_rows_without_a_failed_judgment(
    rows: Rows, judged: MakeJudgment, settings: BootstrapSettings
) -> None:
    """Guards against totals of other rows than the judge's other figures are about, and of answers judged alone."""
    groups = group_rows(*rows, {"Moon": True, "Nile": False})
    judgments = [
        judged(0, full=9, base=5),
        judged(0, base=3, full=9),
        judged(1, full=0, base=0),
        judged(1, failed="not_json", full=0, base=0),
        judged(2, full=6, base=2),
        judged(2, full=15),
    ]
    totals: Any = page_totals(judgments, groups, settings)
    assert {name: (group["rows"], group["full"], group["base"]) for name, group in totals.items()} == {
        "pages_read": (1, 9, 4),
        "pages_unread": (1, 6, 2),
    }
    assert "small" not in totals["pages_read"]
    assert page_totals(judgments[:3], groups, settings) == {}
