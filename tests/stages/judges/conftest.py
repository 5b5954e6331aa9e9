"""Judgments made by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from stages.common.records import Judgment, Role, Scores, Teacher
from stages.judges.judge_statistics import BootstrapSettings, RowFacts

MakeJudgment = Callable[..., Judgment]
RUBRIC = Teacher(name="rubric")


def scores(total: int) -> Scores:
    """Scores with this total, which give full points to one criterion after the other."""
    first = min(5, total)
    second = min(5, total - first)
    return Scores(
        factual_correctness=first,
        instruction_adherence=second,
        clarity_and_usefulness=total - first - second,
        total=total,
    )


@pytest.fixture
def judged() -> MakeJudgment:
    """Makes a judgment from totals in the order shown: `judged(3, full=5, base=1)` is about row 3."""

    def make(row: int, *, repeat: int = 0, judge: str = "rubric", failed: str = "", **totals: int) -> Judgment:
        models: tuple[Any, ...] = tuple(totals)
        given = {name: scores(total) for name, total in totals.items()}
        winner: Any = None
        if len(totals) == 2 and not failed:
            first, second = totals.values()
            winner = "tie" if first == second else models[int(second > first)]
        return Judgment(
            id=f"row {row}",
            models=models,
            repeat=repeat,
            scores={} if failed else {name: given[name] for name in models},
            declared=winner,
            winner=winner,
            justification="",
            judge=Teacher(name=judge),
            status="failed" if failed else "ok",
            reason=failed or None,
            raw="",
        )

    return make


@pytest.fixture
def settings() -> BootstrapSettings:
    """A hundred rows: rows 0 and 1 are about one page, rows 2 and 3 about another, and so on."""
    words: dict[Role, int] = {"base": 30, "small": 20, "full": 10}
    facts = {f"row {n}": RowFacts(cluster=f"page {n // 2}", words=words) for n in range(100)}
    return BootstrapSettings(facts, resamples=500, seed=1)
