"""Asks in batch jobs, at half the price: begins jobs, waits for them, and puts their answers into the journal.

What has no answer after that is asked by itself (stages/llm/asking.py): requests that failed, and what a job that
expired or took too long didn't get to.
"""

import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from tenacity import AsyncRetrying, retry_if_exception

from stages.common.errors import StageError
from stages.llm.attempts import delay, is_last, next_step, stop_if_hopeless
from stages.llm.batch_jobs import BatchJob
from stages.llm.batch_service import BatchService, JobStatus, no_batches, result_lines
from stages.llm.journal import Journal
from stages.llm.keys import scrub
from stages.llm.orders import Order
from stages.llm.request import AttemptError, Client, LlmParams, Reply

log = logging.getLogger(__name__)
R = TypeVar("R")

FIRST_POLL, LONGEST_POLL = 5.0, 300.0  # seconds between two looks at a job, which grow
GROWTH = 1.5
LISTED_SECONDS = 60.0  # after which a job that the provider doesn't list was never created
CANCEL_SECONDS = 900.0  # for a job to end after it was cancelled; OpenAI says that it may take ten minutes
_REQUESTS, _RESULTS = ".requests.jsonl", ".results.jsonl"  # endings of files
AT_ONCE = 200  # answers that are written in one transaction
_NOWHERE = "gone"  # the state of a job that the provider doesn't have any more
_NO_SUCH_PAGE = (404, 405, 501)
_GONE = (403, 404, 410)  # Google answers 403 for a file that it has deleted


async def ask_in_batches(
    client: Client,
    journal: Journal,
    wanted: Sequence[tuple[Order, int]],
    params: LlmParams,
    pause: Callable[[float], Awaitable[None]],
    note: Callable[[Order, Reply], None],
) -> None:
    """Gets answers for orders that have none in the journal, each with the id that a usable answer exceeds.

    Jobs of an earlier run that have any of them are asked for first. New ones are begun if `params.batch` is set. Each
    reply that is put into the journal is passed to `note`. `pause` sleeps, or raises what stops the run; a job then
    goes on at the provider, and the next run asks for it.

    Raises StageError if the provider has no batches, refuses a job, or fails with a whole job.
    """
    orders = {order.key: order.in_a_batch() for order, _ in wanted}
    if not orders or not (params.batch or journal.jobs.have_any(orders)):
        return
    service = client.batches()
    try:
        batching = _Batching(service, journal, orders, params, pause, note)
        await batching.run([(orders[order.key], after) for order, after in wanted])
    except AttemptError as error:
        raise _refusal(service.endpoint, error) from error
    finally:
        await service.close()


