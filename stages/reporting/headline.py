"""Did tuning help, by how much, and how sure is that."""

from dataclasses import dataclass

from stages.common.records import CRITERIA, ROLES, TOTAL_MAX
from stages.reporting.evidence import Estimate, Evidence
from stages.reporting.wording import Wording

QUESTION = "full-base"  # the pair that answers whether tuning helped


@dataclass(frozen=True)
class Model:
    """One model's scores over the test rows."""

    role: str
    rows: int
    total: Estimate  # 0 to 15
    percent: Estimate
    best: float  # percent
    worst: float
    criteria: dict[str, float]  # 0 to 5
    alone: Estimate | None  # the total of its answers when each was scored alone


@dataclass(frozen=True)
class Pair:
    """How one model does against another, from the first one's side. Rates are shares from 0 to 1."""

    name: str
    rows: int
    win: Estimate
    tie: Estimate
    loss: Estimate
    ties_half: Estimate | None  # win rate with ties as half
    gain: Estimate | None  # in points of the total
    verdict: str  # better, worse, unresolved
    rows_to_decide: int  # 0 where it is decided

    @property
    def first(self) -> str:
        return self.name.split("-")[0]

    @property
    def second(self) -> str:
        return self.name.split("-")[1]


def models(evidence: Evidence) -> list[Model]:
    """The models that were judged, from the least trained to the best."""
    found = []
    for role in ROLES:
        total, percent = (evidence.estimate("judge", "models", role, name) for name in ("total", "percent"))
        if total is not None and percent is not None:
            figures = evidence.part("judge", "models", role)
            criteria = {name: figures[name] for name in CRITERIA}
            best, worst = figures["percent_best"], figures["percent_worst"]
            alone = evidence.estimate("judge", "solo", role, "total")
            found.append(Model(role, figures["rows"], total, percent, best, worst, criteria, alone))
    return found


def pairs(evidence: Evidence) -> list[Pair]:
    """The pairs that were judged, in the order of the metrics."""
    found = []
    for name, figures in evidence.part("judge", "pairs").items():
        win, tie, loss = (evidence.estimate("judge", "pairs", name, f"{one}_rate") for one in ("win", "tie", "loss"))
        if win is not None and tie is not None and loss is not None:
            ties_half, gain = (evidence.estimate("judge", "pairs", name, one) for one in ("win_rate_ties_half", "gain"))
            decided, needed = figures.get("verdict", "unresolved"), int(figures.get("rows_to_decide", 0))
            found.append(Pair(name, figures["rows"], win, tie, loss, ties_half, gain, decided, needed))
    return found


def answer(found: list[Pair], wording: Wording) -> str:
    """The shortest answer to "did tuning help?"."""
    verdict = next((pair.verdict for pair in found if pair.name == QUESTION), "unknown")
    return wording.text(f"headline.{verdict}")


def sentence(pair: Pair, wording: Wording) -> str:
    """Who is better, by how much, and how sure that is."""
    said = [
        wording.text(f"pairs.{pair.verdict}", first=pair.first, second=pair.second),
        wording.text(
            "pairs.rates",
            first=pair.first,
            rows=wording.integer(pair.rows),
            win=wording.estimate(pair.win, wording.percent),
            tie=wording.estimate(pair.tie, wording.percent),
            loss=wording.estimate(pair.loss, wording.percent),
        ),
    ]
    if pair.ties_half:
        said.append(wording.text("pairs.ties_half", rate=wording.estimate(pair.ties_half, wording.percent)))
    if pair.gain:
        said.append(wording.text("pairs.gain", gain=wording.estimate(pair.gain, wording.signed), max=TOTAL_MAX))
    if pair.rows_to_decide:
        said.append(wording.text("pairs.rows_to_decide", rows=wording.integer(pair.rows_to_decide)))
    text = " ".join(said)
    return text[0].upper() + text[1:]
