"""What a stage calls: what it says at once, and what it estimates."""

import subprocess
import sys
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.llm.journal import Journal
from stages.llm.orders import input_tokens, make_order
from stages.llm.request import Provider, Reply
from stages.llm.service import CostEstimate, Service, add_estimates, estimate_cost
from tests.stages.conftest import Serve
from tests.stages.llm.plain_client import ask, make_params, make_request, make_requests
from tests.stages.llm.plain_server import PlainServer
from tests.stages.model_server import MODEL

PRICES = {"usd_per_million_input": 1.0, "usd_per_million_output": 10.0, "budget_usd": 1.0}

CODE = """
import asyncio, sys
from stages.common.errors import StageError
from stages.llm.clients.{module} import {name}
from tests.stages.llm.clients.conftest import params

async def check():
    client = {name}(params(endpoint={endpoint!r}))
    try:
        await client.check(None)
    finally:
        await client.close()

try:
    asyncio.run(check())
except StageError as error:
    print(error)
print(sorted({{"google.genai", "openai"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("module", "name", "endpoint", "variable"),
    [
        ("gemini", "GeminiClient", "", "GEMINI_API_KEY"),
        ("openai_compatible", "OpenAICompatibleClient", "https://api.openai.com/v1", "OPENAI_API_KEY"),
    ],
)
def test_a_missing_key_is_named_before_the_library_is_imported(
    module: str, name: str, endpoint: str, variable: str
) -> None:
    """Guards against seconds of start-up for one line."""
    code = CODE.format(module=module, name=name, endpoint=endpoint)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, *_, last = ran.stdout.splitlines()
    assert variable in first and "is not set" in first
    assert last == "[]"


def test_the_estimate_counts_what_is_missing(tmp_path: Path) -> None:
    """Guards against an estimate of requests that differ from those that are sent, or that sends one."""
    params = make_params(max_output_tokens=1000, **PRICES)
    with PlainServer() as server:
        ask(server.url, make_requests(3), params, tmp_path)
        requests = [*make_requests(10), make_request("page 0009")]
        with Journal(tmp_path) as journal:
            estimate = estimate_cost(
                requests, params, stage="synth", provider="openai", endpoint=server.url, journal=journal
            )
        assert len(server.seen) == 3
        tokens = 7 * input_tokens(make_request("page 0003"))
        assert estimate == CostEstimate(
            stage="synth",
            model="parrot",
            requests=10,
            in_journal=3,
            input_tokens=tokens,
            output_tokens=7000,
            usd=pytest.approx(tokens * 1e-6 + 7000 * 1e-5),  # type: ignore[arg-type]
            spent_usd=pytest.approx(3 * (10 * 1e-6 + 5 * 1e-5)),  # type: ignore[arg-type]
            budget_usd=1.0,
        )
        ask(server.url, requests, params, tmp_path)
        assert len(server.seen) == 10


def test_rounds_of_one_model_add_up() -> None:
    """Guards against the price of one repeat for all of them, and against money that is counted as spent twice."""
    first = CostEstimate("judge", "llama", 10, 4, 600, 6000, 0.5, 0.25, 1.0)
    second = CostEstimate("judge", "llama", 10, 0, 1000, 10_000, 0.75, 0.25, 1.0)
    assert add_estimates([first, second]) == CostEstimate("judge", "llama", 20, 4, 1600, 16_000, 1.25, 0.25, 1.0)


def no_answer(prompt: str) -> str:
    raise AssertionError("nothing is to be asked")


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_a_check_sends_nothing_that_is_paid(serve: Serve, provider: Provider) -> None:
    """Guards against `wikitune check` buying an answer to find out how the server takes a schema."""
    server = serve(no_answer)
    address = Service("synth", provider, make_params(model=MODEL)).check()
    assert address == (f"{server.url}/v1" if provider == "openai" else server.url)
    assert server.asked and server.posted() == []


def test_what_was_spent_leaves_less_for_probes(serve: Serve) -> None:
    """Guards against a probe that is paid for when the budget is used up."""
    server = serve(no_answer)
    prices = {"usd_per_million_output": 1000.0, "max_output_tokens": 100}  # an answer costs $0.1 at most
    params = make_params(model=MODEL, budget_usd=0.25, **prices)
    with Journal() as journal:
        spent = make_order(make_request("tea"), params, "synth", "openai", f"{server.url}/v1")
        journal.record(spent, Reply("{}", "stop", 10, 200))
    with pytest.raises(StageError, match=r"^budget_usd leaves \$0\.0500, and one tiny request"):
        Service("synth", "openai", params).ask(make_requests(3))
    assert server.posted() == []


def test_a_model_without_a_name_is_told() -> None:
    with pytest.raises(StageError, match=r"^params.yaml: synth.llm.model is empty; name a model that the server has"):
        Service("synth", "openai", make_params(model="")).ask(make_requests(1))
