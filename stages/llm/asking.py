"""Asks a model for everything that the journal doesn't know yet, many requests at a time.

`ask_all` is what other modules call. This is also the only place where a request is tried again: `_Run._buy` does
so, by the rules in stages/llm/attempts.py. A client makes a single attempt.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tenacity import AsyncRetrying, retry_if_exception
from tqdm.contrib.logging import logging_redirect_tqdm

from stages.common.errors import StageError
from stages.common.stage_bar import StageBar
from stages.llm.attempts import GONE, RESTART_SECONDS, TOO_MUCH, delay, is_last, next_step, stop_if_hopeless
from stages.llm.batching import ask_in_batches
from stages.llm.clients.proxies import proxy_advice
from stages.llm.clients.refusals import split_refused
from stages.llm.clients.schemas import PROBE
from stages.llm.group_commit import GroupCommit
from stages.llm.interrupts import StoppedByUserError, patient_interrupt
from stages.llm.journal import Journal, JournalEntry
from stages.llm.keys import scrub
from stages.llm.orders import Order, make_order
from stages.llm.pace import AdaptiveLimit
from stages.llm.replies import (
    OF_THE_SERVER,
    REPAIRABLE,
    FailureTally,
    Outcome,
    ParsedReply,
    TooManyFailuresError,
    better_reply,
    repair_request,
)
from stages.llm.request import AttemptError, Client, LlmParams, Provider, Reply, Request
from stages.llm.settings import allowed_at_once, settings_for

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1  # between looks at the journal, while another process asks the same, or money is set aside


def ask_all(
    client: Client,
    requests: Sequence[Request],
    params: LlmParams,
    *,
    stage: str,
    provider: Provider,
    journal: Journal,
    planned: int | None = None,
    failed: int = 0,
) -> list[Outcome]:
    """An outcome for each request, in their order. Equal requests are asked once. Closes the client if it used it.

    Raises StageError if something is wrong with the server, the key or the model, if the budget or the disk is used up,
    and if more than `max_failure_rate` of the requests have no usable answer. All answers until then are kept. If these
    are not all requests, the share is of the `planned` ones, and `failed` are those that failed before.
    """

    def order_of(request: Request) -> Order:
        return make_order(request, params, stage, provider, client.endpoint)

    orders = [order_of(request) for request in requests]
    wanted = Counter(order.key for order in orders)
    failures = FailureTally(stage, wanted, params, planned, failed)
    run = _Run(client, wanted, params, stage, journal, failures, order_of)
    run.take_known({order.key: order for order in orders})
    if run.missing:
        try:
            asyncio.run(run.ask())
        except StoppedByUserError:
            raise KeyboardInterrupt from None
    return [_named(run.outcomes[order.key], order.request.name) for order in orders]


def _named(outcome: Outcome, name: str) -> Outcome:
    """The outcome under this name: equal requests share it, each with a name of its own."""
    return outcome if outcome.name == name else replace(outcome, name=name)


@dataclass(frozen=True)
class Recalled:
    """What the journal knows of a request."""

    outcome: Outcome | None  # None: it has to be asked
    ask_anew: bool = False  # the answers in the journal are useless; else the newest one counts, if there is one


def recall(journal: Journal, order: Order) -> Recalled:
    """The outcome of a request, if the journal is enough for it. A request with a useless answer is asked again, but:

    - If the repair of the answer was never asked, only the repair is missing.
    - At temperature 0 the answer and its repair would come out the same again, unless that depended on the server.
    - If a list is too short even in its repair, the longer of the two is used.
    """
    entry = journal.latest(order)
    if entry is None:
        return Recalled(None)
    answer = order.parse(entry.reply)
    if answer.fault is None:
        return Recalled(Outcome.of(order.request, answer))
    lasts = is_greedy(journal, order) and answer.fault not in OF_THE_SERVER
    if answer.fault not in REPAIRABLE:
        return Recalled(Outcome.of(order.request, answer)) if lasts else Recalled(None, ask_anew=True)
    repair = order.of(repair_request(order.request, answer))
    entry = journal.latest(repair)
    if entry is None:
        return Recalled(None)
    repaired = repair.parse(entry.reply)
    best = better_reply(answer, repaired)
    if best.value is None and (not lasts or repaired.fault in OF_THE_SERVER):
        return Recalled(None, ask_anew=True)
    return Recalled(Outcome.of(order.request, best))


def is_greedy(journal: Journal, order: Order) -> bool:
    """Whether the model always takes the most likely token. A server that refuses a temperature uses its own."""
    _, refused = split_refused(journal.form(order.endpoint, order.params.model) or "")
    return order.params.temperature == 0 and "temperature" not in refused


class _Run:
    """One call of `ask_all`: what is known, what is missing, and whether it has to stop."""

    def __init__(
        self,
        client: Client,
        wanted: Counter[str],
        params: LlmParams,
        stage: str,
        journal: Journal,
        failures: FailureTally,
        order_of: Callable[[Request], Order],
    ) -> None:
        """`wanted` is the number of requests per key, `order_of` makes the order of a request."""
        self._client, self._params, self._stage, self._journal = client, params, stage, journal
        self._server = client.endpoint, params.model
        settings = settings_for(params, client.endpoint)
        self._pace = AdaptiveLimit(settings.start_at_once, settings.most_at_once)
        self._most_at_once = settings.most_at_once
        self._wanted, self._failures, self._order_of, self._form = wanted, failures, order_of, ""
        self._start = journal.last_id()  # entries with a larger id were bought during this run
        self._error: BaseException | None = None
        self._stopped = asyncio.Event()
        self._commits = GroupCommit(journal)
        self._replies, self._tokens, self._usd = 0, 0, 0.0  # so far
        self.outcomes: dict[str, Outcome] = {}
        self.missing: list[tuple[Order, int]] = []  # with the id that a usable journal entry must exceed

    def take_known(self, orders: dict[str, Order]) -> None:
        """Takes the outcomes that the journal has, and notes what is missing."""
        for order in orders.values():
            recalled = recall(self._journal, order)
            if recalled.outcome:
                self._note(order, recalled.outcome)
            else:
                self.missing.append((order, self._start if recalled.ask_anew else 0))
        self._failures.check()

    async def ask(self) -> None:
        """Asks for all that is missing, and adds it to `outcomes`. Raises the first error that stopped the run."""
        try:
            exact = self._params.concurrency != "auto"
            self._most_at_once = allowed_at_once(min(self._most_at_once, len(self.missing)), exact=exact)
            await self._check()
            answered = sum(self._wanted[key] for key in self.outcomes)
            total = self._wanted.total()
            bar = StageBar(total=total, initial=answered, unit="answer", desc=self._stage)
            with bar, logging_redirect_tqdm(), patient_interrupt(self._stop_for_user):
                await ask_in_batches(self._client, self._journal, self.missing, self._params, self._pause, self._count)
                await self._run_workers(bar)
            if self._client.form != self._form:  # meanwhile the server has refused something
                self._journal.keep_form(*self._server, self._client.form)
        finally:
            try:
                await self._client.close()
            finally:
                self._commits.close()
        if isinstance(self._error, TooManyFailuresError):
            self._failures.check()  # which counts what was under way then, too
        if self._error:
            raise self._error

    async def _check(self) -> None:
        known_form = self._journal.form(*self._server)
        try:
            form = await self._client.check(known_form)
        finally:
            for reply in self._client.probes:
                order = self._order_of(PROBE)
                self._count(order, reply)
                self._journal.record(order, reply)
        if form != known_form:
            log.info("%s: %s follows a schema in the form %s", self._stage, self._client.endpoint, form)
            self._journal.keep_form(*self._server, form)
        self._form = form

    def _stop_for_user(self, error: StoppedByUserError) -> None:
        log.warning("%s: waits for what is under way, as it is paid for; Ctrl+C again ends it at once", self._stage)
        self._stop(error)

    async def _run_workers(self, bar: StageBar) -> None:
        """After an error nothing new is begun, but requests under way are completed: they are paid for."""
        queue = iter(self.missing)
        workers = [asyncio.create_task(self._work(queue, bar)) for _ in range(self._most_at_once)]
        for worker in workers:
            worker.add_done_callback(self._ended)
        await asyncio.gather(*workers, return_exceptions=True)

    def _ended(self, worker: "asyncio.Task[None]") -> None:
        if not worker.cancelled() and (error := worker.exception()):
            self._stop(error)

    def _stop(self, error: BaseException) -> None:
        self._error = self._error or error
        self._stopped.set()
        self._pace.open()

    async def _work(self, queue: Iterator[tuple[Order, int]], bar: StageBar) -> None:
        """Takes requests from the queue that all workers share, until it is empty or one of them stops the run."""
        for order, after in queue:
            if self._error:
                return
            self._note(order, await self._obtain(order, after))
            self._failures.check()
            bar.set_postfix_str(f"{self._tokens:,} tokens, ${self._usd:.4f}", refresh=False)
            bar.update(self._wanted[order.key])

    def _note(self, order: Order, outcome: Outcome) -> None:
        self.outcomes[order.key] = outcome
        self._failures.note(order.key, outcome)

    async def _obtain(self, order: Order, after: int) -> Outcome:
        """The outcome of a request, with its repair if it needs one."""
        try:
            entry = await self._answer(order, after)
        except AttemptError as error:
            return Outcome(order.request.name, None, error.reason, scrub(str(error)), "")
        answer = order.parse(entry.reply)
        if answer.fault in REPAIRABLE:
            answer = await self._repaired(order, answer)
        return Outcome.of(order.request, answer)

    async def _repaired(self, order: Order, faulty: ParsedReply) -> ParsedReply:
        """The repair of a faulty answer, or the answer itself if that is better or there is no repair."""
        repair = order.of(repair_request(order.request, faulty))
        try:
            entry = await self._answer(repair, self._start if self._is_to_be_asked_anew(repair) else 0)
        except AttemptError as error:
            return replace(faulty, detail=f"{faulty.detail}; its repair failed: {error.reason}, {scrub(str(error))}")
        return better_reply(faulty, repair.parse(entry.reply))

    def _is_to_be_asked_anew(self, repair: Order) -> bool:
        """Whether the journal has an answer to this request that is faulty, and another one may be better."""
        entry = self._journal.latest(repair)
        fault = entry and repair.parse(entry.reply).fault
        return fault is not None and (fault in OF_THE_SERVER or not is_greedy(self._journal, repair))

    async def _answer(self, order: Order, after: int) -> JournalEntry:
        """The newest entry with an id above `after`: another process's, or one bought now. Raises AttemptError."""
        while (claim := self._journal.claim(order, after)) == "wait":
            await self._pause(POLL_SECONDS)
        if isinstance(claim, JournalEntry):
            return claim
        try:
            reply = await self._buy(order)
            self._count(order, reply)
            return await self._commits.keep(order, reply)
        except BaseException:  # what is kept has no claim any more
            self._journal.release(order)
            raise

    async def _buy(self, order: Order) -> Reply:
        """The reply of the server, in at most `params.attempts` attempts, or more while it may be restarting.

        Raises the AttemptError of the last one, and StageError if the server answered nobody in the meantime.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: isinstance(error, AttemptError) and error.again),
            stop=lambda state: is_last(state, self._params.attempts),
            wait=delay,
            before_sleep=lambda state: self._say(order, next_step(state, self._params.attempts)),
            sleep=self._pause,
            reraise=True,
        )
        replies = self._replies
        try:
            reply: Reply = await retrying(self._attempt, order)
        except AttemptError as error:
            if error.reason in GONE and self._replies == replies:
                raise StageError(
                    f"{scrub(str(error))}\n  The server has answered nothing for {RESTART_SECONDS:.0f} seconds. "
                    f"What was answered before is kept; run again when it is back{proxy_advice(self._client.endpoint)}"
                ) from error
            if error.reason == "bad_request":  # perhaps the server was exchanged: the next run finds its form anew
                self._journal.forget_form(*self._server)
            raise
        return reply

    def _say(self, order: Order, text: str) -> None:
        if not self._error:
            log.warning("%s: %s: %s", self._stage, order.request.name, text)

    async def _attempt(self, order: Order) -> Reply:
        """Raises AttemptError, or StageError if no request can succeed now."""
        started = await self._pace.enter()
        try:
            await self._wait_for_turn(order)
            reply = await self._client.ask(order.request)
        except AttemptError as error:
            stop_if_hopeless(self._client.endpoint, error)
            if error.reason in TOO_MUCH:
                self._pace.overloaded(started)
            if error.reason == "timed_out" and order.worst_usd:
                self._journal.set_aside(order)
            if error.wait:
                self._journal.turns.hold(order, error.wait)
            raise
        else:
            self._pace.answered()
            self._replies += 1
            return reply
        finally:
            self._pace.leave()

    async def _wait_for_turn(self, order: Order) -> None:
        turns = self._journal.turns
        await self._pause(turns.take(order))
        while turns.is_held(order):  # meanwhile, the server told another request to wait
            await self._pause(turns.take(order))

    def _count(self, order: Order, reply: Reply) -> None:
        self._tokens += (reply.input_tokens or 0) + (reply.output_tokens or 0)
        self._usd += order.usd(reply)

    async def _pause(self, seconds: float) -> None:
        """Sleeps. As soon as an error stops the run, raises that."""
        if not self._error and seconds > 0:
            try:
                await asyncio.wait_for(self._stopped.wait(), seconds)
            except TimeoutError:
                return
        if self._error:
            raise self._error
