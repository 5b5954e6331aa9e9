"""The metrics of the judge: what the judgments say about each model and each pair.

Every number is about the same test rows: a row with a failed judgment is left out for all models.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stages.common.errors import StageError
from stages.common.records import CRITERIA, ROLES, TOTAL_MAX, Answers, Example, Judgment, Role
from stages.judges.bootstrap import Bootstrap, Interval, pair_verdict, rows_to_decide, sign_test
from stages.judges.length_effect import LengthEffect, length_effect
from stages.judges.protocol import pair_roles, row_verdicts, usable_judgments

Numbers = dict[str, float | str]
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


def summarize(judgments: Sequence[Judgment], settings: BootstrapSettings) -> dict[str, object]:
    """The judge's metrics, without those of its checks. Raises StageError if every row has a failed judgment."""
    usable = usable_judgments(judgments)
    rows = {judgment.id for judgment in usable}
    left_out = len({judgment.id for judgment in judgments} - rows)
    if not usable:
        raise StageError(f"judge: each of the {left_out} test rows has a failed judgment, so that none is left")
    solo = [judgment for judgment in usable if len(judgment.models) == 1]
    pairwise = [judgment for judgment in usable if len(judgment.models) == 2]
    pairs = sorted({pair_name(judgment) for judgment in pairwise})
    return {
        "rows": len(rows),
        "rows_left_out": left_out,
        **_counts(judgments),
        **_first_wins(pairwise, settings),
        "models": _all_model_metrics(pairwise, settings),
        **({"solo": _all_model_metrics(solo, settings)} if solo else {}),
        "pairs": {pair: _pair_metrics(pairwise, pair, settings) for pair in pairs},
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
    columns = {"first_wins": by_row["first"].to_numpy()}
    return {"decided": decided} | _flat(settings.bootstrap(by_row.index).ratios(columns, by_row["decided"].to_numpy()))


def _all_model_metrics(judgments: Sequence[Judgment], settings: BootstrapSettings) -> dict[str, Numbers]:
    judged = {model for judgment in judgments for model in judgment.models}
    return {role: _model_metrics(judgments, role, settings) for role in ROLES if role in judged}


def _model_metrics(judgments: Sequence[Judgment], role: Role, settings: BootstrapSettings) -> Numbers:
    """Means of one model over the test rows; a row counts once, with the mean of its judgments."""
    import pandas as pd

    judged = [judgment for judgment in judgments if role in judgment.models]
    scores = pd.DataFrame({"id": judgment.id} | judgment.scores[role].model_dump() for judgment in judged)
    rows = scores.groupby("id", sort=False).mean()
    percent = 100 * rows["total"] / TOTAL_MAX
    columns = {"total": rows["total"].to_numpy(), "percent": percent.to_numpy()}
    return {
        "rows": len(rows),
        **{criterion: float(rows[criterion].mean()) for criterion in CRITERIA},
        **_flat(settings.bootstrap(rows.index).means(columns)),
        "percent_best": float(percent.max()),
        "percent_worst": float(percent.min()),
    }


def _pair_metrics(judgments: Sequence[Judgment], pair: str, settings: BootstrapSettings) -> Numbers:
    """The pair's first model against its second: wins, losses, ties, points gained, and how far to trust them."""
    import pandas as pd

    first, second = pair_roles(pair)
    verdicts = pd.DataFrame(row_verdicts(judgments, (first, second)))
    bootstrap = settings.bootstrap(verdicts["id"])
    outcomes, gains = verdicts["outcome"].to_numpy(), verdicts["gain"].to_numpy()
    rates = {f"{name}_rate": (outcomes == value).astype(float) for name, value in OUTCOMES.items()}
    means = bootstrap.means(rates | {"win_rate_ties_half": outcomes, "gain": gains})
    needed = rows_to_decide(means["win_rate_ties_half"], len(verdicts), bootstrap.count)
    repeats, consistent = int(verdicts["repeats"].sum()), int(verdicts["consistent"].sum())
    words = pd.DataFrame([settings.facts[row].words for row in verdicts["id"]])
    longer_by = (words[first] - words[second]).to_numpy(dtype=float)
    return {
        "rows": len(verdicts),
        **_flat(means),
        "largest_gain": float(gains.max()),
        "sign_test_p": sign_test(wins=int((outcomes == 1).sum()), losses=int((outcomes == 0).sum())),
        **({} if needed is None else {"rows_to_decide": needed}),
        "consistency": consistent / repeats,
        "inconsistent": repeats - consistent,
        **_length_metrics(length_effect(outcomes, longer_by, bootstrap.clusters)),
        "verdict": pair_verdict(means["win_rate_ties_half"], bootstrap.count),
    }


def _length_metrics(effect: LengthEffect) -> Numbers:
    metrics: Numbers = {"length_fit": effect.fit}
    if effect.slope and effect.controlled:
        metrics |= _flat({"length_effect": effect.slope, "length_controlled_win_rate": effect.controlled})
    return metrics


def _flat(intervals: Mapping[str, Interval]) -> Numbers:
    """`x`, `x_low` and `x_high` for each interval."""
    return {
        f"{name}{end}": value
        for name, interval in intervals.items()
        for end, value in (("", interval.mean), ("_low", interval.low), ("_high", interval.high))
    }
