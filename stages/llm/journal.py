"""The journal: every answer of a language model, kept before anyone parses it, for all processes and all runs.

`wikitune journal` lists what was spent, prints answers and removes them.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Literal, Self
from uuid import uuid4

from filelock import FileLock, Timeout

from stages.common.errors import StageError
from stages.common.files import cache_folder
from stages.llm.batch_jobs import ROUNDING, BatchJobs
from stages.llm.database import Database, explain_errors, lock_of
from stages.llm.keys import keys_in_environment, scrub
from stages.llm.orders import Order
from stages.llm.request import Reply

FILE = "journal.sqlite"
TIMED_OUT = "timed out"  # before the key of a request whose answer nobody waited for
COPIES = 2  # of an answer on the disk: in SQLite's log, and then in the file
SPARE = 128 * 1024  # bytes, for the log of claims and turns

_IN_A_JOB = """{stage}: {name} is in a batch job, and the process that waited for that job has ended.
  Run again: its answers are fetched, and not paid for twice"""


@dataclass(frozen=True)
class JournalEntry:
    """An answer in the journal."""

    id: int  # later answers have larger ones
    reply: Reply


class Journal:
    """The answers, and what processes must agree on: who asks what, what is spent and, in `turns`, who asks when."""

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder or cache_folder("llm")
        self._clock = clock
        self._database = Database(self._folder / FILE)
        self.turns = Turns(self._database, clock)
        self.jobs = BatchJobs(self._database, self._me, self._insert_one, clock)
        self._owner: Owner | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()
        if self._owner:
            self._owner.close()

    def file(self, name: str) -> Path:
        """The path of a file beside the journal, which only the owner can read."""
        return self._folder / name

    def latest(self, order: Order) -> JournalEntry | None:
        """The newest answer to this order."""
        columns = "id, raw, finish, input_tokens, output_tokens, detail"
        query = f"SELECT {columns} FROM answers WHERE key IN (?, ?) ORDER BY id DESC LIMIT 1"
        rows: list[Any] = self._database.rows(query, order.key, order.key_with_limit)
        return JournalEntry(rows[0][0], Reply(*rows[0][1:])) if rows else None

    def last_id(self) -> int:
        """The id of the newest entry, 0 if there is none."""
        return int(self._number("SELECT coalesce(max(id), 0) FROM answers"))

    def spent(self, stage: str) -> float:
        """US dollars, by all runs and all processes."""
        return float(self._number("SELECT coalesce(sum(usd), 0.0) FROM answers WHERE stage = ?", stage))

    def claim(self, order: Order, after: int) -> JournalEntry | Literal["granted", "wait"]:
        """The newest answer if its id is above `after`; else the right to ask, with money set aside for the request.

        "wait" if a living process asks the same, or if the money left depends on requests that are under way.
        Raises StageError if the budget or the disk has no room for this request.
        """
        self._me()  # before the transaction, as other processes may open the journal while this one waits for its lock
        with self._database.transaction() as connection:
            entry = self.latest(order)
            if entry and entry.id > after:
                return entry
            holders = connection.execute("SELECT owner FROM claims WHERE key = ?", (order.key,)).fetchall()
            if any(self._is_alive(connection, owner) for (owner,) in holders):
                return "wait"
            if self.jobs.has(order.key):
                raise StageError(_IN_A_JOB.format(stage=order.stage, name=order.request.name))
            if not self._is_affordable(connection, order):
                return "wait"
            under_way = self._number("SELECT count(*) FROM claims")
            self._database.make_sure_of_room((under_way + 1) * order.most_bytes * COPIES + SPARE)
            connection.execute(
                "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?)",
                (order.key, self._me().name, order.stage, order.endpoint, order.params.model, order.worst_usd),
            )
        return "granted"

    def record(self, order: Order, reply: Reply) -> JournalEntry:
        """Keeps a reply and ends its claim. The reply is on the disk when this returns."""
        return self.record_all([(order, reply)])[0]

    def record_all(self, replies: Sequence[tuple[Order, Reply]]) -> list[JournalEntry]:
        """Keeps replies and ends their claims, all of them or, if this raises StageError, none."""
        keys = keys_in_environment()
        with self._database.transaction(durable=True) as connection:
            entries = [self._insert(connection, order, reply, keys) for order, reply in replies]
            connection.executemany("DELETE FROM claims WHERE key = ?", [(order.key,) for order, _ in replies])
        return entries

    def _insert_one(self, connection: Connection, order: Order, reply: Reply) -> JournalEntry:
        return self._insert(connection, order, reply, keys_in_environment())

    def _insert(self, connection: Connection, order: Order, reply: Reply, keys: Sequence[str]) -> JournalEntry:
        kept = replace(reply, raw=_storable(reply.raw, keys), detail=_storable(reply.detail, keys))
        request = order.request
        values = [
            order.key_with_limit if reply.finish == "length" else order.key,
            *(order.stage, order.endpoint, order.params.model),
            datetime.fromtimestamp(self._clock(), UTC).date().isoformat(),
            *(_storable(text, keys) for text in (request.name, request.system, request.prompt)),
            *(kept.raw, kept.finish, kept.input_tokens, kept.output_tokens, kept.detail),
            order.usd(kept),
        ]
        cursor = connection.execute(
            "INSERT INTO answers (key, stage, endpoint, model, day, name, system, prompt,"
            " raw, finish, input_tokens, output_tokens, detail, usd)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        return JournalEntry(cursor.lastrowid or 0, kept)

    def set_aside(self, order: Order) -> None:
        """Counts a request without an answer at the most that it can cost, as its server may charge for it."""
        detail = "timed out: set aside until it is known not to be charged (`wikitune journal --prune --timed-out`)"
        self.record(replace(order, key=f"{TIMED_OUT} {order.key}"), Reply("", "other", None, None, detail))

    def release(self, order: Order) -> None:
        """Ends this process's claim without an answer. If that fails, the claim ends with the process."""
        with suppress(StageError), self._database.transaction() as connection:
            connection.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (order.key, self._me().name))

    def form(self, endpoint: str, model: str) -> str | None:
        """The form in which the server follows a schema best, as far as it is known."""
        rows: list[Any] = self._database.rows(
            "SELECT form FROM forms WHERE endpoint = ? AND model = ?", endpoint, model
        )
        return rows[0][0] if rows else None

    def keep_form(self, endpoint: str, model: str, form: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO forms VALUES (?, ?, ?)", (endpoint, model, form))

    def forget_form(self, endpoint: str, model: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM forms WHERE endpoint = ? AND model = ?", (endpoint, model))

    def _is_affordable(self, connection: Connection, order: Order) -> bool:
        """Whether the budget has room for this request now. Raises StageError if it never will."""
        worst, budget = order.worst_usd, order.params.budget_usd
        if worst == 0:
            return True
        owners = connection.execute("SELECT DISTINCT owner FROM claims WHERE stage = ?", (order.stage,)).fetchall()
        for (owner,) in owners:
            self._is_alive(connection, owner)
        in_jobs = self.jobs.usd(order.stage)
        spent = self.spent(order.stage) + in_jobs
        reserved = self._number("SELECT coalesce(sum(usd), 0.0) FROM claims WHERE stage = ?", order.stage)
        if spent + reserved + worst <= budget + ROUNDING:
            return True
        if reserved:
            return False
        in_a_job = f"${in_jobs:.4f} of it set aside for batch jobs, " if in_jobs else ""
        raise StageError(
            f"{order.stage}: ${spent:.4f} of budget_usd {budget:g} is spent, by all runs in the journal, "
            f"{in_a_job}and {order.request.name} may cost ${worst:.4f} more.\n"
            f"  What was bought is kept. Raise the budget_usd of {order.stage} and run again: only what is missing is "
            "asked;\n"
            "  or remove old answers, and what they cost, with `wikitune journal --prune --stage "
            f"{order.stage}`"
        )

    def _is_alive(self, connection: Connection, owner: str) -> bool:
        """Whether the owner of a claim is alive; if not, all its claims are ended."""
        if self._me().is_alive(owner):
            return True
        connection.execute("DELETE FROM claims WHERE owner = ?", (owner,))
        return False

    def _me(self) -> "Owner":
        if self._owner is None:
            with explain_errors(self._database.path):
                self._owner = Owner(self._folder)
        return self._owner

    def _number(self, query: str, *values: object) -> Any:
        return self._database.rows(query, *values)[0][0]


class Turns:
    """When the next request to a model may be sent: one queue for all processes.

    Turns are as far apart as `requests_per_minute` and `tokens_per_minute` ask for. While a server asks to wait, there
    are none.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database, self._clock = database, clock

    def take(self, order: Order) -> float:
        """Takes the next free turn of the model. Returns the seconds until then."""
        interval = order.seconds_of_a_turn
        server = _server(order)
        with self._database.transaction() as connection:
            now = self._clock()
            free = self._held_until(order, now)
            row = connection.execute("SELECT next FROM slots WHERE endpoint = ? AND model = ?", server).fetchone()
            count = "SELECT count(*) FROM claims WHERE endpoint = ? AND model = ?"
            under_way = connection.execute(count, server).fetchone()[0]
            # Each request under way has at most one turn. A later turn was taken before the clock was set back.
            start: float = min(max(free, row[0] if row else free), free + under_way * interval)
            connection.execute("INSERT OR REPLACE INTO slots VALUES (?, ?, ?)", (*server, start + interval))
        return start - now

    def hold(self, order: Order, seconds: float) -> None:
        """Stops all processes from asking this model for `seconds`, because the server told one of them to wait."""
        with self._database.transaction() as connection:
            now = self._clock()
            until = max(self._held_until(order, now), now + seconds)
            connection.execute("INSERT OR REPLACE INTO holds VALUES (?, ?, ?, ?)", (*_server(order), now, until))

    def is_held(self, order: Order) -> bool:
        """Whether the server wants no requests now, so that a turn taken earlier is void."""
        now = self._clock()
        return self._held_until(order, now) > now

    def _held_until(self, order: Order, now: float) -> float:
        """When the hold on the model ends; `now` if there is none. A hold that begins in the future is ignored: it was
        made before the clock was set back."""
        query = "SELECT until FROM holds WHERE endpoint = ? AND model = ? AND since <= ?"
        rows: list[Any] = self._database.rows(query, *_server(order), now)
        return max(now, rows[0][0]) if rows else now


class Owner:
    """This process, or a part of it, as the owner of claims.

    As long as it lives, it locks a file that only it uses. The operating system releases the lock when the process
    ends, however it ends, so that others know without a time-out or a clock who is alive.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = uuid4().hex
        self._lock = FileLock(self._file(self.name))
        # Killed processes that had no claim left their files. One that begins now must not be taken for one of those.
        with FileLock(lock_of(folder / FILE)):
            for file in folder.glob("*.owner"):
                self.is_alive(file.stem)
            self._lock.acquire(blocking=False)

    def is_alive(self, name: str) -> bool:
        """Whether the owner of that name is alive. If not, its file is removed."""
        if name == self.name:
            return True
        lock = FileLock(self._file(name))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        lock.release()
        self._file(name).unlink(missing_ok=True)
        return False

    def close(self) -> None:
        self._lock.release()
        self._file(self.name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.owner"


def _server(order: Order) -> tuple[str, str]:
    return order.endpoint, order.params.model


def _storable(text: str, keys: Sequence[str]) -> str:
    """Without keys, and without lone surrogates, which a model may answer and SQLite rejects."""
    return scrub(text, keys).encode(errors="replace").decode()
