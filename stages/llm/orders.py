"""A request as the journal sees it: who wants it, from whom, and what it may cost."""

from dataclasses import dataclass, replace
from functools import cached_property

from stages.llm.request import LlmParams, Provider, Request, schema_text

BYTES_A_TOKEN = 4


@dataclass(frozen=True)
class Order:
    key: str
    stage: str
    provider: Provider
    endpoint: str
    request: Request
    params: LlmParams

    def of(self, request: Request) -> "Order":
        """The same stage's order of another request."""
        return replace(self, request=request, key=request.key(self.endpoint, self.params))

    @cached_property
    def worst_usd(self) -> float:
        return cost(self.params, input_tokens(self.request), self.params.max_output_tokens)


def make_order(request: Request, params: LlmParams, stage: str, provider: Provider, endpoint: str) -> Order:
    return Order(request.key(endpoint, params), stage, provider, endpoint, request, params)


def cost(params: LlmParams, input_tokens: int, output_tokens: int) -> float:
    """US dollars."""
    return (input_tokens * params.usd_per_million_input + output_tokens * params.usd_per_million_output) / 1_000_000


def input_tokens(request: Request) -> int:
    """An estimate: a token for four bytes of instructions, prompt and schema, rounded up. Vocabularies differ."""
    size = len((request.system + request.prompt).encode(errors="replace")) + len(schema_text(request.schema))
    return -(-size // BYTES_A_TOKEN)
