"""`wikitune journal`: lists what was spent on language models, prints what they answered, and removes answers."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from stages.common.errors import StageError
from stages.common.files import cache_folder
from stages.common.harmless import harmless
from stages.llm.database import Database
from stages.llm.journal import FILE, TIMED_OUT
from tools.columns import format_table

HEADINGS = ("stage", "model", "day", "answers", "tokens in", "tokens out", "usd")
ALIGNMENT = "<<<>>>>"


@dataclass(frozen=True)
class Filter:
    """Chooses answers: those that meet every condition that isn't None."""

    stage: str | None = None
    model: str | None = None
    before: str | None = None  # a day (UTC), YYYY-MM-DD; that day itself is not included
    name: str | None = None  # of a page or an example
    timed_out: bool = False  # only what was set aside for requests that timed out

    def where(self) -> tuple[str, list[str]]:
        """The SQL condition, and the values of its placeholders."""
        conditions = {"stage = ?": self.stage, "model = ?": self.model, "day < ?": self.before, "name = ?": self.name}
        given = {condition: value for condition, value in conditions.items() if value is not None}
        conditions_alone = [f"key LIKE '{TIMED_OUT} %'"] if self.timed_out else []
        return " AND ".join([*given, *conditions_alone]) or "true", list(given.values())


def print_spending(chosen: Filter, show: str | None, prune: bool, remove_all: bool) -> None:
    """Prints what the chosen answers cost; with `show`, the answers about this page or example; with `prune`, removes
    the chosen answers.

    Raises StageError for `prune` without a filter, unless `remove_all` is set.
    """
    if prune and chosen == Filter() and not remove_all:
        raise StageError(
            "--prune removes answers that were paid for: choose with --stage, --model, --before, --name, or --all"
        )
    path = cache_folder("llm") / FILE
    if not path.is_file():
        print(f"{path}: no answers yet")
        return
    with closing(Database(path)) as database:
        if prune:
            print(prune_answers(database, chosen))
        elif show is not None:
            print(harmless(answers_about(database, show, chosen)))
        else:
            print(spending_table(database, chosen))


def spending_table(database: Database, chosen: Filter) -> str:
    """A line for each stage, model and day, and a last one for all of them together."""
    where, values = chosen.where()
    rows: list[Any] = database.rows(
        "SELECT stage, model, day, count(*), coalesce(sum(input_tokens), 0),"
        " coalesce(sum(output_tokens), 0), sum(usd) FROM answers"
        f" WHERE {where} GROUP BY stage, model, day ORDER BY stage, model, day",
        *values,
    )
    total = ("total", "", "", *(sum(row[column] for row in rows) for column in range(3, len(HEADINGS))))
    table = format_table([HEADINGS, *map(_cells, [*rows, total])], ALIGNMENT)
    return "\n".join([table, *_jobs_under_way(database), str(database.path)])


def _jobs_under_way(database: Database) -> Iterator[str]:
    """A line for each batch job whose answers aren't all in the journal."""
    rows: list[Any] = database.rows(
        "SELECT stage, id, count(*), sum(usd) FROM jobs JOIN batched ON job = name GROUP BY name ORDER BY started"
    )
    for stage, name, count, usd in rows:
        yield f"{stage}: batch job {name or 'not confirmed yet'}: {count:,} requests, ${usd:.4f} set aside"


def _cells(row: tuple[Any, ...]) -> tuple[str, ...]:
    stage, model, day, *counts, usd = row
    return (stage, model, day, *(f"{count:,}" for count in counts), f"{usd:.4f}")


def answers_about(database: Database, name: str, chosen: Filter) -> str:
    """The raw text of the newest answer to each request of that name, the oldest first; repairs are requests, too."""
    where, values = chosen.where()
    rows: list[Any] = database.rows(
        "SELECT stage, model, day, finish, detail, usd, raw FROM answers WHERE id IN"
        f" (SELECT max(id) FROM answers WHERE name = ? AND {where} GROUP BY key) ORDER BY id",
        name,
        *values,
    )
    return "\n\n".join(_answer_texts(rows)) or f"{database.path}: no answer about {name!r}"


def _answer_texts(rows: Iterable[tuple[Any, ...]]) -> Iterable[str]:
    for *words, usd, raw in rows:
        yield f"{' '.join(filter(None, words))} ${usd:.4f}\n{raw}"


def prune_answers(database: Database, chosen: Filter) -> str:
    """Removes the chosen answers, and says how many. For a model with no answers left, the form in which it follows a
    schema is forgotten as well, so the next run probes again.

    Batch jobs of the chosen stage and model are forgotten, too, unless only some of their answers are chosen.
    """
    where, values = chosen.where()
    with database.transaction(durable=True) as connection:
        usd = connection.execute(f"SELECT coalesce(sum(usd), 0.0) FROM answers WHERE {where}", values).fetchone()[0]
        count = connection.execute(f"DELETE FROM answers WHERE {where}", values).rowcount
        if chosen.before is None and chosen.name is None and not chosen.timed_out:
            connection.execute(f"DELETE FROM batched WHERE job IN (SELECT name FROM jobs WHERE {where})", values)
            connection.execute(f"DELETE FROM jobs WHERE {where}", values)
        connection.execute("DELETE FROM forms WHERE (endpoint, model) NOT IN (SELECT endpoint, model FROM answers)")
    database.vacuum()
    return f"{count:,} answer(s) removed, which cost ${usd:.4f}"
