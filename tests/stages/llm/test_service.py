"""What a stage calls: what it says at once, and what it estimates."""

import subprocess
import sys
from pathlib import Path

import pytest

from stages.llm.journal import Journal
from stages.llm.orders import input_tokens
from stages.llm.service import CostEstimate, estimate_cost
from tests.stages.llm.plain_client import ask, make_params, make_request, make_requests
from tests.stages.llm.plain_server import PlainServer

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


def test_the_estimate_as_text() -> None:
    estimate = CostEstimate("synth", "gemini-flash", 1000, 250, 1_234_567, 750_000, 9.5, 0.6, 10.0)
    assert estimate.text() == (
        "synth asks gemini-flash\n"
        "  requests                     1,000\n"
        "  in the journal                 250\n"
        "  still to ask                   750\n"
        "  input tokens, about      1,234,567  (4 bytes a token)\n"
        "  output tokens              750,000  at most\n"
        "  cost                       $9.5000  about, with output tokens at most and without repairs\n"
        "  spent so far               $0.6000  of budget_usd 10\n"
        "  This may pass the budget; the stage stops before it does, and keeps what it bought"
    )
