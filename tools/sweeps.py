"""A sweep: experiments that differ in one parameter, and their results as one table."""

import math
from collections.abc import Sequence
from typing import Any

from stages.common.errors import StageError
from stages.common.params import Scalar
from stages.common.records import ROLES
from stages.judges.bootstrap import student_95
from tools.experiments import Experiment


def find_swept_key(experiments: Sequence[Experiment], wanted: str | None) -> str:
    """The only parameter, seeds aside, in which the experiments differ; there must be one, or one that is `wanted`.

    Raises StageError if it isn't `wanted`, if there are several, or if an experiment lacks it.
    """
    if wanted and not any(wanted in experiment.params for experiment in experiments):
        raise StageError(f"{wanted} is no parameter of these experiments; name one as dvc exp run does: train.epochs")
    swept = swept_keys(experiments)
    key = wanted or swept[0]
    if set(swept) - {key}:
        raise StageError(
            f"the experiments differ in {', '.join(swept)}, and a picture shows one of them; name those revisions in "
            f"which the others are the same{'' if wanted else ', or one parameter with --by'}"
        )
    for experiment in experiments:
        if key not in experiment.params:
            raise StageError(
                f"{experiment.name} has no {key}, others have; name revisions that have the same parameters"
            )
    return key


def swept_keys(experiments: Sequence[Experiment]) -> list[str]:
    """All parameters in which the experiments differ, seeds aside."""
    keys = dict.fromkeys(key for experiment in experiments for key in experiment.params)
    return [
        key
        for key in keys
        if not is_seed(key) and len({str(experiment.params.get(key)) for experiment in experiments}) > 1
    ]


def is_seed(key: str) -> bool:
    """Whether a dotted key names a seed."""
    return key.rpartition(".")[2] == "seed"


def shared_settings(experiments: Sequence[Experiment], key: str) -> dict[str, Scalar]:
    """The parameters that all results depend on: without the swept one, seeds and those of the report."""
    return {
        name: value
        for name, value in experiments[0].params.items()
        if name != key and not is_seed(name) and not name.startswith("plot.")
    }


def summarize_sweep(experiments: Sequence[Experiment], key: str) -> Any:
    """A pandas.DataFrame with a row for each value of `key` and each model that has results.

    Columns: value, seeds (how many experiments), model; val_loss and total, means over these experiments, NaN without
    results; val_loss_95 and total_95, half the width of the mean's 95% t-interval, NaN for a single experiment. Numbers
    are sorted, other values stay in the order of the experiments.

    Raises StageError if two experiments have the same parameters: one result would count twice.
    """
    import pandas as pd

    _check_all_differ(experiments)
    if is_numeric([experiment.params[key] for experiment in experiments]):
        experiments = sorted(experiments, key=lambda experiment: float(experiment.params[key]))
    values = list(dict.fromkeys(experiment.params[key] for experiment in experiments))
    results = pd.DataFrame(
        {
            "place": values.index(experiment.params[key]),  # pandas would turn the values 2 and 1.5 into 2.0 and 1.5
            "model": model,
            "val_loss": experiment.val_loss.get(model, math.nan),
            "total": experiment.totals.get(model, math.nan),
        }
        for experiment in experiments
        for model in ROLES
    )
    groups = results.groupby(["place", "model"], sort=False)
    summary = groups.size().to_frame("seeds")
    for name in ("val_loss", "total"):
        summary[name] = groups[name].mean()
        summary[f"{name}_95"] = groups[name].count().map(t_95) * groups[name].sem()  # sem: the mean's standard error
    summary = summary.dropna(how="all", subset=["val_loss", "total"]).reset_index()
    summary["value"] = pd.Series([values[place] for place in summary["place"]], dtype=object)
    return summary[["value", "seeds", "model", "val_loss", "val_loss_95", "total", "total_95"]]


def _check_all_differ(experiments: Sequence[Experiment]) -> None:
    names: dict[str, str] = {}
    for experiment in experiments:
        params = str(sorted(experiment.params.items()))
        if params in names:
            raise StageError(f"{names[params]} and {experiment.name} have the same parameters; name one of them")
        names[params] = experiment.name


def is_numeric(values: Sequence[Scalar]) -> bool:
    """Whether all values are numbers; True and False are not."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def t_95(count: int) -> float:
    """How many standard errors the 95% interval of a mean of `count` values extends to each side; NaN below 2."""
    return math.nan if count < 2 else student_95(count - 1)
