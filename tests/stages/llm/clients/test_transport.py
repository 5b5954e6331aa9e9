"""What is read out of a server's refusal: the reason, and how long to wait."""

from typing import Any

import httpx2
import pytest

from stages.llm.clients.transport import status_error

URL = "http://localhost:1/v1/chat/completions"


def response(status: int, body: Any = None, **headers: str) -> httpx2.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx2.Response(status, headers=named, json=body, request=httpx2.Request("POST", URL))


def google(status: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": 429, "message": "Quota.", "status": status, "details": list(details)}}


PER_DAY = {"violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}
PER_MINUTE = {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}


@pytest.mark.parametrize(
    ("status", "body", "reason", "again"),
    [
        (307, None, "bad_request", False),
        (400, {"error": {"message": "m"}}, "bad_request", False),
        (400, google("INVALID_ARGUMENT", {"reason": "API_KEY_INVALID"}), "refused", False),
        (401, {"error": {"message": "m"}}, "refused", False),
        (402, {"error": {"message": "m"}}, "refused", False),
        (403, {"error": {"message": "m"}}, "refused", False),
        (404, {"error": "model 'x' not found"}, "refused", False),
        (408, None, "timed_out", True),
        (409, None, "server_error", True),
        (413, None, "bad_request", False),
        (422, None, "bad_request", False),
        (429, None, "rate_limited", True),
        (429, google("RESOURCE_EXHAUSTED", PER_MINUTE), "rate_limited", True),
        (429, google("RESOURCE_EXHAUSTED", PER_DAY), "refused", False),
        (429, {"error": {"message": "m", "code": "insufficient_quota"}}, "refused", False),
        (500, None, "server_error", True),
        (502, None, "server_error", True),
        (503, None, "overloaded", True),
        (529, None, "overloaded", True),
    ],
)
def test_each_status_has_its_reason(status: int, body: Any, reason: str, again: bool) -> None:
    """Guards against paying again for what can't succeed, and against giving up on what can."""
    error = status_error(response(status, body))
    assert (error.reason, error.again) == (reason, again)


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({}, None, None),
        ({"retry_after": "17"}, None, 17.0),
        ({"retry_after": "1.5"}, None, 1.5),
        ({"retry_after": "0"}, None, 0.0),
        ({"retry_after": "soon"}, None, None),
        ({"retry_after": "-3"}, None, None),
        ({"retry_after": "nan"}, None, None),
        (
            {"retry_after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"},
            None,
            30.0,
        ),
        (
            {"retry_after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 07:28:30 GMT"},
            None,
            0.0,
        ),
        ({"retry_after_ms": "250", "retry_after": "1"}, None, 0.25),
        ({}, google("RESOURCE_EXHAUSTED", PER_MINUTE, {"retryDelay": "17s"}), 17.0),
        ({}, google("RESOURCE_EXHAUSTED", {"retryDelay": "17.25s"}), 17.25),
        ({}, google("RESOURCE_EXHAUSTED", {"retryDelay": "later"}), None),
        ({"retry_after": "3"}, google("RESOURCE_EXHAUSTED", {"retryDelay": "17s"}), 3.0),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "6m0s"}, None, 360.0),
        ({"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "20ms"}, None, 0.02),
        (
            {
                "x_ratelimit_remaining_requests": "9",
                "x_ratelimit_reset_requests": "1h",
                "x_ratelimit_remaining_tokens": "0",
                "x_ratelimit_reset_tokens": "1m2.5s",
            },
            None,
            62.5,
        ),
        ({"x_ratelimit_reset_requests": "6m0s"}, None, None),
    ],
)
def test_the_wait_is_what_the_server_asks_for(headers: dict[str, str], body: Any, wait: float | None) -> None:
    """Guards against asking again too early, which some servers punish, and against sleeping for a full allowance."""
    assert status_error(response(429, body, **headers)).wait == wait


def test_a_wait_until_a_date_counts_from_now_where_the_server_tells_no_time() -> None:
    assert status_error(response(503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT")).wait == 0.0


def test_there_is_no_wait_for_what_may_not_be_asked_again() -> None:
    assert status_error(response(401, retry_after="5")).wait is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "the message"}}, "the message"),
        ({"error": "words alone"}, "words alone"),
        ([{"error": {"message": "in a list"}}], "in a list"),
        ({"message": "no error object"}, "no error object"),
        (["odd"], '["odd"]'),
    ],
)
def test_the_message_is_the_servers_own(body: Any, words: str) -> None:
    assert str(status_error(response(400, body))) == f"{URL} answered 400: {words}"


@pytest.mark.parametrize("body", ["[" * 3000 + "]" * 3000, f'{{"error": {"9" * 5000}}}'], ids=["deep", "digits"])
def test_a_body_that_python_cannot_hold_is_shown_as_text(body: str) -> None:
    """Guards against a traceback from a server's error."""
    error = status_error(httpx2.Response(400, text=body, request=httpx2.Request("POST", URL)))
    assert str(error).startswith(f"{URL} answered 400: {body[:100]}")


def test_a_web_page_is_shown_shortly_in_one_line() -> None:
    page = httpx2.Response(502, text="<html>\n" + "x" * 1000, request=httpx2.Request("POST", URL))
    message = str(status_error(page))
    assert message.startswith(f"{URL} answered 502: <html> xxx") and message.endswith("...")
    assert len(message) == 503


def test_a_redirect_names_where_to() -> None:
    """Guards against following it: the request would be sent twice, and Google's key to another server."""
    message = str(status_error(response(307, location="https://other.example/v1")))
    assert message == f"{URL} answered 307: it redirects to https://other.example/v1; set endpoint to that address"


def test_no_message_holds_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a key in a log: servers repeat the key that they refuse."""
    monkeypatch.setenv("OPENAI_API_KEY", "planted-secret-1")
    monkeypatch.setenv("GOOGLE_API_KEY", "planted-secret-2\n")
    error = status_error(response(401, {"error": {"message": "not planted-secret-1 and not planted-secret-2"}}))
    assert str(error) == f"{URL} answered 401: not [key] and not [key]"
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    assert str(status_error(response(400, {"error": "none left"}))) == f"{URL} answered 400: none left"
