"""What a provider's batch mode must be able to do: jobs of many requests, at half the price, done within a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stages.common.errors import StageError
from stages.llm.request import AttemptError, Reply, Request
from stages.llm.settings import ServerSettings

LONGEST_LINE = 32 * 2**20  # bytes of a line of results: one answer, with what the provider adds


@dataclass(frozen=True)
class JobStatus:
    """What the provider says about a job."""

    id: str  # the provider's name for it
    state: str  # in the provider's word, for messages
    ended: bool
    failed: bool = False  # as a whole, before any request was answered
    files: tuple[str, ...] = ()  # with results, all or some; a job that didn't succeed may have some, too
    problem: str = ""  # the provider's word for what is wrong with the job


@dataclass(frozen=True)
class BatchResult:
    """What became of one request of a job."""

    key: str  # of the request, as it was sent
    reply: Reply | None  # None if it failed
    problem: str = ""  # the provider's word for why it failed


class BatchService(Protocol):
    """A provider's batches, asked through its own client library. Every method is one attempt, and raises AttemptError.

    A job has a name of ours, by which it is found again if its creation was never confirmed.
    """

    endpoint: str
    most_requests: int  # in one job
    most_bytes: int  # of a job's file

    def line(self, key: str, request: Request) -> bytes:
        """The request as a line of a job's file, without a line break. What is asked is what is asked online."""

    async def upload(self, path: Path) -> str:
        """Uploads a job's file; returns the provider's name for it. Costs nothing yet."""

    async def create(self, name: str, file: str) -> JobStatus:
        """Begins a job. From here on, it has to be paid for."""

    async def find(self, name: str) -> JobStatus | None:
        """The job of this name, if the provider lists one."""

    async def status(self, id: str) -> JobStatus: ...

    async def cancel(self, id: str) -> None:
        """Asks the provider to end a job. What was answered before is kept, and paid for."""

    async def download(self, file: str, path: Path) -> None:
        """Writes a file with results to `path`."""

    def result(self, line: bytes) -> BatchResult | None:
        """One line of such a file; None if it can't be read."""

    async def close(self) -> None: ...


def no_batches(endpoint: str, why: str) -> StageError:
    return StageError(
        f"{endpoint} has no batches: {why}\n"
        "  Set batch to false in params.yaml; then each request is sent by itself, at the whole price"
    )


def require_batches(endpoint: str, settings: ServerSettings) -> None:
    """Raises StageError for a server of one's own. A gateway to a provider is none, if params.yaml says so."""
    if settings.local:
        raise no_batches(endpoint, "it is a server of your own; if it forwards to a provider, set local to false")


def result_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file of results. Raises AttemptError for one that is longer than any answer may be."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                words = f"a line of the results has more than {LONGEST_LINE:,} bytes"
                raise AttemptError("bad_reply", words, again=False)
            if line.strip():
                yield line
