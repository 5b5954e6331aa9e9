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


@dataclass(frozen=True)
class Known:
    """What the journal has: the outcome; or, for what has to be asked, whether its last answer may still be used."""

    outcome: Outcome | None
    goes_on: bool = True


def known(journal: Journal, order: Order) -> Known:
    """An answer of no use is asked again, unless its repair was never asked: then that is what is missing.

    One that was cut is not, at temperature 0: it would be cut again. Nor is a list that stayed too short when repaired.
    """
    answer = journal.latest(order.key)
    if answer is None:
        return Known(None)
    reading = read(order.request, answer.reply)
    if reading.fault is None or (reading.fault == "cut_at_the_limit" and order.params.temperature == 0):
        return Known(outcome(order, reading, answer.reply.raw))
    if reading.fault not in REPAIRABLE:
        return Known(None, goes_on=False)
    repair = order.of(repair_of(order.request, answer.reply.raw, reading))
    repaired = journal.latest(repair.key)
    if repaired is None:
        return Known(None)
    found = fuller(order, (reading, answer.reply.raw), (read(repair.request, repaired.reply), repaired.reply.raw))
    return Known(None, goes_on=False) if found.value is None else Known(found)


def outcome(order: Order, reading: Reading, raw: str) -> Outcome:
    return Outcome(order.request.name, reading.value, reading.fault, reading.detail, raw)


def fuller(order: Order, first: tuple[Reading, str], second: tuple[Reading, str]) -> Outcome:
    """That of the repair, `second`, unless it is faulty too and holds fewer items. Each is a reading and its text."""
    faulty = second[0].fault is not None and first[0].items > second[0].items
    return outcome(order, *(first if faulty else second))
