"""HTTP below the client libraries: the connection, the time limit of an attempt, and what a failure means.

Every failure becomes an AttemptError. Its reason is one of these; the first six may be tried again, the others not:

    rate_limited, overloaded, server_error, timed_out, connection, bad_reply
    refused (key, permission, model or quota), bad_request
"""

import asyncio
import difflib
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stages.common.errors import StageError
from stages.common.files import describe
from stages.common.web import retry_after
from stages.llm.clients.proxies import proxy_advice
from stages.llm.keys import scrub
from stages.llm.request import AttemptError
from stages.llm.settings import is_this_machine

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 32 * 2**20  # of one response
MOST_RESULTS = 4 * 2**30  # bytes of the results of a batch job
TRANSFER_SECONDS = 3600.0  # for a file of a batch job
CHECK_SECONDS = 2.0  # in which a server must say that it is there and has the model
SEEDS = 2**31  # Gemini takes 31 bits, and llama.cpp takes 2^32 - 1 as "choose a seed"

_LONGEST_MESSAGE = 500  # characters of a server's message
_MOST_NAMES = 8  # of models, in a message
_REFUSED = (401, 402, 403, 404)
_OVERLOADED = (503, 529)
_AGAIN = ("rate_limited", "overloaded", "server_error", "timed_out")
# Codes in an error object that say more than the HTTP status: the key is wrong, or the credit is used up.
_REFUSED_CODES = {"API_KEY_INVALID", "insufficient_quota"}
_SECRETS = re.compile(r"key|token|secret|passw|^sig|^code$", re.I)  # names of what an address must not hold
_SPAN = re.compile(r"(\d{1,9}(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def http_client(kept: int, most_bytes: int | None = None) -> "httpx2.AsyncClient":
    """A client that sends each request once: it follows no redirects and retries nothing.

    It limits nothing itself: `attempt` limits the time, and the caller limits the number of connections, of which so
    many are `kept` open. A response has at most `most_bytes`, which are `MOST_BYTES` by default.
    """
    import httpx2

    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=kept)
    return httpx2.AsyncClient(
        timeout=None,
        limits=limits,
        follow_redirects=False,
        headers={"Accept-Encoding": "identity"},  # a few compressed bytes may become gigabytes
        event_hooks={"response": [partial(_bound, most_bytes or MOST_BYTES)]},
    )


async def _bound(most_bytes: int, response: "httpx2.Response") -> None:
    """Makes the reading of the body stop with an AttemptError when it is too large."""
    import httpx2

    where = f"{response.request.url} answered {response.status_code}"
    if (encoding := response.headers.get("content-encoding", "identity")) != "identity":
        await response.aclose()
        raise AttemptError("bad_reply", f"{where}, compressed ({encoding}), which nobody asked for", again=False)
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    stream: httpx2.AsyncByteStream = response.stream

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for piece in stream:
                size += len(piece)
                if size > most_bytes:
                    raise AttemptError("bad_reply", f"{where} with more than {most_bytes:,} bytes", again=False)
                yield piece

        async def aclose(self) -> None:
            await stream.aclose()

    response.stream = Bounded()


def check_encryption(endpoint: str, allow_http: bool) -> None:
    """Raises StageError for an address of another machine without encryption, unless that is allowed."""
    if endpoint.startswith("http:") and not (allow_http or is_this_machine(endpoint)):
        raise StageError(
            f"{endpoint} is another machine, and http:// sends key, pages and answers unencrypted; use https://, or "
            "set allow_http to true if the network between is your own"
        )


def checked_address(address: str) -> str:
    """The address without a slash at its end.

    Raises StageError for anything that is not an HTTP address, and for an address with a password or a key, which would
    end up in errors and in the journal; that error doesn't repeat the address.
    """
    import httpx2

    try:
        url = httpx2.URL(address)
        usable, secret = url.scheme in ("http", "https") and bool(url.host), bool(url.userinfo)
        key = next((name for name in url.params if _SECRETS.search(name)), None)
    except httpx2.InvalidURL:
        usable, secret, key = False, False, None
    if secret or (not usable and "@" in address):
        raise StageError(
            "the model's endpoint holds a user name or password before its @, which would be written down with it;\n"
            "  leave that out: keys come from the environment (GEMINI_API_KEY, OPENAI_API_KEY)"
        )
    if key is not None:
        raise StageError(
            f"the model's endpoint holds a value of {key!r} behind its ?, which would be written down with it;\n"
            "  leave that out: put the key into an environment variable, and name that in api_key_variable"
        )
    if not usable:
        raise StageError(
            f"the model's endpoint is {address!r}; it must be an address such as http://localhost:11434/v1"
        )
    return address.rstrip("/")


@asynccontextmanager
async def attempt(endpoint: str, seconds: float) -> AsyncIterator[None]:
    """Limits its block to `seconds`, silence or not. Raises AttemptError when they are over, and when the connection
    fails."""
    import aiohttp
    import httpx2

    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise AttemptError("timed_out", f"{endpoint} gave no answer within {seconds:g} s", again=True) from None
    except (httpx2.RequestError, aiohttp.ClientError, OSError) as error:
        raise connection_error(endpoint, error) from error


def connection_error(endpoint: str, error: BaseException) -> AttemptError:
    import aiohttp
    import httpx2

    nobody_there = isinstance(error, httpx2.ConnectError | aiohttp.ClientConnectorError)
    words = str(error) or type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        words = str(error.os_error)
    elif isinstance(error, aiohttp.ClientConnectorError) and not isinstance(error, aiohttp.ClientSSLError):
        words = "All connection attempts failed"  # as with the other libraries; aiohttp names each of them at length
    message = _message(f"{endpoint}: connection failed: {words}")
    return AttemptError("connection", message, again=True, nobody_there=nobody_there)


