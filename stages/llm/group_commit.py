"""Answers that arrive close together are written together: most of the time of a write is the wait for the disk."""

import asyncio
import logging
import time

from stages.common.errors import StageError
from stages.llm.journal import Journal, JournalEntry
from stages.llm.orders import Order
from stages.llm.request import Reply

log = logging.getLogger(__name__)

# How long answers wait for others to be written with them, as a multiple of how long the last write took. So a third of
# the time at most is spent on waiting for the disk, and an answer counts a few milliseconds later.
PATIENCE = 2.0
LONGEST_WAIT = 0.02  # seconds


class GroupCommit:
    """Writes to the journal, for one event loop. Whoever keeps an answer goes on when it is on the disk."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._waiting: list[tuple[Order, Reply, asyncio.Future[JournalEntry]]] = []
        self._unwritten: list[tuple[Order, Reply]] = []
        self._wait = 0.0  # seconds

    async def keep(self, order: Order, reply: Reply) -> JournalEntry:
        """Keeps a reply and ends its claim. Raises StageError if it can't be written; `close` tries once more.

        A reply is written even if the task that waits for this is cancelled.
        """
        loop = asyncio.get_running_loop()
        entry: asyncio.Future[JournalEntry] = loop.create_future()
        self._waiting.append((order, reply, entry))
        if len(self._waiting) == 1:
            loop.call_later(self._wait, self._write)
        return await entry

    def close(self) -> None:
        """Writes what is left. What the journal has no room for even now is named in the log."""
        self._unwritten += [(order, reply) for order, reply, _ in self._waiting]
        self._waiting = []
        for order, reply in self._unwritten:
            try:
                self._journal.record(order, reply)
            except StageError:
                name = order.request.name
                log.warning("%s: %s: the answer cannot be kept, and is paid for again", order.stage, name)

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, []
        replies = [(order, reply) for order, reply, _ in waiting]
        started = time.monotonic()
        try:
            entries = self._journal.record_all(replies)
        except StageError as error:
            self._unwritten += replies
            for *_, entry in waiting:
                if not entry.done():
                    entry.set_exception(error)
            return
        self._wait = min(PATIENCE * (time.monotonic() - started), LONGEST_WAIT)
        for (*_, entry), written in zip(waiting, entries, strict=True):
            if not entry.done():  # else its task was cancelled
                entry.set_result(written)
