"""What the judgments say of each model and each pair: the metrics of the judge.

The same test rows stand behind every number: a row with a failed judgment is left out for all models.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stages.common.errors import StageError
from stages.common.records import CRITERIA, ROLES, TOTAL_MAX, Judgment, Role
from stages.judges.bootstrap import Bootstrap, Interval
from stages.judges.decisions import rows_to_decide, sign_test, verdict
from stages.judges.length_effect import LengthEffect, length_effect
from stages.judges.protocol import row_verdicts
from stages.judges.rows import RowFacts
from stages.judges.sheets import pair_roles

Numbers = dict[str, float | str]
OUTCOMES = {"win": 1.0, "loss": 0.0, "tie": 0.5}


@dataclass(frozen=True)
class Sampling:
    """How intervals are made: the same rows are drawn for every number about them."""

    facts: Mapping[str, RowFacts]  # by row
    resamples: int
    seed: int

    def bootstrap(self, rows: Iterable[str]) -> Bootstrap:
        return Bootstrap([self.facts[row].cluster for row in rows], self.resamples, self.seed)


def summarize(judgments: Sequence[Judgment], sampling: Sampling) -> dict[str, object]:
    """The judge's metrics, without those of its checks. Raises StageError where no row has all its judgments."""
    lost = {one.id for one in judgments if one.status == "failed"}
    usable = [one for one in judgments if one.id not in lost]
    if not usable:
        raise StageError(f"judge: each of the {len(lost)} test rows has a failed judgment, so that none is left")
    alone = [one for one in usable if len(one.models) == 1]
    compared = [one for one in usable if len(one.models) == 2]
    return {
        "rows": len({one.id for one in usable}),
        "rows_left_out": len(lost),
        **_counts(judgments),
        **_first_wins(compared, sampling),
        "models": _models(compared, sampling),
        **({"solo": _models(alone, sampling)} if alone else {}),
        "pairs": {pair: pair_scores(compared, pair, sampling) for pair in sorted({pair_name(one) for one in compared})},
    }


def pair_name(judgment: Judgment) -> str:
    """`full-base`, whichever was shown first: the better trained one is named first."""
    return "-".join(role for role in reversed(ROLES) if role in judgment.models)


def model_scores(judgments: Sequence[Judgment], role: Role, sampling: Sampling) -> Numbers:
    """Means of one model over the test rows; a row counts once, with the mean of its judgments."""
    rows = defaultdict(list)
    for judgment in judgments:
        if role in judgment.models:
            scores = judgment.scores[role]
            rows[judgment.id].append([*(getattr(scores, criterion) for criterion in CRITERIA), scores.total])
    means = np.array([np.mean(values, axis=0) for values in rows.values()])  # [rows, criteria + 1]
    percent = 100 * means[:, -1] / TOTAL_MAX
    return {
        "rows": len(means),
        **{criterion: float(means[:, index].mean()) for index, criterion in enumerate(CRITERIA)},
        **_numbers(sampling.bootstrap(rows).means({"total": means[:, -1], "percent": percent})),
        "percent_best": float(percent.max()),
        "percent_worst": float(percent.min()),
    }


def pair_scores(judgments: Sequence[Judgment], pair: str, sampling: Sampling) -> Numbers:
    """Wins, losses and ties of the pair's first model, its gain in points, and what may stand behind them."""
    first, second = pair_roles(pair)
    verdicts = row_verdicts(judgments, (first, second))
    bootstrap = sampling.bootstrap(one.id for one in verdicts)
    outcomes = np.array([one.outcome for one in verdicts])
    gains = np.array([one.gain for one in verdicts])
    shares = {f"{name}_rate": (outcomes == value).astype(float) for name, value in OUTCOMES.items()}
    means = bootstrap.means(shares | {"win_rate_ties_half": outcomes, "gain": gains})
    needed = rows_to_decide(means["win_rate_ties_half"], len(verdicts), bootstrap.count)
    repeats, consistent = (sum(getattr(one, name) for one in verdicts) for name in ("repeats", "consistent"))
    words = [sampling.facts[one.id].words for one in verdicts]
    longer_by = np.array([float(of_row[first] - of_row[second]) for of_row in words])
    return {
        "rows": len(verdicts),
        **_numbers(means),
        "largest_gain": float(gains.max()),
        "sign_test_p": sign_test(wins=int((outcomes == 1).sum()), losses=int((outcomes == 0).sum())),
        **({} if needed is None else {"rows_to_decide": needed}),
        "consistency": consistent / repeats,
        "inconsistent": repeats - consistent,
        **_length(length_effect(outcomes, longer_by, bootstrap.clusters)),
        "verdict": verdict(means["win_rate_ties_half"], bootstrap.count),
    }


def _models(judgments: Sequence[Judgment], sampling: Sampling) -> dict[str, Numbers]:
    judged = {name for one in judgments for name in one.models}
    return {role: model_scores(judgments, role, sampling) for role in ROLES if role in judged}


def _counts(judgments: Sequence[Judgment]) -> dict[str, int]:
    reasons = Counter(str(one.reason) for one in judgments if one.status == "failed")
    return {
        "judgments": len(judgments),
        "failed": reasons.total(),
        **{f"failed_{reason}": count for reason, count in sorted(reasons.items())},
        "contradicted": sum(one.declared is not None and one.declared != one.winner for one in judgments),
    }


def _first_wins(judgments: Sequence[Judgment], sampling: Sampling) -> Numbers:
    """How often the first-shown answer wins, among the judgments with a winner; without one there is no such share."""
    won: dict[str, float] = defaultdict(float)
    decided: dict[str, float] = defaultdict(float)
    for one in judgments:
        won[one.id] += one.winner == one.models[0]
        decided[one.id] += one.winner != "tie"
    total = int(sum(decided.values()))
    if not total:
        return {"decided": 0}
    share = sampling.bootstrap(won).ratios({"first_wins": np.array([*won.values()])}, np.array([*decided.values()]))
    return {"decided": total} | _numbers(share)


def _length(found: LengthEffect) -> Numbers:
    numbers: Numbers = {"length_fit": found.fit}
    if found.slope and found.controlled:
        numbers |= _numbers({"length_effect": found.slope, "length_controlled_win_rate": found.controlled})
    return numbers


def _numbers(intervals: Mapping[str, Interval]) -> Numbers:
    """Flat, with the bounds of each beside it."""
    return {
        f"{name}{end}": value
        for name, one in intervals.items()
        for end, value in (("", one.mean), ("_low", one.low), ("_high", one.high))
    }
