"""Servers that send too slowly, too much or too deep, and proxies in the way: by OpenAI's protocol, on real sockets."""

import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from stages.common.errors import StageError
from stages.llm.clients.connections import KEPT_SECONDS, Connections
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.request import AttemptError
from tests.stages.llm.clients.conftest import REQUEST, params, use
from tests.stages.llm.clients.local_server import Answer, LocalServer

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@contextmanager
def raw_server(send: Callable[[socket.socket, Event], None]) -> Iterator[str]:
    """The address of a server whose every connection is answered by `send`, after a request has come."""
    stopped = Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve(connection: socket.socket) -> None:
            with connection:
                connection.recv(65536)
                try:
                    send(connection, stopped)
                except OSError:
                    return  # the client has left

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                Thread(target=serve, args=(connection,), daemon=True).start()

        Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)


def error_of(url: str, seconds: float) -> AttemptError:
    client = OpenAICompatibleClient(params(endpoint=url, timeout_seconds=seconds))
    with pytest.raises(AttemptError) as raised:
        use(client, lambda: client.ask(REQUEST))
    return raised.value


def trickle_body(connection: socket.socket, stopped: Event) -> None:
    connection.sendall(HEAD)
    while not stopped.wait(0.1):
        connection.sendall(b"1\r\n \r\n")


def trickle_head(connection: socket.socket, stopped: Event) -> None:
    for byte in HEAD * 100:
        if stopped.wait(0.1):
            return
        connection.sendall(bytes([byte]))


@pytest.mark.parametrize("send", [trickle_body, trickle_head])
def test_a_trickle_holds_no_request_beyond_its_time(send: Callable[[socket.socket, Event], None]) -> None:
    """Guards against a limit on silence alone: a byte now and then held a request for ever."""
    with raw_server(send) as url:
        started = time.monotonic()
        error = error_of(url, 1.0)
        assert (error.reason, error.again) == ("timed_out", True)
        assert str(error) == f"{url} gave no answer within 1 s"
        assert time.monotonic() - started < 3


def test_an_endless_body_takes_no_endless_memory() -> None:
    """Guards against 1.3 GB for one answer."""

    def flood(connection: socket.socket, stopped: Event) -> None:
        connection.sendall(HEAD)
        chunk = b"100000\r\n" + b" " * 2**20 + b"\r\n"
        while not stopped.is_set():
            connection.sendall(chunk)

    with raw_server(flood) as url:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        error = error_of(url, 20.0)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024  # MB
    assert (error.reason, error.again) == ("bad_reply", False)
    assert str(error) == f"{url}/chat/completions answered 200 with more than 33,554,432 bytes"
    assert grown < 150


def test_a_connection_that_was_idle_is_not_used_when_its_server_may_close_it() -> None:
    """Guards against the server's close and the next request that cross on their way."""
    assert KEPT_SECONDS < 5  # uvicorn's, which vLLM and others run on


def test_the_query_of_an_endpoint_is_sent_with_every_request(server: LocalServer) -> None:
    server.pages["/v1/models"] = Answer({"data": []})
    connections = Connections(f"{server.url}/v1?api-version=2024-10-21", {"api-key": "k"})

    async def both() -> list[int]:
        try:
            return [(await connections.get("/models")).status, (await connections.post("/chat", {"a": 1})).status]
        finally:
            await connections.close()

    assert use(OpenAICompatibleClient(params(endpoint=server.url)), both) == [200, 404]
    assert [asked.path for asked in server.asked] == [
        f"/v1{page}?api-version=2024-10-21" for page in ("/models", "/chat")
    ]
    assert server.asked[1].body == {"a": 1} and server.asked[1].headers["api-key"] == "k"


def check_problem(endpoint: str) -> str:
    client = OpenAICompatibleClient(params(endpoint=endpoint, attempts=1, allow_http=True))
    with pytest.raises(StageError) as raised:
        use(client, lambda: client.check(None))
    return str(raised.value)


@pytest.mark.parametrize("status", [407, 502, 503])
def test_a_proxy_in_the_way_is_named_without_its_password(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Guards against "check your key" for what the company's proxy answered."""
    server.pages |= dict.fromkeys(
        ("http://model.example/v1/models", "http://model.example/api/version"), Answer({}, status)
    )
    place = server.url.removeprefix("http://")
    monkeypatch.setenv("HTTP_PROXY", f"http://me:planted-password@{place}")
    monkeypatch.setenv("NO_PROXY", "")
    message = check_problem("http://model.example/v1")
    assert message.endswith(
        f"\n  It is asked through the proxy {place} (HTTP_PROXY or ALL_PROXY in the environment). If that is in the "
        "way, add model.example to NO_PROXY"
    )
    assert f"answered {status}" in message
    assert "planted" not in message
    assert server.asked[0].headers["proxy-authorization"].startswith("Basic ")


def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:planted-password@127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "other.example")
    message = check_problem("http://127.0.0.2:9/v1")
    assert "connection failed" in message and "through the proxy 127.0.0.1:1 " in message
    assert "planted" not in message


def test_a_server_that_no_proxy_stands_before_is_asked_directly(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert "proxy" not in check_problem(f"{server.url}/v1")
    assert server.asked
