"""How far the loss of pages rose."""

from typing import Any

import pytest

from stages.judges.forgetting import forgetting_metrics

LOSSES = {
    "Moon": {"tokens": 100, "base": 10.0, "small": 15.0, "full": 30.0},
    "Nile": {"tokens": 300, "base": 60.0, "small": 60.0, "full": 120.0},
    "Tide": {"tokens": 100, "base": 800.0, "small": 790.0, "full": 700.0},
}
READ = {"Moon": True, "Nile": True, "Tide": False}


def test_losses_are_per_token_and_by_what_base_has_read() -> None:
    """Guards against a mean of pages' means, in which a short page weighs as much as a long one, and against pages that
    base never read among those that it may have forgotten."""
    metrics: dict[str, Any] = forgetting_metrics(LOSSES, READ, 2000, 1)
    assert list(metrics) == ["all", "pages_read", "pages_unread"]
    read = metrics["pages_read"]
    assert (read["pages"], read["tokens"]) == (2, 400)
    assert (read["base"], read["small"], read["full"]) == (70 / 400, 75 / 400, 150 / 400)
    assert [read["small_rise"], read["full_rise"]] == pytest.approx([5 / 400, 80 / 400])
    assert read["small_rise_95"] == [0, 0.05]  # Nile twice, and Moon twice
    low, high = read["full_rise_95"]
    assert low < 0.2 < high  # it is the same on both pages, which says little of others
    assert metrics["pages_unread"]["full_rise"] == -1.0
    assert metrics["all"]["full"] == 850 / 500


def test_an_interval_is_paired_by_page() -> None:
    """Guards against an interval of two models' independent draws, in which the pages' own differences drown the rise:
    here pages differ by up to 8 nats, and the rise is the same on all but one."""
    losses = {
        str(page): {"tokens": 100, "base": 100.0 * page, "small": 100.0 * page, "full": 100.0 * page + 10 + (page == 3)}
        for page in range(1, 9)
    }
    full: dict[str, Any] = forgetting_metrics(losses, {}, 2000, 1)["all"]
    low, high = full["full_rise_95"]
    assert 0.1 <= low < full["full_rise"] < high < 0.105
    assert full["small_rise"] == 0 and full["small_rise_95"][0] < 0 < full["small_rise_95"][1]


def test_one_page_says_little() -> None:
    """Guards against an interval of width 0."""
    low, high = forgetting_metrics({"Moon": LOSSES["Moon"]}, {}, 100, 1)["all"]["full_rise_95"]  # type: ignore[misc]
    assert low < 0 < 0.2 < high


def test_without_knowledge_of_reading_there_is_one_group() -> None:
    assert list(forgetting_metrics(LOSSES, {}, 100, 1)) == ["all"]
    assert forgetting_metrics({}, READ, 100, 1) == {}
