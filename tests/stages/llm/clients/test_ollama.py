"""A server on this machine that speaks Ollama's own protocol is asked by it."""

import json
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.llm.clients.ollama import ollama_body
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.request import FROM_REASONING, AttemptError, Reply
from tests.stages.llm.clients.conftest import REQUEST, VERDICT_SCHEMA, params, use
from tests.stages.llm.clients.local_server import Answer, Asked, LocalServer

PAGE = "/api/chat"


@pytest.fixture(autouse=True)
def ollama(server: LocalServer) -> None:
    """What Ollama has besides its answers."""
    server.pages["/api/version"] = Answer({"version": "0.13.1"})
    server.pages["/api/tags"] = Answer({"models": [{"name": "tiny:latest"}, {"name": "llama3:8b"}]})


def chat(content: str, done_reason: str = "stop", thinking: str = "", **counts: int) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "thinking": thinking}
    counts = {"prompt_eval_count": 11, "eval_count": 5} | counts
    return {"model": "tiny", "message": message, "done": True, "done_reason": done_reason} | counts


def reply(
    server: LocalServer, body: dict[str, Any], root: str = "/v1", form: str = "json_schema", **changes: Any
) -> Reply:
    server.pages[PAGE] = Answer(body)
    client = OpenAICompatibleClient(params(endpoint=server.url + root, **changes))

    async def check_and_ask() -> Reply:
        assert await client.check(form) == form
        return await client.ask(REQUEST)

    return use(client, check_and_ask)


def test_ollama_is_told_its_context_size_seed_and_temperature(server: LocalServer) -> None:
    """Guards against Ollama's OpenAI protocol, by which every prompt is cut to the server's own context size."""
    reply(server, chat("{}"))
    (asked,) = server.posted()
    assert asked.path == PAGE
    assert asked.body == {
        "model": "tiny",
        "messages": [{"role": "system", "content": "You judge."}, {"role": "user", "content": "Judge this."}],
        "stream": False,
        "truncate": False,
        "shift": False,
        "options": {"num_ctx": 2048, "num_predict": 256, "temperature": 0.5, "seed": 7},
        "format": VERDICT_SCHEMA,
    }


def test_a_seed_beyond_31_bits_arrives_in_31(server: LocalServer) -> None:
    """Guards against llama.cpp inside Ollama, which takes 2^32 - 1 as "choose a seed"."""
    for seed in (2**31 - 1, 2**32 - 1, 2**31):
        reply(server, chat("{}"), seed=seed)
    assert [asked.body["options"]["seed"] for asked in server.posted()] == [2**31 - 1, 2**31 - 1, 0]


def test_the_address_may_do_without_v1(server: LocalServer) -> None:
    reply(server, chat("{}"), root="")
    assert [asked.path for asked in server.posted()] == [PAGE]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (chat('{"score": 3}'), Reply('{"score": 3}', "stop", 11, 5)),
        (chat('{"score"', "length"), Reply('{"score"', "length", 11, 5)),
        (chat(""), Reply("", "stop", 11, 5)),
        (chat("", thinking="{}"), Reply("{}", "stop", 11, 5, detail=FROM_REASONING)),
        (chat("{}", thinking="Hm."), Reply("{}", "stop", 11, 5)),
        (chat("", "load"), Reply("", "other", 11, 5, detail="load")),
        (chat("{}", prompt_eval_count=2047), Reply("{}", "stop", 2047, 5)),
    ],
)
def test_each_way_to_end_is_told_apart(server: LocalServer, body: dict[str, Any], expected: Reply) -> None:
    assert reply(server, body) == expected


@pytest.mark.parametrize("count", [2048, 2050])
def test_a_prompt_that_was_cut_is_an_error(server: LocalServer, count: int) -> None:
    """Guards against an answer to half a page: versions that don't know `truncate` cut in silence."""
    with pytest.raises(AttemptError) as raised:
        reply(server, chat("{}", prompt_eval_count=count))
    assert (raised.value.reason, raised.value.again) == ("bad_request", False)
    assert str(raised.value) == "the prompt fills the context of 2048 tokens and was cut; raise context_tokens"


