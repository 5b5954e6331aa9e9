"""The strictest form of an answer that a server of OpenAI's protocol keeps to, found by tiny requests."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from tests.stages.llm.clients.conftest import REQUEST, VERDICT_SCHEMA, params, use
from tests.stages.llm.clients.local_server import Answer, Asked, LocalServer
from tests.stages.llm.clients.openai_server import GOOD, PAGE, check, completion, dialect, problem

FORMATS: dict[str, Callable[[Any], bool | int]] = {
    "json_schema": lambda asked: True,
    "json_object with schema": lambda asked: 500 if asked and asked["type"] == "json_schema" else "schema" in asked,
    "json_object": lambda asked: asked == {"type": "json_object"} or 400,
    "text": lambda asked: 422 if asked else False,
}


@pytest.mark.parametrize("form", FORMATS)
def test_the_strictest_form_that_the_server_keeps_to_is_used(server: LocalServer, form: str) -> None:
    """Guards against a form that the server refuses, with 400, 422 or 500, and one that it takes and ignores."""
    server.pages[PAGE] = dialect(FORMATS[form])
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1"))

    async def check_and_ask() -> str:
        found = await client.check(None)
        server.asked.clear()
        await client.ask(REQUEST)
        return found

    name = f"{form}, for now" if form == "json_object with schema" else form  # as the stricter one was answered 500
    assert use(client, check_and_ask) == name
    (asked,) = server.asked
    shown = asked.body["messages"][0]["content"].splitlines()[-1]
    assert json.loads(shown) == VERDICT_SCHEMA if form in ("json_object", "text") else shown == "You judge."
    assert asked.body.get("response_format") == {
        "json_schema": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": VERDICT_SCHEMA, "strict": True},
        },
        "json_object with schema": {"type": "json_object", "schema": VERDICT_SCHEMA},
        "json_object": {"type": "json_object"},
    }.get(form)


def test_forms_that_the_server_takes_and_ignores_are_passed_over(server: LocalServer) -> None:
    server.pages[PAGE] = dialect(lambda asked: False)
    assert check(server) == "json_object"
    assert len(server.posted()) == 3


def test_a_known_form_is_not_asked_for_again(server: LocalServer) -> None:
    """Guards against paying for the probe at each run; a name of an older version is not trusted."""
    server.pages[PAGE] = dialect(lambda asked: True)
    assert check(server, "json_object with schema") == "json_object with schema"
    assert server.posted() == []
    assert check(server, "a form of yesterday") == "json_schema"
    assert len(server.posted()) == 1


def busy_once(then: Answer, first: Answer) -> Callable[[Asked], Answer]:
    """A server that answers its first request in another way than all later ones."""
    answers = [first]
    return lambda asked: answers.pop() if answers else then


@pytest.mark.parametrize(
    "first",
    [
        Answer(completion("")),
        Answer(completion(None)),
        Answer(completion('{"col', "length")),
        Answer(completion("", "content_filter")),
        Answer(completion(None, refusal="I can't.")),
        Answer({"choices": []}),
        Answer({"error": "ill"}, 500),
    ],
)
def test_an_answer_to_the_probe_that_shows_nothing_is_asked_for_once_more(server: LocalServer, first: Answer) -> None:
    """Guards against a weaker form for good because one tiny answer was empty, cut, blocked or a fault."""
    server.pages[PAGE] = busy_once(GOOD, first)
    assert check(server) == "json_schema"
    assert len(server.posted()) == 2


@pytest.mark.parametrize("shown", [completion('{"col', "length"), completion(""), None])
def test_a_weaker_form_that_may_be_a_passing_faults_is_found_anew_by_the_next_run(
    server: LocalServer, shown: dict[str, Any] | None
) -> None:
    """Guards against a weaker form that the journal keeps because the server was ill when it was asked."""
    ill = Answer({"error": "ill"}, 500) if shown is None else Answer(shown)
    server.pages[PAGE] = lambda asked: ill if asked.body["response_format"]["type"] == "json_schema" else GOOD
    found = check(server)
    assert found == "json_object with schema, for now"
    assert len(server.posted()) == 3
    server.pages[PAGE] = GOOD
    assert check(server, found) == "json_schema"


def test_a_server_that_stays_ill_is_not_taken_for_one_without_forms(server: LocalServer) -> None:
    server.pages[PAGE] = Answer({"error": "ill"}, 500)
    assert "answered 500: ill" in problem(server)


PRICED = {"usd_per_million_input": 10.0, "usd_per_million_output": 40.0, "max_output_tokens": 1000}
LEAST = 0.04  # dollars for a thousand tokens, without those of the prompt


@pytest.mark.parametrize(("room", "sent"), [(-1.0, 0), (0.0, 0), (LEAST, 0), (2 * LEAST, 1), (3 * LEAST, 2)])
def test_no_probe_is_sent_that_the_budget_has_no_room_for(server: LocalServer, room: float, sent: int) -> None:
    """Guards against a request that is paid where nothing may be: each probe sets aside what it may cost."""
    server.pages[PAGE] = dialect(lambda asked: 400)
    client = OpenAICompatibleClient(params(endpoint=f"{server.url}/v1", **PRICED), room)
    with pytest.raises(StageError, match=r"^budget_usd leaves \$0\.0\d+, and one tiny request to .*may cost \$0\.04"):
        use(client, lambda: client.check(None))
    assert len(server.posted()) == sent


def test_a_known_form_needs_no_room(server: LocalServer) -> None:
    assert check(server, "text", **PRICED) == "text"
