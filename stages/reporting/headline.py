"""The answer: did tuning help, by how much, how sure that is, and what the report lacks."""

from collections.abc import Iterator
from dataclasses import dataclass

from stages.common.harmless import harmless
from stages.common.records import CRITERIA, ROLES, TOTAL_MAX
from stages.judges.constant_answers import OWN_FRAME
from stages.judges.decisions import SIGNIFICANCE
from stages.reporting.evidence import METRICS, Evidence, Measurement
from stages.reporting.wording import NOTHING, Wording

QUESTION = "full-base"  # the pair that answers whether tuning helped
FEW_ROWS = 10  # with fewer test rows, an interval says almost nothing
# Bootstrap intervals of fewer clusters are too narrow (Cameron, Gelbach and Miller, 2008, find them fine from 30 on).
FEW_CLUSTERS = 30
FEW_DECISIVE, DECISIVE_SHARE = 15, 0.1  # a verdict that hangs on so many clusters, or this share of them, says so


@dataclass(frozen=True)
class ModelScores:
    """One model's scores over the test rows."""

    role: str
    rows: int
    total: Measurement  # 0 to 15
    criteria: dict[str, float]  # 0 to 5
    alone: Measurement | None  # the total of its answers, each scored without another beside it
    exact: Measurement | None  # share of exact answers over all test rows, 0 to 1

    @property
    def percent(self) -> float:
        """Of the points, 0 to 100."""
        return 100 * self.total.value / TOTAL_MAX


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
    clusters: int  # pages, and tasks that are about no page
    hangs_on: int  # without so many of them the verdict would fall; 0 if there is none
    p_holm: float | None  # corrected for the number of pairs
    pairs: int  # how many are compared
    labels: int  # rows that people labelled
    corrected: Measurement | None  # ties_half, corrected for the judge's errors by these labels

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
        total = evidence.measurement("judge", "models", role, "total")
        if total is not None:
            figures = evidence.table("judge", "models", role)
            criteria = {name: figures[name] for name in CRITERIA}
            alone = evidence.measurement("judge", "solo", role, "total")
            exact = evidence.measurement("judge", "exact", "all", role)
            models.append(ModelScores(role, figures["rows"], total, criteria, alone, exact))
    return models


def describe_floor(evidence: Evidence, wording: Wording) -> str:
    """What the best of several answers to everything gets, "" if it was not measured. A model below knows less."""
    floor = evidence.table("judge", "checks", "constant")
    if "text" not in floor:
        return ""
    total = wording.decimal(TOTAL_MAX * floor["measured"])
    text = wording.text("models.own_frame") if floor["text"] == OWN_FRAME else f"“{harmless(floor['text'])}”"
    return wording.text("models.floor", text=text, total=total, rows=wording.integer(floor["rows"]))


def read_pair_results(evidence: Evidence) -> list[PairResult]:
    """The pairs that were judged, in the order of the metrics."""
    pairs = []
    judged, clusters = evidence.table("judge", "pairs"), evidence.number("judge", "clusters")
    for name, figures in judged.items():
        win, tie, loss, ties_half, gain, corrected = (
            evidence.measurement("judge", "pairs", name, figure)
            for figure in ("win_rate", "tie_rate", "loss_rate", "win_rate_ties_half", "gain", "corrected_win_rate")
        )
        if win is not None and tie is not None and loss is not None:
            pairs.append(
                PairResult(
                    name=name,
                    rows=figures["rows"],
                    win=win,
                    tie=tie,
                    loss=loss,
                    ties_half=ties_half,
                    gain=gain,
                    verdict=figures.get("verdict", "unresolved"),
                    rows_to_decide=int(figures.get("rows_to_decide", 0)),
                    clusters=int(clusters or figures["rows"]),
                    hangs_on=int(figures.get("hangs_on", 0)),
                    p_holm=figures.get("p_holm"),
                    pairs=len(judged),
                    labels=int(figures.get("labels", 0)),
                    corrected=corrected,
                )
            )
    return pairs


def describe_answer(pairs: list[PairResult], wording: Wording) -> str:
    """The shortest answer to "did tuning help?"."""
    verdict = next((pair.verdict for pair in pairs if pair.name == QUESTION), "unknown")
    return wording.text(f"headline.{verdict}")


def describe_in_a_sentence(pair: PairResult, wording: Wording) -> str:
    """Wins, losses and gain of full over base without their intervals, which stand below it on the page."""
    return wording.text(
        "headline.lead",
        rows=wording.integer(pair.rows),
        win=wording.percent(pair.win.value),
        loss=wording.percent(pair.loss.value),
        gain=wording.signed(pair.gain.value) if pair.gain else NOTHING,
        max=TOTAL_MAX,
    )


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
    text = " ".join(sentences)
    return text[0].upper() + text[1:]


def describe_certainty(pair: PairResult, wording: Wording) -> Iterator[str]:
    """How far to trust the verdict on a pair, a sentence each."""
    side = _side(pair.ties_half)
    if pair.p_holm is not None:
        p, level = wording.p_value(pair.p_holm), wording.percent(SIGNIFICANCE, 0)
        almost = pair.verdict == "unresolved" and side != "unresolved"
        key = ("almost" if almost else "p") + ("_holm" if pair.pairs > 1 else "")
        yield wording.text(f"pairs.{key}", p=p, pairs=pair.pairs, level=level)
    if pair.corrected:
        rate = wording.with_interval(pair.corrected, wording.percent)
        yield wording.text("pairs.corrected", rate=rate, labels=wording.integer(pair.labels))
        if (by_people := _side(pair.corrected)) != pair.verdict:
            yield wording.text(f"pairs.corrected_{by_people}", first=pair.first, second=pair.second)
    elif pair.labels:
        yield wording.text("pairs.few_labels", labels=wording.integer(pair.labels))
    if pair.gain and _side(pair.gain, 0.0) != pair.verdict:
        if pair.verdict == "unresolved":
            yield wording.text("pairs.gain_decided")
        else:
            yield wording.text("pairs.gain_open", first=pair.first, second=pair.second)
    clusters = wording.integer(pair.clusters)
    if 0 < pair.hangs_on <= max(FEW_DECISIVE, DECISIVE_SHARE * pair.clusters):
        yield wording.text("pairs.hangs_on", count=wording.integer(pair.hangs_on), clusters=clusters)
    if pair.clusters < FEW_CLUSTERS:
        yield wording.text("pairs.few_clusters", clusters=clusters)
    if pair.rows_to_decide:
        yield wording.text("pairs.rows_to_decide", rows=wording.integer(pair.rows_to_decide))


def _side(found: Measurement | None, middle: float = 0.5) -> str:
    """Which verdict an interval would give by itself."""
    if found is None or found.low is None or found.high is None or found.low <= middle <= found.high:
        return "unresolved"
    return "better" if found.low > middle else "worse"


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
