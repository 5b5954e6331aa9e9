"""When a failed request is tried again, after which wait, and what the terminal says about it."""

import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from stages.common.errors import StageError
from stages.llm.keys import scrub
from stages.llm.request import AttemptError

log = logging.getLogger(__name__)
R = TypeVar("R")

LONGEST_WAIT = 600.0  # seconds that a server may ask to wait; if it asks for more, a quota is used up
JITTER = 1.0  # seconds, so that those who were told to wait don't all come back at once
BACK_OFF = wait_random_exponential(multiplier=1, max=60)  # between 0 and 1, 2, 4, ... seconds
RESTART_SECONDS = 120.0  # for which a server that is gone is waited for: it may restart, and load its model
RESTART_POLL = 5.0  # seconds at most between two attempts at a server that is gone
GONE = ("connection", "overloaded")  # why attempts fail at a server that restarts, or loads its model
TOO_MUCH = ("timed_out", "rate_limited")  # why attempts fail at a server that is asked too much at once


def is_last(state: RetryCallState, attempts: int) -> bool:
    """Whether the attempt that failed was the last one: there were so many, and the server isn't just restarting."""
    if state.attempt_number < attempts:
        return False
    return error_of(state).reason not in GONE or (state.seconds_since_start or 0.0) >= RESTART_SECONDS


def delay(state: RetryCallState) -> float:
    """The seconds before the next attempt: never less than the server asked for."""
    error = error_of(state)
    if error.wait is not None:
        return error.wait + random.uniform(0, JITTER)
    return min(BACK_OFF(state), RESTART_POLL) if error.reason in GONE else BACK_OFF(state)


def next_step(state: RetryCallState, attempts: int) -> str:
    """What failed, how often, and what comes next, for the terminal."""
    number = f"attempt {state.attempt_number}" + (f" of {attempts}" if state.attempt_number < attempts else "")
    wait = state.next_action.sleep if state.next_action else 0.0
    return f"{number} failed: {scrub(str(error_of(state)))}; the next one follows in {wait:.0f} s"


def error_of(state: RetryCallState) -> AttemptError:
    """The error of the last attempt. Nothing else is tried again."""
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, AttemptError)
    return error


def stop_if_hopeless(endpoint: str, error: AttemptError) -> None:
    """Raises StageError if every other request would fail in the same way."""
    if error.reason == "refused" and not error.again:
        raise StageError(
            f"{endpoint} refuses: {scrub(str(error))}\n"
            "  Every other request would end the same way. What was answered is kept; run again when this is put right"
        ) from error
    if error.wait is not None and error.wait > LONGEST_WAIT:
        raise StageError(
            f"{endpoint} asks to wait {error.wait:,.0f} seconds, more than {LONGEST_WAIT:.0f}: "
            f"{scrub(str(error))}\n  What was answered is kept; run again after that time"
        ) from error


async def patiently(work: Callable[[], Awaitable[R]], endpoint: str, attempts: int) -> R:
    """Does what a client must do before it asks, again after a fault that may pass. A server that isn't there, doesn't
    answer in time or fails by itself is no such fault: then the reader should know soon. Raises AttemptError."""
    passing = ("rate_limited", "overloaded", "connection")

    def may_pass(error: BaseException) -> bool:
        if not isinstance(error, AttemptError) or error.reason not in passing or error.nobody_there:
            return False
        stop_if_hopeless(endpoint, error)
        return True

    retrying = AsyncRetrying(
        retry=retry_if_exception(may_pass),
        stop=stop_after_attempt(attempts),
        wait=delay,
        before_sleep=lambda state: log.warning("%s", next_step(state, attempts)),
        reraise=True,
    )
    result: R = await retrying(work)
    return result
