"""Several processes on one journal, and processes that are killed."""

import json
import logging
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.llm.database import Database
from stages.llm.journal import FILE, Journal
from tests.stages.llm.plain_client import ask, make_params, make_request, make_requests, run, texts
from tests.stages.llm.plain_server import PlainServer

Start = Callable[..., ForkServerProcess]


@pytest.fixture(scope="module")
def start() -> Start:
    """Starts a process of its own that asks `count` requests: forked from one that has imported what it needs."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.stages.llm.plain_client", "__main__"])

    def begin(url: str, count: int, folder: Path, result: Path, **changes: Any) -> ForkServerProcess:
        process = context.Process(target=run, args=(url, count, changes, folder, result))
        process.start()
        return process

    return begin


def held(folder: Path) -> set[str]:
    """The names whose answers the journal has."""
    if not (folder / FILE).exists():
        return set()
    database = Database(folder / FILE)
    names = {str(name) for (name,) in database.rows("SELECT name FROM answers")}
    database.close()
    return names


def test_twenty_kills_cost_no_more_than_what_was_under_way(tmp_path: Path, start: Start) -> None:
    """Guards against answers that are lost or paid again after `kill -9`, and against claims that nobody ends."""
    moments = random.Random(11)
    under_way = 0
    with PlainServer(latency=0.005) as server:
        whole = ask(server.url, make_requests(200), make_params(), tmp_path / "whole")
        server.seen.clear()
        for _ in range(20):
            before = held(tmp_path / "llm")
            asked = len(server.seen)
            process = start(server.url, 200, tmp_path / "llm", tmp_path / "result")
            server.kill(process.pid or 0, after=moments.randint(1, 14), delay=moments.uniform(0, 0.02))
            process.join(30)
            assert process.exitcode == -signal.SIGKILL
            server.settle()
            names = [seen.name for seen in server.seen[asked:]]
            assert len(set(names)) == len(names) and not before & set(names)
            lost = set(names) - held(tmp_path / "llm")
            assert len(lost) <= 8  # concurrency
            under_way += len(lost)
        process = start(server.url, 200, tmp_path / "llm", tmp_path / "result")
        process.join(30)
        assert len(server.seen) == 200 + under_way
    assert json.loads((tmp_path / "result").read_text(encoding="utf-8")) == texts(whole)
    assert under_way > 0
    assert not list((tmp_path / "llm").glob("*.owner"))


def test_two_processes_ask_nothing_twice_and_keep_one_rate(tmp_path: Path, start: Start) -> None:
    """Guards against processes that each pay for all requests, or for an answer that is of no use to either, or that
    each send as many a minute as allowed."""

    def plan(name: str, count: int) -> str:
        server.wait_for_checks(2)
        return "truncated" if name == "page 0007" else "ok"

    with PlainServer(plan, latency=0.01) as server:
        results = [tmp_path / "first", tmp_path / "second"]
        processes = [
            start(server.url, 40, tmp_path / "llm", result, requests_per_minute=1200, max_failure_rate=0.1)
            for result in results
        ]
        for process in processes:
            process.join(30)
        assert [process.exitcode for process in processes] == [0, 0]
        assert server.asked() == {request.name: 1 for request in make_requests(40)} | {"page 0007": 2}  # and its repair
        times = [seen.time for seen in server.seen]
    assert max(times) - min(times) > 1.5  # 39 gaps of 0.05 seconds; at a rate each, half of that
    first, second = (json.loads(result.read_text(encoding="utf-8")) for result in results)
    assert first == second
    assert [name for name, *_ in first] == [request.name for request in make_requests(40)]


def test_two_processes_have_one_budget(tmp_path: Path, start: Start) -> None:
    """Guards against a budget that every process has for itself, and against one that isn't used up."""
    prices = {"usd_per_million_output": 1000.0, "budget_usd": 0.25}  # an answer costs $0.005, and at most $0.1
    with PlainServer(latency=0.005) as server:
        processes = [start(server.url, 100, tmp_path / "llm", tmp_path / name, **prices) for name in ("a", "b")]
        for process in processes:
            process.join(30)
        assert [process.exitcode for process in processes] == [1, 1]
        assert len(server.seen) == 31  # after which 0.155 + 0.1 is too much
    with Journal(tmp_path / "llm") as journal:
        assert journal.spent("synth") == pytest.approx(0.155)


INTERRUPTED = """
import sys
from pathlib import Path
from stages.common.errors import run_stage
from tests.stages.llm.plain_client import ask, make_params, make_requests
url, folder = sys.argv.pop(1), sys.argv.pop(1)  # a stage takes no arguments
run_stage(lambda: print(ask(url, make_requests(50), make_params(), Path(folder))))
"""


def test_an_interrupted_run_leaves_a_sound_journal(tmp_path: Path, root: Path) -> None:
    """Guards against a traceback, a claim or half an answer after Ctrl+C."""

    def plan(name: str, count: int) -> str:
        if name == "page 0019":
            for _ in range(2):  # the second one doesn't wait for what hangs
                os.kill(process.pid, signal.SIGINT)
                time.sleep(1.0)
        return "ok" if name < "page 0019" else "hang"

    with PlainServer(plan) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", INTERRUPTED, server.url, str(tmp_path)], cwd=root, stderr=subprocess.PIPE, text=True
        )
        _, said = process.communicate(timeout=60)
        assert said == (
            f"synth: {server.url} follows a schema in the form json_schema\n"
            "synth: waits for what is under way, as it is paid for; Ctrl+C again ends it at once\n"
            "error: interrupted; `dvc repro` continues after the last finished stage\n"
        )
        assert 12 <= len(held(tmp_path)) <= 19
        database = Database(tmp_path / FILE)
        assert database.rows("SELECT * FROM claims") == []
        database.close()
        assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.lock", FILE]


def test_a_key_is_in_no_file_log_or_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against servers that echo the key in answers and errors."""
    monkeypatch.setenv("OPENAI_API_KEY", "planted-key-0123456789")
    acts = {"page 0001": "400", "page 0002": "500", "page 0003": "few"}
    with PlainServer(lambda name, count: acts.get(name, "ok")) as server, caplog.at_level(logging.DEBUG, "stages"):
        server.echo = "planted-key-0123456789"
        params = make_params(attempts=1, max_failure_rate=0.5)
        requests = [*make_requests(4), make_request("planted-key-0123456789")]
        outcomes = ask(server.url, requests, params, tmp_path)
        assert [outcome.reason for outcome in outcomes] == [None, "bad_request", "server_error", None, None]
        with pytest.raises(StageError) as error:
            ask(server.url, requests, make_params(attempts=1), tmp_path)
        acts["page 0001"] = "401"
        with pytest.raises(StageError, match=r"refuses: .*\[key\]") as refusal:
            ask(server.url, requests, params, tmp_path)
    assert "planted" not in "".join([str(error.value), str(refusal.value), caplog.text, repr(outcomes[:4])])
    assert "[key]" in caplog.text
    assert all(b"planted" not in path.read_bytes() for path in tmp_path.iterdir())
