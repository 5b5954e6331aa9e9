"""The verdict on each pair over runs that differ only in their seeds.

A pigeonhole bootstrap (Owen, 2007, "The Pigeonhole Bootstrap"): each resample draws seeds and, independently, pages, so
the interval speaks of other seeds and other test rows. Few seeds, drawn from themselves, vary too little. How far a
resample is from the mean of all seeds is therefore stretched: by n / (n - 1) in the variance, and by as much as
Student's t of Satterthwaite's degrees of freedom (1946) is above the normal distribution's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stages.common.errors import StageError
from stages.common.records import TOTAL_MAX
from stages.judges.bootstrap import CONFIDENCE, SAME, Z_95, Bounds, Floats, Interval, most_unseen, student_95
from stages.judges.decisions import holm, pair_verdict
from stages.judges.protocol import pair_roles
from tools.experiments import Experiment
from tools.same_rows import RESAMPLES, SEED, SharedRows

FEWEST_RUNS = 3  # for a verdict: of two seeds, nobody can say how much seeds vary
TRAINING_SEEDS = ("train.seed", "base.seed")


@dataclass(frozen=True)
class SeedsVerdict:
    pair: str
    win: Interval  # a tie counts half
    gain: Interval  # in points
    ahead: int  # in how many runs the first model wins more than one half
    runs: int
    p_holm: float  # corrected for the number of pairs
    verdict: str  # better, worse or unresolved


def check_other_trainings(experiments: Sequence[Experiment]) -> None:
    """Raises StageError if two of the experiments trained with the same seeds: one training would count twice."""
    names: dict[str, str] = {}
    for experiment in experiments:
        seeds = ", ".join(f"{key} {experiment.params.get(key)}" for key in TRAINING_SEEDS)
        if seeds in names:
            raise StageError(
                f"{names[seeds]} and {experiment.name} are the same training ({seeds}); name one of them, or train "
                "with `-S train.seed=...`"
            )
        names[seeds] = experiment.name


def verdicts_over_seeds(shared: SharedRows) -> list[SeedsVerdict]:
    """One for each pair. The experiments must differ only in their seeds."""
    measured, p_values = {}, {}
    for pair, outcomes in shared.outcomes.items():
        first, second = pair_roles(pair)
        gains = shared.totals[first] - shared.totals[second]
        win, resampled = mean_over_seeds(outcomes, shared, (0.0, 1.0))
        measured[pair] = (win, mean_over_seeds(gains, shared, (-TOTAL_MAX, TOTAL_MAX))[0])
        tail = min((resampled <= 0.5).sum(), (resampled >= 0.5).sum())
        p_values[pair] = min(1.0, 2 * (int(tail) + 1) / (RESAMPLES + 1))
    corrected = holm(p_values)
    return [
        SeedsVerdict(
            pair,
            win,
            gain,
            ahead=int((shared.outcomes[pair].mean(axis=1) > 0.5).sum()),
            runs=len(shared.experiments),
            p_holm=corrected[pair],
            verdict=pair_verdict(win, corrected[pair]) if len(shared.experiments) >= FEWEST_RUNS else "unresolved",
        )
        for pair, (win, gain) in measured.items()
    ]


def mean_over_seeds(values: Floats, shared: SharedRows, bounds: Bounds) -> tuple[Interval, Floats]:
    """The mean of the values, [experiments, rows], with its interval, and the resampled means, [resamples].

    `bounds` are the smallest and the largest value that a row can have.
    """
    seeds = len(values)
    bootstrap = shared.bootstrap
    sums = np.stack([bootstrap.sums(row) for row in (np.ones(values.shape[1]), *values)], axis=1)
    drawn = np.concatenate([weights @ sums for weights in bootstrap.weights()])
    by_seed = drawn[:, 1:] / drawn[:, :1]  # [resamples, seeds]
    times = np.random.default_rng(SEED).multinomial(seeds, np.full(seeds, 1 / seeds), size=len(by_seed))
    center = by_seed.mean(axis=1)
    stretch = _stretch(float(values.mean(axis=1).var(ddof=1)) / seeds, float(center.var()), seeds, bootstrap.count)
    resampled = center + stretch * ((times * by_seed).mean(axis=1) - center)
    mean = float(values.mean())
    smallest, largest = bounds
    if np.ptp(resampled) < SAME:
        unseen = most_unseen(bootstrap.count)
        return Interval(mean, mean - unseen * (mean - smallest), mean + unseen * (largest - mean), 0.0), resampled
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(mean, max(smallest, float(low)), min(largest, float(high)), float(resampled.std())), resampled


def _stretch(of_seeds: float, of_pages: float, seeds: int, pages: int) -> float:
    """For the variances of the mean that seeds and pages cause."""
    parts = of_seeds**2 / (seeds - 1) + of_pages**2 / max(1, pages - 1)
    degrees = (of_seeds + of_pages) ** 2 / parts if parts else seeds - 1
    stretch: float = student_95(int(degrees)) / Z_95 * (seeds / (seeds - 1)) ** 0.5
    return stretch
