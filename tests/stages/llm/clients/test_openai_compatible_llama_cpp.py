"""A real llama.cpp server, whose model is random: what its answers keep to, they keep to by the schema alone."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from stages.common.errors import StageError
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.request import AttemptError, Reply, Request
from tests.stages.llm.clients.conftest import params, use
from tests.stages.llm.clients.tiny_llama import CONTEXT, write_tiny_llama

xllamacpp = pytest.importorskip("xllamacpp", reason="needs a llama.cpp server: pip install xllamacpp")


class Grade(BaseModel):
    score: Annotated[int, Field(ge=0, le=5)]
    winner: Literal["first", "second", "tie"]


class Grades(BaseModel):
    grades: list[Grade]


REQUEST = Request("row", "You grade.", "Grade these.", Grades, items=("grades", 2))


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("llama") / "tiny.gguf"
    write_tiny_llama(path)
    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.model_alias = {"tiny"}
    settings.n_ctx = CONTEXT
    settings.n_parallel = 1
    settings.warmup = False
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = 1
    settings.port = 0  # any that is free
    server = xllamacpp.Server(settings)
    yield f"{server.listening_address}/v1"
    del server


def ask(address: str, form: str | None = None, request: Request = REQUEST, **changes: Any) -> tuple[str, Reply]:
    """The form that the check found, and the reply."""
    client = OpenAICompatibleClient(params(endpoint=address, **({"temperature": 1.0} | changes)))

    async def check_and_ask() -> tuple[str, Reply]:
        return await client.check(form), await client.ask(request)

    return use(client, check_and_ask)


@pytest.mark.parametrize("known", [None, "json_object with schema"])
def test_a_random_model_keeps_to_the_schema(address: str, known: str | None) -> None:
    """Guards against a form that llama.cpp takes and ignores, and words of JSON Schema that it doesn't know."""
    for seed in range(5):
        form, reply = ask(address, known, seed=seed)
        assert form == (known or "json_schema")
        grades = Grades.model_validate_json(reply.raw).grades
        assert len(grades) == 2
        assert reply.finish == "stop" and reply.input_tokens and reply.output_tokens
        assert reply.input_tokens > 20 and reply.output_tokens > 40


def test_without_a_schema_it_does_not(address: str) -> None:
    """Guards the test above: what it sees must be the schema's work."""
    _, reply = ask(address, "text")
    with pytest.raises(ValueError, match="Invalid JSON"):
        Grades.model_validate_json(reply.raw)


def test_an_answer_that_was_cut_says_so(address: str) -> None:
    _, reply = ask(address, "json_schema", max_output_tokens=3)
    assert (reply.finish, reply.output_tokens) == ("length", 3)


def test_a_seed_gives_one_answer(address: str) -> None:
    """Guards against a seed or a temperature that doesn't arrive."""
    raws = {seed: ask(address, "json_schema", seed=seed)[1].raw for seed in (1, 2, 3, 2**32 - 1)}
    assert len(set(raws.values())) == 4
    assert {seed: ask(address, "json_schema", seed=seed)[1].raw for seed in raws} == raws
    assert len({ask(address, "json_schema", seed=seed, temperature=0.0)[1].raw for seed in raws}) == 1


def test_a_prompt_that_does_not_fit_is_an_error(address: str) -> None:
    """Guards against an answer to half a page."""
    long = Request("row", "", "x" * (CONTEXT + 100), Grades)
    with pytest.raises(
        AttemptError, match=r"answered 400: request \(21\d\d tokens\) exceeds the available context size"
    ):
        ask(address, "json_schema", long)


def test_another_name_than_the_models_is_an_error(address: str) -> None:
    """Guards against results under the name of a model that never ran: llama.cpp answers to any."""
    with pytest.raises(StageError) as raised:
        ask(address, model="llama-70b")
    assert str(raised.value) == (
        f"{address} has no model 'llama-70b'; it has tiny\n  Set model in params.yaml to one of them"
    )


def test_requests_at_once_are_all_answered(address: str) -> None:
    """Guards against idle connections that keep the server's few threads from the other requests for five seconds, the
    time limit of this test."""
    client = OpenAICompatibleClient(params(endpoint=address))

    async def many() -> list[Reply]:
        return await asyncio.gather(*(client.ask(REQUEST) for _ in range(8)))

    assert {reply.finish for reply in use(client, many)} == {"stop"}
