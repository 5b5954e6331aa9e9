"""The test rows of several experiments side by side, if they are the same rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stages.common.errors import StageError
from stages.common.records import ROLES
from stages.judges.bootstrap import Bootstrap, Floats
from tools.experiments import Experiment, JudgedRow, read_judged_rows

RESAMPLES = 5000
SEED = 1  # of the resamples
ROW_SECTIONS = ("extract", "synth", "curate", "split")  # of the parameters that decide which rows there are


@dataclass(frozen=True)
class SharedRows:
    """The rows that count in every experiment."""

    experiments: Sequence[Experiment]
    clusters: list[str]  # of each row
    totals: dict[str, Floats]  # by model: [experiments, rows]
    outcomes: dict[str, Floats]  # by pair that all experiments compare: [experiments, rows]
    left_out: int  # rows that don't count in every experiment

    @property
    def bootstrap(self) -> Bootstrap:
        return Bootstrap(self.clusters, RESAMPLES, SEED)

    def describe(self) -> str:
        left_out = f"; {self.left_out} are left out: a run has no judgment of them" if self.left_out else ""
        return f"{len(self.clusters)} test rows about {len(set(self.clusters))} pages and tasks{left_out}"


def read_shared_rows(experiments: Sequence[Experiment]) -> SharedRows:
    """Raises StageError, which says what differs, if the test rows or the judges are not the same, or if there is only
    one experiment."""
    if len(experiments) < 2:
        raise StageError("there is one run, and nothing to compare it with; name several, or run more")
    by_run = [read_judged_rows(experiment) for experiment in experiments]
    for experiment, rows in zip(experiments[1:], by_run[1:], strict=True):
        if rows.keys() != by_run[0].keys():
            raise StageError(_different_rows(experiments[0], experiment, by_run[0], rows))
        if keys := differing_keys(experiments[0], experiment, ("judge",)):
            raise StageError(
                f"{experiments[0].name} and {experiment.name} were judged in different ways: {keys}; judge them alike"
            )
    counting = [row for row in by_run[0] if all(rows[row] for rows in by_run)]
    if not counting:
        raise StageError("no test row has usable judgments in every run; name runs that were judged to their end")
    judged = [[found for row in counting if (found := rows[row])] for rows in by_run]
    models = [role for role in ROLES if all(role in row.totals for rows in judged for row in rows)]
    pairs = [pair for pair in judged[0][0].outcomes if all(pair in row.outcomes for rows in judged for row in rows)]
    return SharedRows(
        experiments,
        clusters=[row.cluster for row in judged[0]],
        totals={role: np.array([[row.totals[role] for row in rows] for rows in judged]) for role in models},
        outcomes={pair: np.array([[row.outcomes[pair] for row in rows] for rows in judged]) for pair in pairs},
        left_out=len(by_run[0]) - len(counting),
    )


def differing_keys(one: Experiment, other: Experiment, sections: Sequence[str]) -> str:
    """The parameters of these sections in which two experiments differ, with both values; of the judge without its
    seed, which changes no score. "" if there are none."""
    keys = dict.fromkeys((*one.params, *other.params))
    differing = [
        f"{key} ({one.params.get(key)}, {other.params.get(key)})"
        for key in keys
        if key.split(".")[0] in sections and key != "judge.seed" and one.params.get(key) != other.params.get(key)
    ]
    return ", ".join(differing)


def _different_rows(
    one: Experiment, other: Experiment, rows: Mapping[str, JudgedRow | None], others: Mapping[str, JudgedRow | None]
) -> str:
    keys = differing_keys(one, other, ROW_SECTIONS)
    why = f"they differ in {keys}" if keys else "they were made by other code, or from other pages or tasks"
    same = len(rows.keys() & others)
    return (
        f"{one.name} has {len(rows)} test rows and {other.name} {len(others)}, of which {same} are the same: {why}; "
        "name runs with the same test rows"
    )
