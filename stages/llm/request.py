"""What is asked of a language model, what comes back, and what a client must be able to do: shared by all modules of
this folder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from stages.common.params import SAME_RESULT, Positive, SectionModel, Seed, positive_or

if TYPE_CHECKING:
    from stages.llm.batch_service import BatchService

Provider = Literal["gemini", "openai"]
OPENAI = "https://api.openai.com/"  # the one server that differs from the others that speak its protocol
# The detail of a reply whose text stood in the field for the model's thinking, with nothing in the field for answers:
# servers that expect a closing tag put the whole reply there if the model writes none (vLLM, llama.cpp, Ollama).
FROM_REASONING = "from the reasoning field"
# Why a reply ended: by itself, at the limit of tokens, by a safety filter, for another reason, or unknown, because the
# response doesn't follow the server's protocol.
Finish = Literal["stop", "length", "blocked", "other", "unreadable"]


def _seconds_or_auto(value: object) -> object:
    if value == "auto" or (isinstance(value, int | float) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError("must be auto, or a number of seconds above 0")


MOST_CONCURRENCY = 65_536  # requests under way: a little more than the ports that a connection can start from


def _up_to_most(value: int | str) -> int | str:
    if isinstance(value, int) and value > MOST_CONCURRENCY:
        raise ValueError(f"must be at most {MOST_CONCURRENCY}")
    return value


def _thinking(value: object) -> object:
    """YAML 1.1 reads `off` as false."""
    if value is False:
        return "off"
    if value in ("auto", "off") or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError("must be auto, off, or a number of tokens from 1")


# What ends in another way is not known to hold a key, and would not be taken out of messages.
KeyVariable = Annotated[str, Field(pattern=r"^([A-Za-z_][A-Za-z0-9_]*(KEY|TOKEN))?$")]


def _same_or_price(value: object) -> object:
    if value == "same" or (isinstance(value, int | float) and not isinstance(value, bool) and value >= 0):
        return value
    raise ValueError("must be same, or a number of dollars from 0")


CachedPrice = Annotated[float | Literal["same"], BeforeValidator(_same_or_price)]
Thinking = Annotated[int | Literal["auto", "off"], BeforeValidator(_thinking)]
Form = Literal["json_schema", "json_object with schema", "json_object", "text"]  # stages/llm/clients/schemas.py
Seconds = Annotated[float | Literal["auto"], BeforeValidator(_seconds_or_auto)]
PerMinute = Annotated[int | Literal["unlimited"], positive_or("unlimited")]
AtOnce = Annotated[int | Literal["auto"], AfterValidator(_up_to_most), positive_or("auto")]


class LlmParams(SectionModel):
    """How a stage asks its model; part of the stage's own section of params.yaml."""

    model: str  # as the server names it
    endpoint: str  # base URL; "": the client's environment variable, or its default
    temperature: Annotated[float, Field(ge=0, le=2)]
    seed: Seed
    max_output_tokens: Positive
    thinking: Thinking = "auto"  # of a model that thinks: as it likes, not at all, or up to so many tokens
    api_key_variable: Annotated[KeyVariable, SAME_RESULT] = ""  # of the key; "": the provider's own, for its own server
    allow_http: Annotated[bool, SAME_RESULT] = False  # without encryption, also to other machines
    form: Annotated[Form | Literal["auto"], SAME_RESULT] = "auto"  # in which the schema is sent; auto: found by a probe
    context_tokens: Positive  # of prompt and answer, for servers that must be told (Ollama)
    # "auto" stands for values that depend on the server: stages/llm/settings.py
    local: Annotated[bool | Literal["auto"], SAME_RESULT] = "auto"  # a server of one's own, which costs nothing
    concurrency: Annotated[AtOnce, SAME_RESULT]  # most requests under way at once, per process
    requests_per_minute: Annotated[Positive, SAME_RESULT]  # by all processes together
    tokens_per_minute: Annotated[PerMinute, SAME_RESULT] = "unlimited"  # of prompts and longest answers, by all
    timeout_seconds: Annotated[Seconds, SAME_RESULT]  # of one attempt
    attempts: Annotated[Positive, SAME_RESULT]  # at one request, if the server fails or asks to wait
    batch: Annotated[bool, SAME_RESULT] = False  # in a provider's batch jobs, at half the price, within a day
    # of a job; what has no answer then is asked by itself
    batch_hours: Annotated[float, Field(gt=0), SAME_RESULT] = 24.0
    max_failure_rate: Annotated[float, Field(ge=0, le=1)]  # share of requests without a usable answer
    usd_per_million_input: Annotated[float, Field(ge=0), SAME_RESULT]
    # of input that the provider has in its cache
    usd_per_million_cached_input: Annotated[CachedPrice, SAME_RESULT] = "same"
    usd_per_million_output: Annotated[float, Field(ge=0), SAME_RESULT]
    budget_usd: Annotated[float, Field(ge=0), SAME_RESULT]  # the limit of this stage, over all runs in the journal


