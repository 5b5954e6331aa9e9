"""Requests that fail, because of the network or a busy wiki: repeated, delayed, or reported with a reason."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from threading import Timer

import pytest

from stages import extract
from stages.common.errors import StageError
from stages.common.files import read_jsonl
from stages.common.records import Page
from stages.sources import mediawiki
from stages.sources.mediawiki import Pace, WikiApi, WikiError
from tests.stages.endless_server import EndlessServer
from tests.stages.sources.conftest import Extraction
from tests.stages.sources.local_wiki import Asked, Fault, LocalWiki, api_error

MAXLAG = api_error("maxlag", "Waiting for 10.64.16.7: 5.9 seconds lagged.")
SERVER_DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def of_a_page(asked: Asked) -> bool:
    return "extracts" in asked.get("prop", "")


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, headers={"Retry-After": "1"}),
        Fault(503, headers={"Retry-After": "1"}),
        Fault(503, headers={"Retry-After": "Sun, 06 Nov 1994 08:49:38 GMT", "Date": SERVER_DATE}),
        Fault(body=MAXLAG, headers={"Retry-After": "1"}),
    ],
    ids=["429", "503", "date", "maxlag"],
)
def test_no_request_comes_before_the_time_that_the_wiki_asked_for(
    wiki: LocalWiki, run: Extraction, fault: Fault
) -> None:
    """Guards against waiting too short, or only after those refusals that the client itself knows."""
    titles = ["A", "B"]
    for title in titles:
        wiki.add(title)
    refused: list[float] = []

    def refuse_one(asked: Asked, time_before: int) -> Fault | None:
        if not of_a_page(asked) or refused:
            return None
        refused.append(time.monotonic())
        return fault

    wiki.fault = refuse_one
    assert run(*titles, concurrency=1)["pages_kept"] == 2
    [again, other] = [moment - refused[0] for moment in wiki.times if moment > refused[0]]
    assert 1.0 <= again < other < 3.0


def test_no_page_is_lost_under_a_mix_of_faults(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against faults that the client takes for responses: errors with status 200, half responses, resets."""
    faults = [
        Fault(500),
        Fault(502, "<html>Bad gateway</html>"),
        Fault(429),
        Fault(body=MAXLAG),
        Fault(body=api_error("internal_api_error_DBQueryError", "[abc] Caught exception")),
        Fault(body="<html>Log in to the network</html>"),
        Fault(body='{"batchcomplete": ""', headers={"Content-Length": "400"}, does="cut"),
        Fault(does="reset"),
    ]
    titles = [f"Page {number}" for number in range(40)]
    for title in titles:
        wiki.add(title)

    def fail(asked: Asked, before: int) -> Fault | None:
        number = int(asked["titles"].split()[1]) if of_a_page(asked) else 0
        times = 3 if of_a_page(asked) else 2  # of 4 and 3 attempts
        return faults[(number + 3 * before) % len(faults)] if before < times else None

    wiki.fault = fail
    metrics = run(*titles, timeout_seconds=5.0)
    assert (metrics["pages_kept"], metrics["dropped"]) == (40, {})
    assert Counter(wiki.pages_asked()) == dict.fromkeys(titles, 4)


