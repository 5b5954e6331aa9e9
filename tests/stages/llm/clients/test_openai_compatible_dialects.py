"""Servers that refuse what others require, each as the real one does: what is sent in the end, and what is kept."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.journal import Journal
from stages.llm.request import AttemptError, Reply
from stages.llm.service import Service
from tests.stages.llm.clients.conftest import REQUEST, params, use
from tests.stages.llm.clients.local_server import Answer, Asked, LocalServer
from tests.stages.llm.clients.openai_server import GOOD, PAGE, check, completion
from tests.stages.llm.plain_client import make_params

Says = Callable[[str], Answer]  # a parameter that is refused, to the answer


def openai_says(name: str) -> Answer:
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    if name == "max_tokens":
        message += " Use 'max_completion_tokens' instead."
    return Answer({"error": {"message": message, "param": name, "code": "unsupported_parameter"}}, 400)


def litellm_says(name: str) -> Answer:
    message = f"litellm.UnsupportedParamsError: openai does not support parameters: ['{name}'], for model=tiny."
    return Answer({"error": {"message": message, "type": "None", "param": None, "code": "400"}}, 400)


def mistral_says(name: str) -> Answer:
    problem = {"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra inputs are not permitted", "input": 1}
    return Answer({"object": "error", "message": {"detail": [problem]}}, 422)


def fastapi_says(name: str) -> Answer:
    whole = {"seed": 1, "temperature": 0, "max_tokens": 5}  # the request, which it repeats
    return Answer({"detail": [{"type": "extra_forbidden", "loc": ["body", name], "msg": "Extra", "input": whole}]}, 422)


def refuses(says: Says, *names: str) -> Callable[[Asked], Answer]:
    """A server that refuses one parameter after the other, as long as they are sent."""

    def answer(asked: Asked) -> Answer:
        sent = [name for name in names if name in asked.body]
        return says(sent[0]) if sent else GOOD

    return answer


@pytest.mark.parametrize("says", [openai_says, litellm_says, mistral_says, fastapi_says])
@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (("seed",), "json_schema; refuses seed"),
        (("temperature",), "json_schema; refuses temperature"),
        (("max_tokens",), "json_schema; refuses max_tokens"),
        (("max_tokens", "temperature", "seed"), "json_schema; refuses seed, temperature, max_tokens"),
        (("max_tokens", "max_completion_tokens"), "json_schema; refuses max_tokens, max_completion_tokens"),
        (("response_format",), "json_object"),
    ],
)
def test_what_a_server_refuses_is_left_out(
    server: LocalServer, caplog: pytest.LogCaptureFixture, says: Says, names: tuple[str, ...], kept: str
) -> None:
    """Guards against OpenAI's reasoning models, LiteLLM, Mistral and vLLM's relatives, where every request ended so."""
    caplog.set_level(logging.INFO, "stages")
    server.pages[PAGE] = refuses(says, *names)
    found = check(server)
    assert found == (kept if names != ("response_format",) else "text")
    asked = server.posted()[-1].body
    assert not set(names) & set(asked)
    if names == ("max_tokens",):
        assert asked["max_completion_tokens"] == 256
    if "response_format" not in names:
        assert len([record for record in caplog.records if " refuses " in record.message]) == 1
    server.asked.clear()
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))

    async def check_and_ask() -> Reply:
        await client.check(found)
        return await client.ask(REQUEST)

    assert use(client, check_and_ask).finish == "stop"
    assert len(server.posted()) == 1  # what was found isn't found again


@pytest.mark.parametrize(
    "message",
    [
        "System role not supported",  # Gemma's chat template, in vLLM and llama.cpp
        "Developer instruction is not enabled for models/gemma-3-27b-it",  # Google
        "messages: role 'system' is not allowed",
    ],
)
def test_a_system_prompt_that_is_refused_goes_into_the_question(server: LocalServer, message: str) -> None:
    def answer(asked: Asked) -> Answer:
        roles = [each["role"] for each in asked.body["messages"]]
        return Answer({"error": {"message": message}}, 400) if "system" in roles else GOOD

    server.pages[PAGE] = answer
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))
    assert use(client, lambda: client.ask(REQUEST)).finish == "stop"
    assert server.posted()[-1].body["messages"] == [{"role": "user", "content": "You judge.\n\nJudge this."}]
    assert client.form == "json_schema; refuses system"


def events(*deltas: dict[str, Any], finish: str = "stop") -> bytes:
    pieces: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    pieces += [{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}]
    pieces += [{"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 5}}]
    return b": comment\n\n" + b"".join(b"data: " + json.dumps(p).encode() + b"\n\n" for p in pieces) + b"data: [DONE]\n"


def test_a_server_that_streams_whatever_it_is_asked_is_read(server: LocalServer) -> None:
    """Guards against an answer that is paid for and thrown away, as it comes in pieces."""
    server.pages[PAGE] = Answer(
        events({"role": "assistant"}, {"reasoning_content": "Hm."}, {"content": '{"sc'}, {"content": 'ore": 3}'}),
        headers={"Content-Type": "text/event-stream"},
    )
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))
    assert use(client, lambda: client.ask(REQUEST)) == Reply('{"score": 3}', "stop", 11, 5)


def test_a_server_that_only_streams_is_asked_to(server: LocalServer) -> None:
    def answer(asked: Asked) -> Answer:
        if not asked.body.get("stream"):
            return Answer({"error": {"message": "This model only supports stream mode; set stream to true"}}, 400)
        return Answer(events({"content": "{}"}))

    server.pages[PAGE] = answer
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))
    assert use(client, lambda: client.ask(REQUEST)).raw == "{}"
    assert client.form == "json_schema; refuses stream"


def test_a_prompt_that_is_too_long_is_no_refused_parameter(server: LocalServer) -> None:
    """Guards against a second request without the limit of tokens, whose answer may cost more than was set aside."""
    message = (
        "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 tokens"
    )
    server.pages[PAGE] = Answer({"error": {"message": message}}, 400)
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))
    with pytest.raises(AttemptError, match="maximum context length"):
        use(client, lambda: client.ask(REQUEST))
    assert len(server.posted()) == 1


def test_azures_address_has_a_version_and_its_key_a_header(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against an address to which the page is appended behind the question mark."""
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "planted-azure-key")
    path = "/openai/deployments/tiny/chat/completions"
    server.pages[path] = GOOD
    client = OpenAICompatibleClient(
        params(
            endpoint=f"{server.url}/openai/deployments/tiny?api-version=2024-10-21",
            form="json_schema",
            api_key_variable="AZURE_OPENAI_API_KEY",
        )
    )

    async def check_and_ask() -> Reply:
        await client.check(None)
        return await client.ask(REQUEST)

    assert use(client, check_and_ask).finish == "stop"
    (asked,) = server.posted()
    assert asked.path == f"{path}?api-version=2024-10-21"
    assert asked.headers["api-key"] == "planted-azure-key"


