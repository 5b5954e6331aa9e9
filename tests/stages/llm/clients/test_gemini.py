"""Google's own library against a server on this machine that speaks Gemini's protocol."""

import asyncio
import json
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.llm.clients import gemini, transport
from stages.llm.clients.gemini import GeminiClient
from stages.llm.request import Reply, Request
from tests.stages.llm.clients.conftest import REQUEST, VERDICT_SCHEMA, Verdict, params, use
from tests.stages.llm.clients.local_server import Answer, Asked, LocalServer

MODEL = "/v1beta/models/tiny"
PAGE = f"{MODEL}:generateContent"
USAGE = {"promptTokenCount": 11, "candidatesTokenCount": 5, "thoughtsTokenCount": 100, "totalTokenCount": 116}


@pytest.fixture(autouse=True)
def key(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "planted-gemini-key")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)


def candidate(reason: str, *parts: dict[str, Any]) -> dict[str, Any]:
    content = {"content": {"parts": list(parts), "role": "model"}} if parts else {}
    return {"candidates": [content | {"finishReason": reason, "index": 0}], "usageMetadata": USAGE}


def reply(server: LocalServer, body: dict[str, Any]) -> Reply:
    server.pages[PAGE] = Answer(body)
    client = GeminiClient(params())
    return use(client, lambda: client.ask(REQUEST))


def check(server: LocalServer, **changes: Any) -> str:
    client = GeminiClient(params(**changes))
    return use(client, lambda: client.check(None))


def problem(server: LocalServer, **changes: Any) -> str:
    with pytest.raises(StageError) as raised:
        check(server, **changes)
    return str(raised.value)


def test_the_request_says_all_that_changes_an_answer(server: LocalServer) -> None:
    """Guards against a schema, seed, temperature or limit that doesn't arrive."""
    reply(server, candidate("STOP", {"text": "{}"}))
    (asked,) = server.asked
    assert asked.body == {
        "contents": [{"parts": [{"text": "Judge this."}], "role": "user"}],
        "systemInstruction": {"parts": [{"text": "You judge."}], "role": "user"},
        "generationConfig": {
            "temperature": 0.5,
            "seed": 7,
            "maxOutputTokens": 256,
            "responseMimeType": "application/json",
            "responseJsonSchema": VERDICT_SCHEMA,
        },
    }
    assert asked.headers["x-goog-api-key"] == "planted-gemini-key"


def test_a_temperature_of_0_and_a_seed_beyond_31_bits_arrive(server: LocalServer) -> None:
    """Guards against a zero that counts as not given, and a seed that Gemini refuses."""
    server.pages[PAGE] = Answer(candidate("STOP", {"text": "{}"}))
    client = GeminiClient(params(temperature=0.0, seed=2**31 + 5))
    use(client, lambda: client.ask(Request("row", "", "Judge this.", Verdict)))
    (asked,) = server.asked
    assert (asked.body["generationConfig"]["temperature"], asked.body["generationConfig"]["seed"]) == (0, 5)
    assert "systemInstruction" not in asked.body


def test_thinking_is_paid_and_no_part_of_the_answer(server: LocalServer) -> None:
    """Guards against a cost that leaves out the thinking, and against thoughts before the JSON."""
    body = candidate("STOP", {"text": "Let me see.", "thought": True}, {"text": '{"score"'}, {"text": ": 3}"})
    assert reply(server, body) == Reply('{"score": 3}', "stop", 11, 105)


@pytest.mark.parametrize(
    ("reason", "finish"),
    [
        ("SAFETY", "blocked"),
        ("RECITATION", "blocked"),
        ("BLOCKLIST", "blocked"),
        ("PROHIBITED_CONTENT", "blocked"),
        ("SPII", "blocked"),
        ("LANGUAGE", "other"),
        ("MALFORMED_RESPONSE", "other"),
        ("A_REASON_OF_TOMORROW", "other"),
    ],
)
def test_an_answer_that_is_withheld_says_why(server: LocalServer, reason: str, finish: Any) -> None:
    """Guards against a block that looks like an empty answer, and a warning for a reason that the library is too old
    to know."""
    assert reply(server, candidate(reason)) == Reply("", finish, 11, 105, detail=reason)


@pytest.mark.parametrize("reason", ["MAX_TOKENS", "CONTINUATION"])
def test_an_answer_that_was_cut_is_asked_for_once(server: LocalServer, reason: str) -> None:
    """Guards against half an answer that passes for a whole one, and against the library's own second request."""
    body = candidate(reason, {"text": '{"score"'})
    body["candidates"][0]["continuationToken"] = "bW9yZQ=="
    assert reply(server, body) == Reply('{"score"', "length", 11, 105)
    assert len(server.asked) == 1


def test_a_prompt_that_is_blocked_says_why(server: LocalServer) -> None:
    body = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 11}}
    assert reply(server, body) == Reply("", "blocked", 11, 0, detail="prompt: PROHIBITED_CONTENT")


