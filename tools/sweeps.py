"""One parameter against results: means over seeds, with their intervals."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stages.common.errors import StageError
from stages.common.params import Scalar
from tools.compare_experiments import Experiment

# Student's t, two-sided 95%, for 1 to 30 degrees of freedom; beyond, the normal distribution's is near enough.
T_95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131),
    *(2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
NORMAL_95 = 1.960


@dataclass(frozen=True)
class Point:
    """What the experiments with one value have in common."""

    value: Scalar
    seeds: int  # experiments
    val_loss: dict[str, "Mean"]  # by model
    totals: dict[str, "Mean"]


@dataclass(frozen=True)
class Mean:
    mean: float
    half: float | None  # of the 95% interval; None for a single seed


def swept_key(experiments: Sequence[Experiment], wanted: str | None) -> str:
    """The one parameter, seeds aside, in which the experiments differ. Raises StageError where it isn't `wanted`, or
    there is another one."""
    keys = list(dict.fromkeys(key for one in experiments for key in one.params))
    if wanted and wanted not in keys:
        raise StageError(f"{wanted} is no parameter of these experiments; name one as dvc exp run does: train.epochs")
    differing = [key for key in keys if len({str(one.params.get(key)) for one in experiments}) > 1]
    swept = [key for key in differing if not is_seed(key)]
    others = [key for key in swept if key != wanted]
    if wanted and not others:
        return _had_by_all(experiments, wanted)
    if not wanted and len(swept) == 1:
        return _had_by_all(experiments, swept[0])
    if not swept:
        raise StageError("the experiments differ in no parameter but seeds; run some with several values of one")
    raise StageError(
        f"the experiments differ in {', '.join(swept)}, and a picture shows one of them; name those revisions in which "
        f"the others are the same{'' if wanted else ', or one parameter with --by'}"
    )


def _had_by_all(experiments: Sequence[Experiment], key: str) -> str:
    for one in experiments:
        if key not in one.params:
            raise StageError(f"{one.name} has no {key}, others have; name revisions that have the same parameters")
    return key


def is_seed(key: str) -> bool:
    return key.rpartition(".")[2] == "seed"


def settings(experiments: Sequence[Experiment], key: str) -> dict[str, Scalar]:
    """What the results of all of them rest on: their parameters but the swept one, seeds and those of the report."""
    return {
        name: value
        for name, value in experiments[0].params.items()
        if name != key and not is_seed(name) and not name.startswith("plot.")
    }


def points(experiments: Sequence[Experiment], key: str) -> list[Point]:
    """A point for each value: numbers in their order, others as they come. Raises StageError where two experiments have
    the same value and the same seeds, which would count one result twice."""
    groups: dict[Scalar, list[Experiment]] = {}
    for one in experiments:
        groups.setdefault(one.params[key], []).append(one)
    for group in groups.values():
        _all_differ(group)
    values = list(groups)
    if all(is_number(value) for value in values):
        values.sort(key=float)
    return [
        Point(
            value=value,
            seeds=len(groups[value]),
            val_loss=_means([one.val_loss for one in groups[value]]),
            totals=_means([one.totals for one in groups[value]]),
        )
        for value in values
    ]


def is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def mean(values: Sequence[float]) -> Mean:
    """With the 95% t-interval of the mean of independent runs."""
    count = len(values)
    centre = sum(values) / count
    if count == 1:
        return Mean(centre, None)
    deviation = math.sqrt(sum((value - centre) ** 2 for value in values) / (count - 1))
    factor = T_95[count - 2] if count - 2 < len(T_95) else NORMAL_95
    return Mean(centre, factor * deviation / math.sqrt(count))


def _all_differ(group: list[Experiment]) -> None:
    seen: dict[str, str] = {}
    for one in group:
        params = str(sorted(one.params.items()))
        if params in seen:
            raise StageError(f"{seen[params]} and {one.name} have the same parameters; name one of them")
        seen[params] = one.name


def _means(results: Iterable[dict[str, float]]) -> dict[str, Mean]:
    by_model: dict[str, list[float]] = {}
    for result in results:
        for model, value in result.items():
            by_model.setdefault(model, []).append(value)
    return {model: mean(values) for model, values in by_model.items()}
