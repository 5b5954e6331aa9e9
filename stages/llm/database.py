"""The journal's file: SQLite in WAL mode, and a plain message for everything that can be wrong with it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from stages.common.errors import StageError
from stages.common.files import keep_private

FORMAT = 3
BUSY_SECONDS = 60.0  # to wait for another process's transaction, which takes milliseconds
SCHEMA = """
CREATE TABLE answers (           -- what was paid for; the newest row of a key counts, and none is ever changed
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,           -- Order.key, or Order.key_with_limit if the answer was cut
    stage TEXT NOT NULL, endpoint TEXT NOT NULL, model TEXT NOT NULL,
    day TEXT NOT NULL,           -- UTC, for the list of what was spent
    name TEXT NOT NULL, system TEXT NOT NULL, prompt TEXT NOT NULL,
    raw TEXT NOT NULL, finish TEXT NOT NULL,
    input_tokens INTEGER, output_tokens INTEGER, -- NULL if the server doesn't say
    detail TEXT NOT NULL,        -- the server's word for why there is no answer
    usd REAL NOT NULL
);
CREATE INDEX answers_of_a_key ON answers (key);
CREATE INDEX spent_by_a_stage ON answers (stage, usd);
CREATE TABLE claims (            -- requests under way, each with the dollars that are set aside for it
    key TEXT PRIMARY KEY, owner TEXT NOT NULL,
    stage TEXT NOT NULL, endpoint TEXT NOT NULL, model TEXT NOT NULL, usd REAL NOT NULL
);
CREATE TABLE slots (             -- when the next request may go out, in seconds of the Unix clock
    endpoint TEXT NOT NULL, model TEXT NOT NULL, next REAL NOT NULL, PRIMARY KEY (endpoint, model)
);
CREATE TABLE holds (             -- when a server asked to wait, and until when, in seconds of the Unix clock
    endpoint TEXT NOT NULL, model TEXT NOT NULL, since REAL NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (endpoint, model)
);
CREATE TABLE forms (             -- how a server keeps best to a schema
    endpoint TEXT NOT NULL, model TEXT NOT NULL, form TEXT NOT NULL, PRIMARY KEY (endpoint, model)
);
"""
# Added later: an earlier version of wikitune that opens the journal needs no such tables, so the format is the same.
JOBS = """
CREATE TABLE IF NOT EXISTS jobs ( -- batch jobs some of whose answers are missing
    name TEXT PRIMARY KEY,       -- ours; the provider has it beside the job
    stage TEXT NOT NULL, endpoint TEXT NOT NULL, model TEXT NOT NULL,
    id TEXT NOT NULL,            -- the provider's; empty as long as it is unknown
    started REAL NOT NULL        -- seconds of the Unix clock
);
CREATE TABLE IF NOT EXISTS batched ( -- the requests of those jobs without an answer, with the dollars set aside
    key TEXT PRIMARY KEY, job TEXT NOT NULL, usd REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS batched_in_a_job ON batched (job);
"""

DAMAGED = """{path} is damaged ({problem}). It holds answers of language models that were paid for; it stays as it is.
  Put a copy of it from a backup in its place; or move it away, with {name}-wal and {name}-shm where they are there:
  then every request is sent, and paid for, again, and no budget knows what was spent before"""
FOREIGN = """{path} is a database, but no journal of wikitune: {problem}. It stays as it is.
  Move it away, or set WIKITUNE_CACHE to another folder"""
OTHER_FORMAT = """{path} has {problem}, and this version of wikitune knows format {format}.
  Use the version that wrote it, or set WIKITUNE_CACHE to another folder"""
FULL = """{path} cannot grow ({problem}). The answers until now are in it.
  See whether its disk is full, make room, and run again: only what is missing is asked"""
UNWRITABLE = """{path} cannot be written ({problem}). It keeps the answers of language models.
  Make its folder writable, or set WIKITUNE_CACHE to a folder that is"""
BUSY = """{path} was locked by another process for {seconds:.0f} seconds ({problem}).
  Wait for that process, or end it, and run again"""
UNKNOWN = """{path} cannot be used ({problem}). It keeps the answers of language models, and stays as it is.
  Run again; if that ends the same way, move the file away: then every request is sent, and paid for, again"""
ADVICE = {
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_IOERR: FULL,
    sqlite3.SQLITE_READONLY: UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: UNWRITABLE,
    sqlite3.SQLITE_PERM: UNWRITABLE,
    sqlite3.SQLITE_BUSY: BUSY,
}


class Database:
    """An open journal file, created if there is none. Every method raises StageError if something is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_durable: bool | None = None  # as the connection is set; None: by SQLite's default
        with explain_errors(path):
            _keep_private(path)
            # SQLite itself doesn't wait if two processes create the file or turn on WAL mode at the same time.
            with FileLock(lock_of(path), timeout=BUSY_SECONDS):
                self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
                try:
                    self._prepare()
                except BaseException:
                    self._connection.close()
                    raise

    def _prepare(self) -> None:
        problem = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if problem != "ok":
            raise StageError(_advise(DAMAGED, self.path, problem.splitlines()[-1]))
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, FORMAT):
            raise StageError(_advise(OTHER_FORMAT, self.path, f"format {version}"))
        tables = self._connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0]
        if version == 0 and tables:
            raise StageError(_advise(FOREIGN, self.path, f"it holds {tables} table(s) and has no format"))
        self._connection.execute("PRAGMA journal_mode = WAL")
        if version == 0:
            self._connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT")
        self._connection.executescript(JOBS)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """The rows that a query selects; `values` are those of its placeholders."""
        with explain_errors(self.path):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction that locks out all other processes. A `durable` one ends when the data is on the disk."""
        with explain_errors(self.path):
            if durable != self._is_durable:
                self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self._is_durable = durable
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection

    def make_sure_of_room(self, size: int) -> None:
        """Raises StageError if the disk has fewer bytes left than `size`."""
        with explain_errors(self.path):
            free = shutil.disk_usage(self.path.parent).free
        if free < size:
            raise StageError(_advise(FULL, self.path, f"{free:,} bytes are left, {size:,} may be needed"))

    def vacuum(self) -> None:
        with explain_errors(self.path):
            self._connection.execute("VACUUM")

    def close(self) -> None:
        self._connection.close()


def lock_of(path: Path) -> Path:
    """The file that is locked while one process does what others must not do meanwhile, but for transactions."""
    return path.with_suffix(".lock")


def _keep_private(path: Path) -> None:
    """Lets only the owner read the journal and its folder; SQLite's other files get the same rights as the journal when
    they are made."""
    keep_private(path.parent)
    path.touch(0o600)
    for file in path.parent.glob(f"{path.name}*"):
        with suppress(PermissionError, FileNotFoundError):  # another user's, who decides; or closed a moment ago
            file.chmod(0o600)


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """Turns errors of the file system and of SQLite into a StageError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the error, the rest its variant
        raise StageError(_advise(ADVICE.get(code, UNKNOWN), path, str(error))) from error
    except Timeout as error:  # of the lock on the file, and an OSError
        raise StageError(_advise(BUSY, path, "its lock is held")) from error
    except OSError as error:
        raise StageError(_advise(UNWRITABLE, path, error.strerror or str(error))) from error


def _advise(advice: str, path: Path, problem: str) -> str:
    return advice.format(path=path, name=path.name, problem=problem, seconds=BUSY_SECONDS, format=FORMAT)
