"""OpenAI and the servers that speak its protocol: Ollama, llama.cpp, vLLM, LM Studio and others.

Ollama is asked in its own protocol (stages/llm/clients/ollama.py).
"""

import importlib
import logging
import os
import re
from functools import cached_property
from typing import Any

from stages.common.errors import StageError
from stages.llm.attempts import patiently
from stages.llm.batch_service import no_batches, require_batches
from stages.llm.clients import ollama
from stages.llm.clients.chat_completions import chat_body, completion_reply, listed_models
from stages.llm.clients.connections import Connections
from stages.llm.clients.openai_batches import OpenAIBatches
from stages.llm.clients.refusals import refused_parameters, split_refused, with_refused, without_refused
from stages.llm.clients.schemas import FOR_NOW, FORMS, PROBE, Probe, schema_for, system_for
from stages.llm.clients.streams import whole_completion
from stages.llm.clients.transport import (
    CHECK_SECONDS,
    attempt,
    check_encryption,
    checked_address,
    error_object,
    failed_check,
    status_error,
    unknown_model,
)
from stages.llm.keys import OPENAI_KEY, check_key
from stages.llm.orders import make_order
from stages.llm.request import OPENAI, AttemptError, Form, LlmParams, Reply, Request
from stages.llm.settings import effort_of, settings_for

log = logging.getLogger(__name__)

ADDRESS = "OPENAI_BASE_URL"
_OPENAI_HEADERS = {"OPENAI_ORG_ID": "OpenAI-Organization", "OPENAI_PROJECT_ID": "OpenAI-Project"}  # as in its library
LOCAL = "http://localhost:11434/v1"  # Ollama's
CHAT_PATH = "/chat/completions"
LIST_PATH = "/models"
GOOGLE = "https://generativelanguage.googleapis.com/"
# Azure's addresses of answers have it, those of files and batch jobs don't.
_AZURE_DEPLOYMENT = re.compile(r"/deployments/([^/?]+)")
_NAMES_PARAMETERS = (400, 422)  # the statuses with which servers refuse a parameter
_NO_SUCH_PAGE = (400, 404, 405, 500, 501)  # the statuses that servers and gateways send for a page they don't have


