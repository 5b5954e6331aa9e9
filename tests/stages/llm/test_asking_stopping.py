"""Runs that something stops: what is under way then, what is kept, and what goes out after it."""

import os
import resource
import signal
import time
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest

from stages.common.errors import StageError
from stages.llm.asking import ask_all
from stages.llm.database import Database
from stages.llm.journal import FILE, Journal
from stages.llm.request import Reply, Request
from tests.stages.llm.plain_client import PlainClient, ask, make_params, make_requests
from tests.stages.llm.plain_server import PlainServer
from tools.spending import Filter, prune_answers


class Faulty(PlainClient):
    """Breaks at the first page, as a library does that meets what it doesn't expect."""

    async def ask(self, request: Request) -> Reply:
        reply = await super().ask(request)
        if request.name == "page 0000":
            raise ZeroDivisionError("a mistake of a library")
        return reply


def test_an_error_that_nobody_foresaw_loses_no_answer_under_way(tmp_path: Path) -> None:
    """Guards against an ExceptionGroup, and against seven answers that are paid for and cancelled with one."""
    with (
        PlainServer(lambda name, count: "ok", latency=0.3) as server,
        Journal(tmp_path) as journal,
        pytest.raises(ZeroDivisionError, match="a mistake of a library"),
    ):
        ask_all(Faulty(server.url), make_requests(50), make_params(), stage="synth", provider="openai", journal=journal)
    asked = set(server.asked())
    assert len(asked) <= 16
    with Journal(tmp_path) as journal:
        assert journal.last_id() == len(asked) - 1


def test_an_error_of_sqlite_that_nobody_foresaw_is_told(tmp_path: Path) -> None:
    """Guards against a traceback for a file in which a table is missing."""
    with Journal(tmp_path):
        pass
    database = Database(tmp_path / FILE)
    with database.transaction() as connection:
        connection.execute("DROP TABLE holds")
    with PlainServer() as server, pytest.raises(StageError) as error:
        ask(server.url, make_requests(3), make_params(), tmp_path)
    database.close()
    assert str(error.value) == (
        f"{tmp_path / FILE} cannot be used (no such table: holds). It keeps the answers of language models, and stays "
        "as it is.\n"
        "  Run again; if that ends the same way, move the file away: then every request is sent, and paid for, again"
    )
    assert server.seen == []


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize(("tokens_in", "tokens_out"), [(None, None), (None, 100), (350, 100)])
def test_no_server_passes_the_budget(
    tmp_path: Path, tokens_in: int | None, tokens_out: int | None, concurrency: int
) -> None:
    """Guards against a server that tells no tokens, so that its answers cost nothing, and against one whose vocabulary
    has hardly more than bytes."""
    prices = {"usd_per_million_input": 1.0, "usd_per_million_output": 10.0}
    params = make_params(budget_usd=0.02, concurrency=concurrency, **prices)
    with PlainServer() as server:
        server.usage = {"input_tokens": tokens_in, "output_tokens": tokens_out}
        with pytest.raises(StageError, match=r"of budget_usd 0.02 is spent"):
            ask(server.url, make_requests(50), params, tmp_path)
        asked = len(server.seen)
    with Journal(tmp_path) as journal:
        assert 0.017 < journal.spent("synth") <= 0.02
        assert journal.last_id() == asked < 20


class Roomy(PlainClient):
    """The disk has room again when the last answer is there."""

    async def close(self) -> None:
        await super().close()
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        )


