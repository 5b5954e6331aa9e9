"""The answer: did tuning help, by how much, how sure that is, and what the report lacks."""

from collections.abc import Iterator
from dataclasses import dataclass

from stages.common.records import CRITERIA, ROLES, TOTAL_MAX
from stages.reporting.evidence import METRICS, Evidence, Measurement
from stages.reporting.wording import Wording

QUESTION = "full-base"  # the pair that answers whether tuning helped
FEW_ROWS = 10  # with fewer test rows, an interval says almost nothing


@dataclass(frozen=True)
class ModelScores:
    """One model's scores over the test rows."""

    role: str
    rows: int
    total: Measurement  # 0 to 15
    percent: Measurement  # of the points
    best: float  # percent
    worst: float  # percent
    criteria: dict[str, float]  # 0 to 5
    alone: Measurement | None  # the total of its answers, each scored without another beside it


@dataclass(frozen=True)
class PairResult:
    """How one model does against another, seen from the first one. Rates are shares from 0 to 1."""

    name: str
    rows: int
    win: Measurement
    tie: Measurement
    loss: Measurement
    ties_half: Measurement | None  # win rate in which a tie counts as half a win
    gain: Measurement | None  # in points of the total
    verdict: str  # better, worse or unresolved
    rows_to_decide: int  # 0 if it is decided

    @property
    def first(self) -> str:
        return self.name.split("-")[0]

    @property
    def second(self) -> str:
        return self.name.split("-")[1]


def read_model_scores(evidence: Evidence) -> list[ModelScores]:
    """The models that were judged, from the least trained to the best."""
    models = []
    for role in ROLES:
        total, percent = (evidence.measurement("judge", "models", role, name) for name in ("total", "percent"))
        if total is not None and percent is not None:
            figures = evidence.table("judge", "models", role)
            criteria = {name: figures[name] for name in CRITERIA}
            best, worst = figures["percent_best"], figures["percent_worst"]
            alone = evidence.measurement("judge", "solo", role, "total")
            models.append(ModelScores(role, figures["rows"], total, percent, best, worst, criteria, alone))
    return models


def read_pair_results(evidence: Evidence) -> list[PairResult]:
    """The pairs that were judged, in the order of the metrics."""
    pairs = []
    for name, figures in evidence.table("judge", "pairs").items():
        win, tie, loss, ties_half, gain = (
            evidence.measurement("judge", "pairs", name, figure)
            for figure in ("win_rate", "tie_rate", "loss_rate", "win_rate_ties_half", "gain")
        )
        if win is not None and tie is not None and loss is not None:
            verdict, to_decide = figures.get("verdict", "unresolved"), int(figures.get("rows_to_decide", 0))
            pairs.append(PairResult(name, figures["rows"], win, tie, loss, ties_half, gain, verdict, to_decide))
    return pairs


def describe_answer(pairs: list[PairResult], wording: Wording) -> str:
    """The shortest answer to "did tuning help?"."""
    verdict = next((pair.verdict for pair in pairs if pair.name == QUESTION), "unknown")
    return wording.text(f"headline.{verdict}")


def describe_pair(pair: PairResult, wording: Wording) -> str:
    """Which of two models is better, by how much, and how sure that is."""
    sentences = [
        wording.text(f"pairs.{pair.verdict}", first=pair.first, second=pair.second),
        wording.text(
            "pairs.rates",
            first=pair.first,
            rows=wording.integer(pair.rows),
            win=wording.with_interval(pair.win, wording.percent),
            tie=wording.with_interval(pair.tie, wording.percent),
            loss=wording.with_interval(pair.loss, wording.percent),
        ),
    ]
    if pair.ties_half:
        rate = wording.with_interval(pair.ties_half, wording.percent)
        sentences.append(wording.text("pairs.ties_half", rate=rate))
    if pair.gain:
        gain = wording.with_interval(pair.gain, wording.signed)
        sentences.append(wording.text("pairs.gain", gain=gain, max=TOTAL_MAX))
    if pair.rows_to_decide:
        sentences.append(wording.text("pairs.rows_to_decide", rows=wording.integer(pair.rows_to_decide)))
    text = " ".join(sentences)
    return text[0].upper() + text[1:]


def describe_gaps(evidence: Evidence, wording: Wording) -> Iterator[str]:
    """What the report lacks, a sentence each, the most serious first; nothing for a run that has everything."""
    rows = evidence.rows
    if not rows:
        yield wording.text("gaps.no_rows")
    elif not any(row.answers for row in rows):
        yield wording.text("gaps.no_answers")
    if 0 < len(rows) < FEW_ROWS:
        yield wording.text("gaps.few_rows", rows=len(rows))
    yield from _describe_missing_judgments(evidence, wording)
    for size, curve in evidence.curves.items():
        if not curve:
            yield wording.text("gaps.no_curve", model=size)
    if missing := [name for name in METRICS if not evidence.metrics.get(name)]:
        yield wording.text("gaps.no_metrics", stages=", ".join(missing))


def _describe_missing_judgments(evidence: Evidence, wording: Wording) -> Iterator[str]:
    rows, integer = evidence.rows, wording.integer
    judgments = [judgment for row in rows for judgment in row.judgments]
    if rows and not judgments:
        yield wording.text("gaps.no_judgments")
        return
    if failed := sum(judgment.status == "failed" for judgment in judgments):
        yield wording.text("gaps.failed", failed=integer(failed), judgments=integer(len(judgments)))
    planned = int(evidence.number("judge", "rows_not_judged") or 0)  # by judge.at_most or judge.stop: no gap
    if unjudged := sum(not row.counts for row in rows) - planned:
        yield wording.text("gaps.unjudged", unjudged=integer(unjudged), rows=integer(len(rows)))
