"""Gemini, through Google's library."""

import logging
import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from stages.common.errors import StageError
from stages.llm.batch_service import require_batches
from stages.llm.clients.envelopes import AnyObject, Envelope, Text, Tokens, unreadable_reply
from stages.llm.clients.gemini_batches import GeminiBatches
from stages.llm.clients.refusals import refused_parameters, split_refused, with_refused
from stages.llm.clients.schemas import schema_for
from stages.llm.clients.transport import (
    CHECK_SECONDS,
    MOST_RESULTS,
    SEEDS,
    attempt,
    check_encryption,
    checked_address,
    content_error,
    failed_check,
    http_client,
    status_error,
    unknown_model,
)
from stages.llm.keys import GEMINI_KEYS, check_key
from stages.llm.request import AttemptError, Finish, LlmParams, Reply, Request
from stages.llm.settings import effort_of, settings_for

if TYPE_CHECKING:
    import httpx2
    from google.genai import Client
    from google.genai.types import GenerateContentConfig, ThinkingConfig

log = logging.getLogger(__name__)

ADDRESS = "GOOGLE_GEMINI_BASE_URL"
GOOGLE = "https://generativelanguage.googleapis.com"
FORM = "json_schema"
TAKES_A_BUDGET = re.compile(r"(models/)?gemini-2\b")
MAY_BE_LEFT_OUT = frozenset({"seed", "temperature", "thinking"})
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
    """The parts of a response that are read here. The library's own parser accepts a proxy's `[]` as an answer, and
    fails on other bodies."""

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
    cached_content_token_count: Tokens = None

    def tokens(self, raw: str) -> tuple[int | None, int | None]:
        """The tokens of input and output; None if unknown. Gemini leaves out a count of 0, which can't be the number
        of answer tokens if there is a text `raw`."""
        answered, thought = self.candidates_token_count, self.thoughts_token_count or 0
        unknown = self.prompt_token_count is None or (answered is None and raw)
        return self.prompt_token_count, None if unknown else (answered or 0) + thought


class _Response(_Wire):
    candidates: list[_Candidate] = Field(default=[])
    prompt_feedback: _Feedback = _Feedback()
    usage_metadata: Annotated[_Usage, AnyObject] = _Usage()


