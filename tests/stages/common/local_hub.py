"""A server on this machine that answers as the Hugging Face Hub does, for one repository: openai-community/gpt2."""

import hashlib
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from stages.common.hub import REVISIONS

MOVED = "b" * 40  # the commit of `main`
FILES = {"config.json": b'{"model_type": "gpt2"}\n', "model.safetensors": b"weights" * 2000}


class Hub(ThreadingHTTPServer):
    """Its files, and the requests that it received."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.files = dict(FILES)
        self.announced: int | None = None  # bytes of the weights, if not what they have
        # endless: more than was announced; compressed; a_trickle: a byte now and then; odd_headers: that in the headers
        self.sends = ""
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.storage = f"http://localhost:{self.server_port}/storage"  # another host, to the client


class HubHandler(BaseHTTPRequestHandler):
    """Sends small files directly, and redirects to a storage server for large ones."""

    server: Hub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if "/resolve/" in self.path:
            self.server.asked.append(f"{self.command} {self.path}")
        parts = self.path.strip("/").split("/")
        if parts[0] == "storage":
            return self.send_oddly() if self.server.sends else self.answer(200, {}, self.server.files[parts[1]])
        if parts[:2] != ["openai-community", "gpt2"]:
            return self.answer(401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})
        revision, name = parts[3], parts[4]
        commit = MOVED if revision == "main" else revision
        if commit not in {MOVED, *REVISIONS.values()}:
            return self.answer(404, {"X-Error-Code": "RevisionNotFound", "X-Error-Message": "Invalid rev id"})
        if name not in self.server.files:
            return self.answer(404, {"X-Error-Code": "EntryNotFound", "X-Error-Message": "Entry not found"})
        content = self.server.files[name]
        digest = hashlib.sha256(content).hexdigest()
        headers = {"X-Repo-Commit": commit, "ETag": f'"{digest}"'}
        if name.endswith(".json"):
            return self.answer(200, headers, content)
        linked = {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(self.server.announced or len(content))}
        return self.answer(302, headers | linked | {"Location": f"{self.server.storage}/{name}"})

    def answer(self, status: int, headers: dict[str, str], content: bytes = b"") -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(content))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def send_oddly(self) -> None:
        """A body, or headers, that never end."""
        self.send_response(200)
        if self.server.sends == "compressed":
            self.send_header("Content-Encoding", "gzip")
        if self.server.sends != "odd_headers":
            self.end_headers()
        piece = b"x" * 2**16 if self.server.sends == "endless" else b"x"
        with suppress(OSError):  # the client hangs up
            self.flush_headers()
            while True:
                self.wfile.write(piece)
                time.sleep(0 if self.server.sends == "endless" else 0.05)

    def log_message(self, *args: object) -> None:
        """Prints nothing: requests are recorded in `asked`."""
