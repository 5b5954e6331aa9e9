"""The batches of OpenAI and of providers that speak its protocol: a file of requests, a job, files of results.

Written after openai-python (resources/batches.py, resources/files.py; for Azure lib/azure.py), and the guides at
developers.openai.com/api/docs/guides/batch and learn.microsoft.com/azure/ai-services/openai/how-to/batch.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from stages.llm.batch_service import BatchResult, JobStatus
from stages.llm.clients.chat_completions import completion_reply
from stages.llm.clients.envelopes import Envelope
from stages.llm.clients.transport import (
    MOST_BYTES,
    MOST_RESULTS,
    TRANSFER_SECONDS,
    attempt,
    connection_error,
    http_client,
    status_error,
)
from stages.llm.keys import scrub
from stages.llm.request import AttemptError, Request

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

MARK = "wikitune"  # the entry of a job's metadata that has our name for it
LISTED = 1000  # newest jobs among which a job is looked for
FILE_POLL = 2.0  # seconds between looks at a file that isn't ready
_PAGE = 100  # jobs in one answer, the most that there may be
_ENDED = ("completed", "failed", "expired", "cancelled")  # not: validating, in_progress, finalizing, cancelling


class _Response(Envelope):
    status_code: int = 0
    body: Any = None


class _Line(Envelope):
    custom_id: str
    response: _Response = _Response()
    error: Any = None


class OpenAIBatches:
    """A stages.llm.batch_service.BatchService."""

    # openai/types/batch_create_params.py: 50,000 requests, 200 MB. The file has other bytes around ours.
    most_requests = 50_000
    most_bytes = 199_000_000

    def __init__(
        self,
        endpoint: str,
        key: str,
        headers: dict[str, str],
        path: str,
        body: Callable[[Request], dict[str, Any]],
        seconds: float,
    ) -> None:
        """`headers` are sent beside the key. `body` makes the JSON of a request to `path`. Small requests take at most
        `seconds`."""
        self.endpoint, self._key, self._headers = endpoint, key, headers
        self._path, self._body, self._seconds = path, body, seconds

    @cached_property
    def _library(self) -> "AsyncOpenAI":
        return self._open(MOST_BYTES)

    @cached_property
    def _downloads(self) -> "AsyncOpenAI":
        return self._open(MOST_RESULTS)

    def _open(self, most_bytes: int) -> "AsyncOpenAI":
        """The library, for responses of at most so many bytes."""
        from openai import AsyncOpenAI

        base, _, query = self.endpoint.partition("?")
        return AsyncOpenAI(
            api_key=self._key or "none",  # the library wants one, even if the server doesn't
            base_url=base,
            default_query=dict(parse_qsl(query)),  # such as Azure's api-version
            default_headers=self._headers,
            max_retries=0,
            timeout=None,
            http_client=http_client(1, most_bytes),
        )

    def line(self, key: str, request: Request) -> bytes:
        line = {"custom_id": key, "method": "POST", "url": self._path, "body": self._body(request)}
        return json.dumps(line).encode()

    async def upload(self, path: Path) -> str:
        async with self._attempt(TRANSFER_SECONDS):
            with path.open("rb") as file:
                uploaded = await self._library.files.create(file=(path.name, file), purpose="batch")
            name = self._text(uploaded, "id")
            while getattr(uploaded, "status", None) == "pending":  # Azure reads it first
                await asyncio.sleep(FILE_POLL)
                uploaded = await self._library.files.retrieve(name)
        return name

    async def create(self, name: str, file: str) -> JobStatus:
        async with self._attempt(self._seconds):
            batch = await self._library.batches.create(
                completion_window="24h",
                endpoint=self._path,  # type: ignore[arg-type] # Azure's has no /v1
                input_file_id=file,
                metadata={MARK: name},
            )
        return self._status(batch)

    async def find(self, name: str) -> JobStatus | None:
        looked_at = 0
        async with self._attempt(self._seconds):
            async for batch in self._library.batches.list(limit=_PAGE):
                if (batch.metadata or {}).get(MARK) == name:
                    return self._status(batch)
                looked_at += 1
                if looked_at == LISTED:
                    break
        return None

    async def status(self, id: str) -> JobStatus:
        async with self._attempt(self._seconds):
            return self._status(await self._library.batches.retrieve(id))

    async def cancel(self, id: str) -> None:
        async with self._attempt(self._seconds):
            await self._library.batches.cancel(id)

    async def download(self, file: str, path: Path) -> None:
        content = self._downloads.files.with_streaming_response.content(file)
        async with self._attempt(TRANSFER_SECONDS), content as response:
            with path.open("wb") as results:
                async for piece in response.iter_bytes():
                    results.write(piece)

    def result(self, line: bytes) -> BatchResult | None:
        try:
            result = _Line.model_validate_json(line)
        except ValidationError:
            return None
        response = result.response
        if result.error is None and 200 <= response.status_code < 300:
            return BatchResult(result.custom_id, completion_reply(json.dumps(response.body).encode()))
        problem = json.dumps(result.error or response.body)
        return BatchResult(result.custom_id, None, scrub(f"{response.status_code or 'no answer'}: {problem}"))

    async def close(self) -> None:
        for library in ("_library", "_downloads"):
            if library in self.__dict__:  # created
                await getattr(self, library).close()

    @asynccontextmanager
    async def _attempt(self, seconds: float) -> AsyncIterator[None]:
        """An attempt that turns the library's errors into AttemptErrors."""
        from openai import APIConnectionError, APIStatusError

        async with attempt(self.endpoint, seconds):
            try:
                yield
            except APIStatusError as error:
                raise status_error(error.response) from None
            except APIConnectionError as error:
                if isinstance(error.__cause__, AttemptError):  # a response that is too large
                    raise error.__cause__ from None
                raise connection_error(self.endpoint, error.__cause__ or error) from None

    def _status(self, batch: "Batch") -> JobStatus:
        errors = batch.errors.data if isinstance(batch, BaseModel) and batch.errors else None
        state = self._text(batch, "status")
        return JobStatus(
            id=self._text(batch, "id"),
            state=state,
            ended=state in _ENDED,
            failed=state == "failed",
            files=tuple(file for file in (batch.output_file_id, batch.error_file_id) if file),
            problem=scrub("; ".join(f"{error.code}: {error.message}" for error in errors or ())),
        )

    def _text(self, answer: object, field: str) -> str:
        """A field of an answer. The library checks none, and takes a gateway's web page for an answer."""
        value = getattr(answer, field, None)
        if not isinstance(value, str) or not value:
            raise AttemptError("bad_reply", f"{self.endpoint} gave no {field} of a file or batch job", again=True)
        return value
