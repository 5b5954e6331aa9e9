"""How long many requests take with each client, and a server that answers each of them after 50 ms.

The ideal is the server's time if as many requests as allowed are always under way. CPU seconds are the client's. The
server runs in its own process and speaks both APIs. Answers go to a journal on the disk, where the second run finds all
of them.

    python -m benchmarks.llm_requests
"""

import asyncio
import json
import multiprocessing
import os
import resource
import tempfile
import time
from multiprocessing.connection import Connection
from typing import Any

from stages.common.records import Record
from stages.llm.prompts import fenced
from stages.llm.request import Provider, Request
from stages.llm.service import Service
from tests.stages.llm.plain_client import make_params

MODEL = "tiny"
SECONDS = 0.05  # of the server, per request
RUNS: tuple[tuple[Provider, int, int], ...] = (
    ("openai", 1000, 16),
    ("openai", 10_000, 512),
    ("openai", 10_000, 2048),
    ("gemini", 1000, 16),
)


class Echo(Record):
    word: str


class EchoServer(asyncio.Protocol):
    """One connection: OpenAI's and Gemini's protocol, as far as they are needed. A server of Python's threads would be
    slower than the clients."""

    answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, separator, rest = self.received.partition(b"\r\n\r\n")
        if not separator:
            return
        _, length, value = head.lower().partition(b"content-length:")
        size = int(value.split(b"\r\n")[0]) if length else 0
        if len(rest) >= size:
            self.received = rest[size:]
            self.answer(head.split(b" ", 2)[1].decode(), rest[:size])

    def answer(self, path: str, content: bytes) -> None:
        if path.endswith("/chat/completions"):
            text = reply_to(json.loads(content)["messages"][-1]["content"])
            choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            self.later({"choices": [choice], "usage": {"prompt_tokens": 100, "completion_tokens": 10}})
        elif path.endswith(":generateContent"):
            text = reply_to(json.loads(content)["contents"][-1]["parts"][0]["text"])
            candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}
            usage = {"promptTokenCount": 100, "candidatesTokenCount": 10}
            self.later({"candidates": [candidate], "usageMetadata": usage})
        elif path.endswith(f"/models/{MODEL}"):
            self.send(200, {"name": f"models/{MODEL}"})
        elif path.endswith("/v1/models"):
            self.send(200, {"data": [{"id": MODEL}]})
        else:
            self.send(404, {"error": {"message": "no such page"}})

    def later(self, body: dict[str, Any]) -> None:
        EchoServer.answered += 1
        asyncio.get_running_loop().call_later(SECONDS, self.send, 200, body)

    def send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        head = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        self.transport.write(head.encode() + content)


def reply_to(prompt: str) -> str:
    """The word of a prompt; to the probe, the word that only its schema allows."""
    return json.dumps({"word": prompt.splitlines()[1]}) if "<<<" in prompt else '{"color": "blue"}'


def serve(to_parent: Connection) -> None:
    """Sends its port, and then, whenever it is asked, the number of requests so far."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(EchoServer, "127.0.0.1", 0, backlog=4096)
        to_parent.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(to_parent.recv):
            to_parent.send(EchoServer.answered)

    asyncio.run(run())


def main() -> None:
    to_server, to_parent = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(to_parent,))
    process.start()
    url = f"http://127.0.0.1:{to_server.recv()}"
    os.environ |= {
        "OPENAI_BASE_URL": f"{url}/v1",
        "GOOGLE_GEMINI_BASE_URL": url,
        "GEMINI_API_KEY": "none-is-needed",
        "NO_PROXY": "127.0.0.1",
    }
    os.environ.pop("OPENAI_API_KEY", None)
    before = 0
    print("client   run      at once  requests  seconds  ideal  CPU s    MB")
    for provider, count, at_once in RUNS:
        names = [f"page {number}" for number in range(count)]
        requests = [Request(name=name, system="Repeat.", prompt=fenced("word", name), schema=Echo) for name in names]
        with tempfile.TemporaryDirectory() as folder:
            os.environ["WIKITUNE_CACHE"] = folder
            for run in ("first", "second"):
                started, cpu = time.perf_counter(), time.process_time()
                outcomes = Service("synth", provider, make_params(model=MODEL, concurrency=at_once)).ask(requests)
                seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
                if [outcome.value for outcome in outcomes] != [Echo(word=name) for name in names]:
                    raise SystemExit("an answer is not the one to its question")
                to_server.send(True)
                seen = to_server.recv()
                ideal = count * SECONDS / at_once if run == "first" else 0.0
                megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(
                    f"{provider:<8} {run:<8} {at_once:>7} {seen - before:>9,} {seconds:>8.2f} {ideal:>6.2f} "
                    f"{cpu:>6.2f} {megabytes:>5.0f}"
                )
                before = seen
    to_server.send(False)
    process.join()


if __name__ == "__main__":
    main()