@pytest.mark.parametrize("client", [Roomy, PlainClient])
def test_nothing_more_is_bought_when_an_answer_cannot_be_kept(
    tmp_path: Path, client: type[PlainClient], caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a full disk on which all further answers are bought and lost; those that came are written when
    the run ends, where they fit then."""
    with PlainServer() as server:
        server.echo = "x" * 1_500_000  # an answer doesn't fit, a claim does
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
        try:
            with Journal(tmp_path) as journal, pytest.raises(StageError, match="cannot grow"):
                ask_all(
                    client(server.url),
                    make_requests(50),
                    make_params(),
                    stage="synth",
                    provider="openai",
                    journal=journal,
                )
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        bought = len(server.seen)
        assert bought == 8
        ask(server.url, make_requests(50), make_params(), tmp_path)
        assert len(server.seen) == (50 if client is Roomy else 58)
    lost = [record for record in caplog.records if "cannot be kept, and is paid for again" in record.message]
    assert len(lost) == (0 if client is Roomy else 8)


def test_while_a_server_wants_no_request_none_goes_out(tmp_path: Path) -> None:
    """Guards against a hundred requests in the second for which one of them was told to wait."""
    with PlainServer(
        lambda name, count: "429 in 1.0" if (name, count) == ("page 0000", 0) else "ok", latency=0.05
    ) as server:
        ask(server.url, make_requests(100), make_params(concurrency=4), tmp_path)
        told = server.seen[0].time
        early = [seen for seen in server.seen if told < seen.time < told + 1.0]
    assert len(early) <= 12  # those under way with it, and those that began before its answer was read
    assert len(server.seen) == 101


def test_a_form_that_a_server_no_longer_takes_is_forgotten(tmp_path: Path) -> None:
    """Guards against a server that was exchanged and whose every run fails, as it is never asked anew for its form."""
    act = "ok"
    with PlainServer(lambda name, count: act) as server:
        ask(server.url, make_requests(1), make_params(), tmp_path)
        act = "400"
        with pytest.raises(StageError, match="bad_request"):
            ask(server.url, make_requests(2), make_params(), tmp_path)
        act = "ok"
        ask(server.url, make_requests(2), make_params(), tmp_path)
        assert server.checks == [None, "json_schema", None]


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_an_interrupt_waits_for_what_is_under_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against eight answers that are paid for and thrown away by Ctrl+C."""
    with PlainServer(lambda name, count: "ok", latency=0.6) as server:
        Timer(0.9, interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            ask(server.url, make_requests(50), make_params(), tmp_path)
        asked = len(server.seen)
        assert asked <= 24
    with Journal(tmp_path) as journal:
        assert journal.last_id() == asked
    assert "waits for what is under way, as it is paid for; Ctrl+C again ends it at once" in caplog.text


def test_a_second_interrupt_ends_the_run_at_once(tmp_path: Path) -> None:
    """Guards against a program that can't be ended while a server hangs."""
    with PlainServer(lambda name, count: "hang") as server:
        for seconds in (0.5, 1.0):
            Timer(seconds, interrupt).start()
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            ask(server.url, make_requests(5), make_params(), tmp_path)
        assert time.monotonic() - started < 10


class Unclosable(PlainClient):
    async def close(self) -> None:
        await super().close()
        raise OSError("the connection is gone already")


def test_an_error_while_closing_loses_nothing(tmp_path: Path) -> None:
    with PlainServer() as server, Journal(tmp_path) as journal, pytest.raises(OSError, match="gone already"):
        ask_all(
            Unclosable(server.url), make_requests(5), make_params(), stage="synth", provider="openai", journal=journal
        )
    with Journal(tmp_path) as journal:
        assert journal.last_id() == 5


def test_what_timed_out_counts_until_it_is_known_not_to_be_charged(tmp_path: Path) -> None:
    """Guards against a provider that charges for what nobody waited for, beside a budget that knows nothing of it."""
    params = make_params(budget_usd=5.0, usd_per_million_output=10_000.0, timeout_seconds=0.5, attempts=2)
    with PlainServer(lambda name, count: "hang" if count == 0 else "ok") as server:
        ask(server.url, make_requests(1), params, tmp_path)
    with Journal(tmp_path) as journal:
        assert journal.spent("synth") == pytest.approx(1.0 + 0.05)  # 100 tokens at most, and the 5 that came
    with closing(Database(tmp_path / FILE)) as database:
        assert prune_answers(database, Filter(timed_out=True)) == "1 answer(s) removed, which cost $1.0000"
    ask(server.url, make_requests(1), params, tmp_path)  # the answer is still there, and nobody is asked
