"""All models of several experiments in one table, by the Bradley-Terry model.

Each model meets each other on every test row; the higher total of the row wins. The log odds that a model beats another
are the difference of their strengths (Bradley and Terry, 1952, "Rank Analysis of Incomplete Block Designs"); a tie is
half a win. Intervals resample whole pages, for all models alike, so they speak of other test rows, not of other seeds.
"""

from dataclasses import dataclass

import numpy as np

from stages.judges.bootstrap import CONFIDENCE, Floats
from stages.judges.length_effect import logistic
from tools.same_rows import SharedRows

# Half a win for either side that each two models are given: without it, a model that always loses would be infinitely
# weak.
IMAGINED = 0.5
STEPS = 50  # at most, of Newton's method; it usually needs about six
LARGEST_STEP = 2.0  # log odds
TOLERANCE = 1e-9


@dataclass(frozen=True)
class LeagueLine:
    model: str
    runs: tuple[str, ...]  # several if the model has the same totals in each
    strength: float  # log odds against the mean of all
    low: float  # of its 95% interval
    high: float
    total: float  # mean, 0 to 15


def make_league(shared: SharedRows) -> list[LeagueLine]:
    """The strongest first. Models with the same total in every row, such as a base that runs share, are one line."""
    players: dict[tuple[str, bytes], list[str]] = {}
    totals: dict[tuple[str, bytes], Floats] = {}
    for role, by_run in shared.totals.items():
        for experiment, of_rows in zip(shared.experiments, by_run, strict=True):
            key = (role, of_rows.tobytes())
            players.setdefault(key, []).append(experiment.name)
            totals[key] = of_rows
    scores = np.stack(list(totals.values()))  # [players, rows]
    wins = np.sign(scores[:, None] - scores[None]) / 2 + 0.5  # [players, players, rows]
    bootstrap = shared.bootstrap
    count = len(scores)
    by_cluster = np.stack([bootstrap.sums(of_rows) for of_rows in wins.reshape(count * count, -1)], axis=1)
    resampled = np.concatenate(
        [fit_strengths((weights @ by_cluster).reshape(-1, count, count)) for weights in bootstrap.weights()]
    )
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    strengths = fit_strengths(by_cluster.sum(axis=0).reshape(1, count, count))[0]
    lines = [
        LeagueLine(role, tuple(players[role, key]), float(strength), float(weak), float(strong), float(mean))
        for (role, key), strength, weak, strong, mean in zip(
            totals, strengths, low, high, scores.mean(axis=1), strict=True
        )
    ]
    return sorted(lines, key=lambda line: -line.strength)


def fit_strengths(wins: Floats) -> Floats:
    """The maximum-likelihood strengths, [fits, players], with a mean of 0 in each fit.

    `wins`, [fits, players, players], has how often the first beat the second; its diagonal counts for nothing.
    """
    count = wins.shape[1]
    wins = (wins + IMAGINED) * (1 - np.eye(count))
    games = wins + wins.swapaxes(1, 2)
    strengths = np.zeros(wins.shape[:2])
    for _ in range(STEPS):
        rates = logistic(strengths[:, :, None] - strengths[:, None, :])
        gradient = (wins - games * rates).sum(axis=2)
        curvature = games * rates * (1 - rates)
        information = np.eye(count) * curvature.sum(axis=2)[:, :, None] - curvature
        step = np.linalg.solve(information + 1.0, gradient[:, :, None])[:, :, 0]  # + 1: the strengths' sum stays 0
        strengths = strengths + np.clip(step, -LARGEST_STEP, LARGEST_STEP)
        strengths -= strengths.mean(axis=1, keepdims=True)
        if np.abs(step).max() < TOLERANCE:
            break
    return strengths
