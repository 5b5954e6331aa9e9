"""Ollama's own protocol: the only one by which it can be told the context size, and says that a prompt didn't fit."""

from typing import Any

from pydantic import BaseModel, ValidationError

from stages.llm.clients.envelopes import Envelope, Text, Tokens, unreadable_reply
from stages.llm.clients.schemas import Form
from stages.llm.clients.transport import SEEDS
from stages.llm.request import AttemptError, Finish, LlmParams, Reply

PATH = "/api/chat"
LIST = "/api/tags"
VERSION = "/api/version"
_FINISHES: dict[str, Finish] = {"stop": "stop", "length": "length"}


class _Version(BaseModel):
    version: str


class _Message(Envelope):
    content: Text = ""


class _Chat(Envelope):
    message: _Message
    done_reason: str = ""
    prompt_eval_count: Tokens = None
    eval_count: Tokens = None


class _Tag(BaseModel):
    name: str


class _Tags(BaseModel):
    models: list[_Tag]


def is_version(content: bytes) -> bool:
    """Whether this is what Ollama says of its version."""
    try:
        _Version.model_validate_json(content)
    except ValidationError:
        return False
    return True


def body(params: LlmParams, messages: list[dict[str, str]], form: Form, schema: dict[str, Any]) -> dict[str, Any]:
    formats: dict[Form, Any] = {"json_schema": schema, "json_object": "json"}
    request = {
        "model": params.model,
        "messages": messages,
        "stream": False,
        # Neither a prompt that is cut nor one that is pushed out by its own answer; older versions ignore both.
        "truncate": False,
        "shift": False,
        "options": {
            "num_ctx": params.context_tokens,
            "num_predict": params.max_output_tokens,
            "temperature": params.temperature,
            "seed": params.seed % SEEDS,
        },
    }
    return request | ({"format": formats[form]} if form in formats else {})


def reply(content: bytes, params: LlmParams) -> Reply:
    """Raises AttemptError where the prompt was cut to fit the context."""
    try:
        chat = _Chat.model_validate_json(content)
    except ValidationError as error:
        return unreadable_reply(content.decode(errors="replace"), error)
    if chat.prompt_eval_count is not None and chat.prompt_eval_count >= params.context_tokens:
        raise AttemptError(
            "bad_request",
            f"the prompt fills the context of {params.context_tokens} tokens and was cut; raise context_tokens",
            again=False,
        )
    finish = _FINISHES.get(chat.done_reason, "other")
    detail = "" if finish in ("stop", "length") else chat.done_reason
    return Reply(chat.message.content, finish, chat.prompt_eval_count, chat.eval_count, detail=detail)


def names(content: bytes) -> set[str] | None:
    """The models of a list; a name without a tag stands for its latest."""
    try:
        listed = {tag.name for tag in _Tags.model_validate_json(content).models}
    except ValidationError:
        return None
    return listed | {name.removesuffix(":latest") for name in listed}