class OpenAICompatibleClient:
    """A stages.llm.request.Client, with one pool of connections, for use in one event loop."""

    def __init__(self, params: LlmParams, room_usd: float = 0.0) -> None:
        """`room_usd` is what `check` may spend on finding out in which form the server follows a schema."""
        self.endpoint = checked_address(params.endpoint or os.environ.get(ADDRESS) or LOCAL)
        self._params, self._room_usd = params, room_usd
        self._settings = settings_for(params, self.endpoint)
        # OpenAI's key is for OpenAI, and for the address that stands beside it in the environment.
        is_its_own = self.endpoint.startswith(OPENAI) or (not params.endpoint and bool(os.environ.get(ADDRESS)))
        self._variable = params.api_key_variable or (OPENAI_KEY if is_its_own else "")
        self._key = os.environ.get(self._variable, "").strip()
        self._base, _, self._query = self.endpoint.partition("?")
        self._ollama = False
        self._form: Form = FORMS[0]
        self._refused: frozenset[str] = frozenset()  # by the server, of what was sent: stages/llm/clients/refusals.py
        self._is_certain = True
        self.probes: list[Reply] = []

    @cached_property
    def _connections(self) -> Connections:
        headers = {"Authorization": f"Bearer {self._key or 'none'}"}  # some servers want any key
        if self._is_azure and self._key:
            headers["api-key"] = self._key
        if self.endpoint.startswith(OPENAI):
            headers |= {header: os.environ[name] for name, header in _OPENAI_HEADERS.items() if os.environ.get(name)}
        return Connections(self.endpoint, headers)

    async def check(self, known_form: str | None) -> str:
        check_encryption(self.endpoint, self._params.allow_http)
        if self._params.batch:
            require_batches(self.endpoint, self._settings)
        check_key(self._variable, self._key)
        if not self._key and (self._params.api_key_variable or self.endpoint.startswith(OPENAI)):
            raise StageError(f"{self._variable} is not set, and {self.endpoint} needs a key; set it in the environment")
        importlib.import_module("aiohttp")  # before the clock starts, as it takes a part of a second
        try:
            names = await patiently(self._look, self.endpoint, self._params.attempts)
            if names is not None and self._params.model not in names:
                raise self._unknown_model(names)
            name, refused = split_refused(known_form or "")
            known = [form for form in FORMS if form == (name if self._params.form == "auto" else self._params.form)]
            if known:
                self._form, self._refused = known[0], refused
            else:
                self._form, self._is_certain = await self._strictest_form()
        except AttemptError as error:
            path = "" if self._base.endswith("/v1") else f". Such addresses usually end in /v1: {self._base}/v1"
            key = self._variable if self._key else ""
            raise failed_check(error, self.endpoint, key, ADDRESS, path) from None
        return self.form

    async def _look(self) -> set[str] | None:
        """The models that the server lists; None if it keeps no list."""
        async with attempt(self.endpoint, CHECK_SECONDS):
            self._ollama = await self._is_ollama()
            return await self._model_names()

    @property
    def form(self) -> str:
        return with_refused(self._form if self._is_certain else self._form + FOR_NOW, self._refused)

    async def ask(self, request: Request) -> Reply:
        return await self._ask(request, self._form)

    def batches(self) -> OpenAIBatches:
        if self._ollama:
            raise no_batches(self.endpoint, "it is Ollama")
        require_batches(self.endpoint, self._settings)
        path = CHAT_PATH if self._is_azure else f"/v1{CHAT_PATH}"
        headers = {"api-key": self._key} if self._is_azure and self._key else {}
        address = _AZURE_DEPLOYMENT.sub("", self.endpoint) if self._is_azure else self.endpoint
        return OpenAIBatches(address, self._key, headers, path, self._batch_body, self._settings.timeout_seconds)

    async def close(self) -> None:
        await self._connections.close()

    async def _ask(self, request: Request, form: Form, *, probing: bool = False) -> Reply:
        """Sends the request, and once more without what the server refuses. That is kept if the server then takes the
        request. While probing, a refused form is an error, as it is what the probe wants to know."""
        refused = self._refused
        while True:
            url, body = self._request(request, "text" if "response_format" in refused else form)
            body = without_refused(body, refused)
            async with attempt(self.endpoint, self._settings.timeout_seconds):
                answered = await self._connections.post(url, body)
            if answered.is_success:
                break
            words = answered.content.decode(errors="replace")
            if answered.status == 400 and error_object(words).get("code") == "content_filter":
                return Reply("", "blocked", 0, 0, detail="prompt: content_filter")
            found = refused_parameters(words, body) if answered.status in _NAMES_PARAMETERS else frozenset()
            more = refused | (found - {"response_format"} if probing else found)
            if more == refused:
                raise status_error(answered.as_response())
            refused = more
        if refused - self._refused:
            self._refused |= refused
            log.info("%s refuses %s; requests are sent without it", self.endpoint, ", ".join(sorted(refused)))
        return self._reply(answered.content)

    def _request(self, request: Request, form: Form) -> tuple[str, dict[str, Any]]:
        """The address and the body."""
        schema = schema_for(request.schema, request.items)
        messages = [{"role": "user", "content": request.prompt}]
        if system := system_for(form, request.system, schema):
            messages.insert(0, {"role": "system", "content": system})
        if self._ollama:
            return self._root + ollama.CHAT_PATH, ollama.ollama_body(self._params, messages, form, schema)
        # OpenAI's newer models reject the name that all other servers know.
        limit = "max_completion_tokens" if self.endpoint.startswith(OPENAI) else "max_tokens"
        return CHAT_PATH, chat_body(self._params, messages, form, schema, limit) | self._thinking()

    def _batch_body(self, request: Request) -> dict[str, Any]:
        """What is sent online, but that nothing streams in a batch."""
        refused = self._refused - {"stream"}
        _, body = self._request(request, "text" if "response_format" in refused else self._form)
        if self._is_azure and (deployment := _AZURE_DEPLOYMENT.search(self._base)):
            body["model"] = deployment[1]  # which online stands in the address alone
        return without_refused(body, refused)

    def _thinking(self) -> dict[str, Any]:
        """How the server is told how much to think: OpenAI and Google take an effort, others a flag of the template."""
        thinking = self._params.thinking
        if thinking == "auto":
            return {}
        if self._is_azure or self.endpoint.startswith((OPENAI, GOOGLE)):
            return {"reasoning_effort": "none" if thinking == "off" else effort_of(thinking)}
        budget = {} if thinking == "off" else {"thinking_budget": thinking}
        return {"chat_template_kwargs": {"enable_thinking": thinking != "off"} | budget}

    def _reply(self, content: bytes) -> Reply:
        if self._ollama:
            return ollama.ollama_reply(content, self._params)
        return completion_reply(whole_completion(content))

    async def _strictest_form(self) -> tuple[Form, bool]:
        """The form, and whether it is certain. There is only one way to give Ollama a schema."""
        forms = [form for form in FORMS if not (self._ollama and form == "json_object with schema")]
        usd = make_order(PROBE, self._params, "probe", "openai", self.endpoint).worst_usd
        return await Probe(self._ask_probe, self.endpoint, usd=usd, room_usd=self._room_usd).strictest(forms)

    async def _ask_probe(self, request: Request, form: Form) -> Reply:
        async def ask_once() -> Reply:
            return await self._ask(request, form, probing=True)

        reply = await patiently(ask_once, self.endpoint, self._params.attempts)
        self.probes.append(reply)
        return reply

    async def _is_ollama(self) -> bool:
        """Whether the server gives its version as Ollama does. Any error means that it is another server, which may not
        know the page."""
        from aiohttp import ClientError

        try:
            answered = await self._connections.get(self._root + ollama.VERSION_PATH)
        except ClientError:
            return False
        return answered.is_success and ollama.is_ollama_version(answered.content)

    @property
    def _root(self) -> str:
        """The address above Ollama's own paths."""
        return self._base.removesuffix("/v1")

    @property
    def _is_azure(self) -> bool:
        """Whether the key goes into Azure's header as well."""
        return "api-version=" in self._query or ".azure.com/" in self._base

    async def _model_names(self) -> set[str] | None:
        """The models that the server lists; None if it keeps no list, as it then reports a wrong name when asked."""
        content = await self._get(self._root + ollama.LIST_PATH if self._ollama else LIST_PATH)
        if content is None:
            return None
        return ollama.ollama_models(content) if self._ollama else listed_models(content)

    def _unknown_model(self, names: set[str]) -> StageError:
        model = self._params.model
        return unknown_model(self.endpoint, model, names, f", or run `ollama pull {model}`" if self._ollama else "")

    async def _get(self, url: str) -> bytes | None:
        """The content of a page; None if the server doesn't have it."""
        answered = await self._connections.get(url)
        if answered.status in _NO_SUCH_PAGE:
            return None
        if not answered.is_success:
            raise status_error(answered.as_response())
        return answered.content
