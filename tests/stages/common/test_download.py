"""Downloads from a real HTTP server on this machine."""

import gzip
import hashlib
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from threading import Thread

import pytest

from stages import split
from stages.common.download import download_file
from stages.common.errors import StageError
from stages.common.files import read_json
from stages.common.params import load_params
from tests.stages.conftest import MakeExample
from tests.stages.endless_server import EndlessServer
from tests.stages.test_split import of_page, rooms, run, sides

BODY = b'[{"instruction": "Name a color.", "input": "", "output": "Blue."}]' * 10
SHA256 = hashlib.sha256(BODY).hexdigest()
FETCH = "import sys; from stages.common.download import download_file; download_file(sys.argv[1], sys.argv[2])"


class Files(ThreadingHTTPServer):
    """A server whose paths name what it does: /set.json is the file, others are faults."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[str] = []
        self.body = BODY


class Handler(BaseHTTPRequestHandler):
    server: Files

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.body
        match self.path:
            case "/moved.json":
                self._start(302, Location="/set.json")
            case "/elsewhere.json":
                self._start(302, Location="file:///etc/hostname")
            case "/missing.json":
                self._start(404)
            case "/cut.json":
                self._start(200, Content_Length=str(len(body)))
                self.wfile.write(body[:100])
            case "/packed.json":
                packed = gzip.compress(body)
                self._start(200, Content_Encoding="gzip", Content_Length=str(len(packed)))
                self.wfile.write(packed)
            case "/slow.json":
                self._start(200, Content_Length=str(2**22))
                self.wfile.write(bytes(2**21))
                time.sleep(60)
            case _:
                time.sleep(0.1)  # so that others ask meanwhile, if they do
                self._start(200, Content_Length=str(len(body)))
                self.wfile.write(body)

    def _start(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Files() as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def left_over(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.rglob("*") if path.is_file() and path.name != ".lock")


@pytest.mark.parametrize("path", ["set.json", "moved.json", "packed.json"])
def test_a_file_is_loaded_once_and_checked(
    files: Files, own_cache: Path, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """Guards against a download at each run, a download without a log message, and a hash of the packed bytes."""
    caplog.set_level(logging.INFO, "stages")
    first = download_file(f"{files.url}/{path}", SHA256)
    assert (first.name, first.read_bytes()) == (path, BODY)
    assert first.parent.stat().st_mode & 0o777 == 0o700  # the owner's alone
    assert f"{files.url}/{path} was downloaded and has the expected SHA-256" in caplog.text
    (own_cache / "downloads").chmod(0o755)  # as an earlier version left it
    asked = len(files.asked)
    files.shutdown()  # no server is needed any more
    assert download_file(f"{files.url}/{path}", SHA256) == first
    assert (own_cache / "downloads").stat().st_mode & 0o777 == 0o700
    assert len(files.asked) == asked
    assert "is in the cache" in caplog.text
    assert left_over(own_cache) == [path]


@pytest.mark.parametrize(
    ("path", "sha256", "message"),
    [
        (
            "set.json",
            "0" * 64,
            rf"660 bytes with the SHA-256 {SHA256},\n  expected 0000.*run again.*correct",
        ),
        ("missing.json", SHA256, r"cannot be downloaded: .*/missing.json answered 404\n  Check network and address"),
        ("cut.json", SHA256, r"cannot be downloaded: peer closed connection.*\n  Check network and address"),
        ("elsewhere.json", SHA256, r"cannot be downloaded: .*\n  Check network and address"),
    ],
)
def test_what_is_not_the_file_is_named_and_thrown_away(
    files: Files, own_cache: Path, path: str, sha256: str, message: str
) -> None:
    """Guards against using a web page, another version or half a file."""
    message = message.replace("660", str(len(BODY)))
    with pytest.raises(StageError, match=f"(?s){message}"):
        download_file(f"{files.url}/{path}", sha256)
    assert left_over(own_cache) == []


def test_a_file_that_is_too_large_is_given_up(files: Files, own_cache: Path) -> None:
    """Guards against a download that fills the disk."""
    with pytest.raises(StageError, match="is larger than 100 bytes"):
        download_file(f"{files.url}/set.json", SHA256, most_bytes=100)
    assert left_over(own_cache) == []


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("drip", r"cannot be downloaded: it sends less than 10,000 bytes a second, after 1 seconds to begin\n  Check"),
        ("drip-headers", r"cannot be downloaded: it sends less than 10,000 bytes a second, after 1 seconds to begin"),
        ("no-end", "is larger than 33,554,432 bytes, the limit for a download"),
        ("bomb", "is larger than 33,554,432 bytes, the limit for a download"),
    ],
)
def test_a_server_without_end_is_given_up(
    endless: EndlessServer, own_cache: Path, monkeypatch: pytest.MonkeyPatch, path: str, message: str
) -> None:
    """Guards against hours for a byte every few seconds, and gigabytes of memory for a few that are packed."""
    monkeypatch.setattr("stages.common.download.GRACE_SECONDS", 1.0 if "drip" in path else 60.0)
    before = getrusage(RUSAGE_SELF).ru_maxrss
    with pytest.raises(StageError, match=rf"/{path} {message}"):
        download_file(f"{endless.url}/{path}", SHA256, most_bytes=2**25)
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 150_000  # KiB
    assert left_over(own_cache) == []


def test_without_a_network_the_error_says_what_to_do(own_cache: Path) -> None:
    """Guards against silently falling back to the bundled set."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # and doesn't listen
        url = f"http://127.0.0.1:{free.getsockname()[1]}/set.json"
        with pytest.raises(StageError, match=r"cannot be downloaded: .*refused\n.*used with its path and an empty url"):
            download_file(url, SHA256)


