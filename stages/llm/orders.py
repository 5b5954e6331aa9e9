"""A request as the journal sees it: its key, who wants it, from whom, and what it may cost."""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cache, cached_property

from pydantic import BaseModel

from stages.llm.clients.schemas import schema_for
from stages.llm.request import OPENAI, LlmParams, Provider, Reply, Request

BYTES_A_TOKEN = 4  # about, where a person wants to know; no vocabulary needs more tokens than there are bytes
AROUND = 256  # tokens at most that a server puts around a prompt: who speaks, and that a schema is to be kept to
LONGEST_TOKEN = 8  # bytes of an answer's token, on the disk


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
        return replace(self, request=request, key=_key(request, self.params, self.provider, self.endpoint))

    @cached_property
    def worst_usd(self) -> float:
        """What is set aside: no answer costs more."""
        return cost(self.params, self._most_tokens, self.params.max_output_tokens)

    def usd(self, reply: Reply) -> float:
        """What a reply is booked with: what was set aside for the tokens that the server doesn't tell."""
        tokens_in = self._most_tokens if reply.input_tokens is None else reply.input_tokens
        tokens_out = self.params.max_output_tokens if reply.output_tokens is None else reply.output_tokens
        return cost(self.params, tokens_in, tokens_out)

    @property
    def most_bytes(self) -> int:
        """What its answer takes in the journal."""
        return _size(self.request) + self.params.max_output_tokens * LONGEST_TOKEN

    @property
    def _most_tokens(self) -> int:
        return _size(self.request) + AROUND


def make_order(request: Request, params: LlmParams, stage: str, provider: Provider, endpoint: str) -> Order:
    return Order(_key(request, params, provider, endpoint), stage, provider, endpoint, request, params)


def cost(params: LlmParams, input_tokens: int, output_tokens: int) -> float:
    """US dollars."""
    return (input_tokens * params.usd_per_million_input + output_tokens * params.usd_per_million_output) / 1_000_000


def input_tokens(request: Request) -> int:
    """An estimate: a token for four bytes of instructions, prompt and schema, rounded up. Vocabularies differ."""
    return -(-_size(request) // BYTES_A_TOKEN)


def _key(request: Request, params: LlmParams, provider: Provider, endpoint: str) -> str:
    """64 hex digits over what is sent and to whom: the journal's name for it. Not over the request's name."""
    parts = [
        endpoint,
        params.model,
        request.system,
        request.prompt,
        _sent_schema(request.schema, request.items),
        params.temperature,
        params.seed,
        params.max_output_tokens,
        # Ollama alone is told; another local server isn't known from it before it is asked.
        params.context_tokens if provider == "openai" and not endpoint.startswith(OPENAI) else None,
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode(errors="replace")).hexdigest()


@cache
def _sent_schema(schema: type[BaseModel], items: tuple[str, int] | None) -> str:
    return json.dumps(schema_for(schema, items))


def _size(request: Request) -> int:
    """Bytes of instructions, prompt and schema."""
    text = request.system + request.prompt + _sent_schema(request.schema, request.items)
    return len(text.encode(errors="replace"))