def content_error(endpoint: str, error: ValueError) -> AttemptError:
    """The error for a successful response with unexpected content, such as a proxy's web page instead of a list."""
    words = describe(error) if isinstance(error, ValidationError) else str(error)
    return AttemptError("bad_reply", _message(f"{endpoint} gave no usable answer: {words}"), again=True)


def status_error(response: "httpx2.Response") -> AttemptError:
    """The error for a response whose status is not a success."""
    details = error_object(response.text)
    reason = _reason(response.status_code, details)
    words = details.get("message") or response.text or response.reason_phrase
    if response.is_redirect:
        words = f"it redirects to {response.headers.get('location')}; set endpoint to that address"
    return AttemptError(
        reason,
        _message(f"{response.url} answered {response.status_code}: {words}"),
        again=reason in _AGAIN,
        status=response.status_code,
        wait=_wait(response.headers, details) if reason in _AGAIN else None,
    )


def _message(text: str) -> str:
    line = " ".join(scrub(text).split())
    return line if len(line) <= _LONGEST_MESSAGE else f"{line[:_LONGEST_MESSAGE]}..."


def error_object(body: str) -> dict[str, Any]:
    """The error object in a body: `{"error": {...}}`, `{"error": "words"}`, or one of them in a list."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):  # no JSON, or JSON that Python doesn't hold: huge numbers, deep nesting
        return {}
    if isinstance(content, list) and content:
        content = content[0]
    error = content.get("error", content) if isinstance(content, dict) else {}
    return error if isinstance(error, dict) else {"message": str(error)}


def _reason(status: int, error: dict[str, Any]) -> str:
    codes = {str(part.get(name)) for part in (error, *_details(error)) for name in ("code", "type", "reason")}
    if status in _REFUSED or codes & _REFUSED_CODES or (status == 429 and _is_daily_quota(error)):
        return "refused"
    if status == 429:
        return "rate_limited"
    if status in _OVERLOADED:
        return "overloaded"
    if status == 408:
        return "timed_out"
    return "server_error" if status >= 500 or status in (409, 425) else "bad_request"


def _details(error: dict[str, Any]) -> list[dict[str, Any]]:
    """Google's details of an error: an ErrorInfo, a RetryInfo, a QuotaFailure."""
    return _objects(error.get("details"))


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _is_daily_quota(error: dict[str, Any]) -> bool:
    """Whether a daily quota is used up: waiting doesn't help in this run."""
    violations = [violation for detail in _details(error) for violation in _objects(detail.get("violations"))]
    return any("PerDay" in str(violation.get("quotaId")) for violation in violations)


def _wait(headers: Mapping[str, str], error: dict[str, Any]) -> float | None:
    """The seconds that the server asks to wait, in any of the ways in which servers say it; None if it doesn't."""
    milliseconds = headers.get("retry-after-ms", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    if (wait := retry_after(headers)) is not None:
        return wait
    for detail in _details(error):
        if (wait := _span(str(detail.get("retryDelay", "")))) is not None:
            return wait
    # These count down to a full allowance. They say when to come back only if nothing is left of the allowance.
    kinds = [kind for kind in ("requests", "tokens") if headers.get(f"x-ratelimit-remaining-{kind}") == "0"]
    waits = [_span(headers.get(f"x-ratelimit-reset-{kind}", "")) for kind in kinds]
    return max((wait for wait in waits if wait is not None), default=None)


def _span(text: str) -> float | None:
    """Seconds of a span such as 17s, 1.5s, 20ms or 6m0s; None for any other text."""
    if not re.fullmatch(f"({_SPAN.pattern})+", text):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _SPAN.findall(text))


def failed_check(error: AttemptError, endpoint: str, key: str, address: str, path: str = "") -> StageError:
    """The error that stops a stage before its work, with what to do.

    `key` and `address` are the names of the environment variables for the server's key and address; "" if the server
    is sent no key. `path` says what may be wrong with the path of the address.
    """
    key_advice = (
        f"Check {key} in the environment and model in params.yaml"
        if key
        else "It is sent no key, as OPENAI_API_KEY and GEMINI_API_KEY are for their own providers. If it needs one, "
        "put it into an environment variable, and name that in api_key_variable in params.yaml"
    )
    advice = {
        "connection": f"Start the server, or correct endpoint in params.yaml or {address} in the environment",
        "timed_out": f"Start the server, or correct endpoint in params.yaml or {address} in the environment",
        "refused": key_advice,
        "rate_limited": "Try again later; nothing was lost",
        "overloaded": "Try again when the server is ready; nothing was lost",
    }
    if error.status == 404:
        what = f"Check endpoint in params.yaml or {address} in the environment, and model{path}"
    else:
        what = advice.get(error.reason, "Check endpoint, model and the values beside them")
    return StageError(f"{error}\n  {what}{proxy_advice(endpoint)}")


def unknown_model(endpoint: str, model: str, names: Iterable[str], hint: str = "") -> StageError:
    """The error for a model that the server doesn't have; it lists those it has, the most similar names first."""
    sorted_names = sorted(names)
    alike = difflib.get_close_matches(model, sorted_names, n=_MOST_NAMES, cutoff=0.5)
    shown = [*alike, *(name for name in sorted_names if name not in alike)][:_MOST_NAMES]
    more = f" and {len(sorted_names) - len(shown)} more" if len(sorted_names) > len(shown) else ""
    has = f"it has {', '.join(shown)}{more}" if shown else "it has none"
    return StageError(f"{endpoint} has no model {model!r}; {has}\n  Set model in params.yaml to one of them{hint}")
