"""Thousands of requests under way at once."""

import asyncio
import json
import multiprocessing
from multiprocessing.connection import Connection

import psutil
import pytest

from stages.llm.service import Service
from tests.stages.llm.plain_client import make_params
from tests.stages.llm.test_service_real_clients import Word, name_of, requests

AT_ONCE = 2000


class _WaitingServer(asyncio.Protocol):
    """OpenAI's protocol. It answers nothing until AT_ONCE requests have come, and then all of them."""

    held: list[tuple[asyncio.Transport, bytes]] = []  # noqa: RUF012 # of all connections together

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, _, body = self.received.partition(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length:")
        if len(body) < int(length.split(b"\r\n")[0] if length else 0):
            return
        self.received = b""
        if b"/v1/models" in head:
            _send(self.transport, {"data": [{"id": "tiny"}]})
            return
        prompt = json.loads(body)["messages"][-1]["content"]
        if "<<<" not in prompt:  # the probe
            _send(self.transport, _completion('{"color": "blue"}'))
            return
        self.held.append((self.transport, prompt))
        if len(self.held) == AT_ONCE:
            for transport, asked in self.held:
                _send(transport, _completion(json.dumps({"word": name_of(str(asked))})))


def _completion(text: str) -> dict[str, object]:
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"choices": [choice], "usage": {"prompt_tokens": 10, "completion_tokens": 5}}


def _send(transport: asyncio.Transport, body: dict[str, object]) -> None:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    transport.write(head.encode() + content)


def _serve(to_parent: Connection) -> None:
    import resource

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(_WaitingServer, "127.0.0.1", 0, backlog=4096)
        to_parent.send(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(to_parent.recv)

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(run())


def test_two_thousand_requests_are_under_way_at_once(monkeypatch: pytest.MonkeyPatch, own_cache: object) -> None:
    """Guards against a limit below what a GPU server answers at once, and megabytes for each connection."""
    to_server, to_parent = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(to_parent,), daemon=True)
    process.start()
    try:
        monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{to_server.recv()}/v1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        before = psutil.Process().memory_info().rss
        params = make_params(model="tiny", concurrency=AT_ONCE, timeout_seconds=60.0, attempts=1)
        outcomes = Service("synth", "openai", params).ask(requests(AT_ONCE))
        grown = psutil.Process().memory_info().rss - before
    finally:
        to_server.send(None)
        process.join()
    assert [outcome.value for outcome in outcomes] == [Word(word=outcome.name) for outcome in outcomes]
    assert grown < AT_ONCE * 100_000  # bytes
