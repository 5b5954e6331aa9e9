"""Gemini, through Google's library."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from stages.common.errors import StageError
from stages.llm.clients.advice import needs, unknown_model
from stages.llm.clients.envelopes import AnyObject, Envelope, Text, Tokens, unreadable_reply
from stages.llm.clients.faults import failure, unreadable
from stages.llm.clients.schemas import schema_for
from stages.llm.clients.transport import CHECK_SECONDS, SEEDS, attempt, checked_address, checked_key, http_client
from stages.llm.request import AttemptError, Finish, LlmParams, Reply, Request

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client
    from google.genai.types import GenerateContentConfig

KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")  # the first that is set counts, in the library's order
ADDRESS = "GOOGLE_GEMINI_BASE_URL"
GOOGLE = "https://generativelanguage.googleapis.com"
FORM = "json_schema"
_FINISHES: dict[str, Finish] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "CONTINUATION": "length",
    "SAFETY": "blocked",
    "RECITATION": "blocked",
    "BLOCKLIST": "blocked",
    "PROHIBITED_CONTENT": "blocked",
    "SPII": "blocked",
    "ESCALATION": "blocked",
    "MODEL_ARMOR": "blocked",
}


class _Wire(Envelope):
    """What is read of an answer: the library's own reading takes a proxy's `[]` for one, and breaks on others."""

    model_config = ConfigDict(alias_generator=to_camel)


class _Part(_Wire):
    text: Text = ""
    thought: bool = False


class _Content(_Wire):
    parts: list[_Part] = Field(default=[])


class _Candidate(_Wire):
    content: _Content = _Content()
    finish_reason: str = "no reason"


class _Feedback(_Wire):
    block_reason: str = ""


class _Usage(_Wire):
    prompt_token_count: Tokens = None
    candidates_token_count: Tokens = None
    thoughts_token_count: Tokens = None

    def tokens(self, raw: str) -> tuple[int | None, int | None]:
        """Of input and output. Gemini leaves out a number that is 0, which it can't be where there is a text."""
        answered, thought = self.candidates_token_count, self.thoughts_token_count or 0
        unknown = self.prompt_token_count is None or (answered is None and raw)
        return self.prompt_token_count, None if unknown else (answered or 0) + thought


class _Answer(_Wire):
    candidates: list[_Candidate] = Field(default=[])
    prompt_feedback: _Feedback = _Feedback()
    usage_metadata: Annotated[_Usage, AnyObject] = _Usage()


class GeminiClient:
    """One pool of connections for the requests of one event loop. See stages.llm.request.Client."""

    def __init__(self, params: LlmParams) -> None:
        self.endpoint = checked_address(params.endpoint or os.environ.get(ADDRESS) or GOOGLE)
        self._params = params
        self._variable = next((name for name in KEYS if os.environ.get(name)), KEYS[-1])
        self._key = os.environ.get(self._variable, "").strip()

    @cached_property
    def _http(self) -> "httpx2.AsyncClient":
        """With an HTTP client of ours the library leaves out aiohttp, by which it sends again what a lost connection
        may have delivered."""
        return http_client(self._params.concurrency)

    @cached_property
    def _client(self) -> "Client":
        """The library's, which takes most of a second to import: a missing key is named before that."""
        from google import genai
        from google.genai.types import HttpOptions

        options = HttpOptions(
            base_url=self.endpoint,
            # The aliases such as gemini-flash-latest exist in v1beta alone.
            api_version=None if os.environ.get("GOOGLE_GENAI_API_VERSION") else "v1beta",
            httpx_async_client=self._http,
        )
        return genai.Client(vertexai=False, api_key=self._key or "none", http_options=options)

    async def check(self, known_form: str | None) -> str:  # noqa: ARG002 # there is one form
        """Asks for no answer: Gemini always keeps to a schema."""
        if not self._key:
            raise StageError(
                f"{' (or '.join(reversed(KEYS))}) is not set, and Gemini needs a key; set it in the environment"
            )
        checked_key(self._variable, self._key)
        self._client  # noqa: B018 # made before the clock starts: loading its library takes a second
        try:
            async with self._attempt(CHECK_SECONDS):
                names = await self._other_names()
        except AttemptError as error:
            raise needs(error, self._variable, ADDRESS) from None
        if names:
            raise unknown_model(self.endpoint, self._params.model, names)
        return FORM

    async def ask(self, request: Request) -> Reply:
        async with self._attempt(self._params.timeout_seconds):
            response = await self._client.aio.models.generate_content(
                model=self._params.model, contents=request.prompt, config=self._config(request)
            )
        http = response.sdk_http_response
        return _reply(http.body if http and http.body else "")

    async def close(self) -> None:
        if "_client" in self.__dict__:  # made
            await self._client.aio.aclose()
            self._client.close()
            await self._http.aclose()

    def _config(self, request: Request) -> "GenerateContentConfig":
        from google.genai.types import GenerateContentConfig

        return GenerateContentConfig(
            system_instruction=request.system or None,
            temperature=self._params.temperature,
            seed=self._params.seed % SEEDS,
            max_output_tokens=self._params.max_output_tokens,
            response_mime_type="application/json",
            response_json_schema=schema_for(request.schema, request.items),
            # As it came: where it reads CONTINUATION itself, the library sends a second request, which is paid too.
            should_return_http_response=True,
        )

    async def _other_names(self) -> set[str]:
        """What Gemini has instead of the model; nothing where it has the model, or keeps no list."""
        from google.genai.errors import ClientError

        try:
            await self._client.aio.models.get(model=self._params.model)
        except ClientError as error:
            if error.code != 404:
                raise
        else:
            return set()
        try:
            pages = await self._client.aio.models.list(config={"page_size": 1000})
        except ClientError as error:
            if error.code != 404:
                raise
            return set()
        able = [model for model in pages.page if "generateContent" in (model.supported_actions or ())]
        return {(model.name or "").removeprefix("models/") for model in able}

    @asynccontextmanager
    async def _attempt(self, seconds: float) -> AsyncIterator[None]:
        """An attempt in which the library's errors are AttemptErrors."""
        import httpx2
        from google.genai.errors import APIError

        async with attempt(self.endpoint, seconds):
            try:
                yield
            except APIError as error:
                assert isinstance(error.response, httpx2.Response)  # as the HTTP client is
                raise failure(error.response) from None
            except ValueError as error:  # not JSON, not an answer, or a name that can't be a model's
                raise unreadable(self.endpoint, error) from None


def _reply(body: str) -> Reply:
    try:
        answer = _Answer.model_validate_json(body)
    except ValidationError as error:
        return unreadable_reply(body, error)
    usage = answer.usage_metadata
    if answer.prompt_feedback.block_reason:
        return Reply("", "blocked", *usage.tokens(""), detail=f"prompt: {answer.prompt_feedback.block_reason}")
    if not answer.candidates:
        return Reply(body, "unreadable", *usage.tokens(body), detail="no candidate")
    candidate = answer.candidates[0]
    raw = "".join(part.text for part in candidate.content.parts if not part.thought)
    finish = _FINISHES.get(candidate.finish_reason, "other")
    detail = "" if finish in ("stop", "length") else candidate.finish_reason
    return Reply(raw, finish, *usage.tokens(raw), detail=detail)
