"""The journal's file by itself: what it keeps, what it grants, and what is said when something is wrong with it."""

import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from stages.common.errors import StageError
from stages.llm.clients.schemas import schema_for
from stages.llm.journal import FILE, Answer, Journal
from stages.llm.orders import Order, input_tokens, make_order
from stages.llm.request import Reply
from tests.disks import enlarge, largest_file, small_disk
from tests.stages.llm.plain_client import Words, make_params, make_request

REPLY = Reply('{"word": "A"}', "stop", 10, 5)


def order(name: str, stage: str = "synth", model: str = "parrot", **changes: Any) -> Order:
    return make_order(make_request(name), make_params(model=model, **changes), stage, "openai", "http://here")


def filled(folder: Path, count: int) -> Journal:
    journal = Journal(folder)
    for number in range(count):
        assert journal.claim(order(str(number)), 0) == "granted"
        journal.record(order(str(number)), REPLY)
    return journal


def test_an_answer_is_found_by_what_was_asked_and_not_by_its_name(tmp_path: Path) -> None:
    """Guards against an answer for other words, another model or other settings, and against a journal of names."""
    with filled(tmp_path, 1) as journal:
        found = journal.latest(order("0").key)
        assert found == Answer(1, REPLY)
        for other in (order("1"), order("0", model="owl"), order("0", seed=2), order("0", max_output_tokens=99)):
            assert journal.latest(other.key) is None
        same = order("0", concurrency=1, attempts=9, budget_usd=3.0, requests_per_minute=7, max_failure_rate=1.0)
        assert journal.latest(same.key) == found


def test_the_newest_answer_counts_and_the_older_ones_stay_as_spend(tmp_path: Path) -> None:
    """Guards against an unusable answer that hides its better one, and against money that is forgotten with it."""
    priced = order("0", usd_per_million_input=1000.0, usd_per_million_output=2000.0, budget_usd=1.0)
    with filled(tmp_path, 1) as journal:
        assert journal.claim(priced, after=0) == Answer(1, REPLY)
        assert journal.claim(priced, after=1) == "granted"
        better = Reply("{}", "stop", 10, 5)
        assert journal.record(priced, better) == journal.latest(priced.key) == Answer(2, better)
        assert journal.spent("synth") == pytest.approx(10 * 0.001 + 5 * 0.002)
        assert journal.spent("judge") == 0.0


