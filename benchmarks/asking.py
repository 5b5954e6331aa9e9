"""How long a thousand requests take, against a server that answers each after 50 ms.

The ideal is what the server alone takes when the places for requests are always full. The server runs in a process
of its own; requests go over HTTP; answers go to a journal on the disk. The second run finds all of them there.

    python -m benchmarks.asking
"""

import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from tests.stages.llm.plain_client import ask, make_params, make_requests
from tests.stages.llm.plain_server import PlainServer

REQUESTS = 1000
SECONDS = 0.05
CONCURRENCY = 16


def serve(to_parent: Connection) -> None:
    with PlainServer(latency=SECONDS) as server:
        to_parent.send(server.url)
        to_parent.recv()
        to_parent.send(len(server.seen))


def main() -> None:
    ideal = REQUESTS * SECONDS / CONCURRENCY
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(there,))
    process.start()
    url = here.recv()
    print(f"{'run':<8} {'seconds':>8} {'of ideal':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for run in ("first", "second"):
            started = time.perf_counter()
            ask(url, make_requests(REQUESTS), make_params(concurrency=CONCURRENCY), Path(folder))
            seconds = time.perf_counter() - started
            print(f"{run:<8} {seconds:>8.2f} {seconds / ideal:>8.2f}x")
    here.send("end")
    print(f"{here.recv():,} requests reached the server; the ideal is {ideal:.2f} seconds")
    process.join()


if __name__ == "__main__":
    main()
