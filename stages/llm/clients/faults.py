"""What a server says when it gives no answer, in the words of AttemptError.

Reasons: rate_limited, overloaded, server_error, timed_out, connection and bad_reply may be tried again; refused (key,
permission, model, quota) and bad_request may not.
"""

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stages.common.files import describe
from stages.common.web import retry_after
from stages.llm.keys import scrub
from stages.llm.request import AttemptError
from stages.llm.request import AttemptError

if TYPE_CHECKING:
    import httpx2

_LONGEST = 500  # characters of a server's message
_REFUSED = (401, 402, 403, 404)
_OVERLOADED = (503, 529)
_AGAIN = ("rate_limited", "overloaded", "server_error", "timed_out")
# Words of an error object that say more than its status: the key is wrong, or nothing is left to pay with.
_REFUSED_WORDS = {"API_KEY_INVALID", "insufficient_quota"}
_SPAN = re.compile(r"(\d{1,9}(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def failure(response: "httpx2.Response") -> AttemptError:
    """The error for a response that isn't a success."""
    fault = _fault(response.text)
    reason = _reason(response.status_code, fault)
    words = fault.get("message") or response.text or response.reason_phrase
    if response.is_redirect:
        words = f"it redirects to {response.headers.get('location')}; set endpoint to that address"
    return AttemptError(
        reason,
        _message(f"{response.url} answered {response.status_code}: {words}"),
        again=reason in _AGAIN,
        wait=_wait(response.headers, fault) if reason in _AGAIN else None,
    )


def unreachable(endpoint: str, error: BaseException) -> AttemptError:
    return AttemptError(
        "connection", _message(f"{endpoint}: connection failed: {str(error) or type(error).__name__}"), again=True
    )


def unreadable(endpoint: str, error: ValueError) -> AttemptError:
    """The error for a success that isn't what was asked for: a web page of a proxy in the place of a list, say."""
    words = describe(error) if isinstance(error, ValidationError) else str(error)
    return AttemptError("bad_reply", _message(f"{endpoint} gave no usable answer: {words}"), again=True)


def _message(text: str) -> str:
    line = " ".join(scrub(text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def _fault(body: str) -> dict[str, Any]:
    """The error object of a body: `{"error": {...}}`, `{"error": "words"}`, or one of them in a list."""
    try:
        found = json.loads(body)
    except json.JSONDecodeError:
        return {}
    if isinstance(found, list) and found:
        found = found[0]
    error = found.get("error", found) if isinstance(found, dict) else {}
    return error if isinstance(error, dict) else {"message": str(error)}


def _reason(status: int, fault: dict[str, Any]) -> str:
    parts = (fault, *_dicts(fault.get("details")))
    words = {str(part.get(name)) for part in parts for name in ("code", "type", "reason")}
    if status in _REFUSED or words & _REFUSED_WORDS or (status == 429 and _for_today(fault)):
        return "refused"
    if status == 429:
        return "rate_limited"
    if status in _OVERLOADED:
        return "overloaded"
    if status == 408:
        return "timed_out"
    return "server_error" if status >= 500 or status in (409, 425) else "bad_request"


def _dicts(value: object) -> list[dict[str, Any]]:
    """The objects of a list: Google's details of an error are an ErrorInfo, a RetryInfo, a QuotaFailure."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _for_today(fault: dict[str, Any]) -> bool:
    """Whether what ran out is a quota of the day, which no wait of this run outlasts."""
    broken = [quota for detail in _dicts(fault.get("details")) for quota in _dicts(detail.get("violations"))]
    return any("PerDay" in str(quota.get("quotaId")) for quota in broken)


def _wait(headers: Mapping[str, str], fault: dict[str, Any]) -> float | None:
    """The seconds that the server asks to wait, by whichever of its ways it says so; None where it doesn't."""
    milliseconds = headers.get("retry-after-ms", "")
    if re.fullmatch(r"\d{1,9}(\.\d+)?", milliseconds):
        return float(milliseconds) / 1000
    if (wait := retry_after(headers)) is not None:
        return wait
    for detail in _dicts(fault.get("details")):
        if (wait := _span(str(detail.get("retryDelay", "")))) is not None:
            return wait
    # These count down to a full allowance: they say when to come back only where nothing of it is left.
    kinds = [kind for kind in ("requests", "tokens") if headers.get(f"x-ratelimit-remaining-{kind}") == "0"]
    waits = [_span(headers.get(f"x-ratelimit-reset-{kind}", "")) for kind in kinds]
    return max((wait for wait in waits if wait is not None), default=None)


def _span(text: str) -> float | None:
    """Seconds of a span such as 17s, 1.5s, 20ms or 6m0s."""
    if not re.fullmatch(f"({_SPAN.pattern})+", text):
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in _SPAN.findall(text))
