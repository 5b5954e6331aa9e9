"""The metrics of the judge: what the judgments say about each model and each pair.

Every number is about the same test rows: a row with a failed judgment is left out for all models. `NAME_95` is the
interval of NAME, a list of its ends. DVC shows numbers and words and no lists, so its tables have a line per figure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stages.common.errors import StageError
from stages.common.records import CRITERIA, ROLES, TOTAL_MAX, Answers, Example, Judgment, Role
from stages.judges.bootstrap import Bootstrap, Floats, Interval, rate_interval, ties_half_interval
from stages.judges.decisions import (
    SIGNIFICANCE,
    count_decisive,
    holm,
    holm_factors,
    pair_verdict,
    rows_to_decide,
    sign_flip_test,
)
from stages.judges.length_effect import LengthEffect, length_effect
from stages.judges.protocol import pair_roles, row_verdicts, usable_judgments

Numbers = dict[str, float | str | list[float]]
P_PLACES = 9  # decimals: below, a p value is 0, and a comparison of runs doesn't show how far below
OUTCOMES = {"win": 1.0, "loss": 0.0, "tie": 0.5}


@dataclass(frozen=True)
class RowFacts:
    cluster: str  # rows about the same page are one cluster
    words: Mapping[Role, int]  # number of words of each answer, as the judge sees it


def row_facts(rows: Sequence[Answers], examples: Iterable[Example], shown_characters: int) -> dict[str, RowFacts]:
    """By row id. Raises StageError for a row that is not among the examples of the test split."""
    titles = {example.id: example.source.title for example in examples}
    if unknown := [row.id for row in rows if row.id not in titles]:
        raise StageError(
            f"data/answers.jsonl has the row {unknown[0]}, which the test split lacks ({len(unknown)} in all); "
            "they are not of one run: run `dvc repro` again"
        )
    return {
        row.id: RowFacts(
            cluster=f"page: {title}" if (title := titles[row.id]) else f"row: {row.id}",
            words={role: len(answer.text[:shown_characters].split()) for role, answer in row.answers.items()},
        )
        for row in rows
    }


@dataclass(frozen=True)
class BootstrapSettings:
    """How intervals are computed. All numbers about the same rows use the same resamples."""

    facts: Mapping[str, RowFacts]  # by row id
    resamples: int
    seed: int

    def bootstrap(self, rows: Iterable[str]) -> Bootstrap:
        return Bootstrap([self.facts[row].cluster for row in rows], self.resamples, self.seed)


def summarize(
    judgments: Sequence[Judgment],
    settings: BootstrapSettings,
    by_people: Mapping[str, Mapping[str, float | list[float]]] | None = None,
) -> dict[str, object]:
    """The judge's metrics, without those of its checks; `by_people` has what labels add to those of a pair.

    Raises StageError if every row has a failed judgment.
    """
    usable = usable_judgments(judgments)
    rows = list(dict.fromkeys(judgment.id for judgment in usable))
    left_out = len({judgment.id for judgment in judgments} - set(rows))
    if not usable:
        raise StageError(f"judge: each of the {left_out} test rows has a failed judgment, so that none is left")
    solo = [judgment for judgment in usable if len(judgment.models) == 1]
    pairwise = [judgment for judgment in usable if len(judgment.models) == 2]
    measured = _all_pair_metrics(pairwise, settings)
    return {
        "rows": len(rows),
        "clusters": settings.bootstrap(rows).count,
        "rows_left_out": left_out,
        **_counts(judgments),
        **_first_wins(pairwise, settings),
        "models": _all_model_metrics(pairwise, settings),
        **({"solo": _all_model_metrics(solo, settings)} if solo else {}),
        "pairs": {pair: {**numbers, **(by_people or {}).get(pair, {})} for pair, numbers in measured.items()},
    }


def pair_name(judgment: Judgment) -> str:
    """`full-base`, in whichever order they were shown: the model trained on more examples comes first."""
    return "-".join(role for role in reversed(ROLES) if role in judgment.models)


def _counts(judgments: Sequence[Judgment]) -> dict[str, int]:
    reasons = Counter(str(judgment.reason) for judgment in judgments if judgment.status == "failed")
    return {
        "judgments": len(judgments),
        "failed": reasons.total(),
        **{f"failed_{reason}": count for reason, count in sorted(reasons.items())},
        "contradicted": sum(judgment.declared != judgment.winner for judgment in judgments),
    }


def _first_wins(judgments: Sequence[Judgment], settings: BootstrapSettings) -> Numbers:
    """Position bias: how often the first-shown answer wins, among the judgments with a winner (left out if none)."""
    import pandas as pd

    wins = [(judgment.id, judgment.winner == judgment.models[0], judgment.winner != "tie") for judgment in judgments]
    by_row = pd.DataFrame(wins, columns=["id", "first", "decided"]).groupby("id", sort=False).sum().astype(float)
    decided = int(by_row["decided"].sum())
    if not decided:
        return {"decided": 0}
    bootstrap = settings.bootstrap(by_row.index)
    resampled = bootstrap.ratios({"first_wins": by_row["first"].to_numpy()}, by_row["decided"].to_numpy())
    in_rows = int((by_row["decided"] > 0).sum())
    first_wins = rate_interval(resampled["first_wins"], in_rows, min(bootstrap.count, in_rows))
    return {"decided": decided} | _flat({"first_wins": first_wins})


def _all_model_metrics(judgments: Sequence[Judgment], settings: BootstrapSettings) -> dict[str, Numbers]:
    judged = {model for judgment in judgments for model in judgment.models}
    return {role: _model_metrics(judgments, role, settings) for role in ROLES if role in judged}


def _model_metrics(judgments: Sequence[Judgment], role: Role, settings: BootstrapSettings) -> Numbers:
    """Means of one model over the test rows; a row counts once, with the mean of its judgments."""
    import pandas as pd

    judged = [judgment for judgment in judgments if role in judgment.models]
    scores = pd.DataFrame({"id": judgment.id} | judgment.scores[role].model_dump() for judgment in judged)
    rows = scores.groupby("id", sort=False).mean()
    total = rows["total"].to_numpy()
    return {
        "rows": len(rows),
        **{criterion: float(rows[criterion].mean()) for criterion in CRITERIA},
        **_flat(settings.bootstrap(rows.index).means({"total": total}, {"total": (0.0, TOTAL_MAX)})),
        "total_range": [float(total.min()), float(total.max())],
    }


def _all_pair_metrics(judgments: Sequence[Judgment], settings: BootstrapSettings) -> dict[str, Numbers]:
    """Those of each pair, whose verdicts are corrected for their number."""
    pairs = sorted({pair_name(judgment) for judgment in judgments})
    measured = {pair: _measure_pair(judgments, pair, settings) for pair in pairs}
    p_values = {pair: sign_flip_test(found.sums) for pair, found in measured.items()}
    corrected, factors = holm(p_values), holm_factors(p_values)
    verdicts = {pair: pair_verdict(found.win, corrected[pair]) for pair, found in measured.items()}
    unresolved = sum(verdict == "unresolved" for verdict in verdicts.values())  # what Holm's correction still counts
    metrics = {}
    for pair, found in measured.items():
        decision: Numbers = {"p_holm": round(corrected[pair], P_PLACES), "verdict": verdicts[pair]}
        if verdicts[pair] == "unresolved":
            significance = SIGNIFICANCE / unresolved
            needed = rows_to_decide(found.win, len(found.rows), len(found.sums), significance)
            decision |= {} if needed is None else {"rows_to_decide": needed}
        else:
            decision |= {"rows_to_decide": 0, "hangs_on": count_decisive(found.sums, factors[pair])}
        metrics[pair] = found.metrics | decision
    return metrics


@dataclass(frozen=True)
class _MeasuredPair:
    metrics: Numbers
    rows: Sequence[str]
    win: Interval  # where a tie counts half
    sums: Floats  # of the outcomes less one half, by cluster


def _measure_pair(judgments: Sequence[Judgment], pair: str, settings: BootstrapSettings) -> _MeasuredPair:
    """The pair's first model against its second: wins, losses, ties, points gained, and how far to trust them."""
    import pandas as pd

    first, second = pair_roles(pair)
    verdicts = pd.DataFrame(row_verdicts(judgments, (first, second)))
    bootstrap = settings.bootstrap(verdicts["id"])
    outcomes, gains = verdicts["outcome"].to_numpy(), verdicts["gain"].to_numpy()
    columns = {f"{name}_rate": (outcomes == value).astype(float) for name, value in OUTCOMES.items()}
    columns |= {"win_rate_ties_half": outcomes, "gain": gains}
    intervals = bootstrap.means(columns, {"gain": (-float(TOTAL_MAX), float(TOTAL_MAX))})
    for name in OUTCOMES:
        intervals[f"{name}_rate"] = rate_interval(intervals[f"{name}_rate"], len(verdicts), bootstrap.count)
    intervals["win_rate_ties_half"] = ties_half_interval(
        intervals["win_rate_ties_half"], intervals["win_rate"], intervals["loss_rate"]
    )
    repeats, consistent = int(verdicts["repeats"].sum()), int(verdicts["consistent"].sum())
    words = pd.DataFrame([settings.facts[row].words for row in verdicts["id"]])
    longer_by = (words[first] - words[second]).to_numpy(dtype=float)
    metrics: Numbers = {
        "rows": len(verdicts),
        **_flat(intervals),
        "gain_range": [float(gains.min()), float(gains.max())],
        "consistency": consistent / repeats,
        "inconsistent": repeats - consistent,
        **_length_metrics(length_effect(outcomes, longer_by, bootstrap.clusters)),
    }
    return _MeasuredPair(metrics, list(verdicts["id"]), intervals["win_rate_ties_half"], bootstrap.sums(outcomes - 0.5))


def _length_metrics(effect: LengthEffect) -> Numbers:
    metrics: Numbers = {"length_fit": effect.fit}
    if effect.slope and effect.controlled:
        metrics |= _flat({"length_effect": effect.slope, "length_controlled_win_rate": effect.controlled})
    return metrics


def _flat(intervals: Mapping[str, Interval]) -> Numbers:
    """`x` and `x_95` for each interval."""
    numbers: Numbers = {}
    for name, interval in intervals.items():
        numbers |= {name: interval.mean, f"{name}_95": [interval.low, interval.high]}
    return numbers