@pytest.mark.parametrize("first", [Answer({"error": "slow down"}, 429), Answer({"error": "loading"}, 503), "reset"])
def test_a_passing_fault_of_the_first_request_is_tried_again(
    server: LocalServer, caplog: pytest.LogCaptureFixture, first: Any
) -> None:
    """Guards against a run that ends because a server was busy in its first second."""
    answers = [first]
    server.pages[PAGE] = lambda asked: answers.pop() if answers else GOOD
    assert check(server) == "json_schema"
    assert len(server.posted()) == 2
    assert "attempt 1 of 3 failed: " in caplog.text


def test_a_form_that_is_named_is_not_probed(server: LocalServer) -> None:
    server.pages[PAGE] = GOOD
    assert check(server, None, form="json_object") == "json_object"
    assert check(server, "text; refuses seed", form="json_object") == "json_object; refuses seed"
    assert server.posted() == []


def test_what_a_probe_costs_is_in_the_journal(server: LocalServer) -> None:
    """Guards against requests that are paid for, and count against no budget."""
    server.pages[PAGE] = Answer(completion('{"score": 3, "reason": "fair"}'))
    given = make_params(model="tiny", endpoint=f"{server.url}/v1", usd_per_million_output=1000.0, budget_usd=5.0)
    Service("synth", "openai", given).ask([REQUEST])
    posted = len(server.posted())
    with Journal() as journal:
        assert journal.last_id() == posted > 1
        assert journal.spent("synth") == pytest.approx(posted * 0.005)


@pytest.mark.parametrize(
    ("thinking", "sent"),
    [
        ("auto", None),
        ("off", {"enable_thinking": False}),
        (500, {"enable_thinking": True, "thinking_budget": 500}),
    ],
)
def test_a_model_that_thinks_is_told_how_much(server: LocalServer, thinking: Any, sent: Any) -> None:
    server.pages[PAGE] = GOOD
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1", thinking=thinking))
    use(client, lambda: client.ask(REQUEST))
    assert server.posted()[0].body.get("chat_template_kwargs") == sent


@pytest.mark.parametrize(
    ("endpoint", "thinking", "effort"),
    [
        ("https://api.openai.com/v1", "off", "none"),
        ("https://api.openai.com/v1", 2048, "low"),
        ("https://api.openai.com/v1", 5000, "medium"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", 9000, "high"),
    ],
)
def test_openai_and_google_are_told_an_effort(endpoint: str, thinking: Any, effort: str) -> None:
    client = OpenAICompatibleClient(params(endpoint=endpoint, thinking=thinking))
    assert client._request(REQUEST, "text")[1]["reasoning_effort"] == effort


def test_a_server_that_cannot_turn_thinking_off_is_asked_without(server: LocalServer) -> None:
    server.pages[PAGE] = refuses(openai_says, "chat_template_kwargs")
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1", thinking="off"))
    assert use(client, lambda: client.ask(REQUEST)).finish == "stop"
    assert client.form == "json_schema; refuses thinking"
