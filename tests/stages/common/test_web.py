"""The check of an address, and the wait that a server asks for."""

import pytest

from stages.common.web import parse_url, retry_after

SERVER_DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:37 GMT", "date": SERVER_DATE}, 60.0),
        ({"retry-after": "Sun, 06 Nov 1994 08:50:37 -0000", "date": SERVER_DATE}, 60.0),  # without a time zone
        ({"retry-after": SERVER_DATE, "date": "Sun, 06 Nov 1994 08:50:37 GMT"}, 0.0),
        ({"retry-after": SERVER_DATE}, 0.0),  # long ago
        ({"retry-after": SERVER_DATE, "date": "today"}, 0.0),
        ({"retry-after": "1764279336"}, None),  # a moment, not a wait
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    """Guards against asking again too early, and against a wait that no server asked for."""
    assert retry_after(headers) == seconds


def test_a_date_to_wait_for_is_compared_with_our_clock_if_the_server_tells_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.time", lambda: 784111777.0)  # SERVER_DATE
    assert retry_after({"retry-after": "Sun, 06 Nov 1994 08:49:47 GMT"}) == 10.0


def test_an_address_is_http_or_https_or_empty() -> None:
    assert parse_url("") is None
    url = parse_url("https://example.org/w/api.php")
    assert url is not None and (url.host, url.path) == ("example.org", "/w/api.php")
    for value in ("example.org", "ftp://example.org/x", "http://local:99999/", "http://"):
        with pytest.raises(ValueError, match=r"^must be the address of a wiki, http:// or https://, or empty$"):
            parse_url(value, "the address of a wiki")
