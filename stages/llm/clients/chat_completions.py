"""The JSON of OpenAI's protocol: a chat completion's request, its response, and the list of models."""

from typing import Annotated, Any

from pydantic import Field, ValidationError

from stages.llm.clients.envelopes import AnyObject, Envelope, Lenient, Text, Tokens, or_reasoning, unreadable_reply
from stages.llm.clients.transport import SEEDS
from stages.llm.request import Finish, Form, LlmParams, Reply

_FINISHES: dict[str | None, Finish] = {"stop": "stop", "length": "length", "content_filter": "blocked"}


class _Message(Envelope):
    content: Text = ""
    refusal: str = ""
    reasoning_content: Annotated[str, Lenient] = ""  # in newer versions of vLLM, and at OpenRouter: reasoning
    reasoning: Annotated[str, Lenient] = ""


class _Choice(Envelope):
    message: _Message
    finish_reason: str | None = None


class _Details(Envelope):
    cached_tokens: Tokens = None


class _Usage(Envelope):
    prompt_tokens: Tokens = None
    prompt_tokens_details: Annotated[_Details, AnyObject] = _Details()
    completion_tokens: Tokens = None


class _Completion(Envelope):
    choices: list[_Choice]
    usage: Annotated[_Usage, AnyObject] = _Usage()


class _Model(Envelope):
    id: str
    aliases: list[str] = Field(default=[])


class _Models(Envelope):
    data: list[_Model]


def chat_body(
    params: LlmParams, messages: list[dict[str, str]], form: Form, schema: dict[str, Any], limit: str
) -> dict[str, Any]:
    """The JSON of a chat completion's request. `limit` is the server's name for the most tokens of an answer."""
    formats: dict[Form, dict[str, Any]] = {
        "json_schema": {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}},
        "json_object with schema": {"type": "json_object", "schema": schema},
        "json_object": {"type": "json_object"},
    }
    body = {
        "model": params.model,
        "messages": messages,
        "temperature": params.temperature,
        "seed": params.seed % SEEDS,
        limit: params.max_output_tokens,
    }
    return body | ({"response_format": formats[form]} if form in formats else {})


def completion_reply(content: bytes) -> Reply:
    body = content.decode(errors="replace")
    try:
        completion = _Completion.model_validate_json(content)
    except ValidationError as error:
        return unreadable_reply(body, error)
    tokens = completion.usage.prompt_tokens, completion.usage.completion_tokens
    if not completion.choices:
        return Reply(body, "unreadable", *tokens, detail="choices is empty")
    choice = completion.choices[0]
    if choice.message.refusal:
        return Reply(choice.message.refusal, "blocked", *tokens, detail="refusal")
    finish = _FINISHES.get(choice.finish_reason, "other")
    detail = "" if finish in ("stop", "length") else str(choice.finish_reason)
    cached = completion.usage.prompt_tokens_details.cached_tokens or 0
    reply = Reply(choice.message.content, finish, *tokens, detail=detail, cached_tokens=cached)
    return or_reasoning(reply, choice.message.reasoning_content or choice.message.reasoning)


def listed_models(content: bytes) -> set[str] | None:
    """The models in a list; None if there are none. Google's server lists models/NAME and takes NAME, llama.cpp's lists
    aliases, too."""
    try:
        models = _Models.model_validate_json(content).data
    except ValidationError:
        return None
    return {name.removeprefix("models/") for model in models for name in (model.id, *model.aliases)} or None
