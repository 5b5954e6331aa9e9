"""What a stage calls: its requests to the chosen provider, with the journal in between."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from stages.common.errors import StageError
from stages.llm.asking import ask_all
from stages.llm.clients.gemini import GeminiClient
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.clients.schemas import Form
from stages.llm.estimating import Estimate, estimate
from stages.llm.journal import Journal
from stages.llm.outcomes import Outcome
from stages.llm.request import Client, LlmParams, Provider, Request

SETTLED: Form = "json_schema"  # a form that counts as known, so that no check asks for an answer to find it


@dataclass(frozen=True)
class Service:
    """One stage's model."""

    stage: str
    provider: Provider
    params: LlmParams

    def check(self) -> str:
        """The server's address, where server, key and model are there. Asks for no answer, so nothing is paid. Raises
        StageError that says what to set."""
        client = self._client()

        async def once() -> None:
            try:
                await client.check(SETTLED)
            finally:
                await client.close()

        asyncio.run(once())
        return client.endpoint

    def ask(self, requests: Sequence[Request]) -> list[Outcome]:
        """An outcome for each request, in their order. Raises StageError as `ask_all` does."""
        with Journal() as journal:
            room_usd = self.params.budget_usd - journal.spent(self.stage)
            return ask_all(
                self._client(room_usd), requests, self.params, stage=self.stage, provider=self.provider, journal=journal
            )

    def estimated(self, requests: Sequence[Request]) -> Estimate:
        """What the requests would cost; nothing is sent."""
        with Journal() as journal:
            return estimate(
                requests,
                self.params,
                stage=self.stage,
                provider=self.provider,
                endpoint=self._client().endpoint,
                journal=journal,
            )

    def _client(self, room_usd: float = 0.0) -> Client:
        """`room_usd` is what may be spent besides the requests, to find out in which form to send them."""
        if not self.params.model:
            raise StageError(f"params.yaml: {self.stage}.llm.model is empty; name a model that the server has")
        if self.provider == "gemini":
            return GeminiClient(self.params)
        return OpenAICompatibleClient(self.params, room_usd)
