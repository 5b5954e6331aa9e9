"""One attempt is one request, whatever happens to it, by each of the three ways in which servers are asked."""

import asyncio
import gc
import gzip
import logging
import warnings
from dataclasses import dataclass
from threading import Barrier
from typing import Any

import pytest

from stages.llm.clients import transport
from stages.llm.clients.gemini import GeminiClient
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.request import AttemptError, Client, Reply
from tests.stages.llm.clients.conftest import REQUEST, params, use
from tests.stages.llm.clients.local_server import Answer, Asked, Fault, LocalServer

RAW = '{"score": 3, "reason": "fair"}'
GEMINI: dict[str, Any] = {
    "candidates": [{"content": {"parts": [{"text": RAW}], "role": "model"}, "finishReason": "STOP"}],
    "usageMetadata": {"promptTokenCount": 11, "candidatesTokenCount": 5},
}
CHAT: dict[str, Any] = {
    "choices": [{"message": {"role": "assistant", "content": RAW}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 11, "completion_tokens": 5},
}
OLLAMA: dict[str, Any] = {
    "message": {"role": "assistant", "content": RAW},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 11,
    "eval_count": 5,
}


@dataclass
class Way:
    """A client that is ready to ask, the page that it asks, and the page's good answer."""

    client: Client
    server: LocalServer
    page: str
    good: dict[str, Any]

    def asks(self) -> Reply:
        """One attempt, with the client closed after it; raises what the attempt raises."""
        return use(self.client, lambda: self.client.ask(REQUEST))


@pytest.fixture(params=["gemini", "openai", "ollama"])
def way(request: pytest.FixtureRequest, server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> Way:
    monkeypatch.setenv("GEMINI_API_KEY", "planted-gemini-key")
    monkeypatch.setenv("OPENAI_API_KEY", "planted-openai-key")
    return make(request.param, server)


def make(name: str, server: LocalServer, **changes: Any) -> Way:
    if name == "gemini":
        client: Client = GeminiClient(params(endpoint=server.url, api_key_variable="GEMINI_API_KEY", **changes))
        way = Way(client, server, "/v1beta/models/tiny:generateContent", GEMINI)
    elif name == "openai":
        client = OpenAICompatibleClient(
            params(endpoint=f"{server.url}/v1", api_key_variable="OPENAI_API_KEY", **changes)
        )
        way = Way(client, server, "/v1/chat/completions", CHAT)
    else:
        client = OpenAICompatibleClient(
            params(endpoint=f"{server.url}/v1", api_key_variable="OPENAI_API_KEY", **changes)
        )
        client._ollama = True
        way = Way(client, server, "/api/chat", OLLAMA)
    server.pages[way.page] = Answer(way.good)
    return way


def error_of(way: Way) -> AttemptError:
    with pytest.raises(AttemptError) as raised:
        way.asks()
    return raised.value


def test_a_good_answer_is_a_reply(way: Way) -> None:
    assert way.asks() == Reply(RAW, "stop", 11, 5)
    assert len(way.server.asked) == 1


@pytest.mark.parametrize(("status", "reason"), [(429, "rate_limited"), (500, "server_error"), (503, "overloaded")])
def test_a_failing_server_is_asked_once(way: Way, status: int, reason: str) -> None:
    """Guards against the libraries' own retries, and against a wait that they swallow."""
    way.server.pages[way.page] = Answer({"error": {"message": "words"}}, status, {"Retry-After": "9"})
    error = error_of(way)
    assert (error.reason, error.again, error.wait) == (reason, True, 9.0)
    assert str(error) == f"{way.server.url}{way.page} answered {status}: words"
    assert len(way.server.asked) == 1


@pytest.mark.parametrize("fault", ["reset", "cut", "drop"])
def test_a_broken_connection_is_not_tried_again(way: Way, fault: Fault) -> None:
    """Guards against google-genai over aiohttp, which sends again what the server may have answered and billed."""
    way.server.pages[way.page] = fault
    error = error_of(way)
    assert (error.reason, error.again) == ("connection", True)
    assert len(way.server.asked) == 1


def test_a_dropped_connection_that_was_kept_is_not_tried_again(way: Way) -> None:
    """Guards against the silent second sending on a new connection."""

    async def several_times() -> None:
        await way.client.ask(REQUEST)  # shows that it isn't llama.cpp, to which no connection is kept
        await way.client.ask(REQUEST)
        way.server.pages[way.page] = "drop"
        with pytest.raises(AttemptError, match="connection failed") as raised:
            await way.client.ask(REQUEST)
        assert raised.value.reason == "connection"

    use(way.client, several_times)
    _, kept, used_again = way.server.asked
    assert kept.port == used_again.port, "the connection was to be used again"


def test_a_server_that_hangs_is_left_after_the_time_out(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against google-genai, which waits forever, and openai, which sends again after its time-out."""
    monkeypatch.setenv("GEMINI_API_KEY", "planted-gemini-key")
    for name in ("gemini", "openai", "ollama"):
        way = make(name, server, timeout_seconds=1.5)
        server.pages[way.page] = "hang"
        error = error_of(way)
        assert (error.reason, error.again) == ("timed_out", True)
        assert str(error) == f"{way.client.endpoint} gave no answer within 1.5 s"
    assert len(server.asked) == 3


def test_a_redirect_is_not_followed(way: Way) -> None:
    """Guards against a key that is sent to another server."""
    target = f"{way.server.url}/elsewhere"
    way.server.pages[way.page] = Answer(status=307, headers={"Location": target})
    assert str(error_of(way)) == (
        f"{way.server.url}{way.page} answered 307: it redirects to {target}; set endpoint to that address"
    )
    assert len(way.server.asked) == 1


ODD = [
    b"<html>proxy</html>",
    b"",
    b"[]",
    b'"words"',
    b"{}",
    b'{"candidates": 3, "choices": 3, "message": 3}',
    b'{"candidates": [], "choices": [], "message": []}',
    b'{"candidates": [3], "choices": [{"message": {"content": 3}}], "message": {"content": 3}}',
    b'{"candidates": [{"content": {"parts": [{"text": 3}]}}], "choices": [{"message": {"content": [{"words": 3}]}}]}',
    b'{"candidates": [{"finishReason": "\\ud800"}], "choices": [{"finish_reason": "\\ud800"}], "message": "\\ud800"}',
    b"\xff",
]


@pytest.mark.parametrize("body", ODD)
def test_a_success_that_holds_no_answer_is_kept_as_it_came(way: Way, body: bytes) -> None:
    """Guards against a traceback from a proxy's page, and against an answer that is paid for, can't be read, and is
    bought again and again without a trace."""
    way.server.pages[way.page] = Answer(body)
    reply = way.asks()
    assert (reply.raw, reply.finish) == (body.decode(errors="replace"), "unreadable")
    assert (reply.input_tokens, reply.output_tokens) == (None, None)
    assert reply.detail
    assert len(way.server.asked) == 1


NOTHING: list[Any] = [None, "many", -1, True, [], float("nan"), float("inf"), 10**400]


@pytest.mark.parametrize(("said", "count"), [(11.0, 11), (10.2, 11), (0, 0), *((value, None) for value in NOTHING)])
def test_a_number_of_tokens_may_be_odd(way: Way, said: Any, count: int | None) -> None:
    """Guards against an answer that is lost because of an odd value beside it."""
    numbers = {"promptTokenCount": said, "candidatesTokenCount": said, "prompt_tokens": said, "completion_tokens": said}
    usage = {"usage": numbers, "usageMetadata": numbers, "prompt_eval_count": said, "eval_count": said}
    way.server.pages[way.page] = Answer(way.good | usage)
    assert way.asks() == Reply(RAW, "stop", count, count)


@pytest.mark.parametrize("usage", [None, [], "none", {}])
def test_usage_that_is_missing_is_unknown_and_not_zero(way: Way, usage: Any) -> None:
    """Guards against an answer that counts as free because the server doesn't say what it took."""
    counts = dict.fromkeys(("prompt_eval_count", "eval_count"))
    way.server.pages[way.page] = Answer(way.good | counts | {"usage": usage, "usageMetadata": usage})
    assert way.asks() == Reply(RAW, "stop", None, None)


def test_a_server_that_is_not_there_is_a_connection_error(way: Way) -> None:
    way.server.server_close()
    way.server.shutdown()
    error = error_of(way)
    assert (error.reason, error.again) == ("connection", True)
    assert str(error) == f"{way.client.endpoint}: connection failed: All connection attempts failed"


def test_many_requests_are_under_way_at_once(way: Way) -> None:
    """Guards against a client that asks one after another, or opens a connection for each request."""
    together = Barrier(4)

    def meet(asked: Asked) -> Answer:
        together.wait(timeout=5)
        return Answer(way.good)

    way.server.pages[way.page] = meet

    async def many() -> list[Reply]:
        return await asyncio.gather(*(way.client.ask(REQUEST) for _ in range(8)))

    assert use(way.client, many) == [Reply(RAW, "stop", 11, 5)] * 8


def test_nothing_is_left_open(server: LocalServer) -> None:
    """Guards against unclosed connections, which Python warns of when it collects them."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for name in ("gemini", "openai", "ollama"):
            make(name, server).asks()
        gc.collect()
    assert [str(warning.message) for warning in seen] == []


def test_no_key_in_messages_and_logs(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against a planted key that the server repeats in body and headers."""
    caplog.set_level(logging.DEBUG)

    def echo(asked: Asked) -> Answer:
        sent = asked.headers.get("x-goog-api-key") or asked.headers["authorization"].removeprefix("Bearer ")
        assert sent in ("planted-gemini-key", "planted-openai-key")
        return Answer({"error": {"message": f"no such key: {sent}"}}, 401)

    way.server.pages[way.page] = echo
    error = error_of(way)
    assert str(error) == f"{way.server.url}{way.page} answered 401: no such key: [key]"
    assert (error.reason, error.again) == ("refused", False)
    assert caplog.records, "the libraries log at this level"
    assert "planted" not in caplog.text and "planted" not in repr(error.__cause__)


def test_constructing_asks_nothing(server: LocalServer) -> None:
    """Guards against a client that needs network or key where the journal holds every answer."""
    for name in ("gemini", "openai"):
        way = make(name, server)
        use(way.client, lambda: asyncio.sleep(0))
    assert server.asked == []


def test_an_endless_answer_is_left(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against gigabytes of memory for one answer."""
    monkeypatch.setattr(transport, "MOST_BYTES", 10_000)
    way.server.pages[way.page] = Answer(b" " * 20_000 + b"{}")
    error = error_of(way)
    assert (error.reason, error.again) == ("bad_reply", False)
    assert str(error) == f"{way.server.url}{way.page} answered 200 with more than 10,000 bytes"


def test_a_compressed_answer_is_left(way: Way) -> None:
    way.server.pages[way.page] = Answer(gzip.compress(b" " * 1000), headers={"Content-Encoding": "gzip"})
    assert "answered 200, compressed (gzip), which nobody asked for" in str(error_of(way))
    assert way.server.asked[0].headers["accept-encoding"] == "identity"


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_that_is_nested_too_deep_is_a_named_fault(way: Way, status: int) -> None:
    """Guards against a RecursionError that ends the run."""
    way.server.pages[way.page] = Answer(DEEP, status)
    if status == 200:
        reply = way.asks()
        assert reply.finish == "unreadable" and reply.detail
    else:
        assert error_of(way).reason in ("bad_request", "server_error", "bad_reply")
