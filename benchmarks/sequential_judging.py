"""How often judging that stops when it is certain is wrong, and how many judgments it saves: `judge.stop: certain`.

    python -m benchmarks.sequential_judging

Each line is 10,000 simulated runs over 200 test rows: pages of the default run's sizes (100 general tasks, and 15 pages
with 5 to 8 rows), or 200 general tasks. "together" is how much the rows of a page have in common: 0 if they are
independent, 1 if the same model wins all of them. A wrong verdict says that one model is better than an equal one, or
that the worse one is better; a run with several pairs is wrong if any of its verdicts is. "saved" is the share of the
judgments that were not needed. The figures of the reference experiment are 75% wins, 17.5% losses, 7.5% ties.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.judges.confidence_sequence import Floats, log_capital, log_limit
from stages.judges.stopping import FEWEST_ROWS

Bools = NDArray[np.bool_]

PAGES = (*[1] * 100, *[5] * 2, *[6] * 4, *[7] * 6, *[8] * 3)  # rows of each
TASKS = (1,) * 200


@dataclass(frozen=True)
class Scenario:
    name: str
    win: float  # shares of the rows; the rest are losses
    tie: float
    pages: Sequence[int]
    together: float  # 0 to 1
    pairs: int
    tasks_win: float | None = None  # on general tasks, if it differs: then `win` is the rate on pages

    @property
    def effect(self) -> float:
        """The expected win rate, where a tie counts half, less one half."""
        single = sum(size == 1 for size in self.pages) / sum(self.pages)
        of_tasks = self.win if self.tasks_win is None else self.tasks_win
        rate = (1 - single) * self.win + single * of_tasks + self.tie / 2
        return round(rate - 0.5, 9)


SCENARIOS = (
    Scenario("no effect", 0.4625, 0.075, PAGES, 0.0, 1),
    Scenario("no effect", 0.4625, 0.075, PAGES, 0.2, 3),
    Scenario("no effect", 0.5, 0.0, PAGES, 1.0, 1),
    Scenario("no effect", 0.5, 0.0, PAGES, 1.0, 3),
    Scenario("no effect", 0.5, 0.0, TASKS, 0.0, 1),
    Scenario("no effect", 0.5, 0.0, TASKS, 0.0, 3),
    Scenario("no effect, opposite on pages and tasks", 0.8, 0.0, PAGES, 0.2, 1, tasks_win=0.2),
    Scenario("no effect, mostly ties", 0.1, 0.8, TASKS, 0.0, 1),
    Scenario("as large as the reference's", 0.75, 0.075, PAGES, 0.0, 1),
    Scenario("as large as the reference's", 0.75, 0.075, PAGES, 0.2, 1),
    Scenario("as large as the reference's", 0.75, 0.075, PAGES, 0.2, 3),
    Scenario("as large as the reference's", 0.75, 0.075, TASKS, 0.0, 1),
    Scenario("as large as the reference's", 0.75, 0.075, TASKS, 0.0, 3),
    Scenario("a third of that", 0.5583, 0.075, PAGES, 0.2, 1),
    Scenario("a third of that", 0.5583, 0.075, TASKS, 0.0, 1),
)


@dataclass(frozen=True)
class SimulatedShares:
    """Shares of the runs, and of the judgments."""

    wrong: float
    certain: float  # of all pairs, before the rows ended
    saved: float


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{'effect':40}{'rows':>16}{'together':>10}{'pairs':>7}{'wrong':>8}{'certain':>9}{'saved':>8}")
    for number, scenario in enumerate(SCENARIOS):
        found = simulate_judging(scenario, runs, number)
        rows = "100 + 15 pages" if scenario.pages is PAGES else "200 tasks"
        print(
            f"{scenario.name:40}{rows:>16}{scenario.together:10}{scenario.pairs:7}"
            f"{found.wrong:8.2%}{found.certain:9.1%}{found.saved:8.1%}"
        )


def simulate_judging(scenario: Scenario, runs: int, seed: int) -> SimulatedShares:
    """Runs in which the pairs are independent of one another, so that their errors add up most."""
    random = np.random.default_rng(seed)
    sizes = np.stack([random.permutation(np.array(scenario.pages, dtype=float)) for _ in range(runs)])  # [runs, pages]
    looks = _looks(sizes)
    wins = [_draw_wins(scenario, sizes, random) for _ in range(scenario.pairs)]
    above = np.stack([_most_capital(won, sizes) for won in wins])  # [pairs, runs, pages], as below
    below = np.stack([_most_capital(sizes - won, sizes) for won in wins])
    excluded = _holm(np.maximum(above, below))
    certain = excluded.all(axis=0) & looks
    end = np.where(certain.any(axis=1), certain.argmax(axis=1), len(scenario.pages) - 1)
    run = np.arange(runs)
    says_better = above > below
    wrong = excluded & (says_better if scenario.effect < 0 else ~says_better if scenario.effect > 0 else True)
    judged = sizes.cumsum(axis=1)[run, end]
    return SimulatedShares(
        wrong=float(wrong[:, run, end].any(axis=0).mean()),
        certain=float(certain.any(axis=1).mean()),
        saved=float(1 - judged.mean() / sum(scenario.pages)),
    )


def _draw_wins(scenario: Scenario, sizes: Floats, random: np.random.Generator) -> Floats:
    """The wins on each page (ties count half), [runs, pages]. A page's own share of wins among its decided rows is
    drawn from a beta distribution, which makes any two of its rows correlate by `together`."""
    tasks_win = scenario.win if scenario.tasks_win is None else scenario.tasks_win
    share: Floats = np.where(sizes == 1, tasks_win, scenario.win) / (1 - scenario.tie)
    if scenario.together == 1:
        share = random.binomial(1, share).astype(float)
    elif scenario.together:
        spread = 1 / scenario.together - 1
        share = random.beta(share * spread, (1 - share) * spread)
    decided = random.binomial(sizes.astype(int), 1 - scenario.tie)
    return random.binomial(decided, share) + (sizes - decided) / 2


def _most_capital(wins: Floats, sizes: Floats) -> Floats:
    """The logarithm of the most that a bettor against one half has had until each page, [runs, pages]."""
    return np.maximum.accumulate(log_capital(wins, sizes, int(sizes.max()), 0.5), axis=1)


def _holm(evidence: Floats) -> Bools:
    """Whether one half is excluded for each pair, as `holm_limits` decides; [pairs, runs, pages]."""
    pairs = len(evidence)
    order = np.argsort(-evidence, axis=0)
    limits = np.array([log_limit(pairs - place) for place in range(pairs)])[:, None, None]
    passed = np.logical_and.accumulate(np.take_along_axis(evidence, order, axis=0) >= limits, axis=0)
    excluded = np.zeros_like(passed)
    np.put_along_axis(excluded, order, passed, axis=0)
    return excluded


def _looks(sizes: Floats) -> Bools:
    """Whether one looks after a page: if `FEWEST_ROWS` rows came since the last look, and at the end; [runs, pages]."""
    looks, since = np.zeros(sizes.shape, dtype=bool), np.zeros(len(sizes))
    for page in range(sizes.shape[1]):
        since += sizes[:, page]
        looks[:, page] = since >= FEWEST_ROWS
        since[looks[:, page]] = 0
    looks[:, -1] = True
    return looks


if __name__ == "__main__":
    main()
