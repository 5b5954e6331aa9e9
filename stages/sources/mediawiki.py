"""Requests to a MediaWiki: a few at a time, with gaps, repeated where that may help; and the shapes of its responses.

The client of `wikipedia-api` sends its requests through here, too. On its own it repeats only some of the requests
that fail, honours `Retry-After` only in seconds and only after status 429, and takes an error that a wiki reports with
status 200 for a page without content.
"""

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from stages.common.files import describe
from stages.common.web import BodyTooLargeError, failure_reason, read_body, retry_after

if TYPE_CHECKING:
    import httpx2
    from tenacity import RetryCallState

FIRST_WAIT = 0.5  # seconds before the second attempt, doubled before each further one
LONGEST_WAIT = 120.0  # seconds; if a wiki asks for more, the request fails
QUICK_SECONDS, QUICK_ATTEMPTS = 5.0, 3  # for connecting, and for the first request
WHOLE = 2  # how many times as long a whole answer may take as the wiki may be silent
MOST_BYTES = 32 * 2**20  # of an answer, decoded; MediaWiki's pages have at most 2 MiB
# Temporary errors, which MediaWiki reports with status 200.
PASSING_ERRORS = ("maxlag", "ratelimited", "readonly", "internal_api_error")
_JSON_OBJECT = TypeAdapter(dict[str, Any])


class _Shape(BaseModel):
    """The base of all response shapes: the fields that are read are checked, all others are ignored.

    A status of 200 says little: proxies, log-in pages and other software send it, too. Sources:
    https://www.mediawiki.org/wiki/API:Query, and responses of MediaWiki 1.39.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class TitleStep(_Shape):
    """How one title became another: normalized or redirected."""

    start: str = Field(alias="from")
    to: str
    tointerwiki: str | None = None


class InterwikiTitle(_Shape):
    title: str


class CategoryMember(_Shape):
    title: str
    ns: int


class Revision(_Shape):
    revid: int
    timestamp: str


class PageInfo(_Shape):
    """A page, or an entry that says that the title is missing, special or illegal."""

    title: str
    ns: int = 0  # an illegal title has none
    pageid: int | None = None
    lastrevid: int | None = None
    canonicalurl: str | None = None
    invalid: bool | str = False  # a flag is true in format version 2, and "" in version 1
    missing: bool | str = False
    pageprops: dict[str, object] = {}
    categories: list[object] = []
    revisions: Annotated[list[Revision], Field(min_length=1)] | None = None
    extract: str | None = None


class SiteInfo(_Shape):
    generator: str = ""
    lang: str = ""


class Rights(_Shape):
    url: str | None = None
    text: str | None = None


class Extension(_Shape):
    name: str = ""


class _Titles(_Shape):
    normalized: list[TitleStep] = []
    redirects: list[TitleStep] = []
    interwiki: list[InterwikiTitle] = []


class QueryResult(_Titles):
    """The result of `action=query` in format version 2."""

    pages: list[PageInfo] = []
    categorymembers: list[CategoryMember] = []
    general: SiteInfo = SiteInfo()
    rightsinfo: Rights = Rights()
    extensions: list[Extension] = []


class WikiResponse(_Shape):
    query: QueryResult = QueryResult()
    more: dict[str, str | int] | None = Field(default=None, alias="continue")  # parameters of the next request


class PagesById(_Titles):
    """The result of `action=query` in format version 1, which the client of `wikipedia-api` reads."""

    pages: dict[str, PageInfo] = {}


class ClientResponse(_Shape):
    query: PagesById


Shape = TypeVar("Shape", bound=_Shape)


class WikiError(Exception):
    """A request failed. `reason` is a snake_case code; `again` says whether to repeat it, after `wait` seconds."""

    def __init__(self, reason: str, message: str, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.reason, self.again, self.wait = reason, again, wait


class Pace:
    """Keeps `gap` seconds between the starts of requests, and starts none while the wiki has asked to wait.

    All threads share one Pace.
    """

    def __init__(self, gap: float) -> None:
        self.gap = gap
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self._free_at = 0.0  # on the monotonic clock

    def take_turn(self) -> None:
        """Returns when the next request may start. Raises WikiError once the pace is closed."""
        while not self.closed.is_set():
            with self._lock:
                delay = self._free_at - time.monotonic()
                if delay <= 0:
                    self._free_at = time.monotonic() + self.gap
                    return
            self.closed.wait(delay)
        raise WikiError("stopped", "the stage has stopped")

    def hold(self, seconds: float) -> None:
        """Starts no request for the next `seconds`; a shorter wait never replaces a longer one."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)


