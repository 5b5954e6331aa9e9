"""One request to a server, tried again where that may help: when, and how often."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from stages.common.errors import StageError
from stages.llm.keys import scrub
from stages.llm.request import AttemptError, Client, LlmParams, Reply, Request

LONGEST_WAIT = 600.0  # seconds that a server may ask for; more is a quota that is used up, not a busy moment
JITTER = 1.0  # seconds, so that those who were told to wait don't come back all at once
BACK_OFF = wait_random_exponential(multiplier=1, max=60)  # from nothing to 1, 2, 4, ... seconds

Turn = Callable[[], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]  # seconds


async def persist(
    client: Client, request: Request, params: LlmParams, turn: Turn, hold: Callable[[float], None], pause: Pause
) -> Reply:
    """The reply, in at most `params.attempts`; each waits for its turn; `hold` is told how long a server wants none.

    Raises AttemptError, that of the last attempt; StageError where no request can have an answer.
    """

    async def attempt() -> Reply:
        await turn()
        try:
            async with asyncio.timeout(params.timeout_seconds):
                return await client.ask(request)
        except TimeoutError:
            message = f"no answer within timeout_seconds ({params.timeout_seconds:g})"
            raise AttemptError("timed_out", message, again=True) from None
        except AttemptError as error:
            _stop_where_hopeless(client, error)
            if error.wait:
                hold(error.wait)
            raise

    retrying = AsyncRetrying(
        retry=retry_if_exception(lambda error: isinstance(error, AttemptError) and error.again),
        stop=stop_after_attempt(params.attempts),
        wait=_delay,
        sleep=pause,
        reraise=True,
    )
    reply: Reply = await retrying(attempt)
    return reply


def _delay(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, AttemptError) and error.wait is not None:
        return error.wait + random.uniform(0, JITTER)
    return BACK_OFF(state)


def _stop_where_hopeless(client: Client, error: AttemptError) -> None:
    if error.reason == "refused" and not error.again:
        raise StageError(
            f"{client.endpoint} refuses: {scrub(str(error))}\n"
            "  Every other request would end the same way. What was answered is kept; run again when this is put right"
        ) from error
    if error.wait is not None and error.wait > LONGEST_WAIT:
        raise StageError(
            f"{client.endpoint} asks to wait {error.wait:,.0f} seconds, more than {LONGEST_WAIT:.0f}: "
            f"{scrub(str(error))}\n  What was answered is kept; run again after that time"
        ) from error
