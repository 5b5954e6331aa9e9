"""Ollama's own protocol. OpenAI's can't set the context size, and Ollama then cuts long prompts without a word."""

from typing import Annotated, Any

from pydantic import BaseModel, ValidationError

from stages.llm.clients.envelopes import Envelope, Lenient, Text, Tokens, or_reasoning, unreadable_reply
from stages.llm.clients.streams import whole_chat
from stages.llm.clients.transport import SEEDS
from stages.llm.request import AttemptError, Finish, Form, LlmParams, Reply

CHAT_PATH = "/api/chat"
LIST_PATH = "/api/tags"
VERSION_PATH = "/api/version"
_FINISHES: dict[str, Finish] = {"stop": "stop", "length": "length"}


class _Version(BaseModel):
    version: str


class _Message(Envelope):
    content: Text = ""
    thinking: Annotated[str, Lenient] = ""


class _Chat(Envelope):
    message: _Message
    done_reason: str = ""
    prompt_eval_count: Tokens = None
    eval_count: Tokens = None


class _Tag(BaseModel):
    name: str


class _Tags(BaseModel):
    models: list[_Tag]


def is_ollama_version(content: bytes) -> bool:
    """Whether this is how Ollama answers when it is asked for its version."""
    try:
        _Version.model_validate_json(content)
    except ValidationError:
        return False
    return True


def ollama_body(
    params: LlmParams, messages: list[dict[str, str]], form: Form, schema: dict[str, Any]
) -> dict[str, Any]:
    """The JSON of a request."""
    formats: dict[Form, Any] = {"json_schema": schema, "json_object": "json"}
    body = {
        "model": params.model,
        "messages": messages,
        "stream": False,
        # Refuse a prompt that is too long instead of cutting it, also while answering; older versions ignore both.
        "truncate": False,
        "shift": False,
        "options": {
            "num_ctx": params.context_tokens,
            "num_predict": params.max_output_tokens,
            "temperature": params.temperature,
            "seed": params.seed % SEEDS,
        },
    }
    if params.thinking != "auto":
        body["think"] = params.thinking != "off"  # it takes no number of tokens
    return body | ({"format": formats[form]} if form in formats else {})


def ollama_reply(content: bytes, params: LlmParams) -> Reply:
    """Raises AttemptError if the prompt was cut to fit the context."""
    try:
        chat = _Chat.model_validate_json(whole_chat(content))
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
    reply = Reply(chat.message.content, finish, chat.prompt_eval_count, chat.eval_count, detail=detail)
    return or_reasoning(reply, chat.message.thinking)


def ollama_models(content: bytes) -> set[str] | None:
    """The models in a list, None if it can't be read. A name without a tag means its `latest`."""
    try:
        listed = {tag.name for tag in _Tags.model_validate_json(content).models}
    except ValidationError:
        return None
    return listed | {name.removesuffix(":latest") for name in listed}
