"""What the project's HTTP clients share: the check of an address, a limit for a body, and how long a server asks to
wait."""

import os
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pydantic import HttpUrl, TypeAdapter, ValidationError

if TYPE_CHECKING:
    import httpx2

# Ten digits would be more than 31 years: a date in seconds, perhaps, but not a wait.
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")


class BodyTooLargeError(Exception):
    """The body of a response is larger than it may be."""


def parse_url(value: str, wanted: str = "an address") -> HttpUrl | None:
    """The URL in `value`, or None if that is "". Raises ValueError, with what is wanted, for anything else."""
    if not value:
        return None
    try:
        return TypeAdapter(HttpUrl).validate_python(value)
    except ValidationError:
        raise ValueError(f"must be {wanted}, http:// or https://, or empty") from None


def refuse_password(value: str) -> str:
    """The address itself. Raises ValueError for one with a user name or a password, which would end up in Git."""
    url = parse_url(value)
    if url and (url.username or url.password):
        raise ValueError("must hold no user name and no password: params.yaml is in Git")
    return value


async def read_body(response: "httpx2.Response", most_bytes: int, keep: Callable[[bytes], object]) -> int:
    """Passes the decoded body to `keep`, piece by piece, and returns its size in bytes.

    A few compressed bytes may become gigabytes, so decoded bytes are counted, and at most a mebibyte is decoded at a
    time. Raises BodyTooLargeError.
    """
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > most_bytes:
            raise BodyTooLargeError(f"larger than {most_bytes:,} bytes")
        keep(piece)
    return size


def failure_reason(error: BaseException) -> str:
    """Why a request failed: what the operating system says, where the client only says that all attempts failed."""
    reason = str(error) or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and cause.errno is not None:
            return f"[Errno {cause.errno}] {os.strerror(cause.errno)}" if cause.errno > 0 else str(cause)
        below = cause.exceptions[0] if isinstance(cause, BaseExceptionGroup) else cause.__cause__ or cause.__context__
        cause = below
    return reason


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that a response asks to wait before the next request, or None if it doesn't say.

    `Retry-After` holds seconds or an HTTP date (RFC 9110, section 10.2.3). A date is compared with the server's own
    clock if the response has a `Date`, else with ours. Header names must be lower case, or `headers` ignore case.
    """
    value = headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    until = _timestamp(value)
    if until is None:
        return None
    now = _timestamp(headers.get("date", ""))
    return max(0.0, until - (time.time() if now is None else now))


def _timestamp(date: str) -> float | None:
    """Seconds since 1970 of an HTTP date, or None if it is not one. A date without a time zone is in UTC."""
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
