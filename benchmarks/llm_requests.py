"""How long a thousand requests take with each client library and a server that answers each request after 50 ms.

The ideal is the server's time if as many requests as allowed are always under way. The server runs in its own process
and speaks the library's API. Answers go to a journal on the disk, where the second run finds all of them.

    python -m benchmarks.llm_requests
"""

import multiprocessing
import os
import tempfile
import time
from multiprocessing.connection import Connection
from threading import Thread

from stages.common.records import Record
from stages.llm.prompts import fenced
from stages.llm.request import Provider, Request
from stages.llm.service import Service
from tests.stages.llm.plain_client import make_params
from tests.stages.model_server import MODEL, ModelServer

REQUESTS = 1000
SECONDS = 0.05  # of the server, per request
CONCURRENCY = 16
PROVIDERS: tuple[Provider, ...] = ("openai", "gemini")


class Echo(Record):
    word: str


def echo_word(prompt: str) -> dict[str, object]:
    time.sleep(SECONDS)
    return {"word": prompt.splitlines()[1]}


def serve(to_parent: Connection) -> None:
    """Sends its address, and then, whenever it is asked, the number of requests so far."""
    with ModelServer(echo_word) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        to_parent.send(server.url)
        while to_parent.recv():
            to_parent.send(len(server.prompts))
        server.stopped.set()
        server.shutdown()


def main() -> None:
    ideal = REQUESTS * SECONDS / CONCURRENCY
    to_server, to_parent = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(to_parent,))
    process.start()
    url = to_server.recv()
    os.environ |= {
        "OPENAI_BASE_URL": f"{url}/v1",
        "GOOGLE_GEMINI_BASE_URL": url,
        "GEMINI_API_KEY": "none-is-needed",
        "NO_PROXY": "127.0.0.1",
    }
    os.environ.pop("OPENAI_API_KEY", None)
    names = [f"page {number}" for number in range(REQUESTS)]
    requests = [Request(name=name, system="Repeat.", prompt=fenced("word", name), schema=Echo) for name in names]
    before = 0
    print(f"{'client':<8} {'run':<8} {'seconds':>8} {'of ideal':>9} {'requests':>9}")
    for provider in PROVIDERS:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["WIKITUNE_CACHE"] = folder
            for run in ("first", "second"):
                started = time.perf_counter()
                params = make_params(model=MODEL, concurrency=CONCURRENCY)
                outcomes = Service("synth", provider, params).ask(requests)
                seconds = time.perf_counter() - started
                if [outcome.value for outcome in outcomes] != [Echo(word=name) for name in names]:
                    raise SystemExit("an answer is not the one to its question")
                to_server.send(True)
                seen = to_server.recv()
                print(f"{provider:<8} {run:<8} {seconds:>8.2f} {seconds / ideal:>8.2f}x {seen - before:>9,}")
                before = seen
    to_server.send(False)
    process.join()
    print(f"The ideal is {ideal:.2f} seconds")


if __name__ == "__main__":
    main()
