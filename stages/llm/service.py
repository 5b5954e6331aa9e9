"""What a stage calls: it asks the provider that was chosen, through the journal, or estimates the cost."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from stages.common.errors import StageError
from stages.llm.asking import ask_all, recall
from stages.llm.clients.gemini import GeminiClient
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.journal import Journal
from stages.llm.orders import input_tokens, make_order
from stages.llm.replies import Outcome, ParsedReply, parse_reply
from stages.llm.request import Client, Form, LlmParams, Provider, Reply, Request
from stages.llm.settings import BATCH_PRICE, ServerSettings, settings_for

SETTLED: Form = "json_schema"  # passed to `check` as the form that is known already, so that it sends no probe


@dataclass(frozen=True)
class CostEstimate:
    """What a stage would ask, and what that may cost."""

    stage: str
    model: str
    requests: int  # without duplicates
    in_journal: int  # those of them that are not asked again
    input_tokens: int  # of the requests still to ask
    output_tokens: int  # the most for those
    usd: float  # with that many output tokens, each request by itself
    spent_usd: float  # by this stage so far
    budget_usd: float
    batch: bool = False  # whether it would be asked in batch jobs

    @property
    def batch_usd(self) -> float:
        """The price in batch jobs."""
        return self.usd * BATCH_PRICE

    @property
    def planned_usd(self) -> float:
        """The price as it would be asked."""
        return self.batch_usd if self.batch else self.usd

    @property
    def to_ask(self) -> int:
        return self.requests - self.in_journal


def estimate_cost(
    requests: Sequence[Request], params: LlmParams, *, stage: str, provider: Provider, endpoint: str, journal: Journal
) -> CostEstimate:
    """Counts the requests as `ask_all` would send them. Repairs and repeated attempts are not included."""
    orders = {
        order.key: order for order in (make_order(request, params, stage, provider, endpoint) for request in requests)
    }
    missing = [order for order in orders.values() if recall(journal, order).outcome is None]
    tokens_in = sum(input_tokens(order.request) for order in missing)
    tokens_out = len(missing) * params.max_output_tokens
    return CostEstimate(
        stage=stage,
        model=params.model,
        requests=len(orders),
        in_journal=len(orders) - len(missing),
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        usd=settings_for(params, endpoint).usd(tokens_in, tokens_out),
        spent_usd=journal.spent(stage),
        budget_usd=params.budget_usd,
        batch=params.batch,
    )


def add_estimates(estimates: Sequence[CostEstimate]) -> CostEstimate:
    """The sum over several rounds in which a stage asks the same model."""
    return replace(
        estimates[0],
        requests=sum(estimate.requests for estimate in estimates),
        in_journal=sum(estimate.in_journal for estimate in estimates),
        input_tokens=sum(estimate.input_tokens for estimate in estimates),
        output_tokens=sum(estimate.output_tokens for estimate in estimates),
        usd=sum(estimate.usd for estimate in estimates),
    )


@dataclass(frozen=True)
class Service:
    """The language model of one stage."""

    stage: str
    provider: Provider
    params: LlmParams

    def check(self) -> str:
        """Checks server, key and model; returns the server's address. Asks for no answer, so that nothing is paid.
        Raises StageError that says what to set."""
        client = self._client()

        async def check_once() -> None:
            try:
                await client.check(SETTLED)
            finally:
                await client.close()

        asyncio.run(check_once())
        return client.endpoint

    def ask(self, requests: Sequence[Request], *, planned: int | None = None, failed: int = 0) -> list[Outcome]:
        """An outcome for each request, in their order. Raises StageError as `ask_all` does.

        A stage that asks in several rounds says how many requests are `planned` in all of them together, and how many
        of the earlier ones `failed`.
        """
        with Journal() as journal:
            room_usd = self.params.budget_usd - journal.spent(self.stage)
            return ask_all(
                self._client(room_usd),
                requests,
                self.params,
                stage=self.stage,
                provider=self.provider,
                journal=journal,
                planned=planned,
                failed=failed,
            )

    def time_answer(self, request: Request) -> tuple[float, ParsedReply]:
        """Asks once, and returns the seconds until the reply, and the reply. The journal isn't used: an answer that it
        has takes no time. A local server loads the model before, while it is asked in which form it follows a schema.

        Raises StageError as `check` does, and AttemptError if there is no reply.
        """
        client = self._client()

        async def time_once() -> tuple[float, Reply]:
            try:
                await client.check(None)
                start = time.monotonic()
                reply = await client.ask(request)
                return time.monotonic() - start, reply
            finally:
                await client.close()

        seconds, reply = asyncio.run(time_once())
        return seconds, parse_reply(request, reply, self.params.max_output_tokens)

    @property
    def settings(self) -> ServerSettings:
        """The settings that count for this server."""
        return settings_for(self.params, self._client().endpoint)

    def estimate_cost(self, requests: Sequence[Request]) -> CostEstimate:
        """What the requests would cost. Nothing is sent."""
        with Journal() as journal:
            return estimate_cost(
                requests,
                self.params,
                stage=self.stage,
                provider=self.provider,
                endpoint=self._client().endpoint,
                journal=journal,
            )

    def _client(self, room_usd: float = 0.0) -> Client:
        """`room_usd` is what may be spent on finding out in which form to send the requests."""
        if not self.params.model:
            raise StageError(f"params.yaml: {self.stage}.llm.model is empty; name a model that the server has")
        if self.provider == "gemini":
            return GeminiClient(self.params)
        return OpenAICompatibleClient(self.params, room_usd)
