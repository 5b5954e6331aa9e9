"""Requests to a MediaWiki: few at a time, with gaps, tried again where that may help, and never silent about errors.

The client of `wikipedia-api` gets its answers through here (`Api` is a transport to it), because by itself it tries
again only some of what fails, waits for `Retry-After` only in seconds and only after 429, and takes an error that a
wiki reports with status 200 for a page without content. Import this module where it is used: httpx takes its time.
"""

import threading
import time
from collections.abc import Mapping
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from tenacity import RetryCallState, Retrying, retry_if_exception, sleep_using_event, stop_after_attempt

from stages.common.files import describe
from stages.common.web import retry_after
from stages.sources.answers import Answer, ClientAnswer

A = TypeVar("A", bound=BaseModel)

FIRST_WAIT = 0.5  # seconds before the second attempt, doubled before each further one
LONGEST_WAIT = 120.0  # seconds; a wiki that asks for more isn't waited for
QUICK_SECONDS, QUICK_ATTEMPTS = 5.0, 3  # for a connection, and for the first question
# What MediaWiki reports with status 200 although it will pass.
PASSING_ERRORS = ("maxlag", "ratelimited", "readonly", "internal_api_error")


class WikiError(Exception):
    """A request without an answer. `reason` is a short snake_case code, `again` says whether another may help."""

    def __init__(self, reason: str, message: str, *, again: bool = False, wait: float | None = None) -> None:
        super().__init__(message)
        self.reason, self.again, self.wait = reason, again, wait


class Pace:
    """Lets requests start some time apart, and none while the wiki has asked to wait; shared by all threads."""

    def __init__(self, gap: float) -> None:
        self.gap = gap
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self._free_at = 0.0

    def take_turn(self) -> None:
        while not self.closed.is_set():
            with self._lock:
                delay = self._free_at - time.monotonic()
                if delay <= 0:
                    self._free_at = time.monotonic() + self.gap
                    return
            self.closed.wait(delay)
        raise WikiError("stopped", "the stage has stopped")

    def hold(self, seconds: float) -> None:
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)


class Api(httpx.BaseTransport):
    """The API of one wiki. Its own client of httpx underneath honours the usual variables for proxies."""

    def __init__(self, endpoint: str, user_agent: str, *, gap: float, timeout: float, attempts: int) -> None:
        self.endpoint = httpx.URL(endpoint)
        self.pace = Pace(gap)
        self.attempts = attempts
        self.timeout = httpx.Timeout(timeout, connect=min(timeout, QUICK_SECONDS))
        self._client = httpx.Client(headers={"User-Agent": user_agent}, timeout=self.timeout)

    def query(self, parameters: Mapping[str, str | int], *, quick: bool = False) -> Answer:
        """The answer to `action=query`. Raises WikiError, where `quick` within seconds."""
        data = {"action": "query", "format": "json", "formatversion": "2", "maxlag": "5", **parameters}
        timeout = httpx.Timeout(min(self.timeout.read or QUICK_SECONDS, QUICK_SECONDS)) if quick else self.timeout
        request = self._client.build_request("POST", self.endpoint, data=data, timeout=timeout)
        response = self._send(request, min(self.attempts, QUICK_ATTEMPTS) if quick else self.attempts)
        return _in_shape(response, Answer)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answers the client of wikipedia-api, whose address is always one of Wikipedia's."""
        url = self.endpoint.copy_with(params=request.url.params)
        headers = {"User-Agent": request.headers["User-Agent"]}
        response = self._send(self._client.build_request(request.method, url, headers=headers), self.attempts)
        _in_shape(response, ClientAnswer)
        return response

    def stop(self) -> None:
        """Ends all waiting; requests under way are answered, others refused."""
        self.pace.closed.set()

    def close(self) -> None:
        self.stop()
        self._client.close()

    def _send(self, request: httpx.Request, attempts: int) -> httpx.Response:
        retrying = Retrying(
            stop=stop_after_attempt(attempts),
            retry=retry_if_exception(lambda error: isinstance(error, WikiError) and error.again),
            wait=self._wait,
            sleep=sleep_using_event(self.pace.closed),
            reraise=True,
        )
        return retrying(self._attempt, request)

    def _wait(self, state: RetryCallState) -> float:
        """Seconds before the next attempt; where the wiki named them, all threads wait in `take_turn`."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, WikiError) and error.wait is not None:
            self.pace.hold(error.wait)
            return 0.0
        return float(FIRST_WAIT * 2 ** (state.attempt_number - 1))

    def _attempt(self, request: httpx.Request) -> httpx.Response:
        self.pace.take_turn()
        try:
            response = self._client.send(request)
        except httpx.TimeoutException as error:
            raise WikiError("timeout", f"no answer in time ({type(error).__name__})", again=True) from error
        except httpx.RequestError as error:
            raise WikiError("connection", str(error) or type(error).__name__, again=True) from error
        _check(response)
        return httpx.Response(200, content=response.content, request=request)


def _check(response: httpx.Response) -> None:
    """Raises WikiError for whatever isn't an answer."""
    status = response.status_code
    if status == 429 or status >= 500:
        raise _to_wait_for(f"http_{status}", f"status {status} ({response.reason_phrase})", response)
    if status in (401, 403):
        raise WikiError(f"http_{status}", f"status {status}: the wiki refuses; is extract.contact a real one?")
    if status != 200:
        target = f" to {response.headers['Location']}" if "Location" in response.headers else ""
        raise WikiError(f"http_{status}", f"status {status} ({response.reason_phrase}){target}")
    try:
        answer = from_json(response.content)  # where the standard library ends with a RecursionError, a ValueError
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise WikiError("not_json", f"an answer that is not MediaWiki's: {response.text[:60]!r}", again=True)
    if error := answer.get("error"):
        named = error if isinstance(error, dict) else {"code": error}
        code, message = str(named.get("code")), f"{named.get('code')}: {named.get('info')}"
        if code.startswith(PASSING_ERRORS):
            raise _to_wait_for("api_error", message, response)
        raise WikiError("api_error", message)


def _in_shape(response: httpx.Response, shape: type[A]) -> A:
    """The answer as the wiki's software gives it. Raises WikiError where it is of another shape."""
    try:
        return shape.model_validate_json(response.content)
    except ValidationError as error:
        raise WikiError("no_answer", f"an answer that is not MediaWiki's: {describe(error)[:200]}") from error


def _to_wait_for(reason: str, message: str, response: httpx.Response) -> WikiError:
    wait = retry_after(response.headers)
    if wait is not None and wait > LONGEST_WAIT:
        return WikiError(reason, f"{message}; it asks to wait {wait:.0f} seconds, the limit is {LONGEST_WAIT:.0f}")
    return WikiError(reason, message, again=True, wait=wait)
