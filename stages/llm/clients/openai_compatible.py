"""OpenAI and the servers that speak its protocol: Ollama, llama.cpp, vLLM, LM Studio and others.

Ollama is asked in its own protocol (stages/llm/clients/ollama.py).
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from stages.common.errors import StageError
from stages.llm.clients import ollama
from stages.llm.clients.envelopes import AnyObject, Envelope, Lenient, Text, Tokens, or_reasoning, unreadable_reply
from stages.llm.clients.schemas import FOR_NOW, FORMS, PROBE, Form, Probe, schema_for, system_for
from stages.llm.clients.transport import (
    CHECK_SECONDS,
    SEEDS,
    attempt,
    checked_address,
    connection_error,
    failed_check,
    http_client,
    status_error,
    unknown_model,
)
from stages.llm.keys import OPENAI_KEY, check_key
from stages.llm.orders import make_order
from stages.llm.request import OPENAI, AttemptError, Finish, LlmParams, Reply, Request
from stages.llm.settings import settings_for

if TYPE_CHECKING:
    from openai import AsyncOpenAI

ADDRESS = "OPENAI_BASE_URL"
LOCAL = "http://localhost:11434/v1"  # Ollama's
CHAT_PATH = "/chat/completions"
LIST_PATH = "/models"
_NO_SUCH_PAGE = (400, 404, 405, 500, 501)  # the statuses that servers and gateways send for a page they don't have
_FINISHES: dict[str | None, Finish] = {"stop": "stop", "length": "length", "content_filter": "blocked"}


class OpenAICompatibleClient:
    """A stages.llm.request.Client, with one pool of connections, for use in one event loop."""

    def __init__(self, params: LlmParams, room_usd: float = 0.0) -> None:
        """`room_usd` is what `check` may spend on finding out in which form the server follows a schema."""
        self.endpoint = checked_address(params.endpoint or os.environ.get(ADDRESS) or LOCAL)
        self._params, self._room_usd = params, room_usd
        self._settings = settings_for(params, self.endpoint)
        self._key = os.environ.get(OPENAI_KEY, "").strip()
        self._ollama = False
        self._form: Form = FORMS[0]

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        """The library takes most of a second to import, so a missing key is reported before that."""
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=self._key or "none",  # the library wants one, even if the server doesn't
            base_url=self.endpoint,
            max_retries=0,
            timeout=None,
            http_client=http_client(self._settings.most_at_once),
        )

    async def check(self, known_form: str | None) -> str:
        check_key(OPENAI_KEY, self._key)
        if not self._key and self.endpoint.startswith(OPENAI):
            raise StageError(f"{OPENAI_KEY} is not set, and {self.endpoint} needs a key; set it in the environment")
        self._client  # noqa: B018 # created before the clock starts: importing its library takes a second
        try:
            async with self._attempt(CHECK_SECONDS):
                self._ollama = await self._is_ollama()
                names = await self._model_names()
            if names is not None and self._params.model not in names:
                raise self._unknown_model(names)
            known = [form for form in FORMS if form == known_form]
            self._form, certain = (known[0], True) if known else await self._strictest_form()
        except AttemptError as error:
            raise failed_check(error, OPENAI_KEY, ADDRESS) from None
        return self._form if certain else self._form + FOR_NOW

    async def ask(self, request: Request) -> Reply:
        return await self._ask(request, self._form)

    async def close(self) -> None:
        if "_client" in self.__dict__:  # created
            await self._client.close()

    async def _ask(self, request: Request, form: Form) -> Reply:
        import httpx2
        from openai import BadRequestError

        schema = schema_for(request.schema, request.items)
        messages = [{"role": "user", "content": request.prompt}]
        if system := system_for(form, request.system, schema):
            messages.insert(0, {"role": "system", "content": system})
        if self._ollama:
            url, body = self._root + ollama.CHAT_PATH, ollama.ollama_body(self._params, messages, form, schema)
        else:
            # OpenAI's newer models reject the name that all other servers know.
            limit = "max_completion_tokens" if self.endpoint.startswith(OPENAI) else "max_tokens"
            url, body = CHAT_PATH, _chat_body(self._params, messages, form, schema, limit)
        async with self._attempt(self._settings.timeout_seconds):
            try:
                response = await self._client.post(url, cast_to=httpx2.Response, body=body)
            except BadRequestError as error:
                if error.code != "content_filter":
                    raise
                return Reply("", "blocked", 0, 0, detail="prompt: content_filter")
            return ollama.ollama_reply(response.content, self._params) if self._ollama else _reply(response.content)

    async def _strictest_form(self) -> tuple[Form, bool]:
        """The form, and whether it is certain. There is only one way to give Ollama a schema."""
        forms = [form for form in FORMS if not (self._ollama and form == "json_object with schema")]
        usd = make_order(PROBE, self._params, "probe", "openai", self.endpoint).worst_usd
        return await Probe(self._ask, self.endpoint, usd=usd, room_usd=self._room_usd).strictest(forms)

    async def _is_ollama(self) -> bool:
        """Whether the server gives its version as Ollama does. Any error means that it is another server, which may not
        know the page."""
        import httpx2
        from openai import APIError

        try:
            response = await self._client.get(self._root + ollama.VERSION_PATH, cast_to=httpx2.Response)
        except APIError:
            return False
        return ollama.is_ollama_version(response.content)

    @property
    def _root(self) -> str:
        """The address above Ollama's own paths."""
        return self.endpoint.removesuffix("/v1")

    async def _model_names(self) -> set[str] | None:
        """The models that the server lists; None if it keeps no list, as it then reports a wrong name when asked."""
        content = await self._get(self._root + ollama.LIST_PATH if self._ollama else LIST_PATH)
        if content is None:
            return None
        return ollama.ollama_models(content) if self._ollama else _listed_models(content)

    def _unknown_model(self, names: set[str]) -> StageError:
        model = self._params.model
        return unknown_model(self.endpoint, model, names, f", or run `ollama pull {model}`" if self._ollama else "")

    async def _get(self, url: str) -> bytes | None:
        """The content of a page; None if the server doesn't have it."""
        import httpx2
        from openai import APIStatusError

        try:
            return (await self._client.get(url, cast_to=httpx2.Response)).content
        except APIStatusError as error:
            if error.status_code in _NO_SUCH_PAGE:
                return None
            raise

    @asynccontextmanager
    async def _attempt(self, seconds: float) -> AsyncIterator[None]:
        """An attempt that turns the library's errors into AttemptErrors."""
        from openai import APIConnectionError, APIStatusError

        async with attempt(self.endpoint, seconds):
            try:
                yield
            except APIStatusError as error:
                raise status_error(error.response) from None
            except APIConnectionError as error:
                raise connection_error(self.endpoint, error.__cause__ or error) from None


