"""A request as the journal sees it: its key, the stage that asks, the server, and what it may cost."""

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cache, cached_property

from pydantic import BaseModel

from stages.llm.clients.schemas import schema_for
from stages.llm.replies import ParsedReply, parse_reply
from stages.llm.request import OPENAI, LlmParams, Provider, Reply, Request
from stages.llm.settings import BATCH_PRICE, ServerSettings, settings_for

BYTES_PER_TOKEN = 4  # on average, for estimates; the upper bound counts a token per byte, which no vocabulary exceeds
AROUND = 256  # most tokens that a server puts around a prompt: roles, and the instruction to follow a schema
LONGEST_TOKEN = 8  # bytes on the disk of one token of an answer


@dataclass(frozen=True)
class Order:
    """A request on its way to a server.

    `key` is the hash by which the journal finds its answers. An answer that was cut is found by `key_with_limit` alone,
    so that only such answers are bought again when `max_output_tokens` changes.
    """

    key: str
    key_with_limit: str
    stage: str
    provider: Provider
    endpoint: str
    request: Request
    params: LlmParams
    price: float = 1.0  # as a share of the price of a request by itself

    def of(self, request: Request) -> "Order":
        """The order of another request, by the same stage from the same server."""
        return make_order(request, self.params, self.stage, self.provider, self.endpoint)

    def in_a_batch(self) -> "Order":
        """The same order, at the price of a batch."""
        return replace(self, price=BATCH_PRICE)

    def parse(self, reply: Reply) -> ParsedReply:
        return parse_reply(self.request, reply, self.params.max_output_tokens)

    @property
    def settings(self) -> ServerSettings:
        return settings_for(self.params, self.endpoint)

    @cached_property
    def worst_usd(self) -> float:
        """The most that the answer can cost, in US dollars. This sum is set aside while the request is under way."""
        return self.price * self.settings.usd(self._most_tokens, self.params.max_output_tokens)

    def usd(self, reply: Reply) -> float:
        """The price of a reply in US dollars. Tokens that the server doesn't report cost as much as was set aside."""
        tokens_in = self._most_tokens if reply.input_tokens is None else reply.input_tokens
        tokens_out = self.params.max_output_tokens if reply.output_tokens is None else reply.output_tokens
        return self.price * self.settings.usd(tokens_in, tokens_out, reply.cached_tokens)

    @property
    def seconds_of_a_turn(self) -> float:
        """How long after this request the next one may be sent, by requests and by tokens a minute."""
        requests, tokens = self.params.requests_per_minute, self.params.tokens_per_minute
        most = input_tokens(self.request) + self.params.max_output_tokens
        return 60 * max(1 / requests, 0.0 if tokens == "unlimited" else most / tokens)

    @property
    def most_bytes(self) -> int:
        """The most bytes that request and answer take in the journal."""
        return _size(self.request) + self.params.max_output_tokens * LONGEST_TOKEN

    @property
    def _most_tokens(self) -> int:
        return _size(self.request) + AROUND


def make_order(request: Request, params: LlmParams, stage: str, provider: Provider, endpoint: str) -> Order:
    key = _key(request, params, provider, endpoint, None)
    key_with_limit = _key(request, params, provider, endpoint, params.max_output_tokens)
    return Order(key, key_with_limit, stage, provider, endpoint, request, params)


def input_tokens(request: Request) -> int:
    """An estimate: one token per four bytes of instructions, prompt and schema, rounded up. Vocabularies differ."""
    return -(-_size(request) // BYTES_PER_TOKEN)


def _key(request: Request, params: LlmParams, provider: Provider, endpoint: str, limit: int | None) -> str:
    """The journal's key: SHA-256, as 64 hex digits, of what is sent and of the server. The request's name is not part
    of it."""
    parts = [
        endpoint,
        params.model,
        request.system,
        request.prompt,
        _sent_schema(request.schema, request.items),
        params.temperature,
        params.seed,
        limit,
        # Only Ollama is told, but before a local server is asked, it isn't known whether it is Ollama.
        params.context_tokens if provider == "openai" and not endpoint.startswith(OPENAI) else None,
    ]
    if params.thinking != "auto":  # left out otherwise, as the journals of earlier versions know no such part
        parts.append(f"thinking {params.thinking}")
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode(errors="replace")).hexdigest()


@cache
def _sent_schema(schema: type[BaseModel], items: tuple[str, int] | None) -> str:
    return json.dumps(schema_for(schema, items))


def _size(request: Request) -> int:
    """Bytes of instructions, prompt and schema."""
    text = request.system + request.prompt + _sent_schema(request.schema, request.items)
    return len(text.encode(errors="replace"))
