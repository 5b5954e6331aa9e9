"""Asks a model all that the journal doesn't know yet, many requests at a time."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Never

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from stages.errors import StageError
from stages.llm.attempts import persist
from stages.llm.journal import Answer, Journal
from stages.llm.orders import Order, cost, make_order
from stages.llm.outcomes import Outcome, known, outcome
from stages.llm.repair import REPAIRABLE, repair_of
from stages.llm.replies import Reading, read
from stages.llm.request import AttemptError, Client, LlmParams, Provider, Request
from stages.llm.secrets import scrub

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1  # while another process asks the same, or money is set aside
NAMES_SHOWN = 5


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

    Raises StageError where the server, the key or the model is not as it should be, where the budget ends, and where
    more than `max_failure_rate` of the requests have no usable answer. What was answered until then is kept.
    """
    orders = [make_order(request, params, stage, provider, client.endpoint) for request in requests]
    run = _Run(client, orders, params, stage, journal)
    if run.missing:
        asyncio.run(run.ask())
    return [replace(run.outcomes[one.key], name=one.request.name) for one in orders]


class _Run:
    """One call of `ask_all`: what is known, what is missing, and whether it has to stop."""

    def __init__(self, client: Client, orders: list[Order], params: LlmParams, stage: str, journal: Journal) -> None:
        self._client, self._params, self._stage, self._journal = client, params, stage, journal
        self._total = len(orders)
        self._wanted = Counter(one.key for one in orders)
        self._start = journal.last_id()  # an answer of no use that isn't newer is asked again
        self._failed: dict[str, Outcome] = {}
        self._error: StageError | None = None
        self._stopped = asyncio.Event()
        self._tokens, self._usd = 0, 0.0
        self.outcomes: dict[str, Outcome] = {}
        self.missing: dict[str, tuple[Order, bool]] = {}
        for one in {one.key: one for one in orders}.values():
            found = known(journal, one)
            if found.outcome:
                self.outcomes[one.key] = found.outcome
            else:
                self.missing[one.key] = (one, found.goes_on)

    async def ask(self) -> None:
        try:
            await self._check()
            answered = sum(self._wanted[key] for key in self.outcomes)
            queue = iter(self.missing.values())
            bar = tqdm(total=self._total, initial=answered, unit="answer", desc=self._stage, disable=None)
            with bar, logging_redirect_tqdm():
                async with asyncio.TaskGroup() as workers:
                    for _ in range(min(self._params.concurrency, len(self.missing))):
                        workers.create_task(self._work(queue, bar))
        finally:
            await self._client.close()
        if self._error:
            raise self._error

    async def _check(self) -> None:
        place = (self._client.endpoint, self._params.model)
        found = self._journal.form(*place)
        form = await self._client.check(found)
        if form != found:
            log.info("%s: %s keeps to a schema as %s", self._stage, self._client.endpoint, form)
            self._journal.keep_form(*place, form)

    async def _work(self, queue: Iterator[tuple[Order, bool]], bar: "tqdm[Never]") -> None:
        """Takes requests from the queue that all workers share, until it is empty or one of them stops the run."""
        for one, goes_on in queue:
            if self._error:
                return
            try:
                result = await self._obtain(one, goes_on)
                self._note(one, result)
            except StageError as error:
                self._stop(error)  # the others still end what is under way: it is paid for
                return
            bar.set_postfix_str(f"{self._tokens:,} tokens, ${self._usd:.4f}", refresh=False)
            bar.update(self._wanted[one.key])

    def _note(self, one: Order, result: Outcome) -> None:
        self.outcomes[one.key] = result
        if result.reason is None:
            return
        log.warning("%s: %s: no usable answer, %s (%s)", self._stage, result.name, result.reason, result.detail)
        self._failed[one.key] = result
        failures = sum(self._wanted[key] for key in self._failed)
        if failures / self._total > self._params.max_failure_rate:
            raise StageError(self._too_many(failures))

    def _too_many(self, failures: int) -> str:
        reasons: Counter[str] = Counter()
        for key, result in self._failed.items():
            reasons[str(result.reason)] += self._wanted[key]
        names = [result.name for result in self._failed.values()]
        return (
            f"{self._stage}: {failures} of {self._total} requests have no usable answer, and max_failure_rate is "
            f"{self._params.max_failure_rate:g}: "
            + ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
            + f"\n  among them: {', '.join(names[:NAMES_SHOWN])}"
            + "\n  The answers are in the journal: run again to ask only what has none, or raise max_failure_rate"
        )

    async def _obtain(self, one: Order, goes_on: bool) -> Outcome:
        try:
            answer, bought = await self._answer(one, 0 if goes_on else self._start)
        except AttemptError as error:
            return Outcome(one.request.name, None, error.reason, scrub(str(error)), "", from_journal=False)
        first = read(one.request, answer.reply)
        if first.fault not in REPAIRABLE:
            return outcome(one, first, answer.reply.raw, from_journal=not bought)
        return await self._repaired(one, answer, first, bought)

    async def _repaired(self, one: Order, answer: Answer, first: Reading, bought: bool) -> Outcome:
        """The outcome of the one repair that a faulty answer gets; the fuller of the two where both are faulty."""
        repair = one.of(repair_of(one.request, answer.reply.raw, first))
        earlier = self._journal.latest(repair.key)
        usable = earlier is None or read(repair.request, earlier.reply).fault is None
        try:
            repaired, bought_too = await self._answer(repair, 0 if usable else self._start)
        except AttemptError as error:
            detail = f"{first.detail}; its repair failed: {error.reason}, {scrub(str(error))}"
            return outcome(one, replace(first, detail=detail), answer.reply.raw, from_journal=False)
        second = read(repair.request, repaired.reply)
        from_journal = not (bought or bought_too)
        if second.fault is not None and first.items > second.items:
            return outcome(one, first, answer.reply.raw, from_journal=from_journal)
        return outcome(one, second, repaired.reply.raw, from_journal=from_journal)

    async def _answer(self, one: Order, after: int) -> tuple[Answer, bool]:
        """An answer that is newer than `after`, and whether it was bought here and now."""
        while (claim := self._journal.claim(one, after)) == "wait":
            await self._pause(POLL_SECONDS)
        if isinstance(claim, Answer):
            return claim, False
        try:
            reply = await persist(self._client, one.request, self._params, lambda: self._journal.slot(one), self._pause)
            answer = self._journal.record(one, reply)  # without an await in between: a reply that came is kept
        finally:
            self._journal.release(one)
        self._tokens += reply.input_tokens + reply.output_tokens
        self._usd += cost(self._params, reply.input_tokens, reply.output_tokens)
        return answer, True

    def _stop(self, error: StageError) -> None:
        self._error = self._error or error
        self._stopped.set()

    async def _pause(self, seconds: float) -> None:
        """Sleeps; raises the error that stops the run, as soon as there is one."""
        if not self._error and seconds > 0:
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                return
        if self._error:
            raise self._error
