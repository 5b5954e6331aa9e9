"""A server on this machine whose answers have no end, or take one for ever."""

import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain, repeat
from socketserver import StreamRequestHandler, ThreadingTCPServer

OK = b"HTTP/1.1 200 OK\r\n"
DRIP_SECONDS = 0.05


def _dripping(start: bytes) -> Iterator[bytes]:
    yield start
    for byte in repeat(b"x"):
        time.sleep(DRIP_SECONDS)
        yield byte


def _bomb() -> Iterator[bytes]:
    """Zeros without end, a thousand of them in a byte."""
    packer = zlib.compressobj(wbits=31)  # gzip
    start = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(2**24)) + packer.flush(zlib.Z_FULL_FLUSH)
    return chain([OK + b"Content-Encoding: gzip\r\n\r\n" + start], repeat(again))


ANSWERS: dict[str, Callable[[], Iterator[bytes]]] = {
    "drip": lambda: _dripping(OK + b"Content-Length: 1000000\r\n\r\n{"),
    "drip-headers": lambda: _dripping(OK + b"X-Long: "),
    "no-end": lambda: chain([OK + b"\r\n"], repeat(bytes(2**20))),
    "bomb": _bomb,
    "deep": lambda: iter([OK + b"Content-Length: 500000\r\n\r\n" + b'{"a":' * 100_000]),
}


class EndlessServer(ThreadingTCPServer):
    """The path of a request names its answer, such as /bomb."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _EndlessHandler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _EndlessHandler(StreamRequestHandler):
    def handle(self) -> None:
        name = self.rfile.readline().split()[1].decode().strip("/").partition("?")[0]
        length = 0
        while (line := self.rfile.readline()).strip():
            length = int(line.split()[1]) if line.lower().startswith(b"content-length:") else length
        self.rfile.read(length)  # what is left unread would reset the connection
        with suppress(OSError):  # nobody listens any more
            for piece in ANSWERS[name]():
                self.wfile.write(piece)
