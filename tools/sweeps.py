"""A sweep: experiments that differ in one parameter, and their results as one table.

DVC makes each experiment a Git commit with its parameters and metrics, so Git is all that is needed to read it.
"""

import json
import math
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stages.common.errors import StageError
from stages.common.params import Scalar, dotted_keys
from stages.common.records import ROLES
from stages.common.yaml_files import parse_yaml
from stages.judges.bootstrap import student_95

JUDGE = "reports/metrics/judge.json"
TRAIN = {size: f"reports/metrics/train_{size}.json" for size in ("full", "small")}


@dataclass(frozen=True)
class Experiment:
    name: str  # of the experiment, or the revision as the user gave it
    params: dict[str, Scalar]  # by dotted key; a list as JSON
    val_loss: dict[str, float]  # nats per token, by model; each on its own validation set
    totals: dict[str, float]  # mean of the judge's totals, 0 to 15 points, by model


def find_experiments(revisions: Sequence[str]) -> list[Experiment]:
    """The revisions (names of experiments, commits, branches); without any, all experiments of the commit that is
    checked out.

    Raises StageError if one doesn't exist, or hasn't been run to its end.
    """
    if revisions:
        return [read_experiment(revision, _reference(revision)) for revision in revisions]
    head = git("rev-parse", "HEAD").strip()
    references = _references(f"refs/exps/{head[:2]}/{head[2:]}")
    if not references:
        raise StageError(
            "the commit that is checked out has no experiment; run some with `dvc exp run --queue -S ...` and "
            "`dvc queue start`, or name revisions"
        )
    return [read_experiment(reference.rpartition("/")[2], reference) for reference in references]


def read_experiment(name: str, revision: str) -> Experiment:
    """Reads an experiment from its commit. Raises StageError if it lacks parameters or metrics."""
    params = parse_yaml(_file(name, revision, "params.yaml"), f"params.yaml of {name}")
    train = {size: json.loads(_file(name, revision, path)) for size, path in TRAIN.items()}
    judge = json.loads(_file(name, revision, JUDGE))
    return Experiment(
        name=name,
        params=dotted_keys(params),
        val_loss={size: metrics["val_loss"] for size, metrics in train.items()},
        totals={role: scores["total"] for role, scores in judge["models"].items() if "total" in scores},
    )


def _reference(revision: str) -> str:
    """The full reference of an experiment with this name; the revision itself if there is none, or more than one: then
    Git says that the name is unknown."""
    named = [reference for reference in _references("refs/exps") if reference.endswith(f"/{revision}")]
    return named[0] if len(named) == 1 else revision


def _references(start: str) -> list[str]:
    """The references of experiments, in the order of their names: refs/exps/XX/REST_OF_THE_COMMIT/NAME. DVC keeps other
    things under refs/exps, too."""
    references = git("for-each-ref", "--format=%(refname)", start).split()
    return [reference for reference in references if reference.count("/") == 4]


def _file(name: str, revision: str, path: str) -> str:
    try:
        return git("show", f"{revision}:{path}")
    except StageError as error:
        raise StageError(
            f"{name} has no {path}: {error}\n  `dvc exp show` lists what there is, `dvc queue status` what failed"
        ) from None


def git(*words: str) -> str:
    """The output of a Git command. Raises StageError with the first line of its error message."""
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise StageError((done.stderr.strip() or f"git {words[0]} failed").splitlines()[0])
    return done.stdout


def find_swept_key(experiments: Sequence[Experiment], wanted: str | None) -> str:
    """The only parameter, seeds aside, in which the experiments differ.

    Raises StageError if it isn't `wanted`, if there are several, or if an experiment lacks it.
    """
    keys = list(dict.fromkeys(key for experiment in experiments for key in experiment.params))
    if wanted and wanted not in keys:
        raise StageError(f"{wanted} is no parameter of these experiments; name one as dvc exp run does: train.epochs")
    swept = [
        key
        for key in keys
        if not is_seed(key) and len({str(experiment.params.get(key)) for experiment in experiments}) > 1
    ]
    if not wanted and not swept:
        raise StageError("the experiments differ in no parameter but seeds; run some with several values of one")
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
