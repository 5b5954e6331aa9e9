"""A server on this machine that speaks whatever a test says, and fails in the ways that servers and networks fail."""

import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any, Literal


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any  # what its JSON says, or the bytes of anything else; None where it has none
    port: int  # of the client: another one is another connection


@dataclass(frozen=True)
class Answer:
    body: Any = None  # sent as JSON; bytes as they are
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


# hang: never an answer; reset: the connection breaks before the headers; cut: in the middle of the body;
# drop: the server closes the connection in silence, as it does with one that was idle for too long
Fault = Literal["hang", "reset", "cut", "drop"]
Page = Answer | Fault | Callable[[Asked], Answer | Fault]


class LocalServer(ThreadingHTTPServer):
    """Answers by `pages`, which tests fill: path to answer, or to what makes one; any other page is 404."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[Asked] = []
        self.pages: dict[str, Page] = {}
        self.stopped = Event()

    def answer(self, asked: Asked) -> Answer | Fault:
        self.asked.append(asked)
        page = self.pages.get(asked.path.partition("?")[0], Answer({"error": {"message": "no such page"}}, 404))
        return page(asked) if callable(page) else page

    def posted(self) -> list[Asked]:
        """The requests that a server is paid for."""
        return [asked for asked in self.asked if asked.method == "POST"]


class _Handler(BaseHTTPRequestHandler):
    server: LocalServer
    protocol_version = "HTTP/1.1"  # connections are kept

    def do_GET(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        # Google's library calls the pieces of a file JSON, too.
        is_json = "json" in headers.get("content-type", "") and "x-goog-upload-offset" not in headers
        body = (json.loads(content) if is_json else content) if content else None
        asked = Asked(self.command, self.path, headers, body, self.client_address[1])
        answer = self.server.answer(asked)
        if isinstance(answer, Answer):
            self.respond(answer)
        else:
            self.fail(answer)

    def do_POST(self) -> None:
        self.do_GET()

    def respond(self, answer: Answer, missing: int = 0) -> None:
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json"} | answer.headers
        for name, value in (headers | {"Content-Length": str(len(content) + missing)}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def fail(self, fault: Fault) -> None:
        self.close_connection = True
        if fault == "hang":
            self.server.stopped.wait()
            return
        if fault == "cut":
            self.respond(Answer(b'{"choices": ['), missing=100)
        if fault != "drop":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST, not FIN
        self.connection.close()

    def log_message(self, *args: object) -> None:
        """Nothing: what was asked is in `asked`."""
