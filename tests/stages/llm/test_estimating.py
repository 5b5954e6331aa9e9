"""The estimate of requests, against what is then sent."""

from pathlib import Path

import pytest

from stages.llm.estimating import Estimate, estimate
from stages.llm.journal import Journal
from stages.llm.orders import input_tokens
from tests.stages.llm.plain_client import ask, make_params, make_request, make_requests
from tests.stages.llm.plain_server import PlainServer

PRICES = {"usd_per_million_input": 1.0, "usd_per_million_output": 10.0, "budget_usd": 1.0}


def test_the_estimate_counts_what_is_missing(tmp_path: Path) -> None:
    """Guards against an estimate of requests that differ from those that are sent, or that sends one."""
    params = make_params(max_output_tokens=1000, **PRICES)
    with PlainServer() as server:
        ask(server.url, make_requests(3), params, tmp_path)
        requests = [*make_requests(10), make_request("page 0009")]
        with Journal(tmp_path) as journal:
            found = estimate(requests, params, stage="synth", provider="openai", endpoint=server.url, journal=journal)
        assert len(server.seen) == 3
        tokens = 7 * input_tokens(make_request("page 0003"))
        assert found == Estimate(
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
