"""A local server, the parameters of a client, and a request."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from threading import Thread
from typing import Annotated, Any, TypeVar

import pytest
from pydantic import BaseModel, Field

from stages.llm.request import Client, LlmParams, Request
from tests.stages.llm.clients.local_server import LocalServer

VARIABLES = (
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GOOGLE_GEMINI_BASE_URL",
    "GOOGLE_GENAI_API_VERSION",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
)
PARAMS: dict[str, Any] = {
    "model": "tiny",
    "endpoint": "",
    "temperature": 0.5,
    "seed": 7,
    "max_output_tokens": 256,
    "context_tokens": 2048,
    "local": False,
    "concurrency": 4,
    "requests_per_minute": 1000,
    "timeout_seconds": 5.0,
    "attempts": 3,
    "max_failure_rate": 0.0,
    "usd_per_million_input": 0.0,
    "usd_per_million_output": 0.0,
    "budget_usd": 0.0,
}
R = TypeVar("R")


class Verdict(BaseModel):
    score: Annotated[int, Field(ge=0, le=5)]
    reason: Annotated[str, Field(max_length=4000)]


REQUEST = Request(name="row 1", system="You judge.", prompt="Judge this.", schema=Verdict)
VERDICT_SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer", "enum": [0, 1, 2, 3, 4, 5]}, "reason": {"type": "string"}},
    "required": ["score", "reason"],
    "additionalProperties": False,
}


def params(**changes: Any) -> LlmParams:
    return LlmParams.model_validate(PARAMS | changes)


def use(client: Client, work: Callable[[], Awaitable[R]]) -> R:
    """Does the work in an event loop of its own, and closes the client."""

    async def run() -> R:
        try:
            return await work()
        finally:
            await client.close()

    return asyncio.run(run())


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key and no address of the machine that the tests run on."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.stopped.set()
        server.shutdown()
