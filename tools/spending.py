"""What was spent on language models, what they answered, and its removal: the command line of the journal."""

import argparse
import sys
from argparse import ArgumentTypeError, Namespace
from datetime import date
from pathlib import Path
from typing import Any

from stages.llm.database import Database

HEADINGS = ("stage", "model", "day", "answers", "tokens in", "tokens out", "usd")
TEXTS = 3  # the first columns; the others are numbers, to the right


def command(path: Path) -> None:
    parser = argparse.ArgumentParser("python -m stages.llm.journal", description="What language models have cost.")
    parser.add_argument("--stage", help="only this stage's: synth, curate or judge")
    parser.add_argument("--model", help="only this model's")
    parser.add_argument("--before", type=_day, metavar="DAY", help="only before this day (UTC), as 2025-01-31")
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--show", metavar="NAME", help="print the newest answers about a page or an example instead")
    does.add_argument("--prune", action="store_true", help="remove what was chosen; needed again, it is paid again")
    parser.add_argument("--all", action="store_true", help="with --prune: remove all answers")
    chosen = parser.parse_args()
    if chosen.prune and not (chosen.all or any(_filters(chosen).values())):
        parser.error("--prune removes answers that were paid for: choose with --stage, --model, --before, or --all")
    if not path.is_file():
        sys.stdout.write(f"{path}: no answers yet\n")
        return
    database = Database(path)
    try:
        does_it = prune if chosen.prune else listed if chosen.show is None else shown
        sys.stdout.write(does_it(database, chosen))
    finally:
        database.close()


def listed(database: Database, chosen: Namespace) -> str:
    """A line for each stage, model and day, and one for all of them."""
    where, values = _where(chosen)
    rows: list[Any] = database.rows(
        "SELECT stage, model, day, count(*), coalesce(sum(input_tokens), 0),"
        " coalesce(sum(output_tokens), 0), sum(usd) FROM answers"
        f" WHERE {where} GROUP BY stage, model, day ORDER BY stage, model, day",
        *values,
    )
    total = ("total", "", "", *(sum(row[column] for row in rows) for column in range(TEXTS, len(HEADINGS))))
    return _table([HEADINGS, *map(_words, [*rows, total])]) + f"{database.path}\n"


def shown(database: Database, chosen: Namespace) -> str:
    """The raw text of the newest answer to each request of that name, repairs among them; the oldest first."""
    where, values = _where(chosen)
    rows: list[Any] = database.rows(
        "SELECT stage, model, day, finish, detail, usd, raw FROM answers WHERE id IN"
        f" (SELECT max(id) FROM answers WHERE name = ? AND {where} GROUP BY key) ORDER BY id",
        chosen.show,
        *values,
    )
    heads = (f"{' '.join(filter(None, row[:-2]))} ${row[-2]:.4f}\n{_printable(row[-1])}\n" for row in rows)
    return "\n".join(heads) or f"{database.path}: no answer about {chosen.show!r}\n"


def prune(database: Database, chosen: Namespace) -> str:
    """Removes answers; a model of which none is left is asked anew in which form it keeps to a schema."""
    where, values = _where(chosen)
    with database.transaction(durable=True) as connection:
        usd = connection.execute(f"SELECT coalesce(sum(usd), 0.0) FROM answers WHERE {where}", values).fetchone()[0]
        count = connection.execute(f"DELETE FROM answers WHERE {where}", values).rowcount
        connection.execute("DELETE FROM forms WHERE (endpoint, model) NOT IN (SELECT endpoint, model FROM answers)")
    database.vacuum()
    return f"{count:,} answer(s) removed, which cost ${usd:.4f}\n"


def _filters(chosen: Namespace) -> dict[str, str | None]:
    return {"stage = ?": chosen.stage, "model = ?": chosen.model, "day < ?": chosen.before}


def _where(chosen: Namespace) -> tuple[str, list[str]]:
    given = {condition: value for condition, value in _filters(chosen).items() if value is not None}
    return " AND ".join(given) or "true", list(given.values())


def _printable(text: str) -> str:
    """Without what a terminal would obey instead of showing it."""
    return "".join(one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in text)


def _words(row: tuple[Any, ...]) -> tuple[str, ...]:
    return (*row[:TEXTS], *(f"{number:,}" for number in row[TEXTS:-1]), f"{row[-1]:.4f}")


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < TEXTS else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells) + "\n")
    return "".join(lines)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day such as 2025-01-31") from None