class _Message(Envelope):
    content: Text = ""
    refusal: str = ""
    reasoning_content: Annotated[str, Lenient] = ""  # in newer versions of vLLM, and at OpenRouter: reasoning
    reasoning: Annotated[str, Lenient] = ""


class _Choice(Envelope):
    message: _Message
    finish_reason: str | None = None


class _Usage(Envelope):
    prompt_tokens: Tokens = None
    completion_tokens: Tokens = None


class _Completion(Envelope):
    choices: list[_Choice]
    usage: Annotated[_Usage, AnyObject] = _Usage()


class _Model(Envelope):
    id: str
    aliases: list[str] = Field(default=[])


class _Models(Envelope):
    data: list[_Model]


def _chat_body(
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


def _reply(content: bytes) -> Reply:
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
    reply = Reply(choice.message.content, finish, *tokens, detail=detail)
    return or_reasoning(reply, choice.message.reasoning_content or choice.message.reasoning)


def _listed_models(content: bytes) -> set[str] | None:
    """The models in a list; None if there are none. Google's server lists models/NAME and takes NAME, llama.cpp's lists
    aliases, too."""
    try:
        models = _Models.model_validate_json(content).data
    except ValidationError:
        return None
    return {name.removeprefix("models/") for model in models for name in (model.id, *model.aliases)} or None