def test_one_journal_asks_and_the_other_waits_for_its_answer(tmp_path: Path) -> None:
    """Guards against two processes that pay for the same, and against a claim that outlives its request."""
    with Journal(tmp_path) as first, Journal(tmp_path) as second:
        assert first.claim(order("a"), 0) == "granted"
        assert second.claim(order("a"), 0) == first.claim(order("a"), 0) == "wait"
        second.release(order("a"))  # not its own
        assert second.claim(order("a"), 0) == "wait"
        first.release(order("a"))
        assert second.claim(order("a"), 0) == "granted"
        second.record(order("a"), REPLY)
        assert first.claim(order("a"), 0) == Answer(1, REPLY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.lock", FILE]


def test_the_claim_of_an_owner_that_is_gone_is_taken_over(tmp_path: Path) -> None:
    """Guards against a request that nobody may ask because whoever claimed it was killed."""
    with Journal(tmp_path) as second:
        with Journal(tmp_path) as first:
            assert first.claim(order("a"), 0) == "granted"
        assert second.claim(order("a"), 0) == "granted"


PRICES: dict[str, Any] = {"usd_per_million_input": 0.0, "usd_per_million_output": 1000.0}  # 100 tokens at most: $0.1


def test_the_budget_counts_what_is_spent_and_what_is_under_way(tmp_path: Path) -> None:
    """Guards against a budget that each process, each run or each request under way has for itself."""
    orders = [order(name, budget_usd=0.25, **PRICES) for name in "abcd"]
    with Journal(tmp_path) as first, Journal(tmp_path) as second:
        assert (first.claim(orders[0], 0), second.claim(orders[1], 0)) == ("granted", "granted")
        assert second.claim(orders[2], 0) == "wait"  # 0.2 is set aside, and 0.3 would be too much
        assert second.claim(order("other", stage="judge", budget_usd=0.25, **PRICES), 0) == "granted"
        assert second.claim(order("free"), 0) == "granted"
        first.record(orders[0], Reply("{}", "stop", 0, 50))
        assert second.claim(orders[2], 0) == "granted"  # 0.05 spent, 0.1 set aside
        second.record(orders[1], Reply("{}", "stop", 0, 50))
        second.record(orders[2], Reply("{}", "stop", 0, 100))
        with pytest.raises(StageError) as error:
            first.claim(orders[3], 0)
    assert str(error.value) == (
        "synth: $0.2000 of budget_usd 0.25 is spent, by all runs in the journal, and d may cost $0.1000 more.\n"
        "  What was bought is kept. Raise the budget_usd of synth and run again: only what is missing is asked;\n"
        "  or remove old answers, and what they cost, with `wikitune journal --prune --stage synth`"
    )


def test_what_a_dead_owner_set_aside_is_free_again(tmp_path: Path) -> None:
    """Guards against a budget that shrinks with every killed run."""
    with Journal(tmp_path) as second:
        with Journal(tmp_path) as first:
            assert first.claim(order("a", budget_usd=0.1, **PRICES), 0) == "granted"
        assert second.claim(order("b", budget_usd=0.1, **PRICES), 0) == "granted"


def test_a_budget_is_used_to_the_last_cent(tmp_path: Path) -> None:
    """Guards against sums of binary fractions that end a hair above the budget."""
    with Journal(tmp_path) as journal:
        for number in range(10):
            one = order(str(number), budget_usd=1.0, **PRICES)
            assert journal.claim(one, 0) == "granted"
            journal.record(one, Reply("{}", "stop", 0, 100))
        with pytest.raises(StageError, match=r"\$1.0000 of budget_usd 1 is spent"):
            journal.claim(order("more", budget_usd=1.0, **PRICES), 0)


def test_tokens_are_estimated_from_bytes(tmp_path: Path) -> None:
    """Guards against estimates that leave out instructions or schema, or take a Chinese page for a short one."""
    plain, chinese = make_request("a" * 400), make_request("字" * 400)
    schema = len(json.dumps(schema_for(Words)))
    assert input_tokens(plain) == math.ceil((400 + len("\nSay it in capitals." + "Repeat.") + schema) / 4)
    assert input_tokens(chinese) - input_tokens(plain) == 200


class Clock:
    def __init__(self) -> None:
        self.now = 1e9

    def __call__(self) -> float:
        return self.now


def test_requests_of_all_processes_stand_in_one_queue(tmp_path: Path) -> None:
    """Guards against a rate limit for each process, or one that other models share."""
    clock = Clock()
    paced = [order(name, requests_per_minute=60) for name in "abc"]
    with Journal(tmp_path, clock) as first, Journal(tmp_path, clock) as second:
        for journal, one in ((first, paced[0]), (second, paced[1]), (second, paced[2])):
            journal.claim(one, 0)
        assert [first.turns.slot(paced[0]), second.turns.slot(paced[1]), second.turns.slot(paced[2])] == [0.0, 1.0, 2.0]
        assert first.turns.slot(order("a", model="owl", requests_per_minute=60)) == 0.0
        clock.now += 10
        assert [first.turns.slot(paced[0]), second.turns.slot(paced[1])] == [0.0, 1.0]


@pytest.mark.parametrize("jump", [-3600.0, 3600.0, -1e9])
def test_a_clock_that_jumps_costs_a_second(tmp_path: Path, jump: float) -> None:
    """Guards against hours of waiting after the clock was set back, and against a burst after it was set forward."""
    clock = Clock()
    paced = [order(name, requests_per_minute=60) for name in "ab"]
    with Journal(tmp_path, clock) as journal:
        journal.claim(paced[0], 0)
        journal.claim(paced[1], 0)
        assert [journal.turns.slot(one) for one in paced] == [0.0, 1.0]
        clock.now += jump
        first, second = journal.turns.slot(paced[0]), journal.turns.slot(paced[1])
        assert 0.0 <= first <= 2.0 and first + (jump > 0) <= second <= 2.0
        clock.now += 3
        assert journal.turns.slot(paced[0]) == 0.0


def test_the_form_of_a_server_is_kept_by_model(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.form("http://here", "parrot") is None
        journal.keep_form("http://here", "parrot", "text")
        journal.keep_form("http://here", "parrot", "json_schema")
        assert journal.form("http://here", "parrot") == "json_schema"
        assert journal.form("http://here", "owl") is journal.form("http://there", "parrot") is None


def test_a_key_reaches_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against keys that a server echoes or a page holds; short words for servers without keys stay."""
    monkeypatch.setenv("GEMINI_API_KEY", "planted-gemini-key")
    monkeypatch.setenv("GOOGLE_API_KEY", "planted-gemini-key-and-more")
    monkeypatch.setenv("OPENAI_API_KEY", "ollama")
    one, echo = order("planted-gemini-key"), "no planted-gemini-key"
    with Journal(tmp_path) as journal:
        journal.claim(one, 0)
        kept = journal.record(one, Reply("planted-gemini-key-and-more, planted-gemini-key, ollama", "stop", 1, 1, echo))
        assert (kept.reply.raw, kept.reply.detail) == ("[key], [key], ollama", "no [key]")
        assert journal.latest(one.key) == kept
        assert all(b"planted" not in path.read_bytes() for path in tmp_path.iterdir())


def test_half_a_character_is_kept_as_a_question_mark(tmp_path: Path) -> None:
    """Guards against an answer that is paid for and lost, as SQLite takes no half of a surrogate pair."""
    with Journal(tmp_path) as journal:
        assert journal.record(order("a"), Reply("cut \ud83d off\0", "stop", 1, 1)).reply.raw == "cut ? off\0"
        assert journal.latest(order("a").key) == Answer(1, Reply("cut ? off\0", "stop", 1, 1))


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
        assert [journal.latest(order(str(number)).key) is None for number in range(5)] == [False] * 4 + [True]
        assert journal.claim(order("4"), 0) == "granted"
        journal.record(order("4"), REPLY)
    with Journal(torn) as journal:
        assert journal.latest(order("4").key) is not None


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
            assert [journal.latest(order(str(n)).key) is None for n in range(kept + 1)] == [False] * kept + [True]
            assert journal.claim(order(str(kept)), 0) == "granted"


def test_a_file_that_may_not_grow_is_told_and_keeps_what_was_bought(tmp_path: Path) -> None:
    """As a full disk, where the operating system refuses for another reason (a quota)."""
    with Journal(tmp_path) as journal, largest_file(600_000):
        kept, said = write_until_it_fails(journal)
    assert said.startswith(f"{tmp_path / FILE} cannot grow (disk I/O error). The answers until now are in it")
    assert kept > 5
    with Journal(tmp_path) as journal:
        assert [journal.latest(order(str(n)).key) is None for n in range(kept + 1)] == [False] * kept + [True]


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
