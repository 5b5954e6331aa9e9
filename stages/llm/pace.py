"""How many requests are under way at once: as many as the server answers well, so that nobody has to know how many.

More at once are tried by doubling, and kept if the server then gives more answers a second. This finds the 2 slots of
a laptop as well as the 64 of a server that answers in batches. A time-out or a 429 halves the number.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable

GAIN = 1.4  # the least factor by which answers a second must rise for twice as many at once to be worth it
FEWEST_ANSWERS = 8  # to measure how many come a second
REST = 8  # rounds of answers until more at once are tried again, after that brought nothing or was too much


class AdaptiveLimit:
    """A semaphore whose size follows the server. For one event loop."""

    def __init__(self, start: int, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = min(start, most)
        self._most, self._clock = most, clock
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_open = False
        self._answers, self._since = 0, 0.0  # the answers of this round, and when their measurement began
        self._before: tuple[int, float] | None = None  # limit and answers a second before the last doubling
        self._rest = 0  # rounds
        self._halved = -1.0  # when

    async def enter(self) -> float:
        """Waits until one more may be under way. Returns the time, for `overloaded`."""
        if self._under_way >= self.limit and not self._is_open:
            place = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                if place.done() and not place.cancelled():  # it got in at the same moment
                    self.leave()
                raise
        else:
            self._under_way += 1
        return self._clock()

    def leave(self) -> None:
        self._under_way -= 1
        self._admit()

    def open(self) -> None:
        """Lets in everyone who waits: the run is stopping, and they must learn of it."""
        self._is_open = True
        self._admit()

    def answered(self) -> None:
        """Notes an answer. A round begins with answers to requests that were sent before it, and they don't count."""
        self._answers += 1
        if self._answers == self.limit:
            self._since = self._clock()
        measured = self._answers - self.limit
        if measured >= max(self.limit, FEWEST_ANSWERS):
            self._answers = 0
            self._end_round(measured / max(self._clock() - self._since, 1e-9))

    def overloaded(self, started: float) -> None:
        """Notes a time-out or a 429. Requests that had `started` before the last halving don't halve again."""
        if started > self._halved:
            self.limit = max(1, self.limit // 2)
            self._before, self._rest = None, REST
            self._answers = 0
            self._halved = self._clock()

    def _end_round(self, rate: float) -> None:
        if self._before is not None:
            limit, earlier_rate = self._before
            self._before = None
            if rate < GAIN * earlier_rate:
                self.limit, self._rest = limit, REST
        if self._rest:
            self._rest -= 1
        elif self._waiting and self.limit < self._most:
            self._before = self.limit, rate
            self.limit = min(2 * self.limit, self._most)
            self._admit()

    def _admit(self) -> None:
        while self._waiting and (self._under_way < self.limit or self._is_open):
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)
