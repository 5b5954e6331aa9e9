"""Batch jobs in the journal: which requests are in them, and the money that is set aside until their answers are there.

A job and its requests are noted before anything is sent, under a name that the job then has at the provider as well. A
run that was killed at any moment is followed by one that looks for the job of that name, and asks for no other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from stages.llm.database import Database
from stages.llm.orders import Order
from stages.llm.request import Reply

if TYPE_CHECKING:
    from stages.llm.journal import Owner

ROUNDING = 1e-9  # dollars: the rounding error that a sum of thousands of prices may have


@dataclass(frozen=True)
class BatchJob:
    """A job, as far as one run wants its answers."""

    name: str  # ours, which the job has at the provider, too
    id: str  # the provider's; "" as long as nobody knows whether the provider has it
    started: float  # seconds of the Unix clock
    keys: frozenset[str]  # of the requests whose answers are missing


class BatchJobs:
    """The jobs of all processes. Who waits for a job has claims on its requests."""

    def __init__(
        self,
        database: Database,
        me: Callable[[], "Owner"],
        insert: Callable[[Connection, Order, Reply], object],
        clock: Callable[[], float],
    ) -> None:
        """`insert` writes an answer to the journal, within a transaction."""
        self._database, self._me, self._insert, self._clock = database, me, insert, clock

    def usd(self, stage: str) -> float:
        """US dollars that are set aside for requests in jobs."""
        query = "SELECT coalesce(sum(usd), 0.0) FROM batched JOIN jobs ON jobs.name = job WHERE stage = ?"
        return float(self._number(query, stage))

    def has(self, key: str) -> bool:
        """Whether a request is in a job, and its answer isn't there yet."""
        return bool(self._number("SELECT count(*) FROM batched WHERE key = ?", key))

    def have_any(self, keys: Collection[str]) -> bool:
        return any(key in keys for (key,) in self._database.rows("SELECT key FROM batched"))

    def begin(self, wanted: Sequence[tuple[Order, int]]) -> tuple[BatchJob | None, list[tuple[Order, int]]]:
        """Notes a new job of those requests that nobody else asks, that are in no other job, and that the budget has
        room for; the job is on the disk when this returns.

        `wanted` are orders at the price of a batch, all of one stage and model, each with the id that a usable answer
        exceeds. Returns the job, None if it would be empty, and the orders that the budget has no room for now.
        """
        if not wanted:
            return None, []
        order = wanted[0][0]
        name = f"wikitune-{order.stage}-{uuid4().hex}"
        started = self._clock()
        with self._database.transaction(durable=True) as connection:
            for (owner,) in connection.execute("SELECT DISTINCT owner FROM claims").fetchall():
                self._is_alive(connection, owner)  # the dead set nothing aside
            room = self._room(order)
            free = [(order, after) for order, after in wanted if self._is_free(connection, order, after)]
            taken: list[Order] = []
            for order, _ in free:
                if order.worst_usd > room + ROUNDING:
                    break
                room -= order.worst_usd
                taken.append(order)
            if taken:
                values = (name, order.stage, order.endpoint, order.params.model, "", started)
                connection.execute("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?)", values)
                rows = [(order.key, name, order.worst_usd) for order in taken]
                connection.executemany("INSERT INTO batched VALUES (?, ?, ?)", rows)
                self._claim(connection, taken)
        keys = frozenset(order.key for order in taken)
        return BatchJob(name, "", started, keys) if taken else None, free[len(taken) :]

    def adopt(self, orders: dict[str, Order]) -> list[BatchJob]:
        """The jobs that have any of these requests and for which no living process waits. From now on, this one does.

        `orders` are by key.
        """
        with self._database.transaction() as connection:
            keys = defaultdict(set)
            for key, job in connection.execute("SELECT key, job FROM batched").fetchall():
                if key in orders and not self._is_claimed(connection, key):
                    keys[job].add(key)
            self._claim(connection, [orders[key] for wanted in keys.values() for key in wanted])
            jobs = connection.execute("SELECT name, id, started FROM jobs ORDER BY started").fetchall()
        return [BatchJob(job, number, started, frozenset(keys[job])) for job, number, started in jobs if job in keys]

    def confirm(self, job: BatchJob, id: str) -> BatchJob:
        """Notes that the provider has the job, and how it calls it."""
        with self._database.transaction(durable=True) as connection:
            connection.execute("UPDATE jobs SET id = ? WHERE name = ?", (id, job.name))
        return replace(job, id=id)

    def keep(self, job: BatchJob, answers: Sequence[tuple[Order, Reply]]) -> list[tuple[Order, Reply]]:
        """Keeps answers, in one transaction; returns those that weren't kept before. They are on the disk when this
        returns."""
        new = []
        with self._database.transaction(durable=True) as connection:
            for order, reply in answers:
                missing = "DELETE FROM batched WHERE key = ? AND job = ?"
                if connection.execute(missing, (order.key, job.name)).rowcount:
                    self._insert(connection, order, reply)
                    connection.execute("DELETE FROM claims WHERE key = ?", (order.key,))
                    new.append((order, reply))
        return new

    def close(self, job: BatchJob) -> None:
        """Ends a job for this run: what has no answer yet gets none from it. A job that has requests that this run
        doesn't want stays for a run that does."""
        with self._database.transaction(durable=True) as connection:
            rows = [(key, job.name) for key in job.keys]
            connection.executemany("DELETE FROM batched WHERE key = ? AND job = ?", rows)
            claims = [(key, self._me().name) for key in job.keys]
            connection.executemany("DELETE FROM claims WHERE key = ? AND owner = ?", claims)
            empty = "DELETE FROM jobs WHERE name = ? AND NOT EXISTS (SELECT * FROM batched WHERE job = name)"
            connection.execute(empty, (job.name,))

    def release(self, job: BatchJob) -> None:
        """Ends this process's claims on a job that goes on at the provider."""
        with self._database.transaction() as connection:
            claims = [(key, self._me().name) for key in job.keys]
            connection.executemany("DELETE FROM claims WHERE key = ? AND owner = ?", claims)

    def missing(self, job: BatchJob) -> list[str]:
        """The keys that this run wants and that have no answer yet, in their order."""
        rows: list[Any] = self._database.rows("SELECT key FROM batched WHERE job = ? ORDER BY rowid", job.name)
        return [key for (key,) in rows if key in job.keys]

    def _room(self, order: Order) -> float:
        """What the budget has room for, in US dollars."""
        spent = self._number("SELECT coalesce(sum(usd), 0.0) FROM answers WHERE stage = ?", order.stage)
        reserved = self._number("SELECT coalesce(sum(usd), 0.0) FROM claims WHERE stage = ?", order.stage)
        return float(order.params.budget_usd - spent - reserved - self.usd(order.stage))

    def _is_free(self, connection: Connection, order: Order, after: int) -> bool:
        """Whether a request has to be asked, and nobody does."""
        answered = "SELECT count(*) FROM answers WHERE key IN (?, ?) AND id > ?"
        if self._number(answered, order.key, order.key_with_limit, after) or self.has(order.key):
            return False
        return not self._is_claimed(connection, order.key)

    def _is_claimed(self, connection: Connection, key: str) -> bool:
        """Whether a living process asks a request, perhaps this one."""
        owners = connection.execute("SELECT owner FROM claims WHERE key = ?", (key,)).fetchall()
        return any(self._is_alive(connection, owner) for (owner,) in owners)

    def _is_alive(self, connection: Connection, owner: str) -> bool:
        """Whether the owner of a claim is alive; if not, all its claims are ended."""
        if self._me().is_alive(owner):
            return True
        connection.execute("DELETE FROM claims WHERE owner = ?", (owner,))
        return False

    def _claim(self, connection: Connection, orders: Sequence[Order]) -> None:
        """The dollars are set aside with the job, as they stay so if this process ends."""
        owner = self._me().name
        rows = [(order.key, owner, order.stage, order.endpoint, order.params.model, 0.0) for order in orders]
        connection.executemany("INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _number(self, query: str, *values: object) -> Any:
        return self._database.rows(query, *values)[0][0]
