"""When the next request to a model may go out: one queue for all processes, in the journal's file."""

from collections.abc import Callable
from typing import Any

from stages.llm.database import Database
from stages.llm.orders import Order


class Turns:
    """Places in the queue, `60 / requests_per_minute` seconds apart, and the times for which a server wants none."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def slot(self, order: Order) -> float:
        """Takes the next place in the queue of all processes that ask this model; returns the seconds until then."""
        interval = 60 / order.params.requests_per_minute
        place = _place(order)
        with self._database.transaction() as connection:
            now = self._clock()
            free = self._held_until(order, now)
            found = connection.execute("SELECT next FROM slots WHERE endpoint = ? AND model = ?", place).fetchone()
            count = "SELECT count(*) FROM claims WHERE endpoint = ? AND model = ?"
            queue = connection.execute(count, place).fetchone()[0]
            # Each request under way has one place at most: a time beyond that is left from a clock that was set back.
            start: float = min(max(free, found[0] if found else free), free + queue * interval)
            connection.execute("INSERT OR REPLACE INTO slots VALUES (?, ?, ?)", (*place, start + interval))
        return start - now

    def hold(self, order: Order, seconds: float) -> None:
        """Until then no process asks this model: the server told one of them to wait."""
        with self._database.transaction() as connection:
            now = self._clock()
            until = max(self._held_until(order, now), now + seconds)
            connection.execute("INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)", (*_place(order), now, until))

    def held(self, order: Order) -> bool:
        """Whether a place that was taken before is of no use now."""
        now = self._clock()
        return self._held_until(order, now) > now

    def _held_until(self, order: Order, now: float) -> float:
        """`now` where nothing is held; a hold that began in the future is left from a clock that was set back."""
        query = "SELECT until FROM holds WHERE endpoint = ? AND model = ? AND since <= ?"
        rows: list[Any] = self._database.rows(query, *_place(order), now)
        return max(now, rows[0][0]) if rows else now


def _place(order: Order) -> tuple[str, str]:
    return order.endpoint, order.params.model
