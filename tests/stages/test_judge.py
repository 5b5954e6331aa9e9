import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages import judge
from stages.files import read_json, read_jsonl, write_jsonl
from stages.judges.statistics import bootstrap_mean, model_scores, pair_name, pair_scores, summarize
from stages.records import Answers, Judgment, Role, Scores, Teacher

MakeAnswers = Callable[..., Answers]
NAMES: tuple[Role, Role] = ("full", "base")


def judgment(first: int, second: int, row: int = 0, models: tuple[Role, Role] = NAMES, status: str = "ok") -> Judgment:
    """One with these factual scores, out of 5, and nothing else."""

    def scores(points: int) -> Scores:
        return Scores(factual_correctness=points, instruction_adherence=0, clarity_and_usefulness=0, total=points)

    winner: Any = "tie" if first == second else models[0] if first > second else models[1]
    fields: dict[str, Any] = {"status": status, "scores": {models[0]: scores(first), models[1]: scores(second)}}
    if status == "failed":
        fields |= {"scores": {}, "winner": None}
    defaults = {"id": f"{row:016x}", "models": models, "winner": winner, "justification": "", "raw": ""}
    return Judgment(**(defaults | fields), judge=Teacher(name="rubric"))


def test_wins_losses_ties_and_gain_by_hand() -> None:
    """Guards against a pair counted from the wrong side when the second model was shown first."""
    rows = [
        judgment(5, 1, 0),  # full wins by 4
        judgment(2, 2, 1),
        judgment(3, 1, 2, models=("base", "full")),  # base wins by 2
        judgment(0, 4, 3, models=("base", "full")),  # full wins by 4
    ]
    scores = pair_scores(rows, "full-base", resamples=500, seed=1)
    assert {pair_name(row) for row in rows} == {"full-base"}
    expected = {"win_rate": 0.5, "loss_rate": 0.25, "tie_rate": 0.25, "win_rate_ties_half": 0.625}
    assert {name: scores[name] for name in expected} == expected
    assert (scores["gain"], scores["largest_gain"], scores["rows"]) == (1.5, 4.0, 4)


def test_model_scores_by_hand() -> None:
    rows = [judgment(5, 1, 0), judgment(2, 2, 1), judgment(3, 1, 0, models=("full", "small"))]
    scores = model_scores(rows, "full")
    assert scores["rows"] == 2
    assert scores["total"] == pytest.approx((4 + 2) / 2)  # row 0 twice: 5 and 3
    assert scores["percent"] == pytest.approx(100 * 3 / 15)
    assert [scores["percent_best"], scores["percent_worst"]] == pytest.approx([400 / 15, 200 / 15])


def test_a_failed_judgment_counts_for_nobody_and_is_counted() -> None:
    """Guards against failures that become ties, or vanish."""
    summary: Any = summarize([judgment(5, 1, 0), judgment(0, 0, 1, status="failed")], resamples=100, seed=1)
    assert (summary["judgments"], summary["failed"]) == (2, 1)
    assert summary["pairs"]["full-base"]["rows"] == summary["models"]["base"]["rows"] == 1


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [([3] * 30, "better"), ([-3] * 30, "worse"), ([1, -1] * 15, "unresolved"), ([0] * 9, "unresolved")],
)
def test_the_verdict_is_certain_only_where_the_interval_is(gains: list[int], verdict: str) -> None:
    """Guards against a winner of noise."""
    rows = [judgment(max(gain, 0), max(-gain, 0), row) for row, gain in enumerate(gains)]
    assert pair_scores(rows, "full-base", resamples=1000, seed=1)["verdict"] == verdict


def test_bootstrap_interval_is_that_of_the_normal_law() -> None:
    """Guards against an interval of the rows instead of their mean: it must shrink with the square root of the rows."""
    values = np.random.default_rng(0).normal(2.0, 1.0, size=400)
    interval = bootstrap_mean(values, resamples=4000, seed=3)
    half = 1.96 * values.std() / 20
    assert interval.mean == pytest.approx(values.mean())
    assert interval.low == pytest.approx(values.mean() - half, abs=0.01)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.01)
    assert interval == bootstrap_mean(values, resamples=4000, seed=3)


def test_order_does_not_change_a_verdict(answers: MakeAnswers) -> None:
    """Guards against a judge that prefers what it sees first."""
    row = answers("It is blue.", full="It is blue.", base="It is red and")
    one, other = judge.judge_pair(row, ("full", "base")), judge.judge_pair(row, ("base", "full"))
    assert one.winner == other.winner == "full"
    assert one.scores == other.scores
    assert (one.models, other.models) == (("full", "base"), ("base", "full"))


def test_the_same_answer_is_a_tie(answers: MakeAnswers) -> None:
    assert judge.judge_pair(answers("It is blue.", full="It is red.", base="It is red."), NAMES).winner == "tie"


def test_both_orders_are_drawn() -> None:
    rng = random.Random(1)
    drawn = [judge.shuffled(NAMES, rng) for _ in range(200)]
    assert 70 < drawn.count(NAMES) < 130
    assert set(drawn) == {NAMES, NAMES[::-1]}


def test_every_pair_of_every_row_is_judged(project: Path, answers: MakeAnswers) -> None:
    rows = [answers("It is blue.", id=f"{i:016x}", full="It is blue.", small="It is red.") for i in range(4)]
    write_jsonl(judge.ANSWERS, rows)
    judge.main()
    judgments = read_jsonl(judge.JUDGMENTS, Judgment)
    assert len(judgments) == 3 * 4
    metrics = read_json(judge.METRICS)
    assert set(metrics["pairs"]) == {"full-base", "full-small", "small-base"}
    assert metrics["models"]["base"]["total"] == 0
    assert metrics["pairs"]["full-small"]["win_rate"] == 1.0