class _Batching:
    def __init__(
        self,
        service: BatchService,
        journal: Journal,
        orders: dict[str, Order],
        params: LlmParams,
        pause: Callable[[float], Awaitable[None]],
        note: Callable[[Order, Reply], None],
    ) -> None:
        self._service, self._journal, self._jobs = service, journal, journal.jobs
        self._orders, self._params, self._pause, self._note = orders, params, pause, note
        self._stage = next(iter(orders.values())).stage

    async def run(self, wanted: list[tuple[Order, int]]) -> None:
        """Earlier jobs, and then new ones until the budget has room for no more."""
        under_way = self._jobs.adopt(self._orders)
        try:
            for place, job in enumerate(under_way):
                under_way[place] = await self._found(job)
            under_way[:] = [job for job in under_way if job.id]
            asked = {key for job in under_way for key in job.keys}
            later = [(order, after) for order, after in wanted if order.key not in asked]
            while True:
                if self._params.batch:
                    later = await self._begin(later, under_way)
                if not under_way:
                    return
                while under_way:
                    await self._wait_for(under_way[0])
                    under_way.pop(0)
        finally:
            for job in under_way:
                self._jobs.release(job)

    async def _found(self, job: BatchJob) -> BatchJob:
        """A job of an earlier run, with its id. Without one, the provider has no such job, and it is forgotten."""
        for ending in (_REQUESTS, _RESULTS):  # that run may have been killed
            self._journal.file(job.name + ending).unlink(missing_ok=True)
        if job.id:
            self._say(f"asks for the batch job {job.id} of an earlier run, with {len(job.keys):,} of these requests")
            return job
        status = await self._searched(job.name, job.started)
        if status:
            self._say(f"found the batch job {status.id} of an earlier run, with {len(job.keys):,} of these requests")
            return self._jobs.confirm(job, status.id)
        self._jobs.close(job)
        return job

    async def _searched(self, name: str, since: float) -> JobStatus | None:
        """The job of this name, whose creation was begun at the time `since`. It may not be listed at once."""
        while True:
            status = await self._persist(partial(self._service.find, name))
            if status or time.time() >= since + LISTED_SECONDS:
                return status
            await self._pause(FIRST_POLL)

    async def _begin(self, wanted: list[tuple[Order, int]], under_way: list[BatchJob]) -> list[tuple[Order, int]]:
        """Begins jobs, and adds them to those under way; returns what there is no room for now."""
        later: list[tuple[Order, int]] = []
        for part in self._parts(wanted):
            if later:
                later += part
                continue
            job, later = self._jobs.begin(part)
            if job is None:
                continue
            under_way.append(job)
            try:
                under_way[-1] = await self._created(job)
            except AttemptError as error:
                if error.reason != "rate_limited" or len(under_way) == 1:
                    raise
                under_way.pop()  # the provider has enough of our jobs for now
                later = [(order, after) for order, after in part if order.key in job.keys] + later
        if later and under_way:
            self._say(f"{len(later):,} requests follow later, as budget_usd or the provider allows no more at once")
        return later

    def _parts(self, wanted: list[tuple[Order, int]]) -> Iterator[list[tuple[Order, int]]]:
        """The orders, in parts that one job may have."""
        part: list[tuple[Order, int]] = []
        size = 0
        for order, after in wanted:
            length = len(self._line(order))
            if part and (len(part) == self._service.most_requests or size + length > self._service.most_bytes):
                yield part
                part, size = [], 0
            part.append((order, after))
            size += length
        if part:
            yield part

    def _line(self, order: Order) -> bytes:
        return self._service.line(order.key, order.request) + b"\n"

    async def _created(self, job: BatchJob) -> BatchJob:
        """The job, at the provider. Raises AttemptError if it can't be created; then it is forgotten."""
        path = self._journal.file(job.name + _REQUESTS)
        try:
            with path.open("wb") as file:
                file.writelines(self._line(self._orders[key]) for key in self._jobs.missing(job))
            uploaded = await self._persist(partial(self._service.upload, path))
            status = await self._persist(partial(self._create_once, job.name, uploaded))
        except AttemptError:
            self._jobs.close(job)
            raise
        finally:
            path.unlink(missing_ok=True)
        hours = f"{self._params.batch_hours:g}"
        self._say(
            f"{len(job.keys):,} requests are in the batch job {status.id}, at half the price, for up to {hours} h.\n"
            "  It goes on if this run ends; the next run then asks for it"
        )
        return self._jobs.confirm(job, status.id)

    async def _create_once(self, name: str, file: str) -> JobStatus:
        """One attempt to create a job. If nobody knows whether it succeeded, the provider is asked for the job."""
        try:
            return await self._service.create(name, file)
        except AttemptError as error:
            if error.nobody_there or (error.status is not None and error.status < 500):
                raise
            log.warning("%s: %s; looks whether there is a batch job now", self._stage, scrub(str(error)))
            if found := await self._searched(name, time.time()):
                return found
            raise

    async def _wait_for(self, job: BatchJob) -> None:
        """Waits until the job has ended, cancels it if it takes too long, and takes its answers."""
        deadline = job.started + (self._params.batch_hours * 3600 if self._params.batch else 0.0)
        cancelled: float | None = None
        state = ""
        looks = 0
        while not (status := await self._status_of(job)).ended:
            now = time.time()
            if status.state != state:
                state = status.state
                self._say(f"the batch job {job.id} is {state}")
            if cancelled is None and now >= deadline:
                await self._cancel(job)
                cancelled = now
            elif cancelled is not None and now >= cancelled + CANCEL_SECONDS:
                self._give_up(job, "didn't end after it was cancelled")
                return
            await self._pause(min(_poll_seconds(looks), max(deadline - now, FIRST_POLL)))
            looks += 1
        await self._take(job, status)

    async def _cancel(self, job: BatchJob) -> None:
        why = f"{self._params.batch_hours:g} hours are over" if self._params.batch else "batch is false now"
        self._say(f"cancels the batch job {job.id}, as {why}, and takes what it has answered")
        try:
            await self._persist(partial(self._service.cancel, job.id))
        except AttemptError as error:  # it may have ended at this moment
            log.warning("%s: %s", self._stage, scrub(str(error)))

    async def _status_of(self, job: BatchJob) -> JobStatus:
        """Asks again and again if it fails: the job goes on meanwhile. A job that is gone has ended."""
        until = job.started + self._params.batch_hours * 3600
        try:
            return await self._persist(partial(self._service.status, job.id), until)
        except AttemptError as error:
            if error.status in _NO_SUCH_PAGE:
                return JobStatus(job.id, _NOWHERE, ended=True)
            raise

    async def _take(self, job: BatchJob, status: JobStatus) -> None:
        """Puts the answers of an ended job into the journal, and ends it."""
        if status.state == _NOWHERE:
            self._give_up(job, "is gone at the provider")
            return
        wanted, failed = len(self._jobs.missing(job)), Counter[str]()
        try:
            for file in status.files:
                failed += await self._take_file(job, file)
        except AttemptError as error:
            if error.status not in _GONE:
                raise
            self._give_up(job, f"has results that are gone ({scrub(str(error))})")
            return
        left = len(self._jobs.missing(job))
        self._jobs.close(job)
        if status.failed and left == wanted:
            raise StageError(
                f"{self._stage}: the batch job {job.id} failed: {status.problem or 'the provider gives no reason'}\n"
                "  Run again to begin another one; or set batch to false, and each request is sent by itself"
            )
        self._say(f"the batch job {job.id} is {status.state}: {wanted - left:,} answers{_rest(left, failed)}")

    async def _take_file(self, job: BatchJob, file: str) -> Counter[str]:
        """Puts the answers of one file into the journal. Returns why requests failed, and how many did."""
        path = self._journal.file(job.name + _RESULTS)
        failed = Counter[str]()
        group: list[tuple[Order, Reply]] = []
        try:
            await self._persist(partial(self._service.download, file, path))
            for line in result_lines(path):
                result = self._service.result(line)
                if result is None:
                    failed["a line of the results can't be read"] += 1
                elif result.reply is None:
                    failed[result.problem] += 1
                elif result.key in self._orders:
                    group.append((self._orders[result.key], result.reply))
                if len(group) == AT_ONCE:
                    self._keep(job, group)
                    group.clear()
                    await self._pause(0)
            self._keep(job, group)
        finally:
            path.unlink(missing_ok=True)
        return failed

    def _keep(self, job: BatchJob, group: list[tuple[Order, Reply]]) -> None:
        for order, reply in self._jobs.keep(job, group):
            self._note(order, reply)

    def _give_up(self, job: BatchJob, why: str) -> None:
        """What the job has answered may be charged, so it counts at its most."""
        missing = self._jobs.missing(job)
        log.warning(
            "%s: the batch job %s %s; its %s requests are asked by themselves, and count as if it had answered them",
            *(self._stage, job.id, why, f"{len(missing):,}"),
        )
        for key in missing:
            if not self._orders[key].worst_usd:
                break
            self._journal.set_aside(self._orders[key])
        self._jobs.close(job)

    async def _persist(self, work: Callable[[], Awaitable[R]], until: float = 0.0) -> R:
        """Does the work again after a fault that may pass: a few times, and at least `until` a time, in seconds of the
        Unix clock. Raises AttemptError, and StageError if all is in vain."""

        def may_pass(error: BaseException) -> bool:
            if not isinstance(error, AttemptError) or error.status in _GONE:
                return False
            stop_if_hopeless(self._service.endpoint, error)
            return error.again

        retrying = AsyncRetrying(
            retry=retry_if_exception(may_pass),
            stop=lambda state: is_last(state, self._params.attempts) and time.time() >= until,
            wait=lambda state: max(delay(state), _poll_seconds(state.attempt_number) if until else 0.0),
            before_sleep=lambda state: log.warning("%s: %s", self._stage, next_step(state, self._params.attempts)),
            sleep=self._pause,
            reraise=True,
        )
        result: R = await retrying(work)
        return result

    def _say(self, text: str) -> None:
        log.info("%s: %s", self._stage, text)


def _refusal(endpoint: str, error: AttemptError) -> StageError:
    """The error that ends the run."""
    if error.status in _NO_SUCH_PAGE:
        return no_batches(endpoint, scrub(str(error)))
    return StageError(
        f"{scrub(str(error))}\n"
        "  Batch jobs that were begun go on at the provider, and the next run asks for them. To send each request by "
        "itself, set batch to false"
    )


def _poll_seconds(looks: int) -> float:
    """The seconds until the next look at a job, after so many."""
    return float(min(FIRST_POLL * GROWTH ** min(looks, 50), LONGEST_POLL))


def _rest(count: int, failed: Counter[str]) -> str:
    """What is said of the requests without an answer."""
    if not (count or failed):
        return ""
    words = "; ".join(f"{number:,} times {problem}" for problem, number in failed.most_common(3))
    return f"; {count:,} requests have none, and are asked by themselves" + (f" ({words})" if words else "")
