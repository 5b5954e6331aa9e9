"""What the judgments say of each model and each pair, with intervals.

Intervals are percentile bootstraps over test rows (Efron and Tibshirani, 1993, "An Introduction to the Bootstrap",
chapter 13), paired: a resample draws rows, and a row brings both models' scores along.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.records import CRITERIA, ROLES, TOTAL_MAX, Judgment, Role

CONFIDENCE = 0.95
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    mean: float
    low: float
    high: float


def summarize(judgments: Sequence[Judgment], resamples: int, seed: int) -> dict[str, object]:
    """The judge's metrics. A judgment that failed counts for neither of its models."""
    usable = [judgment for judgment in judgments if judgment.status == "ok"]
    pairs = sorted({pair_name(judgment) for judgment in judgments})
    by_pair = {pair: [one for one in usable if pair_name(one) == pair] for pair in pairs}
    return {
        "judgments": len(judgments),
        "failed": len(judgments) - len(usable),
        "models": {role: model_scores(usable, role) for role in ROLES if any(role in one.models for one in usable)},
        "pairs": {pair: pair_scores(rows, pair, resamples, seed) for pair, rows in by_pair.items() if rows},
    }


def pair_name(judgment: Judgment) -> str:
    """`full-base`, whichever was shown first: the better trained one is named first."""
    better, worse = sorted(judgment.models, key=ROLES.index, reverse=True)
    return f"{better}-{worse}"


def model_scores(judgments: Sequence[Judgment], role: Role) -> dict[str, float]:
    """Means of one model over its test rows (a row that was judged twice counts once, with its mean)."""
    rows = defaultdict(list)
    for judgment in judgments:
        if role in judgment.models:
            scores = judgment.scores[role]
            rows[judgment.id].append([*(getattr(scores, criterion) for criterion in CRITERIA), scores.total])
    means = np.array([np.mean(values, axis=0) for values in rows.values()])  # [rows, criteria + 1]
    percent = 100 * means[:, -1] / TOTAL_MAX
    return {
        "rows": len(means),
        **{criterion: float(means[:, index].mean()) for index, criterion in enumerate(CRITERIA)},
        "total": float(means[:, -1].mean()),
        "percent": float(percent.mean()),
        "percent_best": float(percent.max()),
        "percent_worst": float(percent.min()),
    }


def pair_scores(judgments: Sequence[Judgment], pair: str, resamples: int, seed: int) -> dict[str, object]:
    """Wins, losses and ties of the pair's first model, and its gain in total score, both with intervals."""
    first, second = pair_roles(pair)
    points: dict[str | None, float] = {first: 1.0, second: 0.0, "tie": 0.5}
    gains = np.array(
        [judgment.scores[first].total - judgment.scores[second].total for judgment in judgments], dtype=float
    )
    outcomes = np.array([points[judgment.winner] for judgment in judgments])
    win = bootstrap_mean(outcomes, resamples, seed)
    gain = bootstrap_mean(gains, resamples, seed)
    return {
        "rows": len(judgments),
        "win_rate": float((outcomes == 1).mean()),
        "loss_rate": float((outcomes == 0).mean()),
        "tie_rate": float((outcomes == 0.5).mean()),
        "win_rate_ties_half": win.mean,
        "win_rate_low": win.low,
        "win_rate_high": win.high,
        "gain": gain.mean,
        "gain_low": gain.low,
        "gain_high": gain.high,
        "largest_gain": float(gains.max()),
        "verdict": verdict(win),
    }


def pair_roles(pair: str) -> tuple[Role, Role]:
    roles: dict[str, Role] = {role: role for role in ROLES}
    first, second = pair.split("-")
    return roles[first], roles[second]


def verdict(win: Interval) -> str:
    """`better` or `worse` where the interval of the win rate (ties as half) lies to one side of one half."""
    if win.low > 0.5:
        return "better"
    return "worse" if win.high < 0.5 else "unresolved"


def bootstrap_mean(values: Floats, resamples: int, seed: int) -> Interval:
    """The mean and its percentile interval at 95%."""
    generator = np.random.default_rng(seed)
    draws = generator.integers(len(values), size=(resamples, len(values)))
    means = values[draws].mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(float(values.mean()), float(low), float(high))
