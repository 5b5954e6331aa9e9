"""How far the judge agrees with people, and people with one another.

Agreement is the share of comparisons on which two raters make the same choice: the pair's first model, its second, or a
tie. Cohen's kappa is the share of the possible agreement beyond chance that was reached (Cohen, 1960, "A Coefficient of
Agreement for Nominal Scales"). With more than two raters, both are means over pairs of raters (Light, 1971, "Measures
of Response Agreement for Qualitative Data"). Intervals are percentile bootstraps over clusters, such as the rows about
the same page; a drawn cluster brings the choices of all raters with it.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from stages.judges.bootstrap import CONFIDENCE, SAME, Bounds, Floats, most_unseen
from stages.judges.labels.choices import Choices, Key, Labels
from stages.judges.protocol import pair_roles

Raters = tuple[Choices, Choices]
Counts = NDArray[np.int64]


def agreement(
    labels: Labels, verdicts: Choices, clusters: Mapping[str, str], resamples: int, seed: int
) -> dict[str, object]:
    """The judge's agreement with people and, under `people`, that of people with one another.

    No judge can be expected to agree more than people do. `clusters` maps the id of a row to its cluster. Labels about
    other answers, or without a verdict of the judge, are counted and left out. Empty if there are no labels; `people`
    needs at least two people.
    """
    people = labels.people
    left_out: dict[str, object] = {}
    if labels.of_other_answers:
        left_out["labels_of_other_answers"] = labels.of_other_answers
    if not people:
        return left_out
    keys = [key for choices in people for key in choices]
    by_judge: dict[str, object] = {
        **left_out,
        "labellers": len(people),
        "rows": len({key[0] for key in keys if key in verdicts}),
        "labels_without_verdict": sum(key not in verdicts for key in keys),
        **agreement_rates([(choices, verdicts) for choices in people], clusters, resamples, seed),
    }
    if len(people) == 1:
        return by_judge
    return by_judge | {"people": agreement_rates(list(combinations(people, 2)), clusters, resamples, seed)}


def agreement_rates(
    raters: Sequence[Raters], clusters: Mapping[str, str], resamples: int, seed: int
) -> dict[str, float | list[float]]:
    """Agreement and kappa, means over pairs of raters, with 95% intervals.

    `labels` counts the comparisons that both raters of a pair made; if it is 0, it is the only key. Kappa is undefined
    for two raters who both always make the same choice: `kappa_undefined` counts the resamples without any kappa, and
    if that is all of them, kappa is left out.
    """
    labels = sum(len(first.keys() & second.keys()) for first, second in raters)
    if not labels:
        return {"labels": 0}
    tables = _tables(raters, clusters)
    total = tables.sum(axis=0)
    resampled = _resampled(tables, resamples, seed)
    kappas = _mean(cohen_kappa(resampled))
    undefined = np.isnan(kappas)
    return {
        "labels": labels,
        **_interval("agreement", _mean(_agreement(total)), _mean(_agreement(resampled)), len(tables), (0.0, 1.0)),
        **({} if undefined.all() else _interval("kappa", _mean(cohen_kappa(total)), kappas, len(tables), (-1.0, 1.0))),
        "kappa_undefined": int(undefined.sum()),
    }


def cohen_kappa(tables: Counts) -> Floats:
    """(observed - expected) / (1 - expected agreement) of tables [..., categories, categories]; NaN for 0/0."""
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    with np.errstate(invalid="ignore"):
        expected = (rows * columns).sum(axis=-1) / tables.sum(axis=(-2, -1)) ** 2
        return np.asarray((_agreement(tables) - expected) / (1 - expected))


def _agreement(tables: Counts) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.trace(tables, axis1=-2, axis2=-1) / tables.sum(axis=(-2, -1)))


def _tables(raters: Sequence[Raters], clusters: Mapping[str, str]) -> Counts:
    """How often the first rater made one choice (row) and the second another (column) or the same, by cluster and pair
    of raters: [clusters, pairs of raters, 3, 3]."""
    shared = [sorted(first.keys() & second.keys()) for first, second in raters]
    index = {name: i for i, name in enumerate(sorted({clusters[row] for keys in shared for row, _ in keys}))}
    tables = np.zeros((len(index), len(raters), 3, 3), dtype=np.int64)
    for number, ((first, second), keys) in enumerate(zip(raters, shared, strict=True)):
        for key in keys:
            tables[index[clusters[key[0]]], number, _category(first, key), _category(second, key)] += 1
    return tables


def _category(choices: Choices, key: Key) -> int:
    """0 for the pair's first model, 1 for its second, 2 for a tie: the same categories for all pairs of models."""
    return (*pair_roles(key[1]), "tie").index(choices[key])


def _resampled(tables: Counts, resamples: int, seed: int) -> Counts:
    """The summed tables of each resample: [resamples, pairs of raters, 3, 3]."""
    clusters = len(tables)
    times_drawn = np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
    return np.asarray(np.tensordot(times_drawn, tables, axes=1))


def _mean(values: Floats) -> Floats:
    """The mean over the pairs of raters with a value; NaN if there are none."""
    return np.ma.filled(np.ma.mean(np.ma.masked_invalid(values), axis=-1), np.nan)


def _interval(
    name: str, value: Floats, resampled: Floats, clusters: int, bounds: Bounds
) -> dict[str, float | list[float]]:
    """The value and its interval; if all resamples are the same, that of what so many clusters may not have shown."""
    low, high = np.nanquantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    if high - low < SAME:
        low, high = (value + most_unseen(clusters) * (bound - value) for bound in bounds)
    return {name: float(value), f"{name}_95": [float(low), float(high)]}