def test_failing_pages_are_named_by_reason(wiki: LocalWiki, run: Extraction, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against one page stopping a run, and against failures without a stated cause."""
    answers = {
        "Broken": Fault(500),
        "Busy": Fault(body=MAXLAG),
        "Closed": Fault(403),
        "Denied": Fault(body=api_error("readapidenied", "You need read permission.")),
        "Hanging": Fault(does="hang"),
        "Later": Fault(429, headers={"Retry-After": "3600"}),
        "Moved": Fault(301, headers={"Location": "https://else.example/api.php"}),
        "Reset": Fault(does="reset"),
        "Strange": Fault(body="[]"),
    }
    for title in ("Good", *answers):
        wiki.add(title)
    wiki.fault = lambda asked, before: answers.get(asked["titles"]) if of_a_page(asked) else None
    metrics = run("Good", *answers, attempts=2, timeout_seconds=0.5, max_failure_rate=0.9)
    assert metrics["dropped_titles"] == {
        "api_error": ["Busy", "Denied"],
        "connection": ["Reset"],
        "http_301": ["Moved"],
        "http_403": ["Closed"],
        "http_429": ["Later"],
        "http_500": ["Broken"],
        "not_json": ["Strange"],
        "timeout": ["Hanging"],
    }
    assert Counter(wiki.pages_asked()) == {"Good": 1} | {
        title: 1 if title in ("Closed", "Denied", "Later", "Moved") else 2 for title in answers
    }
    for message in (
        "Busy: no page (api error: maxlag: Waiting for 10.64.16.7: 5.9 seconds lagged.)",
        "Closed: no page (http 403: status 403: the wiki refuses; is extract.contact a real one?)",
        "Later: no page (http 429: status 429 (Too Many Requests); it asks to wait 3600 seconds, the limit is 120)",
        "Moved: no page (http 301: status 301 (Moved Permanently) to https://else.example/api.php)",
        "Hanging: no page (timeout: no answer in time (ReadTimeout))",
    ):
        assert message in caplog.messages
    wiki.fault = lambda asked, before: None
    wiki.asked.clear()
    assert run("Good", *answers)["pages_kept"] == 10  # the failures weren't kept in the cache, the page was
    assert sorted(wiki.pages_asked()) == sorted(answers)


def test_a_wiki_that_goes_down_is_not_asked_for_all_pages(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against minutes of requests after too many have already failed."""
    titles = [f"Page {number}" for number in range(40)]
    for title in titles:
        wiki.add(title)
    wiki.fault = lambda asked, before: Fault(500) if of_a_page(asked) else None
    with pytest.raises(StageError, match=r"5 of 40 titles gave no page;.*\n  http_500 \(5\): "):
        run(*titles, max_failure_rate=0.1, attempts=1)
    assert len(wiki.pages_asked()) <= 5 + 2 * 2  # what was under way when the fifth failed


def test_failing_lists_are_named(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against fifty titles that vanish with the one request that asked for them."""
    wiki.add("Nile")
    wiki.fault = lambda asked, before: Fault(500) if "list" in asked else None
    metrics = run("Nile", "Category:Rivers", attempts=1, max_failure_rate=0.5)
    assert metrics["dropped_titles"] == {"http_500": ["Category:Rivers"]}
    wiki.fault = lambda asked, before: Fault(500) if "pageprops" in asked.get("prop", "") else None
    with pytest.raises(StageError, match=r"2 of 2 titles gave no page;.*\n  http_500 \(2\): Nile, Amazon"):
        run("Nile", "Amazon", attempts=1)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (Fault(503), r"gives no answer: status 503 \(Service Unavailable\)\n  Set extract.endpoint to the api.php"),
        (Fault(404), r"gives no answer: status 404 \(Not Found\)"),
        (Fault(301, headers={"Location": "https://x.example/"}), r"status 301 \(Moved Permanently\) to https://x.exam"),
        (Fault(body="<html>Welcome</html>"), r"gives no answer: an answer that is not MediaWiki's: '<html>Welcome"),
        (Fault(body='{"status": "ok"}'), "is not the API of a MediaWiki; set extract.endpoint to its api.php"),
        (Fault(does="hang"), r"gives no answer: no answer in time \(ReadTimeout\)"),
    ],
)
def test_what_is_no_wiki_is_named_in_seconds(wiki: LocalWiki, run: Extraction, fault: Fault, message: str) -> None:
    wiki.fault = lambda asked, before: fault
    start = time.monotonic()
    with pytest.raises(StageError, match=message):
        run("Nile", timeout_seconds=0.3)
    assert time.monotonic() - start < 5
    assert len(wiki.asked) <= 3


def test_the_first_question_is_given_up_soon_whatever_the_time_out(
    wiki: LocalWiki, run: Extraction, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against minutes of waiting for a wrong address."""
    monkeypatch.setattr(mediawiki, "QUICK_SECONDS", 0.2)
    wiki.fault = lambda asked, before: Fault(does="hang")
    start = time.monotonic()
    with pytest.raises(StageError, match="gives no answer: no answer in time"):
        run("Nile", timeout_seconds=60.0, attempts=9)
    assert time.monotonic() - start < 10
    assert len(wiki.asked) == 3


def test_a_wiki_without_plain_text_is_named(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against the client's bare KeyError for each page."""
    wiki.extensions = ["Cite"]
    with pytest.raises(StageError, match=r"gives no plain text: it needs MediaWiki's extension TextExtracts; set"):
        run("Nile")


@pytest.mark.parametrize("host", ["127.0.0.1", "nowhere.invalid"])
def test_a_host_that_cannot_be_reached_is_named(run: Extraction, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", host)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://{host}:{unused.getsockname()[1]}/api.php"
        with pytest.raises(
            StageError, match=rf"{endpoint} gives no answer: \[Errno -?\d+\] .*\n  Set extract.endpoint"
        ):
            run("Nile", endpoint=endpoint)


@pytest.mark.parametrize(
    ("path", "reason", "message"),
    [
        ("drip", "timeout", "no whole answer within 1 seconds"),
        ("drip-headers", "timeout", "no whole answer within 1 seconds"),
        ("no-end", "too_large", "an answer that is larger than 33,554,432 bytes, the limit"),
        ("bomb", "too_large", "an answer that is larger than 33,554,432 bytes, the limit"),
        ("deep", "not_json", "an answer whose JSON is nested too deeply to be MediaWiki's"),
    ],
)
def test_an_answer_without_end_is_given_up(endless: EndlessServer, path: str, reason: str, message: str) -> None:
    """Guards against minutes for a byte every few seconds, and gigabytes of memory for one answer."""
    before, start = getrusage(RUSAGE_SELF).ru_maxrss, time.monotonic()
    timeout = 0.5 if "drip" in path else 30.0
    with closing(WikiApi(f"{endless.url}/{path}", "test", gap=0.0, timeout=timeout, attempts=1)) as api:
        with pytest.raises(WikiError) as error:
            api.query({"meta": "siteinfo"})
        assert (error.value.reason, str(error.value)) == (reason, message)
        with pytest.raises(WikiError, match=message):
            api.get({"prop": "extracts"}, "test")
    assert time.monotonic() - start < 20
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 200_000  # KiB


def test_all_threads_wait_where_one_was_asked_to() -> None:
    """Guards against threads that keep sending requests to a busy wiki."""
    pace = Pace(0.0)
    start = time.monotonic()
    pace.hold(0.2)
    pace.hold(0.1)  # takes nothing back

    def waited(_: int) -> float:
        pace.take_turn()
        return time.monotonic() - start

    with ThreadPoolExecutor(3) as pool:
        assert min(pool.map(waited, range(3))) >= 0.2


def test_who_waits_is_woken_at_the_end() -> None:
    """Guards against an interrupted stage that still waits for two minutes."""
    pace = Pace(0.0)
    pace.hold(60)
    Timer(0.05, pace.closed.set).start()
    with pytest.raises(WikiError, match="the stage has stopped"):
        pace.take_turn()


def test_gaps_part_the_starts_of_requests() -> None:
    """Guards against a burst at the start, when all threads are free."""
    pace = Pace(0.05)
    start = time.monotonic()
    for _ in range(4):
        pace.take_turn()
    assert time.monotonic() - start >= 0.15


def test_a_killed_run_goes_on(wiki: LocalWiki, run: Extraction, root: Path, tmp_path: Path) -> None:
    """Guards against pages that are downloaded twice, and outputs that differ from those of an undisturbed run."""
    titles = [f"Page {number}" for number in range(12)]
    for title in titles:
        wiki.add(title)
    run.set(*titles, concurrency=1)
    extract.PAGES.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "stages.extract"],
        cwd=run.folder,
        env=os.environ | {"PYTHONPATH": str(root)},
        stderr=subprocess.DEVNULL,
    )

    def kill(asked: Asked) -> None:
        if of_a_page(asked) and asked["titles"] == titles[7]:
            process.send_signal(signal.SIGKILL)
            process.wait()

    wiki.before = kill
    assert process.wait(timeout=60) == -signal.SIGKILL
    assert wiki.pages_asked() == titles[:8]
    assert not extract.PAGES.exists()
    wiki.asked.clear()
    wiki.before = lambda asked: None
    run(*titles, concurrency=1)
    assert wiki.pages_asked() == titles[7:]
    after = run.outputs()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WIKITUNE_CACHE", str(tmp_path / "another"))
        run(*titles, concurrency=4)
    assert run.outputs() == after
    assert len(read_jsonl(extract.PAGES, Page)) == 12
