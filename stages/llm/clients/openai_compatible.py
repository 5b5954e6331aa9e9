"""OpenAI and the servers that speak its protocol: Ollama, llama.cpp, vLLM, LM Studio and others.

Ollama is asked through its own protocol: by OpenAI's it can't be told the context size, and cuts what is longer.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from stages.common.errors import StageError
from stages.llm.clients import chat, ollama
from stages.llm.clients.advice import needs, unknown_model
from stages.llm.clients.faults import failure, unreachable
from stages.llm.clients.probing import FOR_NOW, Probe
from stages.llm.clients.schemas import FORMS, Form, schema_for, system_for
from stages.llm.clients.transport import CHECK_SECONDS, attempt, checked_address, checked_key, http_client
from stages.llm.request import OPENAI, AttemptError, LlmParams, Reply, Request

if TYPE_CHECKING:
    from openai import AsyncOpenAI

KEY, ADDRESS = "OPENAI_API_KEY", "OPENAI_BASE_URL"
LOCAL = "http://localhost:11434/v1"  # Ollama's
_NO_SUCH_PAGE = (400, 404, 405, 500, 501)  # as servers and gateways say it


class OpenAICompatibleClient:
    """One pool of connections for the requests of one event loop. See stages.llm.request.Client."""

    def __init__(self, params: LlmParams, room_usd: float = 0.0) -> None:
        """`room_usd` is what a check may spend to find out in which form the server keeps to a schema."""
        self.endpoint = checked_address(params.endpoint or os.environ.get(ADDRESS) or LOCAL)
        self._params, self._room_usd = params, room_usd
        self._key = os.environ.get(KEY, "").strip()
        self._ollama = False
        self._form: Form = FORMS[0]

    @cached_property
    def _client(self) -> "AsyncOpenAI":
        """The library's, which takes most of a second to import: a missing key is named before that."""
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=self._key or "none",  # which the library asks for, and a local server doesn't
            base_url=self.endpoint,
            max_retries=0,
            timeout=None,
            http_client=http_client(self._params.concurrency),
        )

    async def check(self, known_form: str | None) -> str:
        checked_key(KEY, self._key)
        if not self._key and self.endpoint.startswith(OPENAI):
            raise StageError(f"{KEY} is not set, and {self.endpoint} needs a key; set it in the environment")
        self._client  # noqa: B018 # made before the clock starts: loading its library takes a second
        try:
            async with self._attempt(CHECK_SECONDS):
                self._ollama = await self._is_ollama()
                names = await self._names()
            if names is not None and self._params.model not in names:
                raise self._unknown_model(names)
            known = [form for form in FORMS if form == known_form]
            self._form, sure = (known[0], True) if known else await self._strictest_form()
        except AttemptError as error:
            raise needs(error, KEY, ADDRESS) from None
        return self._form if sure else self._form + FOR_NOW

    async def ask(self, request: Request) -> Reply:
        return await self._ask(request, self._form)

    async def close(self) -> None:
        if "_client" in self.__dict__:  # made
            await self._client.close()

    async def _ask(self, request: Request, form: Form) -> Reply:
        import httpx2
        from openai import BadRequestError

        schema = schema_for(request.schema, request.items)
        messages = [{"role": "user", "content": request.prompt}]
        if system := system_for(form, request.system, schema):
            messages.insert(0, {"role": "system", "content": system})
        if self._ollama:
            url, body = self._root + ollama.PATH, ollama.body(self._params, messages, form, schema)
        else:
            # OpenAI's newer models refuse the name that all other servers know
            limit = "max_completion_tokens" if self.endpoint.startswith(OPENAI) else "max_tokens"
            url, body = chat.PATH, chat.body(self._params, messages, form, schema, limit)
        async with self._attempt(self._params.timeout_seconds):
            try:
                response = await self._client.post(url, cast_to=httpx2.Response, body=body)
            except BadRequestError as error:
                if error.code != "content_filter":
                    raise
                return Reply("", "blocked", 0, 0, detail="prompt: content_filter")
            return ollama.reply(response.content, self._params) if self._ollama else chat.reply(response.content)

    async def _strictest_form(self) -> tuple[Form, bool]:
        """The form, and whether it is sure; there is one way to give Ollama a schema."""
        forms = [form for form in FORMS if not (self._ollama and form == "json_object with schema")]
        return await Probe(self._ask, self._params, self.endpoint, self._room_usd).strictest(forms)

    async def _is_ollama(self) -> bool:
        """Whether it answers as Ollama does. Whatever else is said of a page that it may not know means no more than
        that it is another server."""
        import httpx2
        from openai import APIError

        try:
            response = await self._client.get(self._root + ollama.VERSION, cast_to=httpx2.Response)
        except APIError:
            return False
        return ollama.is_version(response.content)

    @property
    def _root(self) -> str:
        """Where Ollama's own pages are."""
        return self.endpoint.removesuffix("/v1")

    async def _names(self) -> set[str] | None:
        """The models that the server lists; None where it keeps no list: then it speaks up when it is asked."""
        content = await self._get(self._root + ollama.LIST if self._ollama else chat.LIST)
        if content is None:
            return None
        return ollama.names(content) if self._ollama else chat.names(content)

    def _unknown_model(self, names: set[str]) -> StageError:
        model = self._params.model
        return unknown_model(self.endpoint, model, names, f", or run `ollama pull {model}`" if self._ollama else "")

    async def _get(self, url: str) -> bytes | None:
        """A page; None where the server hasn't got it."""
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
        """An attempt in which the library's errors are AttemptErrors."""
        from openai import APIConnectionError, APIStatusError

        async with attempt(self.endpoint, seconds):
            try:
                yield
            except APIStatusError as error:
                raise failure(error.response) from None
            except APIConnectionError as error:
                raise unreachable(self.endpoint, error.__cause__ or error) from None
