"""OpenAI's own library against a server on this machine that speaks OpenAI's protocol, in this and that dialect."""

import asyncio
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.llm.clients import openai_compatible, transport
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.request import FROM_REASONING, Reply
from tests.stages.llm.clients.conftest import REQUEST, VERDICT_SCHEMA, params, use
from tests.stages.llm.clients.local_server import Answer, Fault, LocalServer
from tests.stages.llm.clients.openai_server import GOOD, PAGE, USAGE, check, completion, problem

LIST = "/v1/models"
MESSAGES = [{"role": "system", "content": "You judge."}, {"role": "user", "content": "Judge this."}]


def reply(server: LocalServer, answer: Answer) -> Reply:
    server.pages[PAGE] = answer
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))
    return use(client, lambda: client.ask(REQUEST))


def test_the_request_says_all_that_changes_an_answer(server: LocalServer) -> None:
    """Guards against a schema, seed, temperature or limit that doesn't arrive."""
    reply(server, Answer(completion("{}")))
    (asked,) = server.asked
    assert asked.body == {
        "model": "tiny",
        "messages": MESSAGES,
        "temperature": 0.5,
        "seed": 7,
        "max_tokens": 256,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": VERDICT_SCHEMA, "strict": True},
        },
    }


def test_a_seed_beyond_31_bits_arrives_in_31(server: LocalServer) -> None:
    """Guards against llama.cpp, which takes 2^32 - 1 as "choose a seed", so that answers can't be repeated."""
    server.pages[PAGE] = Answer(completion("{}"))
    for seed in (2**31 - 1, 2**31, 2**32 - 1):
        client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1", seed=seed))
        use(client, lambda client=client: client.ask(REQUEST))  # type: ignore[misc]
    assert [asked.body["seed"] for asked in server.asked] == [2**31 - 1, 0, 2**31 - 1]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (completion('{"score": 3}'), Reply('{"score": 3}', "stop", 11, 5)),
        (completion('{"score"', "length"), Reply('{"score"', "length", 11, 5)),
        (completion(None), Reply("", "stop", 11, 5)),
        (completion("", "content_filter"), Reply("", "blocked", 11, 5, detail="content_filter")),
        (completion(None, refusal="I can't."), Reply("I can't.", "blocked", 11, 5, detail="refusal")),
        (completion("{}", "tool_calls"), Reply("{}", "other", 11, 5, detail="tool_calls")),
        (completion("{}", None), Reply("{}", "other", 11, 5, detail="None")),
        (completion("{}") | {"usage": None}, Reply("{}", "stop", None, None)),
        (completion([{"type": "text", "text": "{"}, {"text": "}"}]), Reply("{}", "stop", 11, 5)),
        (completion(["{", "}"]), Reply("{}", "stop", 11, 5)),
        (
            completion([{"type": "thinking", "thinking": []}, {"type": "text", "text": "{}"}]),
            Reply("{}", "stop", 11, 5),
        ),
        (completion("{}", refusal=None), Reply("{}", "stop", 11, 5)),
        (completion(None, reasoning_content="{}"), Reply("{}", "stop", 11, 5, detail=FROM_REASONING)),
        (completion("\n", reasoning="{}"), Reply("{}", "stop", 11, 5, detail=FROM_REASONING)),
        (completion("{}", reasoning_content="Hm."), Reply("{}", "stop", 11, 5)),
        (completion("", "length", reasoning_content="Hm"), Reply("Hm", "length", 11, 5, detail=FROM_REASONING)),
        (completion("", "content_filter", reasoning="Hm"), Reply("", "blocked", 11, 5, detail="content_filter")),
        (completion("{}", reasoning_content=[{"text": 1}]), Reply("{}", "stop", 11, 5)),
        (
            completion("{}") | {"usage": USAGE | {"prompt_tokens_details": {"cached_tokens": 7}}},
            Reply("{}", "stop", 11, 5, cached_tokens=7),
        ),
    ],
)
def test_each_way_to_end_is_told_apart(server: LocalServer, body: dict[str, Any], expected: Reply) -> None:
    """Guards against a refusal, a block or a cut that passes for an answer or for an empty one."""
    assert reply(server, Answer(body)) == expected


