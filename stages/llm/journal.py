"""The journal: every answer of a language model, kept before anyone parses it, for all processes and all runs.

`wikitune journal` lists what was spent, prints answers and removes them.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Literal, Self

from stages.common.errors import StageError
from stages.common.files import cache_folder
from stages.llm.database import Database, explained
from stages.llm.orders import Order
from stages.llm.owners import Owner
from stages.llm.request import Reply
from stages.llm.secrets import scrub
from stages.llm.turns import Turns

FILE = "journal.sqlite"
COPIES = 2  # of an answer on the disk: in SQLite's log, and then in the file
SPARE = 128 * 1024  # bytes, for the log of claims and places
ROUNDING = 1e-9  # dollars: what a sum of thousands of prices may be off by


@dataclass(frozen=True)
class Answer:
    id: int  # later answers have larger ones
    reply: Reply


class Journal:
    """Answers, and what processes must agree on: who asks what, what is spent and, in `turns`, when they may ask."""

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder or cache_folder("llm")
        self._clock = clock
        self._database = Database(self._folder / FILE)
        self.turns = Turns(self._database, clock)
        self._owner: Owner | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._database.close()
        if self._owner:
            self._owner.close()

    def latest(self, key: str) -> Answer | None:
        columns = "id, raw, finish, input_tokens, output_tokens, detail"
        query = f"SELECT {columns} FROM answers WHERE key = ? ORDER BY id DESC LIMIT 1"
        rows: list[Any] = self._database.rows(query, key)
        return Answer(rows[0][0], Reply(*rows[0][1:])) if rows else None

    def last_id(self) -> int:
        return int(self._number("SELECT coalesce(max(id), 0) FROM answers"))

    def spent(self, stage: str) -> float:
        """US dollars, by all runs and all processes."""
        return float(self._number("SELECT coalesce(sum(usd), 0.0) FROM answers WHERE stage = ?", stage))

    def claim(self, order: Order, after: int) -> Answer | Literal["granted", "wait"]:
        """The answer, where there is one that is newer than `after`; else the right to ask, and money set aside for it.

        "wait" where a living process asks the same, or where what requests under way may cost has to be known first.
        Raises StageError where the budget or the disk has no room for this request.
        """
        with self._database.transaction() as connection:
            answer = self.latest(order.key)
            if answer and answer.id > after:
                return answer
            holders = connection.execute("SELECT owner FROM claims WHERE key = ?", (order.key,)).fetchall()
            if any(self._alive(connection, owner) for (owner,) in holders) or not self._affordable(connection, order):
                return "wait"
            under_way = self._number("SELECT count(*) FROM claims")
            self._database.make_sure_of_room((under_way + 1) * order.most_bytes * COPIES + SPARE)
            connection.execute(
                "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?)",
                (order.key, self._me().name, order.stage, order.endpoint, order.params.model, order.worst_usd),
            )
        return "granted"

    def record(self, order: Order, reply: Reply) -> Answer:
        """Keeps a reply, on the disk when this returns, and ends the claim."""
        kept = replace(reply, raw=_storable(reply.raw), detail=_storable(reply.detail))
        request = order.request
        values = [
            *(order.key, order.stage, order.endpoint, order.params.model),
            datetime.fromtimestamp(self._clock(), UTC).date().isoformat(),
            *map(_storable, (request.name, request.system, request.prompt)),
            *(kept.raw, kept.finish, kept.input_tokens, kept.output_tokens, kept.detail),
            order.usd(kept),
        ]
        with self._database.transaction(durable=True) as connection:
            cursor = connection.execute(
                "INSERT INTO answers (key, stage, endpoint, model, day, name, system, prompt,"
                " raw, finish, input_tokens, output_tokens, detail, usd)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
            connection.execute("DELETE FROM claims WHERE key = ?", (order.key,))
        return Answer(cursor.lastrowid or 0, kept)

    def release(self, order: Order) -> None:
        """Ends this process's claim without an answer. One that cannot be ended here ends with the process."""
        with suppress(StageError), self._database.transaction() as connection:
            connection.execute("DELETE FROM claims WHERE key = ? AND owner = ?", (order.key, self._me().name))

    def form(self, endpoint: str, model: str) -> str | None:
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

    def _affordable(self, connection: Connection, order: Order) -> bool:
        worst, budget = order.worst_usd, order.params.budget_usd
        if worst == 0:
            return True
        owners = connection.execute("SELECT DISTINCT owner FROM claims WHERE stage = ?", (order.stage,)).fetchall()
        for (owner,) in owners:
            self._alive(connection, owner)
        spent = self.spent(order.stage)
        reserved = self._number("SELECT coalesce(sum(usd), 0.0) FROM claims WHERE stage = ?", order.stage)
        if spent + reserved + worst <= budget + ROUNDING:
            return True
        if reserved:
            return False
        raise StageError(
            f"{order.stage}: ${spent:.4f} of budget_usd {budget:g} is spent, by all runs in the journal, and "
            f"{order.request.name} may cost ${worst:.4f} more.\n"
            f"  What was bought is kept. Raise the budget_usd of {order.stage} and run again: only what is missing is "
            "asked;\n"
            "  or remove old answers, and what they cost, with `wikitune journal --prune --stage "
            f"{order.stage}`"
        )

    def _alive(self, connection: Connection, owner: str) -> bool:
        """Whether that owner lives; the claims of one that doesn't are ended."""
        if self._me().alive(owner):
            return True
        connection.execute("DELETE FROM claims WHERE owner = ?", (owner,))
        return False

    def _me(self) -> Owner:
        if self._owner is None:
            with explained(self._database.path):
                self._owner = Owner(self._folder)
        return self._owner

    def _number(self, query: str, *values: object) -> Any:
        return self._database.rows(query, *values)[0][0]


def _storable(text: str) -> str:
    """Without keys, and without halves of characters, which a model may answer and SQLite doesn't take."""
    return scrub(text).encode(errors="replace").decode()
