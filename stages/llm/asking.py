"""Asks a model all that the journal doesn't know yet, many requests at a time."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Never

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from stages.common.errors import StageError
from stages.llm.attempts import persist
from stages.llm.failures import Failures
from stages.llm.journal import Answer, Journal
from stages.llm.keys import scrub
from stages.llm.orders import Order, make_order
from stages.llm.outcomes import Outcome, fuller, known, outcome
from stages.llm.repair import REPAIRABLE, repair_of
from stages.llm.replies import Reading, read
from stages.llm.request import AttemptError, Client, LlmParams, Provider, Reply, Request

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1  # while another process asks the same, or money is set aside


def ask_all(
    client: Client,
    requests: Sequence[Request],
    params: LlmParams,
    *,
    stage: str,
    provider: Provider,
    journal: Journal,
) -> list[Outcome]:
    """An outcome for each request, in their order; equal requests are asked once. Closes the client if it used it.

    Raises StageError where the server, the key or the model is not as it should be, where the budget or the disk ends,
    and where more than `max_failure_rate` of the requests have no usable answer. What was answered until then is kept.
    """
    orders = [make_order(request, params, stage, provider, client.endpoint) for request in requests]
    run = _Run(client, orders, params, stage, journal)
    run.recall({one.key: one for one in orders})
    if run.missing:
        asyncio.run(run.ask())
    return [replace(run.outcomes[one.key], name=one.request.name) for one in orders]


class _Run:
    """One call of `ask_all`: what is known, what is missing, and whether it has to stop."""

    def __init__(self, client: Client, orders: list[Order], params: LlmParams, stage: str, journal: Journal) -> None:
        self._client, self._params, self._stage, self._journal = client, params, stage, journal
        self._place = client.endpoint, params.model
        self._wanted = Counter(one.key for one in orders)
        self._failures = Failures(stage, self._wanted, params.max_failure_rate)
        self._start = journal.last_id()  # an answer of no use that isn't newer is asked again
        self._error: BaseException | None = None
        self._stopped = asyncio.Event()
        self._unwritten: list[tuple[Order, Reply]] = []
        self._tokens, self._usd = 0, 0.0
        self.outcomes: dict[str, Outcome] = {}
        self.missing: dict[str, tuple[Order, bool]] = {}

    def recall(self, orders: dict[str, Order]) -> None:
        """Takes from the journal what it has."""
        for one in orders.values():
            found = known(self._journal, one)
            if found.outcome:
                self._note(one, found.outcome)
            else:
                self.missing[one.key] = (one, found.goes_on)

    async def ask(self) -> None:
        try:
            await self._check()
            answered = sum(self._wanted[key] for key in self.outcomes)
            queue = iter(self.missing.values())
            total = self._wanted.total()
            bar = tqdm(total=total, initial=answered, unit="answer", desc=self._stage, disable=None)
            with bar, logging_redirect_tqdm():
                await self._all_work(queue, bar)
        finally:
            await self._client.close()
            self._write_what_is_left()
        if self._error:
            raise self._error

    async def _check(self) -> None:
        found = self._journal.form(*self._place)
        form = await self._client.check(found)
        if form != found:
            log.info("%s: %s keeps to a schema as %s", self._stage, self._client.endpoint, form)
            self._journal.keep_form(*self._place, form)

    async def _all_work(self, queue: Iterator[tuple[Order, bool]], bar: "tqdm[Never]") -> None:
        """After an error nothing new is begun, but the others still end what is under way: it is paid for."""
        count = min(self._params.concurrency, len(self.missing))
        workers = [asyncio.create_task(self._work(queue, bar)) for _ in range(count)]
        for worker in workers:
            worker.add_done_callback(self._ended)
        await asyncio.gather(*workers, return_exceptions=True)

    def _ended(self, worker: "asyncio.Task[None]") -> None:
        if not worker.cancelled() and (error := worker.exception()):
            self._error = self._error or error
            self._stopped.set()

    async def _work(self, queue: Iterator[tuple[Order, bool]], bar: "tqdm[Never]") -> None:
        """Takes requests from the queue that all workers share, until it is empty or one of them stops the run."""
        for one, goes_on in queue:
            if self._error:
                return
            self._note(one, await self._obtain(one, goes_on))
            bar.set_postfix_str(f"{self._tokens:,} tokens, ${self._usd:.4f}", refresh=False)
            bar.update(self._wanted[one.key])

    def _note(self, one: Order, result: Outcome) -> None:
        self.outcomes[one.key] = result
        self._failures.note(one.key, result)

    async def _obtain(self, one: Order, goes_on: bool) -> Outcome:
        try:
            answer = await self._answer(one, 0 if goes_on else self._start)
        except AttemptError as error:
            return Outcome(one.request.name, None, error.reason, scrub(str(error)), "")
        first = read(one.request, answer.reply)
        if first.fault not in REPAIRABLE:
            return outcome(one, first, answer.reply.raw)
        return await self._repaired(one, answer, first)

    async def _repaired(self, one: Order, answer: Answer, first: Reading) -> Outcome:
        """The outcome of the one repair that a faulty answer gets; the fuller of the two where both are faulty."""
        repair = one.of(repair_of(one.request, answer.reply.raw, first))
        earlier = self._journal.latest(repair.key)
        usable = earlier is None or read(repair.request, earlier.reply).fault is None
        try:
            repaired = await self._answer(repair, 0 if usable else self._start)
        except AttemptError as error:
            detail = f"{first.detail}; its repair failed: {error.reason}, {scrub(str(error))}"
            return outcome(one, replace(first, detail=detail), answer.reply.raw)
        second = read(repair.request, repaired.reply)
        return fuller(one, (first, answer.reply.raw), (second, repaired.reply.raw))

    async def _answer(self, one: Order, after: int) -> Answer:
        """An answer that is newer than `after`: of another process, or bought here and now."""
        while (claim := self._journal.claim(one, after)) == "wait":
            await self._pause(POLL_SECONDS)
        if isinstance(claim, Answer):
            return claim
        try:
            reply = await self._bought(one)
            return self._kept(one, reply)  # without an await in between: a reply that came is kept
        finally:
            self._journal.release(one)

    async def _bought(self, one: Order) -> Reply:
        turns = self._journal.turns

        async def turn() -> None:
            await self._pause(turns.slot(one))
            while turns.held(one):  # a server told one of us to wait, while this one waited for its place
                await self._pause(turns.slot(one))

        try:
            return await persist(
                self._client, one.request, self._params, turn, lambda seconds: turns.hold(one, seconds), self._pause
            )
        except AttemptError as error:
            if error.reason == "bad_request":
                self._journal.forget_form(*self._place)  # perhaps the server has changed: the next run asks for it anew
            raise

    def _kept(self, one: Order, reply: Reply) -> Answer:
        self._tokens += (reply.input_tokens or 0) + (reply.output_tokens or 0)
        self._usd += one.usd(reply)
        try:
            return self._journal.record(one, reply)
        except StageError:
            self._unwritten.append((one, reply))
            raise

    def _write_what_is_left(self) -> None:
        """Tries again to keep what the journal had no room for, now that nothing else is written."""
        for one, reply in self._unwritten:
            try:
                self._journal.record(one, reply)
            except StageError:
                log.warning("%s: %s: the answer cannot be kept, and is paid for again", self._stage, one.request.name)

    async def _pause(self, seconds: float) -> None:
        """Sleeps; raises the error that stops the run, as soon as there is one."""
        if not self._error and seconds > 0:
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                return
        if self._error:
            raise self._error