class GeminiClient:
    """A stages.llm.request.Client, with one pool of connections, for use in one event loop."""

    def __init__(self, params: LlmParams) -> None:
        self.endpoint = checked_address(params.endpoint or os.environ.get(ADDRESS) or GOOGLE)
        self._params, self._settings = params, settings_for(params, self.endpoint)
        self.probes: list[Reply] = []
        self._refused: frozenset[str] = frozenset()  # by the model, of what was sent
        own = next((name for name in GEMINI_KEYS if os.environ.get(name)), GEMINI_KEYS[-1])
        # Google's key is for Google, and for the address that stands beside it in the environment.
        is_its_own = not params.endpoint or self.endpoint == GOOGLE
        self._variable = params.api_key_variable or (own if is_its_own else "")
        self._key = os.environ.get(self._variable, "").strip()

    @cached_property
    def _http(self) -> "httpx2.AsyncClient":
        """Given this client, the library doesn't use aiohttp. With aiohttp, it would send a request again after a lost
        connection, although the server may have received it."""
        return http_client(self._settings.most_at_once)

    @cached_property
    def _client(self) -> "Client":
        """The library takes most of a second to import, so a missing key is reported before that."""
        return self._library(self._http)

    def _library(self, http: "httpx2.AsyncClient") -> "Client":
        from google import genai
        from google.genai.types import HttpOptions

        options = HttpOptions(
            base_url=self.endpoint,
            # Aliases such as gemini-flash-latest exist only in v1beta.
            api_version=None if os.environ.get("GOOGLE_GENAI_API_VERSION") else "v1beta",
            httpx_async_client=http,
        )
        return genai.Client(vertexai=False, api_key=self._key or "none", http_options=options)

    @property
    def form(self) -> str:
        return with_refused(FORM, self._refused)

    async def check(self, known_form: str | None) -> str:
        """Sends no probe: Gemini always follows a schema."""
        self._refused = split_refused(known_form or "")[1]
        check_encryption(self.endpoint, self._params.allow_http)
        if self._params.batch:
            require_batches(self.endpoint, self._settings)
        if not self._variable:
            raise StageError(
                f"{self.endpoint} is not Google's address, so it is sent no key of Google's; put its own key into an "
                "environment variable, and name that in api_key_variable in params.yaml"
            )
        if not self._key and self._params.api_key_variable:
            raise StageError(f"{self._variable} is not set, and {self.endpoint} needs a key; set it in the environment")
        if not self._key:
            raise StageError(
                f"{' (or '.join(reversed(GEMINI_KEYS))}) is not set, and Gemini needs a key; set it in the environment"
            )
        check_key(self._variable, self._key)
        self._client  # noqa: B018 # created before the clock starts: importing its library takes a second
        try:
            async with self._attempt(CHECK_SECONDS):
                names = await self._other_names()
        except AttemptError as error:
            raise failed_check(error, self.endpoint, self._variable, ADDRESS) from None
        if names:
            raise unknown_model(self.endpoint, self._params.model, names)
        return self.form

    async def ask(self, request: Request) -> Reply:
        """Sends the request, and once more without what the model refuses: newer ones take fewer parameters."""
        refused = self._refused
        while True:
            config = self._config(request, refused)
            try:
                async with self._attempt(self._settings.timeout_seconds):
                    response = await self._client.aio.models.generate_content(
                        model=self._params.model, contents=request.prompt, config=config
                    )
                break
            except AttemptError as error:
                sent = {"seed": 0, "temperature": 0, "think": 0, "messages": []}
                more = refused | (refused_parameters(str(error), sent) & MAY_BE_LEFT_OUT)
                if error.status != 400 or more == refused:
                    raise
                refused = more
        if refused - self._refused:
            self._refused |= refused
            log.info("%s refuses %s; requests are sent without it", self._params.model, ", ".join(sorted(refused)))
        http = response.sdk_http_response
        return _reply(http.body if http and http.body else "")

    def batches(self) -> GeminiBatches:
        require_batches(self.endpoint, self._settings)
        http = http_client(1, MOST_RESULTS)
        return GeminiBatches(
            self._client,
            self._library(http),
            http,
            self.endpoint,
            self._params.model,
            self._batch_body,
            _reply,
            self._attempt,
            self._settings.timeout_seconds,
        )

    async def close(self) -> None:
        if "_client" in self.__dict__:  # created
            await self._client.aio.aclose()
            self._client.close()
            await self._http.aclose()

    def _batch_body(self, request: Request) -> dict[str, Any]:
        """What the library sends online."""
        config = self._config(request, self._refused).model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"system_instruction", "should_return_http_response"}
        )
        body = {"contents": [{"parts": [{"text": request.prompt}], "role": "user"}], "generationConfig": config}
        system = {"parts": [{"text": request.system}], "role": "user"}
        return body | ({"systemInstruction": system} if request.system else {})

    def _config(self, request: Request, refused: frozenset[str]) -> "GenerateContentConfig":
        from google.genai.types import GenerateContentConfig

        return GenerateContentConfig(
            system_instruction=request.system or None,
            temperature=None if "temperature" in refused else self._params.temperature,
            seed=None if "seed" in refused else self._params.seed % SEEDS,
            max_output_tokens=self._params.max_output_tokens,
            thinking_config=None if "thinking" in refused else self._thinking(),
            response_mime_type="application/json",
            response_json_schema=schema_for(request.schema, request.items),
            # The unparsed response. When it parses CONTINUATION, the library sends a second request, which costs, too.
            should_return_http_response=True,
        )

    def _thinking(self) -> "ThinkingConfig | None":
        """Gemini 2.5 takes a number of tokens. Later models take a level, and none of them stops thinking."""
        from google.genai.types import ThinkingConfig, ThinkingLevel

        thinking = self._params.thinking
        if thinking == "auto":
            return None
        if TAKES_A_BUDGET.match(self._params.model):
            return ThinkingConfig(thinking_budget=0 if thinking == "off" else thinking)
        return ThinkingConfig(thinking_level=ThinkingLevel("low" if thinking == "off" else effort_of(thinking)))

    async def _other_names(self) -> set[str]:
        """The models that Gemini has, if the one in params.yaml isn't among them. Empty if it is, or if the server
        keeps no list."""
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
        """An attempt that turns the library's errors into AttemptErrors."""
        import httpx2
        from google.genai.errors import APIError

        async with attempt(self.endpoint, seconds):
            try:
                yield
            except APIError as error:
                assert isinstance(error.response, httpx2.Response)  # as the HTTP client is
                raise status_error(error.response) from None
            except RecursionError:  # the library parses the body of an error by itself
                words = f"{self.endpoint} answered JSON that is nested too deep"
                raise AttemptError("bad_reply", words, again=True) from None
            except ValueError as error:  # not JSON, not an answer, or an impossible name for a model
                raise content_error(self.endpoint, error) from None


def _reply(body: str) -> Reply:
    try:
        response = _Response.model_validate_json(body)
    except ValidationError as error:
        return unreadable_reply(body, error)
    usage = response.usage_metadata
    if response.prompt_feedback.block_reason:
        return Reply("", "blocked", *usage.tokens(""), detail=f"prompt: {response.prompt_feedback.block_reason}")
    if not response.candidates:
        return Reply(body, "unreadable", *usage.tokens(body), detail="no candidate")
    candidate = response.candidates[0]
    raw = "".join(part.text for part in candidate.content.parts if not part.thought)
    finish = _FINISHES.get(candidate.finish_reason, "other")
    detail = "" if finish in ("stop", "length") else candidate.finish_reason
    return Reply(raw, finish, *usage.tokens(raw), detail=detail, cached_tokens=usage.cached_content_token_count or 0)