def test_a_damaged_file_in_the_cache_is_replaced(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    url = f"{files.url}/set.json"
    path = download_file(url, SHA256)
    path.write_bytes(BODY[:50])
    assert download_file(url, SHA256).read_bytes() == BODY
    assert "is damaged" in caplog.text


def test_a_cache_that_cannot_be_written_is_named(files: Files, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path / "file"))
    with pytest.raises(StageError, match=r"file/downloads.*Not a directory; free some space, or move the cache"):
        download_file(f"{files.url}/set.json", SHA256)


def test_several_at_once_download_once(files: Files) -> None:
    """Guards against queued experiments that write to the same file."""
    with ThreadPoolExecutor() as pool:
        paths = set(pool.map(lambda _: download_file(f"{files.url}/set.json", SHA256), range(4)))
    assert [path.read_bytes() for path in paths] == [BODY]
    assert len(files.asked) == 1


def test_a_killed_download_leaves_nothing_that_is_used(files: Files, own_cache: Path, root: Path) -> None:
    """Guards against half a file under the final name, and a lock that outlives its process."""
    process = subprocess.Popen([sys.executable, "-c", FETCH, f"{files.url}/slow.json", SHA256], cwd=root)
    while not any(path.stat().st_size for path in own_cache.rglob(".part")):
        assert process.poll() is None
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert download_file(f"{files.url}/set.json", SHA256).read_bytes() == BODY
    assert left_over(own_cache) == ["set.json"]


def set_general(**values: str) -> None:
    text = Path("params.yaml").read_text()
    for key, value in values.items():
        text, count = re.subn(rf'^    {key}: "" ', f'    {key}: "{value}" ', text, flags=re.M)
        assert count == 1
    Path("params.yaml").write_text(text)


def test_the_split_takes_its_general_instructions_from_the_address(
    project: Path, files: Files, make: MakeExample
) -> None:
    """Guards against a downloaded set that isn't used, and metrics that depend on the state of the cache."""
    rows = [{"instruction": question, "input": "", "output": answer} for question, answer in rooms(200)]
    files.body = json.dumps(rows).encode()
    set_general(url=f"{files.url}/set.json", sha256=hashlib.sha256(files.body).hexdigest())
    synthetic = [make(f"Question {i}?", f"Answer {i}.", source=of_page(i)) for i in range(200)]
    run(project, synthetic, small="40")
    metrics = read_json(split.METRICS)
    assert (metrics["general_by_url"], metrics["general_read"]) == (200, 200)
    general = [row for side in sides("full").values() for row in side if row.source.kind == "general"]
    assert {row.instruction for row in general} == {row["instruction"] for row in rows}
    run(project, synthetic)
    assert (len(files.asked), read_json(split.METRICS)) == (1, metrics)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "http://x/y"}, "split.general: url is given, and sha256 is empty; set it to what"),
        ({"url": "ftp://x/y"}, "split.general.url: must be an address, http:// or https://, or empty"),
        (
            {"url": "http://me:key@x/y"},
            r"split.general.url: must hold no user name and no password: params.yaml is in Git "
            r"\(is 'http://\*\*\*@x/y'\)",
        ),
        ({"sha256": "12"}, "split.general.sha256: String should match pattern"),
    ],
)
def test_bad_parameters_are_named(project: Path, changes: dict[str, str], message: str) -> None:
    set_general(**changes)
    with pytest.raises(StageError, match=message):
        load_params("split", split.Params)
