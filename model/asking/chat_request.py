"""The body of a request for a chat completion, in OpenAI's form (https://platform.openai.com/docs/api-reference/chat).

What would change the answer is obeyed or refused; no such field is ignored.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from model.decoding.sampling import Sampling

# Fields that ask for what this server doesn't do, with the values at which they ask for nothing.
_NOTHING: dict[str, tuple[Any, ...]] = {
    "n": (None, 1),
    "logprobs": (None, False),
    "top_logprobs": (None, 0),
    "frequency_penalty": (None, 0),
    "presence_penalty": (None, 0),
    "repetition_penalty": (None, 1),
    "min_p": (None, 0),
    "logit_bias": (None, {}),
    "tools": (None, []),
    "functions": (None, []),
    "tool_choice": (None, "none", "auto"),
    "response_format": (None, {"type": "text"}),
}


def _join_parts(content: object) -> object:
    """The text of a message that is a list of texts."""
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        return "".join(str(part.get("text", "")) for part in content)
    return content


def _to_list(stop: object) -> object:
    return [] if stop is None else [stop] if isinstance(stop, str) else stop


class Message(BaseModel):
    """A message of a chat. `developer` is OpenAI's newer name for `system`."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, BeforeValidator(_join_parts)]


class StreamOptions(BaseModel):
    """What a stream sends beside the answer."""

    include_usage: bool = False


class ChatRequest(BaseModel):
    """A chat that ends with a user's message, and how to answer it. Without settings, the most likely tokens are taken.

    The model answers one turn, as in the checkpoint's chat template: the last message, below those of the system.
    """

    model_config = ConfigDict(extra="allow")

    model: str
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None  # of the answer; the older name
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    temperature: Annotated[float, Field(ge=0, le=100)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    stop: Annotated[list[Annotated[str, Field(min_length=1)]], BeforeValidator(_to_list)] = []

    @field_validator("messages")
    @classmethod
    def _ends_with_a_user(cls, messages: list[Message]) -> list[Message]:
        if messages[-1].role != "user":
            raise ValueError("the last message must be a user's: the model answers one instruction")
        return messages

    @model_validator(mode="after")
    def _asks_for_nothing_else(self) -> Self:
        for name, value in (self.model_extra or {}).items():
            if name in _NOTHING and value not in _NOTHING[name]:
                raise ValueError(f"{name} is {value!r:.40}, and this server has no such feature; leave it out")
        return self

    @property
    def instruction(self) -> str:
        """The instruction, as the checkpoint's chat template puts it together."""
        system = [message.content for message in self.messages if message.role in ("system", "developer")]
        return "\n\n".join([*system, self.messages[-1].content])

    @property
    def limit(self) -> int | None:
        """The most tokens of the answer, if the request names them."""
        return self.max_completion_tokens or self.max_tokens

    @property
    def sampling(self) -> Sampling:
        return Sampling(self.temperature or 0.0, self.top_k or 0, self.top_p or 1.0, self.seed or 0)