def test_empty_answers_are_told_apart(server: LocalServer) -> None:
    assert reply(server, candidate("STOP")) == Reply("", "stop", 11, 105)
    body = {"usageMetadata": USAGE}
    assert reply(server, body) == Reply(json.dumps(body), "unreadable", 11, 105, detail="no candidate")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"content": {"parts": [{"text": "{}"}]}, "finishReason": None}, Reply("{}", "other", 11, 105, "no reason")),
        ({"content": {"parts": None}, "finishReason": "STOP"}, Reply("", "stop", 11, 105)),
        ({"content": None, "finishReason": "SAFETY"}, Reply("", "blocked", 11, 105, "SAFETY")),
        (
            {"content": {"parts": [{"text": None}, {"text": "{}"}]}, "finishReason": "STOP"},
            Reply("{}", "stop", 11, 105),
        ),
    ],
)
def test_null_is_as_good_as_left_out(server: LocalServer, body: dict[str, Any], expected: Reply) -> None:
    """Guards against an answer that is lost where a proxy writes out what Gemini leaves out."""
    assert reply(server, {"candidates": [body], "promptFeedback": None, "usageMetadata": USAGE}) == expected


def test_the_address_is_the_parameter_the_variable_or_googles(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a journal that names another address than the one that requests go to."""
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", f"{server.url}/")
    server.pages[PAGE] = Answer(candidate("STOP", {"text": "{}"}))
    client = GeminiClient(params())
    assert client.endpoint == server.url
    use(client, lambda: client.ask(REQUEST))
    assert [asked.path for asked in server.asked] == [PAGE]
    other = GeminiClient(params(endpoint="http://127.0.0.1:1"))
    monkeypatch.delenv("GOOGLE_GEMINI_BASE_URL")
    google = GeminiClient(params())
    assert (other.endpoint, google.endpoint) == ("http://127.0.0.1:1", "https://generativelanguage.googleapis.com")
    for unused in (other, google):
        use(unused, lambda: asyncio.sleep(0))


def test_the_libraries_own_variables_count(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a key or a version of the protocol that this project takes over and forgets."""
    monkeypatch.setenv("GOOGLE_API_KEY", "planted-google-key")
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v1")
    page = PAGE.replace("v1beta", "v1")
    server.pages[page] = Answer(candidate("STOP", {"text": "{}"}))
    client = GeminiClient(params())
    use(client, lambda: client.ask(REQUEST))
    assert [(asked.path, asked.headers["x-goog-api-key"]) for asked in server.asked] == [(page, "planted-google-key")]


def test_a_check_asks_for_the_model_and_for_no_answer(server: LocalServer) -> None:
    server.pages[MODEL] = Answer({"name": "models/tiny"})
    assert check(server) == "json_schema"
    assert [(asked.method, asked.path) for asked in server.asked] == [("GET", MODEL)]


def test_a_missing_key_is_named_before_anything_is_sent(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GEMINI_API_KEY")
    assert problem(server) == (
        "GEMINI_API_KEY (or GOOGLE_API_KEY) is not set, and Gemini needs a key; set it in the environment"
    )
    monkeypatch.setenv("GEMINI_API_KEY", "a…b")
    assert problem(server) == ("GEMINI_API_KEY holds a character that no key has (not printable ASCII); set it anew")
    assert server.asked == []


def test_a_wrong_key_is_named(server: LocalServer) -> None:
    """Guards against the key in the message, and against a stage that begins without it."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
    error = {"code": 400, "message": "API key not valid: planted-gemini-key.", "details": details}
    server.pages[MODEL] = Answer({"error": error}, 400)
    assert problem(server) == (
        f"{server.url}{MODEL} answered 400: API key not valid: [key].\n"
        "  Check GEMINI_API_KEY in the environment and model in params.yaml"
    )


def test_a_wrong_model_is_named_beside_those_that_can_answer(server: LocalServer) -> None:
    able, unable = ["generateContent", "countTokens"], ["embedContent"]
    models = [(f"gemini-{n}-flash", able) for n in range(9)] + [("text-embedding-1", unable), ("gemini-flush", able)]
    listed = [{"name": f"models/{name}", "supportedGenerationMethods": methods} for name, methods in models]
    server.pages["/v1beta/models"] = Answer({"models": listed})
    assert problem(server, model="gemini-flash") == (
        f"{server.url} has no model 'gemini-flash'; it has gemini-8-flash, gemini-7-flash, gemini-6-flash, "
        "gemini-5-flash, gemini-4-flash, gemini-3-flash, gemini-2-flash, gemini-1-flash and 2 more\n"
        "  Set model in params.yaml to one of them"
    )


def test_a_server_without_lists_is_believed(server: LocalServer) -> None:
    """Guards against refusing a proxy that only answers."""
    assert check(server) == "json_schema"


def test_a_name_that_cannot_be_a_models_is_named(server: LocalServer) -> None:
    assert "invalid model parameter" in problem(server, model="../tiny")
    assert server.asked == []


def test_an_unreachable_server_is_named(server: LocalServer) -> None:
    server.shutdown()
    server.server_close()
    assert problem(server) == (
        f"{server.url}: connection failed: All connection attempts failed\n"
        "  Start the server, or correct endpoint in params.yaml or GOOGLE_GEMINI_BASE_URL in the environment"
    )


def test_a_server_that_hangs_fails_the_check_in_time(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert transport.CHECK_SECONDS == 2
    monkeypatch.setattr(gemini, "CHECK_SECONDS", 0.2)
    server.pages[MODEL] = "hang"
    assert problem(server).splitlines()[0] == f"{server.url} gave no answer within 0.2 s"


@pytest.mark.parametrize("address", ["localhost:8080", "ftp://host", "http://", "http://host:port", "no address"])
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(StageError) as raised:
        GeminiClient(params(endpoint=address))
    assert str(raised.value) == (
        f"the model's endpoint is {address!r}; it must be an address such as http://localhost:11434/v1"
    )


def test_the_key_that_counts_is_the_one_that_is_named(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against advice to look at GEMINI_API_KEY where GOOGLE_API_KEY is the one that was sent."""
    server.pages[MODEL] = Answer({"error": {"code": 403, "message": "Forbidden."}}, 403)
    assert problem(server).endswith("\n  Check GEMINI_API_KEY in the environment and model in params.yaml")
    monkeypatch.setenv("GOOGLE_API_KEY", "planted-google-key")
    assert problem(server).endswith("\n  Check GOOGLE_API_KEY in the environment and model in params.yaml")
    assert server.asked[-1].headers["x-goog-api-key"] == "planted-google-key"
    monkeypatch.setenv("GOOGLE_API_KEY", "a…b")
    assert problem(server).startswith("GOOGLE_API_KEY holds a character that no key has")


def test_a_list_that_cannot_be_read_is_said_in_plain_words(server: LocalServer) -> None:
    """Guards against pydantic's own words and address in an error for the reader."""
    server.pages[MODEL] = Answer({"name": 3})
    message = problem(server)
    assert message.startswith(f"{server.url} gave no usable answer: name: Input should be a valid string (is 3)")
    assert "pydantic" not in message


@pytest.mark.parametrize(
    ("model", "thinking", "budget", "level"),
    [
        ("gemini-2.5-flash", "auto", None, None),
        ("gemini-2.5-flash", "off", 0, None),
        ("gemini-2.5-pro", 500, 500, None),
        ("gemini-3.8-flash", "auto", None, None),
        ("gemini-3.8-flash", "off", None, "LOW"),
        ("gemini-3.1-pro-preview", 2048, None, "LOW"),
        ("gemini-flash-latest", 5000, None, "MEDIUM"),
        ("gemini-3.8-flash", 9000, None, "HIGH"),
    ],
)
def test_thinking_has_a_budget_or_a_level(
    model: str, thinking: int | str, budget: int | None, level: str | None
) -> None:
    """Guards against thoughts that are paid as output, although they were turned off, and against a budget at models
    that take a level."""
    config = GeminiClient(params(model=model, thinking=thinking))._config(REQUEST, frozenset()).thinking_config
    assert (config.thinking_budget if config else None) == budget
    assert (config.thinking_level.value if config and config.thinking_level else None) == level


@pytest.mark.parametrize(
    ("name", "message", "field"),
    [
        ("seed", "Seed is not supported for this model.", "seed"),
        ("temperature", "Unsupported parameter: temperature.", "temperature"),
        ("thinking", "Thinking level LOW is not supported for this model.", "thinkingConfig"),
        ("thinking", "Invalid value at generation_config.thinking_config.thinking_level", "thinkingConfig"),
    ],
)
def test_what_a_model_refuses_is_left_out(server: LocalServer, name: str, message: str, field: str) -> None:
    """Guards against a run that ends at the first model that takes fewer parameters."""

    def refuse(asked: Asked) -> Answer:
        if field in asked.body["generationConfig"]:
            return Answer({"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}, 400)
        return Answer(candidate("STOP", {"text": "{}"}))

    server.pages[PAGE] = refuse
    client = GeminiClient(params(thinking="off"))
    assert use(client, lambda: client.ask(REQUEST)).finish == "stop"
    assert client.form == f"json_schema; refuses {name}"
    server.pages[MODEL] = Answer({"name": "models/tiny"})
    later = GeminiClient(params(thinking="off"))

    async def check_and_ask() -> Reply:
        assert await later.check(client.form) == client.form
        return await later.ask(REQUEST)

    assert use(later, check_and_ask).finish == "stop"
    assert [asked.method for asked in server.asked] == ["POST", "POST", "GET", "POST"]


def test_googles_key_goes_to_no_other_server(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a key that is sent to whatever address a params.yaml of somebody else names."""
    client = GeminiClient(params(endpoint=server.url))
    with pytest.raises(StageError, match="is not Google's address, so it is sent no key of Google's"):
        use(client, lambda: client.check(None))
    monkeypatch.setenv("GATEWAY_KEY", "planted-gateway-key")
    server.pages[MODEL] = Answer({"name": "models/tiny"})
    own = GeminiClient(params(endpoint=server.url, api_key_variable="GATEWAY_KEY"))
    use(own, lambda: own.check(None))
    assert {asked.headers["x-goog-api-key"] for asked in server.asked} == {"planted-gateway-key"}
