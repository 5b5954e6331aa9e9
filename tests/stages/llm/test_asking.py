"""Asking a real server over HTTP: how often, in which order, and what is made of its faults."""

import io
import logging
import re
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest
from tenacity import AsyncRetrying, RetryCallState

from stages.common.errors import StageError
from stages.llm.asking import ask_all
from stages.llm.attempts import delay
from stages.llm.journal import Journal
from stages.llm.orders import make_order
from stages.llm.request import AttemptError
from tests.stages.llm.plain_client import (
    PlainClient,
    Words,
    ask,
    make_params,
    make_request,
    make_requests,
    texts,
)
from tests.stages.llm.plain_server import PlainServer


def test_a_thousand_requests_are_asked_once_and_the_second_run_asks_nothing(tmp_path: Path) -> None:
    """Guards against requests that are lost, doubled or out of order."""
    requests = make_requests(1000)
    with PlainServer() as server:
        first = ask(server.url, requests, make_params(concurrency=16), tmp_path)
        assert [outcome.name for outcome in first] == [request.name for request in requests]
        assert [outcome.value for outcome in first] == [
            Words(word=r.name.upper(), items=[r.name, ""]) for r in requests
        ]
        assert server.asked() == {request.name: 1 for request in requests}
        assert server.checks == [None]
    second = ask(server.url, requests, make_params(concurrency=3, attempts=1, budget_usd=9.0), tmp_path)
    assert texts(second) == texts(first)  # with no server there


def test_as_many_are_under_way_as_allowed_and_no_more(tmp_path: Path) -> None:
    """Guards against requests that wait for each other, and against more at once than a server bears."""
    together = Barrier(16)

    def plan(name: str, count: int) -> str:
        together.wait(timeout=20)  # passes when 16 requests are here; breaks, with an error, when fewer are
        return "ok"

    with PlainServer(plan) as server:
        ask(server.url, make_requests(64), make_params(concurrency=16, attempts=1), tmp_path)
        assert server.most_at_once == 16


def test_a_new_request_is_all_that_a_later_run_asks(tmp_path: Path) -> None:
    """Guards against buying everything again for one page more, and against asking again which form a server takes."""
    with PlainServer() as server:
        ask(server.url, make_requests(3), make_params(), tmp_path)
        later = ask(server.url, [*make_requests(4), make_request("page 0000")], make_params(), tmp_path)
        assert server.asked() == {f"page {number:04d}": 1 for number in range(4)}
        assert [outcome.name for outcome in later] == [*(f"page {number:04d}" for number in range(4)), "page 0000"]
        assert server.checks == [None, "json_schema"]
        ask(server.url, make_requests(3), make_params(temperature=0.5), tmp_path)
        assert len(server.seen) == 7


def test_equal_requests_are_asked_once_and_keep_their_names(tmp_path: Path) -> None:
    """Guards against paying twice for one prompt, and against one name for both."""
    request, namesake = make_request("a"), replace(make_request("a"), name="b")
    with PlainServer() as server:
        outcomes = ask(server.url, [request, namesake, request], make_params(), tmp_path)
        assert len(server.seen) == 1
    assert [outcome.name for outcome in outcomes] == ["a", "b", "a"]


FAULTS = ["429", "429 in 0.2", "500", "503", "hang", "reset", "truncated", "wrong_shape", "empty"]