def test_a_prompt_that_is_blocked_is_a_reply(server: LocalServer) -> None:
    """Guards against the status by which Azure says so: 400, as for a request that is wrong."""
    error = {"code": "content_filter", "message": "filtered", "type": None, "param": "prompt"}
    assert reply(server, Answer({"error": error}, 400)) == Reply("", "blocked", 0, 0, detail="prompt: content_filter")


@pytest.mark.parametrize(
    ("answer", "first", "advice"),
    [
        (Answer({"error": "busy"}, 503), "answered 503: busy", "Try again when the server is ready; nothing was lost"),
        (Answer({"error": "slow down"}, 429), "answered 429: slow down", "Try again later; nothing was lost"),
        (
            Answer({"error": "no x"}, 404),
            "answered 404: no x",
            "Check endpoint in params.yaml or OPENAI_BASE_URL in the",
        ),
        (Answer({"error": "bad t"}, 400), "answered 400: bad t", "Check endpoint, model and the values beside them"),
        ("drop", "connection failed", "Start the server, or correct endpoint in params.yaml or OPENAI_BASE_URL in the"),
    ],
)
def test_a_server_that_does_not_answer_the_probe_is_named(
    server: LocalServer, answer: Answer | Fault, first: str, advice: str
) -> None:
    """Guards against a weaker form that is kept because the server was busy when it was asked."""
    server.pages[PAGE] = answer
    message = problem(server).splitlines()
    assert first in message[0] and message[1].startswith(f"  {advice}")


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_server_without_a_list_of_models_is_believed(server: LocalServer, status: int) -> None:
    server.pages[LIST] = Answer({"error": "no list"}, status)
    assert check(server, "text") == "text"
    server.pages[LIST] = Answer({"object": "list", "data": []})
    assert check(server, "text") == "text"


def test_a_model_that_the_server_does_not_list_is_named(server: LocalServer) -> None:
    """Guards against llama.cpp, which answers for any name, so that the results would name a model that never ran."""
    data = [{"id": "llama-3.gguf", "aliases": ["llama"]}, {"id": "models/gemini-flash"}]
    server.pages[LIST] = Answer({"object": "list", "data": data})
    assert problem(server, model="llama-4") == (
        f"{server.url}/v1 has no model 'llama-4'; it has llama, llama-3.gguf, gemini-flash\n"
        "  Set model in params.yaml to one of them"
    )
    for served in ("llama-3.gguf", "llama", "gemini-flash"):
        assert check(server, "text", model=served) == "text"


def test_a_missing_key_for_openai_is_named_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    client = OpenAICompatibleClient(params(endpoint="https://api.openai.com/v1"))
    with pytest.raises(StageError) as raised:
        use(client, lambda: client.check(None))
    assert str(raised.value) == (
        "OPENAI_API_KEY is not set, and https://api.openai.com/v1 needs a key; set it in the environment"
    )