@dataclass(frozen=True)
class Request:
    """One question to a model, whose answer must be an object of `schema`."""

    name: str  # what it is about, for messages: a page's title, an example's id
    system: str
    prompt: str
    schema: type[BaseModel]
    # A field of `schema` that is a list, and how many items it must have; None if any number will do.
    items: tuple[str, int] | None = None
    # Returns what is wrong with an answer of the right schema, in words for the model, or None if nothing is.
    check: Callable[[BaseModel], str | None] | None = None
    # Returns what is sound in the text of an answer that the schema or `check` rejects; None if nothing is. It counts
    # if the repair is no better.
    rescue: Callable[[str], BaseModel | None] | None = None


@dataclass(frozen=True)
class Reply:
    """What a server answered, usable or not; it has to be paid for. Not parsed yet."""

    raw: str  # the text of the answer, "" if there is none; the whole response if it is unreadable
    finish: Finish
    input_tokens: int | None  # None, here and below, if the server doesn't say
    output_tokens: int | None  # includes the model's thinking, which is paid, too
    detail: str = ""  # the server's own word for why there is no answer: SAFETY, prompt: BLOCKLIST, refusal;
    # or FROM_REASONING
    cached_tokens: int = 0  # of the input tokens, those that the provider had in its cache; not in the journal


class AttemptError(Exception):
    """An attempt without a reply. The message contains no API key.

    `reason` is one of those in stages/llm/clients/transport.py, `again` says whether another attempt may help, and
    `wait` is the number of seconds that the server asks to wait, None if it doesn't. With `nobody_there`, nothing
    accepts connections at the server's address.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        again: bool,
        wait: float | None = None,
        nobody_there: bool = False,
        status: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status  # of the HTTP response, None if there was none
        self.reason, self.again, self.wait, self.nobody_there = reason, again, wait, nobody_there


class Client(Protocol):
    """A server, asked through its own client library. One attempt is one HTTP request, and one
    more for each parameter that the server refuses for the first time."""

    endpoint: str  # where requests go, as in the journal's key
    probes: list[Reply]  # to the tiny requests of `check`, which are paid for

    @property
    def form(self) -> str:
        """As `check` returned it; `ask` adds what the server refuses."""

    async def check(self, known_form: str | None) -> str:
        """Checks server, key and model, and returns the name of the form in which the server follows a schema best.

        Must be called before `ask`. The check takes at most three seconds, and two more attempts per form to find the
        best one. What fails for a passing reason (429, 503, a reset) is tried again, as often as any request. If an
        earlier run found `known_form`, no form is tried. A client may return a name that `check` doesn't accept as
        known: then the next run tries the forms again. Raises StageError that says what to set.
        """

    async def ask(self, request: Request) -> Reply:
        """One attempt, which takes at most `timeout_seconds`. Raises AttemptError."""

    def batches(self) -> "BatchService":
        """The batches of the server, after `check`. Raises StageError if it has none."""

    async def close(self) -> None: ...
