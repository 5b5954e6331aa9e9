"""The whole way of many requests, with the real client libraries, against servers that speak their APIs and fail."""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.common.records import Record
from stages.llm.prompts import fenced
from stages.llm.replies import Outcome
from stages.llm.request import Provider, Request
from stages.llm.service import Service
from tests.stages.llm.clients.local_server import Answer
from tests.stages.llm.plain_client import make_params
from tests.stages.model_server import MODEL, Blocked, Broken, Model, ModelServer

PROVIDERS: tuple[Provider, ...] = ("openai", "gemini")
LATER = {"Retry-After": "0"}
BUSY = {"error": {"code": 429, "message": "Too many requests.", "status": "RESOURCE_EXHAUSTED"}}
SICK = {"error": {"code": 500, "message": "Something broke.", "status": "INTERNAL"}}
FAULTS: list[Answer | Broken | str] = [
    Answer(BUSY, 429),
    Answer(BUSY, 429, LATER),
    Answer(SICK, 500),
    Answer(SICK, 503),
    Broken("hang"),
    Broken("reset"),
    Broken("cut"),
    '{"word": "pa',
    '{"words": ["page"]}',
]


class Word(Record):
    word: str


def requests(count: int) -> list[Request]:
    names = [f"page {number:04d}" for number in range(count)]
    return [Request(name=outcome, system="Repeat.", prompt=fenced("word", outcome), schema=Word) for outcome in names]


def name_of(prompt: str) -> str:
    return prompt.splitlines()[1]


def ask(provider: Provider, count: int, **changes: Any) -> list[Outcome]:
    defaults: dict[str, Any] = {"model": MODEL, "timeout_seconds": 2.0, "concurrency": 16, "attempts": 6}
    return Service("synth", provider, make_params(**defaults | changes)).ask(requests(count))


class Faulty:
    """Three of ten names fail at first, each in one of `FAULTS`; every tenth is blocked; the others are answered."""

    def __init__(self) -> None:
        self.arrived: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(self, prompt: str) -> dict[str, Any] | str | Answer | Broken | Blocked:
        name = name_of(prompt)
        number = int(name.split()[1])
        with self._lock:
            self.arrived[name] += 1
            if number % 10 == 9:
                return Blocked()
            if number % 10 < 3 and self.arrived[name] == 1:
                return FAULTS[number // 10 * 3 % len(FAULTS) + number % 10 % 3]
            self.answered[name] += 1
        return {"word": name}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_answerable_request_is_answered_once(serve: Callable[[Model], ModelServer], provider: Provider) -> None:
    """Guards against a fault that loses a request, a client that sends one again on its own, and an error that is kept
    as an answer."""
    model = Faulty()
    serve(model)
    outcomes = ask(provider, 200, max_failure_rate=0.1)
    blocked = {f"page {number:04d}" for number in range(9, 200, 10)}
    assert {outcome.name for outcome in outcomes if outcome.reason == "blocked"} == blocked
    assert all(outcome.value == Word(word=outcome.name) for outcome in outcomes if outcome.name not in blocked)
    assert set(model.answered.values()) == {1} and len(model.answered) == 180
    assert sum(model.arrived.values()) == 200 + 60  # each fault cost one request more
    assert [outcome.name for outcome in outcomes] == [outcome.name for outcome in requests(200)]

    again = ask(provider, 200, max_failure_rate=0.1)
    assert [outcome.value for outcome in again] == [outcome.value for outcome in outcomes]
    assert sum(model.arrived.values()) == 260 + 20  # what was blocked is asked again, and nothing else


@pytest.mark.parametrize("provider", PROVIDERS)
def test_too_many_failures_say_how_to_go_on(serve: Callable[[Model], ModelServer], provider: Provider) -> None:
    serve(lambda prompt: Blocked())
    with pytest.raises(StageError, match=r"no usable answer.*blocked(.|\n)*run again to ask only what has none"):
        ask(provider, 20, max_failure_rate=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_killed_process_goes_on_where_it_was(
    serve: Callable[[Model], ModelServer], provider: Provider, own_cache: Path, tmp_path: Path
) -> None:
    """Guards against paid answers that a `kill -9` loses: only what was under way is asked again."""
    reached, stop_at = Event(), 0

    def model(prompt: str) -> dict[str, Any]:
        if len(server.prompts) == stop_at:
            reached.set()
        return {"word": name_of(prompt)}

    server = serve(model)
    rng = random.Random(1)
    kills, concurrency = 20, 4
    context = multiprocessing.get_context("spawn")
    for _ in range(kills):
        reached.clear()
        stop_at = len(server.prompts) + rng.randint(1, 10)
        process = context.Process(target=ask, args=(provider, 200), kwargs={"concurrency": concurrency})
        process.start()
        assert reached.wait(30)
        time.sleep(rng.uniform(0, 0.02))  # a moment between two requests, or in one
        process.kill()
        process.join()
    outcomes = ask(provider, 200, concurrency=concurrency)
    assert [outcome.value for outcome in outcomes] == [Word(word=outcome.name) for outcome in requests(200)]
    assert 200 <= len(server.prompts) <= 200 + kills * concurrency
