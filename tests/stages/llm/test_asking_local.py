"""A server of one's own, asked by the default settings: time runs 900 times as fast as with a real one."""

import logging
import time
from pathlib import Path
from threading import Semaphore, Timer

import pytest

from stages.common.errors import StageError
from stages.llm import asking, attempts, settings
from tests.stages.llm.plain_client import ask, make_params, make_requests
from tests.stages.llm.plain_server import PlainServer

AUTO = {"local": "auto", "concurrency": "auto", "timeout_seconds": "auto", "attempts": 6}
FASTER = 900


def test_a_server_with_two_slots_answers_every_request(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against six minutes without an answer: eight requests at a time, each cancelled after 120 seconds."""
    slots = Semaphore(2)

    def plan(name: str, count: int) -> str:
        with slots:
            time.sleep(45 / FASTER)
        return "ok"

    params = make_params(**AUTO, usd_per_million_output=2.5)
    seconds = settings.settings_for(params, "http://localhost:1").timeout_seconds / FASTER
    with PlainServer(plan) as server:
        outcomes = ask(server.url, make_requests(60), params.model_copy(update={"timeout_seconds": seconds}), tmp_path)
        assert [outcome.reason for outcome in outcomes] == [None] * 60
        assert set(server.asked().values()) == {1}
        assert server.most_at_once <= 8
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_a_server_that_restarts_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a run that ends because the server takes longer to load its model than the attempts last."""
    monkeypatch.setattr(attempts, "RESTART_POLL", 0.05)
    gone = True

    def plan(name: str, count: int) -> str:
        return "503" if gone and name > "page 0002" else "ok"

    def back() -> None:
        nonlocal gone
        gone = False

    with PlainServer(plan) as server:
        Timer(1.0, back).start()
        outcomes = ask(server.url, make_requests(10), make_params(attempts=2, concurrency=4), tmp_path)
    assert [outcome.reason for outcome in outcomes] == [None] * 10
    assert " attempt 1 of 2 failed: " in caplog.text and " attempt 5 failed: " in caplog.text


def test_a_server_that_stays_away_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against two minutes for each of a thousand requests."""
    monkeypatch.setattr(attempts, "RESTART_POLL", 0.05)
    monkeypatch.setattr(attempts, "RESTART_SECONDS", 0.5)
    monkeypatch.setattr(asking, "RESTART_SECONDS", 0.5)
    with PlainServer(lambda name, count: "503") as server, pytest.raises(StageError, match="answered nothing for"):
        ask(server.url, make_requests(50), make_params(attempts=2, concurrency=4, max_failure_rate=1.0), tmp_path)
