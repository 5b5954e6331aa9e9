"""A server on this machine that takes uploads as the Hugging Face Hub does, for a token of its own."""

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_loopback"


class Repositories(ThreadingHTTPServer):
    """`files` has what was committed, by `KIND/OWNER/NAME` and path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), UploadHandler)
        self.files: dict[str, dict[str, bytes]] = {}
        self.visibility: dict[str, str | None] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"


class UploadHandler(BaseHTTPRequestHandler):
    """Every file is a regular one, whose content is in the commit; large ones would go elsewhere first."""

    server: Repositories
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.body()
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {"error": "Invalid username or password."})
        parts = self.path.strip("/").split("/")
        if parts == ["api", "repos", "create"]:
            asked = json.loads(body)
            name = f"{asked.get('type', 'model')}s/{asked['organization']}/{asked['name']}"
            self.server.files.setdefault(name, {})
            self.server.visibility[name] = asked.get("visibility")
            return self.answer(200, {"url": f"{self.server.url}/{name}", "name": name})
        if parts == ["api", "validate-yaml"]:
            return self.answer(200, {"errors": [], "warnings": []})
        name, action = "/".join(parts[1:4]), parts[4]
        if action == "preupload":
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": None}
                for file in json.loads(body)["files"]
            ]
            return self.answer(200, {"files": files})
        for line in map(json.loads, body.splitlines()):
            if line["key"] == "file":
                self.server.files[name][line["value"]["path"]] = base64.b64decode(line["value"]["content"])
        self.answer(200, {"commitOid": "c" * 40, "commitUrl": f"{self.server.url}/{name}/commit/{'c' * 40}"})

    def do_GET(self) -> None:
        self.answer(404, {"error": f"not asked for in an upload: {self.path}"})

    def body(self) -> bytes:
        if self.headers["Transfer-Encoding"] != "chunked":
            return self.rfile.read(int(self.headers["Content-Length"] or 0))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def answer(self, status: int, content: Any) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Nothing: what came is in `files`."""
