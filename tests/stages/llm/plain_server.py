"""A model server on loopback with a simple protocol of its own. It records requests, and fails as a test tells it."""

import json
import os
import signal
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Event, Lock, Thread, Timer
from typing import Any, Self
from urllib.request import urlopen

# What the n-th request about a name (from 0) gets: "ok", a status code, "429 in 0.2", or one of the words of `_answer`.
Plan = Callable[[str, int], str]


@dataclass(frozen=True)
class Seen:
    """A request: what it is about is the first line of its prompt, which a repair shares."""

    name: str
    prompt: str
    time: float  # monotonic


class PlainServer(ThreadingHTTPServer):
    """Use it in a `with` block: it runs inside."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, plan: Plan = lambda name, count: "ok", latency: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.plan, self.latency = plan, latency
        self.seen: list[Seen] = []
        self.checks: list[str | None] = []  # the form that each check knew
        self.echo = ""  # what errors and answers repeat, as servers do with keys
        self.usage: dict[str, int | None] = {"input_tokens": 10, "output_tokens": 5}  # what each answer is said to take
        self.most_at_once = 0
        self.closing = Event()
        self._counts: Counter[str] = Counter()
        self._now = 0
        self._lock = Lock()
        self._changed = Condition()
        self._connections = 0
        self._kill: tuple[int, int, float] | None = None

    def __enter__(self) -> Self:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def asked(self) -> Counter[str]:
        return Counter(seen.name for seen in self.seen)

    def kill(self, pid: int, after: int, delay: float) -> None:
        """Ends that process, `delay` seconds after so many more requests."""
        self._kill = (len(self.seen) + after, pid, delay)

    def arrived(self, prompt: str) -> str:
        """Notes a request; returns what becomes of it."""
        with self._lock:
            name = prompt.splitlines()[0]
            self.seen.append(Seen(name, prompt, time.monotonic()))
            count = self._counts[name]
            self._counts[name] += 1
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            if self._kill and len(self.seen) == self._kill[0]:
                Timer(self._kill[2], os.kill, (self._kill[1], signal.SIGKILL)).start()
        return self.plan(name, count)

    def settle(self) -> None:
        """Waits until whatever a process that is gone had sent is noted."""
        with urlopen(self.url, timeout=30):  # connections are taken in turn, so that all earlier ones are known
            pass
        with self._changed:
            assert self._changed.wait_for(lambda: self._connections == 0, timeout=30)

    def wait_for_checks(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.checks) >= count, timeout=30)

    def checked(self, form: str | None) -> None:
        with self._changed:
            self.checks.append(form)
            self._changed.notify_all()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        with self._changed:
            self._connections -= 1
            self._changed.notify_all()

    def left(self) -> None:
        with self._lock:
            self._now -= 1

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is gone is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: PlainServer

    def do_GET(self) -> None:
        self._send(200, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/check":
            self.server.checked(body["form"])
            self._send(200, {"form": "json_schema"})
            return
        act = self.server.arrived(body["prompt"])
        time.sleep(self.server.latency)
        self.server.left()
        self._answer(body["prompt"].splitlines()[0], act)

    def _answer(self, name: str, act: str) -> None:
        if act[0].isdigit():
            status, _, wait = act.partition(" in ")
            self._send(int(status), {"error": f"no, {self.server.echo}"}, wait)
        elif act == "hang":
            self.server.closing.wait()
        elif act == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        else:
            whole = json.dumps({"word": name.upper(), "items": [name, self.server.echo]})
            raw = {
                "truncated": whole[:-5],
                "wrong_shape": '{"word": 7}',
                "few": json.dumps({"word": name.upper(), "items": [name]}),
                "fenced": f"```json\n{whole}\n```",
            }.get(act, "" if act in {"empty", "blocked"} else whole)
            finish = {"blocked": "blocked", "cut": "length"}.get(act, "stop")
            detail = "SAFETY" if act == "blocked" else ""
            usage = self.server.usage | ({"output_tokens": 100} if act == "cut" else {})
            self._send(200, {"raw": raw, "finish": finish, "detail": detail} | usage)

    def _send(self, status: int, content: object, wait: str = "") -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if wait:
            self.send_header("Retry-After", wait)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: object) -> None:
        """Tests read what happened in `seen`."""