class WikiApi:
    """The API of one wiki. Its HTTP client uses the proxies that the usual environment variables name.

    The client runs in an event loop of its own thread: only there can the time for a whole answer be limited, headers
    included. All methods may be called from any other thread.
    """

    def __init__(self, endpoint: str, user_agent: str, *, gap: float, timeout: float, attempts: int) -> None:
        import httpx2

        self.endpoint = httpx2.URL(endpoint)
        self.pace = Pace(gap)
        self.attempts = attempts
        self.timeout = httpx2.Timeout(timeout, connect=min(timeout, QUICK_SECONDS))
        self.quick_timeout = httpx2.Timeout(min(timeout, QUICK_SECONDS))
        self._client = httpx2.AsyncClient(headers={"User-Agent": user_agent}, timeout=self.timeout)
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._run_loop, daemon=True).start()

    def query(self, parameters: Mapping[str, str | int], *, quick: bool = False) -> WikiResponse:
        """The response to `action=query`. Raises WikiError; if `quick`, within seconds."""
        data = {"action": "query", "format": "json", "formatversion": "2", "maxlag": "5", **parameters}
        timeout = self.quick_timeout if quick else self.timeout
        request = self._client.build_request("POST", self.endpoint, data=data, timeout=timeout)
        body = self._send(request, min(self.attempts, QUICK_ATTEMPTS) if quick else self.attempts)
        return _parse(body, WikiResponse)

    def get(self, parameters: Mapping[str, str | int], user_agent: str) -> dict[str, Any]:
        """The JSON object that answers a request of the client of `wikipedia-api`. Raises WikiError."""
        url = self.endpoint.copy_with(params=parameters)
        request = self._client.build_request("GET", url, headers={"User-Agent": user_agent})
        body = self._send(request, self.attempts)
        _parse(body, ClientResponse)
        answer: dict[str, Any] = json.loads(body)
        return answer

    def stop(self) -> None:
        """Ends all waiting. Requests that were sent get their response; no other is sent."""
        self.pace.closed.set()

    def close(self) -> None:
        self.stop()
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run_loop(self) -> None:
        with closing(self._loop):
            self._loop.run_forever()

    def _send(self, request: "httpx2.Request", attempts: int) -> bytes:
        """The body of the response, which is a JSON object without an error. Raises WikiError."""
        from tenacity import Retrying, retry_if_exception, sleep_using_event, stop_after_attempt

        retrying = Retrying(
            stop=stop_after_attempt(attempts),
            retry=retry_if_exception(lambda error: isinstance(error, WikiError) and error.again),
            wait=self._wait,
            sleep=sleep_using_event(self.pace.closed),
            reraise=True,
        )
        return retrying(self._send_once, request)

    def _wait(self, state: "RetryCallState") -> float:
        """Seconds before the next attempt: 0 if the wiki named a time, for which all threads wait in `take_turn`."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, WikiError) and error.wait is not None:
            self.pace.hold(error.wait)
            return 0.0
        return float(FIRST_WAIT * 2 ** (state.attempt_number - 1))

    def _send_once(self, request: "httpx2.Request") -> bytes:
        import httpx2

        self.pace.take_turn()
        seconds = WHOLE * float(request.extensions["timeout"]["read"])
        try:
            response, body = asyncio.run_coroutine_threadsafe(self._exchange(request, seconds), self._loop).result()
        except httpx2.TimeoutException as error:
            raise WikiError("timeout", f"no answer in time ({type(error).__name__})", again=True) from error
        except TimeoutError as error:
            raise WikiError("timeout", f"no whole answer within {seconds:g} seconds", again=True) from error
        except BodyTooLargeError as error:
            raise WikiError("too_large", f"an answer that is {error}, the limit") from error
        except httpx2.RequestError as error:
            raise WikiError("connection", failure_reason(error), again=True) from error
        _raise_for_error(response, body)
        return body

    async def _exchange(self, request: "httpx2.Request", seconds: float) -> "tuple[httpx2.Response, bytes]":
        async with asyncio.timeout(seconds):
            response = await self._client.send(request, stream=True)
            try:
                body = bytearray()
                await read_body(response, MOST_BYTES, body.extend)
            finally:
                await response.aclose()
        return response, bytes(body)


def _raise_for_error(response: "httpx2.Response", body: bytes) -> None:
    """Raises WikiError for another status than 200, for a body that isn't a JSON object, and for a reported error."""
    status = response.status_code
    if status == 429 or status >= 500:
        raise _passing_error(f"http_{status}", f"status {status} ({response.reason_phrase})", response)
    if status in (401, 403):
        raise WikiError(f"http_{status}", f"status {status}: the wiki refuses; is extract.contact a real one?")
    if status != 200:
        target = f" to {response.headers['Location']}" if "Location" in response.headers else ""
        raise WikiError(f"http_{status}", f"status {status} ({response.reason_phrase}){target}")
    try:
        answer = _JSON_OBJECT.validate_json(body)
    except ValidationError as invalid:
        if "recursion limit" in str(invalid):
            raise WikiError("not_json", "an answer whose JSON is nested too deeply to be MediaWiki's") from None
        message = f"an answer that is not MediaWiki's: {body[:60].decode(errors='replace')!r}"
        raise WikiError("not_json", message, again=True) from None
    if error := answer.get("error"):
        fields = error if isinstance(error, dict) else {"code": error}
        code, message = str(fields.get("code")), f"{fields.get('code')}: {fields.get('info')}"
        if code.startswith(PASSING_ERRORS):
            raise _passing_error("api_error", message, response)
        raise WikiError("api_error", message)


def _passing_error(reason: str, message: str, response: "httpx2.Response") -> WikiError:
    """An error after which the request may be repeated, unless the wiki asks for too long a wait."""
    wait = retry_after(response.headers)
    if wait is not None and wait > LONGEST_WAIT:
        return WikiError(reason, f"{message}; it asks to wait {wait:.0f} seconds, the limit is {LONGEST_WAIT:.0f}")
    return WikiError(reason, message, again=True, wait=wait)


def _parse(body: bytes, shape: type[Shape]) -> Shape:
    """Raises WikiError if the body doesn't have the shape that MediaWiki gives it."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        raise WikiError("no_answer", f"an answer that is not MediaWiki's: {describe(error)[:200]}") from error