def test_a_key_is_sent_where_there_is_one(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a local server that needs a key, and a key's line break that no header may hold."""
    reply(server, Answer(completion("{}")))
    monkeypatch.setenv("OPENAI_API_KEY", "planted-openai-key\n")
    reply(server, Answer(completion("{}")))  # it is OpenAI's key, and this is another server
    for changes in ({"endpoint": f"{server.url}/v1", "api_key_variable": "OPENAI_API_KEY"}, {}):
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        client = OpenAICompatibleClient(params(**changes))
        use(client, lambda client=client: client.ask(REQUEST))  # type: ignore[misc]
    assert [asked.headers["authorization"] for asked in server.asked] == [
        *["Bearer none"] * 2,
        *["Bearer planted-openai-key"] * 2,
    ]


def test_a_wrong_key_is_named(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "planted-openai-key")
    server.pages[LIST] = Answer({"error": {"message": "Incorrect API key: planted-openai-key"}}, 401)
    assert "It is sent no key, as OPENAI_API_KEY and GEMINI_API_KEY are for their own providers" in problem(server)
    assert problem(server, api_key_variable="OPENAI_API_KEY") == (
        f"{server.url}{LIST} answered 401: Incorrect API key: [key]\n"
        "  Check OPENAI_API_KEY in the environment and model in params.yaml"
    )


def test_an_unreachable_server_is_named(server: LocalServer) -> None:
    server.shutdown()
    server.server_close()
    assert problem(server) == (
        f"{server.url}/v1: connection failed: All connection attempts failed\n"
        "  Start the server, or correct endpoint in params.yaml or OPENAI_BASE_URL in the environment"
    )


def test_a_server_that_hangs_fails_the_check_in_time(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert transport.CHECK_SECONDS == 2
    monkeypatch.setattr(openai_compatible, "CHECK_SECONDS", 0.2)
    server.pages[LIST] = "hang"
    assert problem(server).splitlines()[0] == f"{server.url}/v1 gave no answer within 0.2 s"


def test_the_address_is_the_parameter_the_variable_or_ollamas(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a journal that names another address than the one that requests go to."""
    local = OpenAICompatibleClient(params())
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1/")
    server.pages[PAGE] = Answer(completion("{}"))
    client = OpenAICompatibleClient(params())
    use(client, lambda: client.ask(REQUEST))
    assert [asked.path for asked in server.asked] == [PAGE]
    other = OpenAICompatibleClient(params(endpoint="http://127.0.0.1:1/v1"))
    assert [each.endpoint for each in (local, client, other)] == [
        "http://localhost:11434/v1",
        f"{server.url}/v1",
        "http://127.0.0.1:1/v1",
    ]
    for unused in (local, other):
        use(unused, lambda: asyncio.sleep(0))


@pytest.mark.parametrize("form", [None, "text"])
@pytest.mark.parametrize("status", [307, 400, 401, 403, 404, 405, 429, 500, 501, 503])
def test_a_server_that_does_not_know_ollamas_pages_is_another(
    server: LocalServer, form: str | None, status: int
) -> None:
    """Guards against a gateway that can't be used because it says of an unknown page that it is forbidden, or fails."""
    server.pages["/api/version"] = Answer({"error": "unknown page"}, status)
    server.pages[PAGE] = GOOD
    assert check(server, form) == (form or "json_schema")


def test_a_server_that_drops_what_it_does_not_know_is_another(server: LocalServer) -> None:
    server.pages["/api/version"] = "drop"
    assert check(server, "text") == "text"


@pytest.mark.parametrize("query", ["key=hush", "api-version=1&api_key=hush", "access_token=hush", "code=hush"])
def test_an_address_that_holds_a_key_is_refused_and_not_repeated(query: str) -> None:
    """Guards against a key in errors and in the journal; Azure's api-version is none."""
    OpenAICompatibleClient(params(endpoint="https://host/v1?api-version=2024-10-21"))
    with pytest.raises(StageError, match="holds a value of") as raised:
        OpenAICompatibleClient(params(endpoint=f"https://host/v1?{query}"))
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://me:hush@127.0.0.1:1/v1",
        "https://hush@host/v1",
        "htp://me:hush@host",
        "me:hush@host/v1",
        "http://me:hush@",
    ],
)
def test_an_address_that_holds_a_password_is_refused_and_not_repeated(address: str) -> None:
    """Guards against a password in errors, in the log and in the journal."""
    with pytest.raises(StageError, match="holds a user name or password") as raised:
        OpenAICompatibleClient(params(endpoint=address))
    assert "hush" not in str(raised.value)


def test_an_address_may_hold_an_at_sign_elsewhere() -> None:
    assert OpenAICompatibleClient(params(endpoint="http://host/v1/@me")).endpoint == "http://host/v1/@me"


def test_an_address_without_v1_is_named(server: LocalServer) -> None:
    """Guards against "check your key" for the most usual mistake."""
    client = OpenAICompatibleClient(params(endpoint=server.url))
    with pytest.raises(StageError) as raised:
        use(client, lambda: client.check(None))
    assert str(raised.value).endswith(f"and model. Such addresses usually end in /v1: {server.url}/v1")


@pytest.mark.parametrize("endpoint", ["http://192.168.1.7:11434/v1", "http://example.com/v1"])
def test_nothing_goes_unencrypted_to_another_machine(endpoint: str) -> None:
    client = OpenAICompatibleClient(params(endpoint=endpoint))
    with pytest.raises(StageError, match="sends key, pages and answers unencrypted; use https://, or set allow_http"):
        use(client, lambda: client.check(None))
