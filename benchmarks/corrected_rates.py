"""How often intervals of win rates contain the true rate, and how wide they are, under judges that err and lean.

Rows come in pages that share an outcome more often than chance. People's choice is the truth; the judge makes it his
own, or else prefers the first model. Some of the rows are labelled, drawn as the label page draws them.

    python -m benchmarks.corrected_rates            # two minutes on one core
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from stages.judges.bootstrap import Floats
from stages.judges.labels.correction import JudgedRows, correct_rate

PAGES, TASKS = 60, 80  # clusters of 2 rows, and of 1
SAME_PAGE = 0.5  # the chance that a row has the outcome of its page
SAME_ANSWERS = 0.05  # share of the rows whose answers have the same words


@dataclass(frozen=True)
class JudgeSetting:
    win: float  # people's choices: the first model wins
    tie: float
    errors: float  # share of rows on which the judge doesn't look
    leaning: float  # and then prefers the first model in this share, the second in the others
    labels: int  # labelled rows of this pair

    @property
    def truth(self) -> float:
        return (1 - SAME_ANSWERS) * (self.win + self.tie / 2) + SAME_ANSWERS / 2


SETTINGS = [
    JudgeSetting(win, tie, errors, leaning, labels)
    for win, tie in ((0.45, 0.1), (0.65, 0.15), (0.85, 0.1))
    for errors, leaning in ((0.2, 1.0), (0.4, 0.9), (0.8, 0.0))
    for labels in (17, 50, 100)
]


def draw_rows(setting: JudgeSetting, rng: np.random.Generator) -> JudgedRows:
    """One test set with its judgments and labels."""
    clusters = np.concatenate([np.repeat(np.arange(PAGES), 2), PAGES + np.arange(TASKS)])
    rows = len(clusters)
    chances = (setting.win, setting.tie, 1 - setting.win - setting.tie)
    own, of_page = (rng.choice([1.0, 0.5, 0.0], size=rows, p=chances) for _ in range(2))
    truth = np.where(rng.random(rows) < SAME_PAGE, of_page[clusters], own)
    leaning = (rng.random(rows) < setting.leaning).astype(float)
    judged = np.where(rng.random(rows) < setting.errors, leaning, truth)
    different = rng.random(rows) >= SAME_ANSWERS
    labelled = rng.permutation(np.flatnonzero(different))[: setting.labels]
    labels = np.full(rows, np.nan)
    labels[labelled] = truth[labelled]
    return JudgedRows(np.where(different, judged, 0.5), labels, different, clusters)


def simulate(setting: JudgeSetting, runs: int, seed: int) -> dict[str, Floats]:
    """For the corrected rate and for the labels alone: whether each run's interval contains the truth, and its width:
    [runs, 2]."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[bool, float]]] = {"corrected": [], "labels alone": []}
    for _ in range(runs):
        rows = draw_rows(setting, rng)
        for name, weight in (("corrected", None), ("labels alone", 0.0)):
            interval = correct_rate(rows, weight)
            found[name].append((interval.low <= setting.truth <= interval.high, interval.high - interval.low))
    return {name: np.array(values, dtype=float) for name, values in found.items()}


def report(runs: int, seed: int) -> Iterator[str]:
    """A line for each setting, and one for all."""
    yield f"{PAGES} pages of 2 rows and {TASKS} tasks; {runs} runs each; coverage of 95% intervals, and mean width"
    yield " truth  errors  leaning  labels   corrected     labels alone  judge alone"
    everything = []
    for setting in SETTINGS:
        by_name = simulate(setting, runs, seed)
        (right, width), (right_alone, width_alone) = (values.mean(axis=0) for values in by_name.values())
        believed = (1 - setting.errors) * (setting.win + setting.tie / 2) + setting.errors * setting.leaning
        believed = (1 - SAME_ANSWERS) * believed + SAME_ANSWERS / 2
        everything.append((right, width / width_alone))
        yield (
            f"{setting.truth:6.3f}  {setting.errors:6.1f}  {setting.leaning:7.1f}  {setting.labels:6}"
            f"  {right:6.1%} {width:6.3f}  {right_alone:6.1%} {width_alone:6.3f}  {believed:11.3f}"
        )
    coverage, narrower = zip(*everything, strict=True)
    yield f"corrected: covers {min(coverage):.1%} at least, {np.mean(coverage):.1%} on average; "
    yield f"its width is {np.mean(narrower):.0%} of that of the labels alone, {max(narrower):.0%} at most"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for line in report(options.runs, options.seed):
        print(line, flush=True)


if __name__ == "__main__":
    main()
