"""What the project's HTTP clients share: the check of an address, and how long a server asks to wait."""

import re
import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from pydantic import HttpUrl, TypeAdapter, ValidationError

# Ten digits would be more than 31 years: a date in seconds, perhaps, but not a wait.
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]+)?")


def parse_url(value: str, wanted: str = "an address") -> HttpUrl | None:
    """The URL in `value`, or None if that is "". Raises ValueError, with what is wanted, for anything else."""
    if not value:
        return None
    try:
        return TypeAdapter(HttpUrl).validate_python(value)
    except ValidationError:
        raise ValueError(f"must be {wanted}, http:// or https://, or empty") from None


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
