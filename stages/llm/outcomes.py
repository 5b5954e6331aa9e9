"""What became of a request, and what the journal alone can say about it."""

from dataclasses import dataclass

from pydantic import BaseModel

from stages.llm.journal import Journal
from stages.llm.orders import Order
from stages.llm.repair import REPAIRABLE, repair_of
from stages.llm.replies import Reading, read


@dataclass(frozen=True)
class Outcome:
    """`value` with no `reason`; or a reason, and a value as far as it goes where that is `too_few`."""

    name: str
    value: BaseModel | None
    reason: str | None  # a fault of stages/llm/replies.py, or the reason of an AttemptError
    detail: str
    raw: str  # the answer as it came, "" where there is none
    from_journal: bool  # nothing was asked for it in this run


@dataclass(frozen=True)
class Known:
    """What the journal has: the outcome; or, for what has to be asked, whether its last answer may still be used."""

    outcome: Outcome | None
    goes_on: bool = True


def known(journal: Journal, order: Order) -> Known:
    """An answer of no use is asked again, unless its repair was never asked: then that is what is missing."""
    answer = journal.latest(order.key)
    if answer is None:
        return Known(None)
    reading = read(order.request, answer.reply)
    if reading.fault is None:
        return Known(outcome(order, reading, answer.reply.raw, from_journal=True))
    if reading.fault not in REPAIRABLE:
        return Known(None, goes_on=False)
    repair = order.of(repair_of(order.request, answer.reply.raw, reading))
    repaired = journal.latest(repair.key)
    if repaired is None:
        return Known(None)
    second = read(repair.request, repaired.reply)
    if second.fault is not None:
        return Known(None, goes_on=False)
    return Known(outcome(order, second, repaired.reply.raw, from_journal=True))


def outcome(order: Order, reading: Reading, raw: str, *, from_journal: bool) -> Outcome:
    return Outcome(order.request.name, reading.value, reading.fault, reading.detail, raw, from_journal)