def test_a_prompt_that_does_not_fit_is_an_error(server: LocalServer) -> None:
    server.pages[PAGE] = Answer({"error": "the input length exceeds the context length"}, 400)
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))

    async def check_and_ask() -> Reply:
        await client.check("text")
        return await client.ask(REQUEST)

    with pytest.raises(AttemptError) as raised:
        use(client, check_and_ask)
    assert (raised.value.reason, raised.value.again) == ("bad_request", False)
    assert str(raised.value) == f"{server.url}{PAGE} answered 400: the input length exceeds the context length"


@pytest.mark.parametrize(
    ("takes", "form", "asked"),
    [("schema", "json_schema", 1), ("json", "json_object", 2), ("nothing", "text", 3)],
)
def test_the_strictest_format_that_ollama_keeps_to_is_used(
    server: LocalServer, takes: str, form: str, asked: int
) -> None:
    """Guards against versions from before schemas, which refuse them, and from before formats, which ignore them."""

    def answer(asked: Asked) -> Answer:
        if isinstance(asked.body.get("format"), dict) and takes != "schema":
            return Answer({"error": "cannot unmarshal object into Go struct field ChatRequest.format"}, 400)
        kept = {"schema": '{"color": "blue"}', "json": '{"color": "red"}', "nothing": "Sure! Red it is."}
        return Answer(chat(kept[takes]))

    server.pages[PAGE] = answer
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))

    async def check_and_ask() -> str:
        found = await client.check(None)
        await client.ask(REQUEST)
        return found

    assert use(client, check_and_ask) == form
    assert len(server.posted()) == asked + 1
    last = server.posted()[-1].body
    assert last.get("format") == {"json_schema": VERDICT_SCHEMA, "json_object": "json"}.get(form)
    shown = last["messages"][0]["content"].splitlines()[-1]
    assert shown == "You judge." if form == "json_schema" else json.loads(shown) == VERDICT_SCHEMA


@pytest.mark.parametrize("model", ["tiny", "tiny:latest", "llama3:8b"])
def test_a_name_without_a_tag_is_its_latest(server: LocalServer, model: str) -> None:
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1", model=model))
    assert use(client, lambda: client.check("text")) == "text"


def test_a_model_that_was_not_pulled_is_named(server: LocalServer) -> None:
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1", model="llama3"))
    with pytest.raises(StageError) as raised:
        use(client, lambda: client.check(None))
    assert str(raised.value) == (
        f"{server.url}/v1 has no model 'llama3'; it has llama3:8b, tiny, tiny:latest\n"
        "  Set model in params.yaml to one of them, or run `ollama pull llama3`"
    )


def test_an_ollama_without_models_says_what_to_do(server: LocalServer) -> None:
    """Guards against an empty list that passes for a server that keeps none."""
    server.pages["/api/tags"] = Answer({"models": []})
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))
    with pytest.raises(StageError) as raised:
        use(client, lambda: client.check(None))
    assert str(raised.value) == (
        f"{server.url}/v1 has no model 'tiny'; it has none\n"
        "  Set model in params.yaml to one of them, or run `ollama pull tiny`"
    )


@pytest.mark.parametrize("body", [b"<html>", {"error": "Unexpected endpoint"}, ["0.13"]])
def test_another_server_is_asked_by_openais_protocol(server: LocalServer, body: Any) -> None:
    """Guards against servers that answer 200 to any page."""
    server.pages["/api/version"] = Answer(body)
    content = {"role": "assistant", "content": "{}"}
    server.pages["/v1/chat/completions"] = Answer({"choices": [{"message": content, "finish_reason": "stop"}]})
    assert reply(server, chat("{}")) == Reply("{}", "stop", None, None)


@pytest.mark.parametrize(("thinking", "think"), [("auto", None), ("off", False), (500, True)])
def test_thinking_is_turned_on_and_off(thinking: int | str, think: bool | None) -> None:
    """Guards against a model that thinks for minutes about each of a thousand answers, although it was told not to."""
    assert ollama_body(params(thinking=thinking), [], "text", {}).get("think") is think
