"""The comparison with the reference experiment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from stages.reporting.evidence import Evidence
from stages.reporting.reference import ComparedFigure, compare_figures, compare_settings
from stages.reporting.wording import Wording
from tests.stages.reporting.made_run import estimate, metrics, params

SAME: dict[str, dict[str, Any]] = {
    "extract": {"source": "wikipedia"},
    "synth": {"teacher": "gemini", "llm": {"model": "gemini-3-flash-preview"}},
    "curate": {"auditor": "gemini", "llm": {"model": "gemini-3-pro-preview"}},
    "base": {"source": "huggingface", "model": "gpt2-medium"},
    "train": {"learning_rate": 5e-5, "batch_size": 8, "epochs": 1},
    "judge": {"judge": "openai", "at_most": "all", "stop": "all", "llm": {"model": "llama3.1:8b", "temperature": 0}},
}


def same_settings(changes: Mapping[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    """The defaults, but for what the reference experiment chose, and for `changes`."""
    sections = params()
    for section in SAME:
        sections[section] |= SAME[section] | (changes or {}).get(section, {})
    return sections


@pytest.fixture
def same() -> Evidence:
    """A run with all settings of the reference experiment, and figures of its own."""
    return Evidence(same_settings(), metrics(200), {"full": [], "small": []}, ())


def by_name(evidence: Evidence) -> dict[str, ComparedFigure]:
    return {figure.name: figure for figure in compare_figures(evidence, Wording("en"))}


def test_every_figure_of_the_reference_is_compared(same: Evidence) -> None:
    """Guards against a figure that is left out, or restated wrongly."""
    assert {name: figure.reference for name, figure in by_name(same).items()} == {
        "val_loss_full": "0.504",
        "val_loss_small": "0.596",
        "total_full": "12.06",
        "total_small": "8.46",
        "total_base": "4.39",
        "percent_full": "80.40% (100.00 / 6.67)",
        "percent_small": "56.40% (100.00 / 0.00)",
        "percent_base": "29.25% (100.00 / 0.00)",
        "win_rate": "75.0%",
        "loss_rate": "17.5%",
        "tie_rate": "7.5%",
        "gain": "+7.67",
    }


def test_best_and_worst_stand_where_the_reference_has_them(same: Evidence) -> None:
    """Guards against the worst row in the place of the best."""
    judge = same.metrics["judge"]
    models = judge["models"] | {"full": judge["models"]["full"] | {"total_range": [1.5, 12.0]}}
    changed = replace(same, metrics={**same.metrics, "judge": judge | {"models": models}})
    assert by_name(changed)["percent_full"].ours == "77.33% (80.00 / 10.00)"
    assert by_name(changed)["percent_full"].interval == "74.13% to 80.53%"


def test_the_same_settings_are_seen_as_the_same(same: Evidence) -> None:
    assert [setting.name for setting in compare_settings(same, Wording("en")) if not setting.same] == []


def test_verdicts_of_the_same_settings(same: Evidence) -> None:
    """Guards against a verdict that doesn't follow from the interval: wins of 68.5 to 80.5 hold the reference's 75.0,
    losses of 6.5 to 16.5 do not hold 17.5."""
    figures = by_name(same)
    win, loss = figures["win_rate"], figures["loss_rate"]
    assert (win.ours, win.interval, win.verdict) == ("74.5%", "68.5% to 80.5%", "reproduced")
    assert win.why == "same settings; the reference lies in our interval"
    assert (loss.ours, loss.verdict) == ("11.5%", "not_reproduced")
    assert loss.why == "same settings; the reference lies outside our interval"


@pytest.mark.parametrize(("ours", "verdict"), [(0.5292, "reproduced"), (0.5293, "not_reproduced")])
def test_a_loss_is_reproduced_within_five_percent(same: Evidence, ours: float, verdict: str) -> None:
    measured = {**same.metrics, "train_full": same.metrics["train_full"] | {"val_loss": ours}}
    assert by_name(replace(same, metrics=measured))["val_loss_full"].verdict == verdict


@pytest.mark.parametrize(
    ("changes", "named", "losses"),
    [
        ({"train": {"epochs": 2}}, "epochs", "not_comparable"),
        ({"synth": {"llm": {"model": "gemini-3.8-flash"}}}, "teacher", "not_comparable"),
        ({"extract": {"endpoint": "https://wiki.example/api.php"}}, "pages", "not_comparable"),
        ({"judge": {"llm": {"model": "gpt-5", "temperature": 0}}}, "judge", "reproduced"),
        ({"judge": {"panel": [{"judge": "openai", "llm": {"model": "qwen3"}}]}}, "judge", "reproduced"),
        ({"judge": {"llm": {"model": "llama3.1:8b", "temperature": 1}}}, "temperature of the judge", "reproduced"),
        ({"judge": {"at_most": 20}}, "test rows judged", "reproduced"),
        ({"judge": {"stop": "certain"}}, "test rows judged", "reproduced"),
    ],
)
def test_one_other_setting_makes_figures_incomparable(
    same: Evidence, changes: dict[str, Any], named: str, losses: str
) -> None:
    """Guards against "reproduced" by another model, and against losses that depend on the judge."""
    figures = by_name(replace(same, params=same_settings(changes)))
    assert figures["win_rate"].verdict == "not_comparable"
    assert figures["win_rate"].why == f"differs in {named}"
    assert figures["val_loss_full"].verdict == losses


def test_the_defaults_are_not_comparable(same: Evidence) -> None:
    figures = by_name(replace(same, params=params()))
    assert {figure.verdict for figure in figures.values()} == {"not_comparable"}
    assert figures["val_loss_full"].why == "differs in pages, teacher, auditor"


def test_a_figure_that_was_not_measured_is_not_comparable(same: Evidence) -> None:
    """Guards against a run without judgments that reproduces something."""
    figures = by_name(replace(same, metrics={**same.metrics, "judge": {}}))
    assert (figures["gain"].ours, figures["gain"].verdict) == ("", "not_comparable")
    assert figures["gain"].why == "no such figure in this run"


def test_small_is_compared_by_its_answers_alone_where_they_were_judged(same: Evidence) -> None:
    """Guards against a comparison of scores given beside another answer with scores given without."""
    solo = {"small": {"rows": 50, **estimate("total", 8.4, 0.3), **estimate("percent", 56.0, 2.0)}}
    judge = {**same.metrics["judge"], "solo": solo}
    figures = by_name(replace(same, metrics={**same.metrics, "judge": judge}))
    assert (figures["total_small"].ours, figures["total_small"].verdict) == ("8.40", "reproduced")
    assert figures["total_full"].ours == "11.60"
