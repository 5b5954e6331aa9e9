"""What both clients have in common below their libraries: the HTTP client, the address, and the limit of an attempt."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from stages.common.errors import StageError
from stages.llm.clients.faults import unreachable
from stages.llm.request import AttemptError

if TYPE_CHECKING:
    import httpx2

CHECK_SECONDS = 2.0  # in which a server must say that it is there and has the model
SEEDS = 2**31  # Gemini takes 31 bits, and llama.cpp takes 2^32 - 1 as "draw one"


def http_client(concurrency: int) -> "httpx2.AsyncClient":
    """A client that sends each request once: it follows no redirect and retries nothing.

    It has no limits of its own on time and connections: `attempt` bounds the one, its caller the other.
    """
    import httpx2

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=concurrency)
    return httpx2.AsyncClient(timeout=None, limits=limits, follow_redirects=False)


def checked_address(address: str) -> str:
    """The address without a slash at its end. Raises StageError where it is none, and where it holds a password, which
    would stand in errors and in the journal; that error doesn't repeat it."""
    import httpx2

    try:
        url = httpx2.URL(address)
        usable, secret = url.scheme in ("http", "https") and bool(url.host), bool(url.userinfo)
    except httpx2.InvalidURL:
        usable = secret = False
    if secret or (not usable and "@" in address):
        raise StageError(
            "the model's endpoint holds a user name or password before its @, which would be written down with it;\n"
            "  leave that out: keys come from the environment (GEMINI_API_KEY, OPENAI_API_KEY)"
        )
    if not usable:
        raise StageError(
            f"the model's endpoint is {address!r}; it must be an address such as http://localhost:11434/v1"
        )
    return address.rstrip("/")


def checked_key(variable: str, key: str) -> None:
    """Raises StageError for a key that cannot stand in a header: pasted with a line break, dots or quotes."""
    if not (key.isascii() and key.isprintable()):
        raise StageError(f"{variable} holds a character that no key has (not printable ASCII); set it anew")


@asynccontextmanager
async def attempt(endpoint: str, seconds: float) -> AsyncIterator[None]:
    """Ends what happens inside after `seconds`; that, and a connection that fails, leaves it as AttemptError."""
    import anyio
    import httpx2

    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise AttemptError("timed_out", f"{endpoint} gave no answer within {seconds:g} s", again=True) from None
    except (httpx2.RequestError, OSError, anyio.EndOfStream) as error:
        raise unreachable(endpoint, error) from error
