"""Processes that are killed while they ask in batch jobs: the next one asks for the job, and for no other."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from stages.llm import batching
from stages.llm.database import Database
from stages.llm.journal import FILE, Journal
from stages.llm.request import Provider
from tests.stages.llm.batch_server import BatchServer, serving_batches
from tests.stages.llm.test_batching import PRICES, PROVIDERS, ask, names, words

Start = Callable[[int], ForkServerProcess]
BUDGET = 1_000_000.0


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with serving_batches(lambda prompt: {"word": prompt.splitlines()[1]}) as server:
        yield server


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> Provider:
    chosen: Provider = request.param
    return chosen


@pytest.fixture
def start(server: BatchServer, provider: Provider, own_cache: Path) -> Start:
    """Starts a process of its own that asks for so many answers in batch jobs."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.stages.llm.test_batching", "openai", "google.genai", "__main__"])
    environment = {
        "WIKITUNE_CACHE": str(own_cache),
        "OPENAI_BASE_URL": f"{server.url}/v1",
        "GOOGLE_GEMINI_BASE_URL": server.url,
        "OPENAI_API_KEY": "planted-key-0123456789",
        "GEMINI_API_KEY": "planted-key-0123456789",
        "NO_PROXY": "127.0.0.1,localhost",
    }

    def begin(count: int) -> ForkServerProcess:
        process = context.Process(target=work, args=(environment, provider, count))
        process.start()
        return process

    return begin


def work(environment: dict[str, str], provider: Provider, count: int) -> None:
    """What a process does. It ends well if all answers are there."""
    os.environ.update(environment)
    batching.FIRST_POLL, batching.LONGEST_POLL, batching.LISTED_SECONDS, batching.AT_ONCE = 0.02, 0.05, 0.3, 20
    assert words(ask(provider, count, budget_usd=BUDGET, **PRICES)) == names(count)


def kill_at(server: BatchServer, process: ForkServerProcess, point: str, count: int = 1) -> None:
    server.kill(process.pid or 0, point, count)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, point


def held(folder: Path) -> int:
    """How many answers the journal has."""
    database = Database(folder / "llm" / FILE)
    ((count,),) = database.rows("SELECT count(*) FROM answers")
    database.close()
    return int(str(count))


def finish(server: BatchServer, process: ForkServerProcess, count: int) -> None:
    """The last process gets everything, and nothing was paid for twice."""
    process.join(120)
    assert process.exitcode == 0
    assert len(server.jobs) == 1 and set(server.bought().values()) == {1} and len(server.bought()) == count
    assert server.prompts == []
    with Journal() as journal:
        tables = ("jobs", "batched", "claims")
        assert [journal._database.rows(f"SELECT * FROM {table}") for table in tables] == [[], [], []]
        probes = journal._database.rows("SELECT count(*) FROM answers WHERE name = 'probe'")[0][0]
        assert journal.spent("synth") == pytest.approx(count * 0.1 + 0.2 * int(str(probes)))
        assert held(journal.file("").parent) == count + int(str(probes))
    assert not list(journal.file("").glob("*.jsonl")) and not list(journal.file("").glob("*.owner"))


def test_a_job_that_nobody_heard_of_is_found(server: BatchServer, start: Start) -> None:
    """Guards against a second job after a `kill -9` between its creation and the journal."""
    kill_at(server, start(5), "create")
    assert len(server.jobs) == 1
    finish(server, start(5), 5)


def test_ctrl_c_leaves_the_job_to_the_next_run(server: BatchServer, start: Start) -> None:
    """Guards against a run that nobody can stop while it waits, and against a job that is cancelled or lost by it."""
    server.states = ["in_progress"]
    process = start(5)
    while server.passed["poll"] < 3:
        assert process.is_alive()
        time.sleep(0.01)
    os.kill(process.pid or 0, signal.SIGINT)
    process.join(20)
    assert process.exitcode == 1 and server.passed["cancel"] == 0
    (job,) = server.jobs.values()
    job.states = ["completed"]
    finish(server, start(5), 5)


@pytest.mark.slow
def test_twenty_kills_buy_no_answer_twice(server: BatchServer, start: Start, own_cache: Path) -> None:
    """Guards against answers that are lost or paid for twice, wherever a `kill -9` comes."""
    count = 1000
    server.states = [*["validating"] * 10, *["in_progress"] * 20, "finalizing", "completed"]
    kills = 0
    for point in ("upload", "upload", "upload", "create", "list", "list", "list"):
        process = start(count)
        kill_at(server, process, point)
        kills += 1
    assert len(server.jobs) == 1
    for number in (1, 2, 3, 5):
        kill_at(server, start(count), "poll", number)
        kills += 1
    for _ in range(3):
        kill_at(server, start(count), "download")
        kills += 1
    while kills < 20:  # halfway through writing the answers
        before = held(own_cache)
        process = start(count)
        while held(own_cache) < before + 40:
            assert process.is_alive()
            time.sleep(0.001)
        process.kill()
        process.join()
        assert before < held(own_cache) < count
        kills += 1
    finish(server, start(count), count)
