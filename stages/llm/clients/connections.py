"""The connections to one server: many at once, with bounded answers, through the environment's proxy.

They are aiohttp's. A request costs 0.2 ms of a core, where OpenAI's library and the HTTP client below it take 1.5 ms,
and 3.7 ms with 512 requests at once. Neither retries nor redirects are followed: each request is sent once.
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stages.llm.clients import transport
from stages.llm.clients.proxies import proxy_of
from stages.llm.request import AttemptError

if TYPE_CHECKING:
    import aiohttp
    import httpx2

# Seconds for which an idle connection is kept: less than servers do, so that none is used while its server closes it.
KEPT_SECONDS = 4.0


@dataclass(frozen=True)
class Answered:
    """A response of any status."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def as_response(self) -> "httpx2.Response":
        """The same for `status_error`, as the client libraries have it."""
        import httpx2

        request = httpx2.Request("POST", self.url)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "content-length"}
        return httpx2.Response(self.status, headers=headers, content=self.content, request=request)


class Connections:
    """For use in one event loop. Methods raise AttemptError for a response that is too large or compressed, and the
    errors of aiohttp and of the operating system if the connection fails."""

    def __init__(self, endpoint: str, headers: Mapping[str, str]) -> None:
        """`headers` are sent with every request."""
        self._base, _, self._query = endpoint.partition("?")
        self._headers = headers
        # llama.cpp has a few threads, and each waits five seconds for the next request on its connection, while other
        # connections are not served. So connections are kept once a response has shown that the server is another.
        self._keeps = False
        self._sessions: dict[bool, aiohttp.ClientSession] = {}  # by whether they keep connections

    async def get(self, url: str) -> Answered:
        """`url` is a path below the endpoint's, or an address of the same server."""
        return await self._send("GET", url, None)

    async def post(self, url: str, body: dict[str, Any]) -> Answered:
        return await self._send("POST", url, json.dumps(body).encode())

    async def close(self) -> None:
        for session in self._sessions.values():
            await session.close()

    def _session(self) -> "aiohttp.ClientSession":
        if self._keeps not in self._sessions:
            self._sessions[self._keeps] = self._open_session()
        return self._sessions[self._keeps]

    def _open_session(self) -> "aiohttp.ClientSession":
        import aiohttp

        # Not made for an address without encryption, as it takes milliseconds to load the certificates.
        context = ssl.create_default_context() if self._base.startswith("https:") else True
        kept = {"keepalive_timeout": KEPT_SECONDS} if self._keeps else {"force_close": True}
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=context, **kept),
            headers={"Accept-Encoding": "identity", "User-Agent": "wikitune", **self._headers},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            auto_decompress=False,  # a few compressed bytes may become gigabytes
            proxy=proxy_of(self._base),
        )

    async def _send(self, method: str, url: str, content: bytes | None) -> Answered:
        from yarl import URL

        address = (url if "://" in url else self._base + url) + (f"?{self._query}" if self._query else "")
        headers = {"Content-Type": "application/json"} if content else None
        async with self._session().request(
            method, URL(address, encoded=True), data=content, headers=headers, allow_redirects=False
        ) as response:
            self._keeps = not response.headers.get("Server", "").startswith("llama.cpp")
            return Answered(address, response.status, response.headers, await _bounded(response, address))


async def _bounded(response: "aiohttp.ClientResponse", url: str) -> bytes:
    """The body of a response. Raises AttemptError if it is too large or compressed; then no more of it is read."""
    where = f"{url} answered {response.status}"
    if (encoding := response.headers.get("Content-Encoding", "identity")) != "identity":
        response.close()
        raise AttemptError("bad_reply", f"{where}, compressed ({encoding}), which nobody asked for", again=False)
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > transport.MOST_BYTES:
            response.close()
            raise AttemptError("bad_reply", f"{where} with more than {transport.MOST_BYTES:,} bytes", again=False)
    return bytes(body)
