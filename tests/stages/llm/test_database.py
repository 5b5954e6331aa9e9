"""The journal's file: what is kept and what is said when something is wrong with it."""

import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock

from stages.common.errors import StageError
from stages.llm.journal import FILE, Journal
from stages.llm.request import Reply
from tests.disks import enlarge, largest_file, small_disk
from tests.stages.llm.test_journal import REPLY, filled, order


@pytest.mark.parametrize("cut", [1, 3000, 5000])
def test_a_torn_last_page_loses_the_last_answer_alone(tmp_path: Path, cut: int) -> None:
    """Guards against a journal that cannot be opened after a power failure, and against half an answer."""
    with filled(tmp_path / "whole", 5):
        torn = tmp_path / "torn"
        torn.mkdir()
        for name in (FILE, f"{FILE}-wal"):
            shutil.copy(tmp_path / "whole" / name, torn)
    with (torn / f"{FILE}-wal").open("r+b") as log:
        log.truncate((torn / f"{FILE}-wal").stat().st_size - cut)
    with Journal(torn) as journal:
        assert [journal.latest(order(str(number))) is None for number in range(5)] == [False] * 4 + [True]
        assert journal.claim(order("4"), 0) == "granted"
        journal.record(order("4"), REPLY)
    with Journal(torn) as journal:
        assert journal.latest(order("4")) is not None


@pytest.mark.parametrize(("offset", "problem"), [(0, "file is not a database"), (4096 * 3, "[Pp]age 4")])
def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path, offset: int, problem: str) -> None:
    """Guards against a traceback, and against a journal that replaces what could still be saved."""
    with filled(tmp_path, 50):
        pass
    file = tmp_path / FILE
    with file.open("r+b") as content:
        content.seek(offset)
        content.write(b"\xa5" * 2048)
    before = file.read_bytes()
    with pytest.raises(StageError, match=rf"{file} is damaged \((.*)({problem})(.*)\)") as error:
        Journal(tmp_path)
    assert "or move it away, with journal.sqlite-wal and journal.sqlite-shm where they are there" in str(error.value)
    assert file.read_bytes() == before


def test_another_format_is_told_and_left_alone(tmp_path: Path) -> None:
    with filled(tmp_path, 1):
        pass
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(StageError, match=r"has format 7, and this version of wikitune knows format 3"):
        Journal(tmp_path)


def test_a_database_of_something_else_is_told_and_left_alone(tmp_path: Path) -> None:
    """Guards against tables that are written into another program's file, and against a traceback over its own."""
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE answers (text)")
    connection.close()
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(StageError) as error:
        Journal(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / FILE} is a database, but no journal of wikitune: it holds 1 table(s) and has no format. It stays "
        "as it is.\n  Move it away, or set WIKITUNE_CACHE to another folder"
    )
    assert (tmp_path / FILE).read_bytes() == before


def test_a_lock_that_another_process_holds_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against advice to make a folder writable that is."""
    monkeypatch.setattr("stages.llm.database.BUSY_SECONDS", 0.1)
    with FileLock(tmp_path / "journal.lock"), pytest.raises(StageError) as error:
        Journal(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / FILE} was locked by another process for 0 seconds (its lock is held).\n"
        "  Wait for that process, or end it, and run again"
    )


def write_until_it_fails(journal: Journal) -> tuple[int, str]:
    long = Reply("x" * 20_000, "stop", 1, 1)
    for number in range(1000):
        try:
            journal.claim(order(str(number)), 0)
            journal.record(order(str(number)), long)
        except StageError as error:
            journal.release(order(str(number)))
            return number, str(error)
    raise AssertionError("the disk is never full")


def test_a_full_disk_is_told_and_keeps_what_was_bought(tmp_path: Path) -> None:
    """Guards against a traceback, and against answers that are lost with the one that didn't fit."""
    folder = tmp_path / "disk"
    with small_disk(folder, "600k"):
        with Journal(folder) as journal:
            kept, said = write_until_it_fails(journal)
        assert re.match(rf"{folder / FILE} cannot grow \([\d,]+ bytes are left, [\d,]+ may be needed\)\.", said)
        assert kept > 5
        enlarge(folder, "10m")
        with Journal(folder) as journal:
            assert [journal.latest(order(str(n))) is None for n in range(kept + 1)] == [False] * kept + [True]
            assert journal.claim(order(str(kept)), 0) == "granted"


def test_a_file_that_may_not_grow_is_told_and_keeps_what_was_bought(tmp_path: Path) -> None:
    """As a full disk, where the operating system refuses for another reason (a quota)."""
    with Journal(tmp_path) as journal, largest_file(600_000):
        kept, said = write_until_it_fails(journal)
    assert said.startswith(f"{tmp_path / FILE} cannot grow (disk I/O error). The answers until now are in it")
    assert kept > 5
    with Journal(tmp_path) as journal:
        assert [journal.latest(order(str(n))) is None for n in range(kept + 1)] == [False] * kept + [True]


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    """Guards against a traceback, for a journal that is there and for one that isn't."""
    folder = tmp_path / "disk"
    with small_disk(folder, "2m"):
        with filled(folder / "llm", 1):
            pass
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        for place in (folder / "llm", folder / "other"):
            with pytest.raises(StageError) as error:
                Journal(place)
            assert str(error.value) == (
                f"{place / FILE} cannot be written (Read-only file system). It keeps the answers of language models.\n"
                "  Make its folder writable, or set WIKITUNE_CACHE to a folder that is"
            )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    """The same, for a folder that another user owns."""
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(StageError, match=r"cannot be written \(Permission denied\)"):
            Journal(tmp_path / "llm")
    finally:
        tmp_path.chmod(0o755)


def test_only_the_owner_may_read_the_journal(tmp_path: Path) -> None:
    """Guards against prompts and answers that every user of a shared machine may read."""
    folder = tmp_path / "llm"
    with Journal(folder) as journal:
        assert journal.claim(order("a"), 0) == "granted"
        rights = {path.name: path.stat().st_mode & 0o777 for path in folder.glob("journal.sqlite*")}
        assert rights == dict.fromkeys(("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"), 0o600)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_journal_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    """Guards against a journal of an earlier version, or a copy from a backup, that stays open to everyone."""
    folder = tmp_path / "llm"
    with Journal(folder) as journal:
        journal.record(order("a"), Reply("{}", "stop", 1, 1))
        for path in (folder, *folder.glob("journal.sqlite*")):
            path.chmod(0o755)
        with Journal(folder) as other:
            assert other.latest(order("a")) is not None
        assert {path.name: path.stat().st_mode & 0o777 for path in folder.glob("journal.sqlite*")} == dict.fromkeys(
            ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"), 0o600
        )
    assert folder.stat().st_mode & 0o777 == 0o700
