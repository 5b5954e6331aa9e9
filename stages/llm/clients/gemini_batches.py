"""Gemini's batches: a file of requests, a job, a file of results.

Written after googleapis/python-genai (batches.py, files.py) and the guide at ai.google.dev/gemini-api/docs/batch-api.
Requests inside the job itself would need no file, but their answers have come back in another order and without the
metadata that tells which is which (googleapis/python-genai, issues 1909 and 2008). In a file, each line has its key.
"""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from stages.llm.batch_service import BatchResult, JobStatus
from stages.llm.clients.envelopes import Envelope
from stages.llm.clients.transport import TRANSFER_SECONDS
from stages.llm.keys import scrub
from stages.llm.request import AttemptError, Reply, Request

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client
    from google.genai.types import BatchJob

LISTED = 1000  # newest jobs among which a job is looked for
_PAGE = 100  # jobs in one answer
# The library's own list of ended states has no JOB_STATE_PARTIALLY_SUCCEEDED, and its examples wait for ever.
_ENDED = ("SUCCEEDED", "PARTIALLY_SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED")


class _ResultLine(Envelope):
    key: str
    response: Any = None
    error: Any = None


class GeminiBatches:
    """A stages.llm.batch_service.BatchService."""

    most_requests = 50_000  # as at OpenAI; Google names no limit
    most_bytes = 200_000_000  # a file may have 2 GB, and one account 100 jobs and 20 GB at once

    def __init__(
        self,
        library: "Client",
        downloads: "Client",
        http: "httpx2.AsyncClient",
        endpoint: str,
        model: str,
        body: Callable[[Request], dict[str, Any]],
        read: Callable[[str], Reply],
        attempt: Callable[[float], AbstractAsyncContextManager[None]],
        seconds: float,
    ) -> None:
        """`downloads` is a library that takes large responses, with `http`; both are closed here. `body` makes the JSON
        of a request, and `read` reads that of a response. `attempt` limits an attempt to a number of seconds, and turns
        the library's errors into AttemptErrors; small ones take at most `seconds`."""
        self._library, self._downloads, self._http = library, downloads, http
        self.endpoint, self._model = endpoint, model
        self._body, self._read, self._attempt, self._seconds = body, read, attempt, seconds

    def line(self, key: str, request: Request) -> bytes:
        return json.dumps({"key": key, "request": self._body(request)}).encode()

    async def upload(self, path: Path) -> str:
        async with self._attempt(TRANSFER_SECONDS):
            try:
                file = await self._library.aio.files.upload(
                    file=path, config={"display_name": path.name, "mime_type": "jsonl"}
                )
            except KeyError as error:  # so the library says that the server named no address for the file
                raise AttemptError("bad_reply", f"{self.endpoint}: {error}", again=True) from None
        return self._text(file.name)

    async def create(self, name: str, file: str) -> JobStatus:
        async with self._attempt(self._seconds):
            job = await self._library.aio.batches.create(model=self._model, src=file, config={"display_name": name})
        return self._status(job)

    async def find(self, name: str) -> JobStatus | None:
        looked_at = 0
        async with self._attempt(self._seconds):
            async for job in await self._library.aio.batches.list(config={"page_size": _PAGE}):
                if job.display_name == name:
                    return self._status(job)
                looked_at += 1
                if looked_at == LISTED:
                    break
        return None

    async def status(self, id: str) -> JobStatus:
        async with self._attempt(self._seconds):
            return self._status(await self._library.aio.batches.get(name=id))

    async def cancel(self, id: str) -> None:
        async with self._attempt(self._seconds):
            await self._library.aio.batches.cancel(name=id)

    async def download(self, file: str, path: Path) -> None:
        async with self._attempt(TRANSFER_SECONDS):
            await self._downloads.aio.files.download(file=file, destination=path)

    def result(self, line: bytes) -> BatchResult | None:
        try:
            result = _ResultLine.model_validate_json(line)
        except ValidationError:
            return None
        if result.response is None:
            return BatchResult(result.key, None, scrub(json.dumps(result.error)))
        return BatchResult(result.key, self._read(json.dumps(result.response)))

    async def close(self) -> None:
        await self._downloads.aio.aclose()
        self._downloads.close()
        await self._http.aclose()

    def _status(self, job: "BatchJob") -> JobStatus:
        """The library doesn't pass on why a job failed."""
        state = job.state.value if job.state else "no state"
        word = state.removeprefix("JOB_STATE_").removeprefix("BATCH_STATE_")  # of some, the library keeps the latter
        file = job.dest.file_name if job.dest else None
        return JobStatus(
            id=self._text(job.name),
            state=state,
            ended=word in _ENDED,
            failed=word == "FAILED",
            files=(file,) if file else (),
            problem=scrub(job.error.message or "") if job.error else "",
        )

    def _text(self, name: str | None) -> str:
        if not name:
            raise AttemptError("bad_reply", f"{self.endpoint} gave no name of a file or batch job", again=True)
        return name
