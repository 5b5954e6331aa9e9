"""What is asked of a language model, and what comes back: the words that the other files of this folder share."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, Field

from stages.common.params import SAME_RESULT, Positive, SectionModel, Seed

Provider = Literal["gemini", "openai"]
OPENAI = "https://api.openai.com/"  # of the servers that speak its protocol, the one that differs from the others
# Why a reply ended: by itself, at the limit of tokens, stopped by a safety filter, or for another reason; or it isn't
# known, as the server's answer is none of its protocol.
Finish = Literal["stop", "length", "blocked", "other", "unreadable"]


class LlmParams(SectionModel):
    """How a stage asks its model; a part of the stage's own section of params.yaml."""

    model: str  # as the server names it
    endpoint: str  # base URL; "": what the client's environment variable says, or its default
    temperature: Annotated[float, Field(ge=0, le=2)]
    seed: Seed
    max_output_tokens: Positive
    context_tokens: Positive  # of prompt and answer, for servers that must be told (Ollama)
    concurrency: Annotated[int, Field(ge=1, le=256), SAME_RESULT]  # requests under way at once, in a process
    requests_per_minute: Annotated[Positive, SAME_RESULT]  # by all processes together
    timeout_seconds: Annotated[float, Field(gt=0), SAME_RESULT]  # of one attempt
    attempts: Annotated[Positive, SAME_RESULT]  # of one request, where the server fails or says to wait
    max_failure_rate: Annotated[float, Field(ge=0, le=1)]  # share of requests without a usable answer
    usd_per_million_input: Annotated[float, Field(ge=0), SAME_RESULT]
    usd_per_million_output: Annotated[float, Field(ge=0), SAME_RESULT]
    budget_usd: Annotated[float, Field(ge=0), SAME_RESULT]  # of this stage, over all runs in the journal


@dataclass(frozen=True)
class Request:
    """One question to a model, whose answer must be an object of `schema`."""

    name: str  # what it is about, for messages: a page's title, an example's id
    system: str
    prompt: str
    schema: type[BaseModel]
    # The field of `schema` that is a list and how many items it must hold; None where any number will do.
    items: tuple[str, int] | None = None
    # What is wrong with an object of `schema` that answers this request, in words for the model; None for nothing.
    check: Callable[[BaseModel], str | None] | None = None


@dataclass(frozen=True)
class Reply:
    """What a server answered and is paid for, as it came: not parsed, whatever it is worth."""

    raw: str  # the text of the answer; "" where there is none; all that the server sent where it is unreadable
    finish: Finish
    input_tokens: int | None  # None, here and below: the server doesn't tell
    output_tokens: int | None  # with those of the model's thinking, which are paid too
    detail: str = ""  # the server's own word for why there is no answer: SAFETY, prompt: BLOCKLIST, refusal


class AttemptError(Exception):
    """An attempt without a reply. `again` says whether another may help, `wait` how many seconds the server asks for.

    The message holds no key.
    """

    def __init__(self, reason: str, message: str, *, again: bool, wait: float | None = None) -> None:
        super().__init__(message)
        self.reason, self.again, self.wait = reason, again, wait


class Client(Protocol):
    """A server, asked through its own client library; an attempt is one HTTP request, never more."""

    endpoint: str  # where requests go, as the journal's key names it

    async def check(self, known_form: str | None) -> str:
        """Finds out, within three seconds, whether server, key and model are there, and then in which form the server
        keeps best to a schema; returns that form's name. A form known from an earlier run is not asked for again: it
        takes up to two attempts a form. A name that no check knows may be returned for a form that the next run is to
        find out anew. Comes before `ask`. Raises StageError that says what to set."""

    async def ask(self, request: Request) -> Reply:
        """One attempt, no longer than `timeout_seconds`. Raises AttemptError."""

    async def close(self) -> None: ...