def test_every_answerable_request_is_answered_under_faults(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against faults that lose a request, ask an answered one again, or are counted under another name."""
    lasting = {"page 0005": "500", "page 0025": "blocked", "page 0045": "truncated", "page 0065": "cut"}

    def plan(name: str, count: int) -> str:
        number = int(name.split()[1])
        if name in lasting:
            return lasting[name]
        return FAULTS[number // 10 * 3 % 9 + number % 10] if number % 10 < 3 and count == 0 else "ok"

    params = make_params(concurrency=16, timeout_seconds=1.0, max_failure_rate=0.05, attempts=3)
    with PlainServer(plan) as server, caplog.at_level(logging.WARNING):
        outcomes = ask(server.url, make_requests(90), params, tmp_path)
        times = server.asked()
    assert {outcome.name: outcome.reason for outcome in outcomes if outcome.reason} == {
        "page 0005": "server_error",
        "page 0025": "blocked",
        "page 0045": "not_json",
        "page 0065": "cut_at_the_limit",
    }
    assert all(
        outcome.value == Words(word=outcome.name.upper(), items=[outcome.name, ""])
        for outcome in outcomes
        if not outcome.reason
    )
    assert times["page 0005"] == 3  # attempts
    assert times["page 0025"] == times["page 0065"] == 1  # no repair would change them
    assert times["page 0045"] == 2  # the request and its repair
    faulty = {f"page {number:04d}" for number in range(90) if number % 10 < 3}
    assert {name: count for name, count in times.items() if name not in lasting} == {
        f"page {number:04d}": 2 if f"page {number:04d}" in faulty else 1
        for number in range(90)
        if f"page {number:04d}" not in lasting
    }
    assert "synth: page 0025: no usable answer, blocked (the server withheld the answer: SAFETY)" in caplog.text
    assert len([record for record in caplog.records if "no usable answer" in record.message]) == 4
    failed = [record.message for record in caplog.records if " failed: " in record.message]
    assert len(failed) == 18 + 2  # one line for each attempt after which another follows
    assert any(
        re.fullmatch(r"synth: page 0005: attempt 2 of 3 failed: .*; the next one follows in \d s", m) for m in failed
    )
    raws = {outcome.name: outcome.raw for outcome in outcomes}
    assert raws["page 0045"] == '{"word": "PAGE 0045", "items": ["page 0045",'  # kept as it came


@pytest.mark.parametrize(
    ("temperature", "again"), [(0.5, {"page 0001", "page 0002", "page 0003"}), (0.0, {"page 0001", "page 0002"})]
)
def test_only_what_failed_is_asked_by_the_next_run(tmp_path: Path, temperature: float, again: set[str]) -> None:
    """Guards against errors and unusable answers that are kept as if they were answers, and against buying the same
    unusable answer in every run, as it comes out the same at temperature 0."""
    broken = True
    acts = {"page 0001": "500", "page 0002": "blocked", "page 0003": "truncated"}
    with PlainServer(lambda name, count: acts.get(name, "ok") if broken else "ok") as server:
        params = make_params(attempts=1, max_failure_rate=0.5, temperature=temperature)
        first = ask(server.url, make_requests(6), params, tmp_path)
        assert [outcome.reason for outcome in first] == [None, "server_error", "blocked", "not_json", None, None]
        server.seen.clear()
        broken = False
        second = ask(server.url, make_requests(6), params, tmp_path)
        reasons = {outcome.name: outcome.reason for outcome in second if outcome.reason}
        assert reasons == ({} if temperature else {"page 0003": "not_json"})
        assert server.asked() == dict.fromkeys(again, 1)


def test_a_failed_request_leaves_no_claim(tmp_path: Path) -> None:
    """Guards against a request that no other process may ask until this one ends."""
    params = make_params(attempts=1, max_failure_rate=1.0)
    with PlainServer(lambda name, count: "500") as server, Journal(tmp_path) as journal, Journal(tmp_path) as other:
        (request,) = make_requests(1)
        client = PlainClient(server.url)
        ask_all(client, [request], params, stage="synth", provider="openai", journal=journal)
        assert other.claim(make_order(request, params, "synth", "openai", server.url), 0) == "granted"


def test_too_many_failures_stop_the_run_and_say_how_to_go_on(tmp_path: Path) -> None:
    """Guards against a data set with silent holes, and against a stop at the limit itself."""
    acts = {"page 0001": "blocked", "page 0002": "cut", "page 0003": "blocked"}
    with PlainServer(lambda name, count: acts.get(name, "ok")) as server:
        with pytest.raises(StageError) as error:
            ask(server.url, make_requests(10), make_params(concurrency=1, max_failure_rate=0.2), tmp_path)
        assert len(server.seen) == 4
        assert str(error.value) == (
            "synth: 3 of 10 requests have no usable answer, and max_failure_rate is 0.2: "
            "2 blocked, 1 cut_at_the_limit\n"
            "  among them: page 0001, page 0002, page 0003\n"
            "  Raise max_output_tokens for what was cut\n"
            "  At temperature 0 the same answers would come again, so they are not asked for: choose another model or "
            "seed, or remove an answer with `wikitune journal --prune --stage synth --name NAME`\n"
            "  The answers are in the journal: run again to ask only what has none, or raise max_failure_rate"
        )
        outcomes = ask(server.url, make_requests(10), make_params(concurrency=1, max_failure_rate=0.3), tmp_path)
        assert [outcome.reason for outcome in outcomes].count(None) == 7
        assert server.asked()["page 0000"] == 1


@pytest.mark.parametrize(("act", "asked_again"), [("blocked", 10), ("cut", 0)])
def test_all_failures_are_counted(tmp_path: Path, act: str, asked_again: int) -> None:
    """Guards against a message that counts up to the first failure too many, while the terminal names those that were
    under way then, too, and against one that leaves out what the journal knows."""
    params = make_params(concurrency=10, max_failure_rate=0.1)
    with PlainServer(lambda name, count: act if name >= "page 0020" else "ok") as server:
        ask(server.url, make_requests(20), params, tmp_path)
        for asked in (10, asked_again):
            server.seen.clear()
            with pytest.raises(StageError, match=r"^synth: 10 of 30 requests .*: 10 (blocked|cut_at_the_limit)\n"):
                ask(server.url, make_requests(30), params, tmp_path)
            assert len(server.seen) == asked


def test_failures_up_to_the_rate_are_borne(tmp_path: Path) -> None:
    """Guards against a share that isn't one in binary: 0.29 of 100 is less than 29 there."""
    with PlainServer(lambda name, count: "blocked" if name < "page 0029" else "ok") as server:
        outcomes = ask(server.url, make_requests(100), make_params(max_failure_rate=0.29), tmp_path)
    assert sum(outcome.reason == "blocked" for outcome in outcomes) == 29


@pytest.mark.parametrize("status", ["401", "404"])
def test_a_server_that_refuses_stops_the_run_at_once(tmp_path: Path, status: str) -> None:
    """Guards against a thousand requests with a key that doesn't work, and against retries of them."""
    with PlainServer(lambda name, count: status if name >= "page 0003" else "ok") as server:
        with pytest.raises(StageError, match=rf"{server.url} refuses: .*\n.* What was answered is kept"):
            ask(server.url, make_requests(100), make_params(concurrency=2, max_failure_rate=1.0), tmp_path)
        assert 4 <= len(server.seen) <= 5


def test_what_is_under_way_when_a_run_stops_is_kept(tmp_path: Path) -> None:
    """Guards against answers that are paid for and thrown away because another request failed."""
    with PlainServer(lambda name, count: "401" if name == "page 0000" else "ok", latency=0.3) as server:
        with pytest.raises(StageError, match="refuses"):
            ask(server.url, make_requests(50), make_params(), tmp_path)
        asked = set(server.asked()) - {"page 0000"}
        assert 7 <= len(asked) <= 14  # those under way with it, and those that began before its answer was read
    with Journal(tmp_path) as journal:
        assert journal.last_id() == len(asked)


def test_the_wait_that_a_server_asks_for_is_never_cut_short(tmp_path: Path) -> None:
    """Guards against a back-off that ignores Retry-After."""
    with PlainServer(lambda name, count: "429 in 1.2" if count == 0 else "ok") as server:
        ask(server.url, make_requests(4), make_params(), tmp_path)
        for name in server.asked():
            first, second = (seen.time for seen in server.seen if seen.name == name)
            assert 1.2 <= second - first < 5.0


@pytest.mark.parametrize(("wait", "least", "most"), [(30.0, 30.0, 31.0), (0.0, 0.0, 1.0), (None, 0.0, 2.0)])
def test_the_delay_is_the_server_s_wait_and_at_most_a_second_more(
    wait: float | None, least: float, most: float
) -> None:
    """Guards against a back-off that ignores Retry-After, which the pause of all processes would hide, and against
    requests that all come back in the same moment."""
    state = RetryCallState(AsyncRetrying(), None, (), {})
    state.attempt_number = 2
    error = AttemptError("rate_limited", "busy", again=True, wait=wait)
    state.set_exception((AttemptError, error, None))
    delays = [delay(state) for _ in range(100)]
    assert least <= min(delays) and max(delays) <= most
    assert len(set(delays)) > 50


def test_a_wait_of_hours_is_an_error(tmp_path: Path) -> None:
    """Guards against a run that waits until a daily quota is renewed."""
    said = pytest.raises(StageError, match=r"asks to wait 7,200 seconds, more than 600")
    with PlainServer(lambda name, count: "429 in 7200") as server, said:
        ask(server.url, make_requests(4), make_params(), tmp_path)
    assert set(server.asked().values()) == {1}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_bar_shows_tokens_and_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against paid work whose cost nobody sees while it runs."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    params = make_params(usd_per_million_input=1000.0, usd_per_million_output=10_000.0, budget_usd=50.0)
    with PlainServer() as server:
        ask(server.url, make_requests(2), params, tmp_path)
        ask(server.url, make_requests(5), params, tmp_path)
    last = re.split(r"[\r\n]+", terminal.getvalue().strip())[-1]
    assert re.match(r"synth: 100%\|.*\| 5/5 \[.*answer.*, 45 tokens, \$0\.1800\]", last)


def test_the_client_is_closed_and_not_used_when_nothing_is_missing(tmp_path: Path) -> None:
    """Guards against a second run that needs a server or a key."""
    with PlainServer() as server:
        client = PlainClient(server.url)
        with Journal(tmp_path) as journal:
            for _ in range(2):
                ask_all(client, make_requests(2), make_params(), stage="judge", provider="openai", journal=journal)
        assert client._http is None
        assert (len(server.seen), len(server.checks)) == (2, 1)
