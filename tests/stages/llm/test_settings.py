"""What follows from whose server it is."""

import resource

import pytest

from stages.common.errors import StageError
from stages.llm.request import LlmParams
from stages.llm.settings import OTHER_FILES, ServerSettings, allowed_at_once, is_local, is_this_machine, settings_for
from tests.stages.llm.plain_client import make_params

AUTO = {"local": "auto", "concurrency": "auto", "timeout_seconds": "auto"}
PRICES = {"usd_per_million_input": 0.3, "usd_per_million_output": 2.5}


@pytest.mark.parametrize(
    ("endpoint", "local", "here"),
    [
        ("http://localhost:11434/v1", True, True),
        ("http://127.0.0.1:8080/v1", True, True),
        ("http://[::1]:8080/v1", True, True),
        ("http://192.168.1.7:11434/v1", True, False),
        ("http://10.0.0.3/v1", True, False),
        ("http://ollama:11434/v1", True, False),
        ("http://studio.local:1234/v1", True, False),
        ("http://host.docker.internal:11434/v1", True, False),
        ("https://api.openai.com/v1", False, False),
        ("https://generativelanguage.googleapis.com", False, False),
        ("https://8.8.8.8/v1", False, False),
        ("https://localhost.example.com/v1", False, False),
    ],
)
def test_an_address_says_whose_server_it_is(endpoint: str, local: bool, here: bool) -> None:
    assert (is_local(endpoint), is_this_machine(endpoint)) == (local, here)


def test_a_server_of_ones_own_is_asked_patiently_and_costs_nothing() -> None:
    """Guards against Gemini's settings for a laptop: cancelled requests, and $3.44 of a budget for nothing."""
    params = make_params(**AUTO, **PRICES)
    assert settings_for(params, "http://localhost:11434/v1") == ServerSettings(True, 2, 1024, 1800.0, 0.0, 0.0, 0.0)
    assert settings_for(params, "https://api.openai.com/v1") == ServerSettings(False, 8, 1024, 180.0, 0.3, 2.5, 0.3)


def test_what_is_given_counts_whatever_the_address() -> None:
    """Guards against a paid gateway on this machine whose answers cost nothing, and limits that are passed."""
    given = make_params(local=False, concurrency=3, timeout_seconds=7, **PRICES)
    assert settings_for(given, "http://localhost:4000") == ServerSettings(False, 3, 3, 7.0, 0.3, 2.5, 0.3)
    own = make_params(**AUTO | {"local": True}, **PRICES)
    assert settings_for(own, "https://gpu.example.com/v1").usd(1_000_000, 1_000_000) == 0.0


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("concurrency", 0),
        ("concurrency", 65_537),
        ("timeout_seconds", 0),
        ("timeout_seconds", "long"),
        ("local", "yes"),
    ],
)
def test_other_values_are_refused(key: str, value: object) -> None:
    with pytest.raises(ValueError, match=key):
        LlmParams.model_validate(make_params().model_dump() | {key: value})


def test_the_limit_on_open_files_counts_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against "Too many open files" after an hour of paid answers, with 1,024 as the usual soft limit."""
    limits = {"now": (1024, 4096)}
    monkeypatch.setattr(resource, "getrlimit", lambda kind: limits["now"])
    monkeypatch.setattr(resource, "setrlimit", lambda kind, pair: limits.update(now=pair))
    assert allowed_at_once(900, exact=True) == 900
    assert limits["now"] == (1024, 4096)
    assert allowed_at_once(3000, exact=True) == 3000
    assert limits["now"] == (3000 + OTHER_FILES, 4096)
    with pytest.raises(StageError, match=r"llm.concurrency is 5000, .* only 4096 files, .* set it to 3996"):
        allowed_at_once(5000, exact=True)
    assert allowed_at_once(5000, exact=False) == 3996


def test_cached_input_has_its_own_price() -> None:
    """Guards against a budget that counts four times what is charged for the prompt that all requests share."""
    params = make_params(usd_per_million_cached_input=0.03, **PRICES)
    settings = settings_for(params, "https://api.openai.com/v1")
    assert settings.usd(1_000_000, 0, 900_000) == pytest.approx(0.1 * 0.3 + 0.9 * 0.03)
    assert settings_for(make_params(**PRICES), "https://api.openai.com/v1").usd(1_000_000, 0, 900_000) == 0.3
