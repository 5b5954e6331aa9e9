"""The plain server's client, requests for it, and the work of a process that sends them."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx2

from stages.common.records import Record
from stages.llm.asking import ask_all
from stages.llm.batch_service import BatchService, no_batches
from stages.llm.journal import Journal
from stages.llm.replies import Outcome
from stages.llm.request import AttemptError, LlmParams, Reply, Request
from stages.llm.settings import settings_for

PARAMS = {
    "model": "parrot",
    "endpoint": "",
    "temperature": 0.0,
    "seed": 1,
    "max_output_tokens": 100,
    "context_tokens": 1000,
    "local": False,
    "concurrency": 8,
    "requests_per_minute": 1_000_000,
    "timeout_seconds": 20.0,
    "attempts": 4,
    "max_failure_rate": 0.0,
    "usd_per_million_input": 0.0,
    "usd_per_million_output": 0.0,
    "budget_usd": 0.0,
}
REASONS = {401: "refused", 404: "refused", 400: "bad_request", 429: "rate_limited", 503: "overloaded"}


class Words(Record):
    word: str
    items: list[str]


def make_params(**changes: Any) -> LlmParams:
    return LlmParams.model_validate(PARAMS | changes)


def make_request(name: str, items: tuple[str, int] | None = None) -> Request:
    return Request(name=name, system="Repeat.", prompt=f"{name}\nSay it in capitals.", schema=Words, items=items)


def make_requests(count: int) -> list[Request]:
    return [make_request(f"page {number:04d}") for number in range(count)]


class PlainClient:
    def __init__(self, endpoint: str, timeout_seconds: float = 20.0) -> None:
        self.endpoint, self._timeout_seconds = endpoint, timeout_seconds
        self._http: httpx2.AsyncClient | None = None
        self.form, self.probes = "", list[Reply]()

    async def check(self, known_form: str | None) -> str:
        response = await self._open().post("/check", json={"form": known_form})
        self.form = str(response.json()["form"])
        return self.form

    async def ask(self, request: Request) -> Reply:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._open().post("/ask", json={"system": request.system, "prompt": request.prompt})
        except TimeoutError:
            raise AttemptError("timed_out", "no answer in time", again=True) from None
        except httpx2.TransportError as error:
            raise AttemptError("connection", type(error).__name__, again=True) from error
        if response.status_code != 200:
            reason = REASONS.get(response.status_code, "server_error")
            wait = response.headers.get("Retry-After")
            again = reason in {"rate_limited", "server_error", "overloaded"}
            raise AttemptError(reason, response.text, again=again, wait=float(wait) if wait else None)
        return Reply(**response.json())

    def batches(self) -> BatchService:
        raise no_batches(self.endpoint, "it is the plain server")

    async def close(self) -> None:
        if self._http:
            await self._http.aclose()
            self._http = None

    def _open(self) -> httpx2.AsyncClient:
        if self._http is None:
            limits = httpx2.Limits(max_connections=None)
            self._http = httpx2.AsyncClient(base_url=self.endpoint, timeout=None, limits=limits)
        return self._http


def ask(url: str, requests: list[Request], params: LlmParams, folder: Path) -> list[Outcome]:
    with Journal(folder) as journal:
        return ask_all(
            PlainClient(url, settings_for(params, url).timeout_seconds),
            requests,
            params,
            stage="synth",
            provider="openai",
            journal=journal,
        )


def run(url: str, count: int, changes: dict[str, Any], folder: Path, result: Path) -> None:
    """The work of a test's process: sends requests, and writes the outcomes to a file."""
    outcomes = ask(url, make_requests(count), make_params(**changes), folder)
    result.write_text(json.dumps(texts(outcomes)), encoding="utf-8")


def texts(outcomes: list[Outcome]) -> list[list[str]]:
    """Outcomes as texts, to compare."""
    return [
        [outcome.name, outcome.value.model_dump_json() if outcome.value else "", outcome.reason or "", outcome.raw]
        for outcome in outcomes
    ]
