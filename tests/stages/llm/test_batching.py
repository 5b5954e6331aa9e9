"""Asking in batch jobs, by the real client libraries, against a server that speaks both protocols."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.common.records import Record
from stages.llm import batch_service, batching
from stages.llm.batch_service import BatchResult
from stages.llm.clients import openai_batches
from stages.llm.clients.gemini import GeminiClient
from stages.llm.clients.openai_compatible import OpenAICompatibleClient
from stages.llm.journal import Journal
from stages.llm.orders import make_order
from stages.llm.prompts import fenced
from stages.llm.replies import Outcome
from stages.llm.request import AttemptError, Provider, Request
from stages.llm.service import Service
from tests.stages.llm.batch_server import BatchServer, serving_batches
from tests.stages.llm.clients.local_server import Answer
from tests.stages.llm.plain_client import make_params
from tests.stages.model_server import MODEL

PROVIDERS: tuple[Provider, ...] = ("openai", "gemini")
PRICES = {"usd_per_million_input": 1000.0, "usd_per_million_output": 10_000.0}  # $0.2 for an answer of the server
ENDED = ("completed", "partial", "expired", "cancelled")


class Echo(Record):
    word: str


def requests(count: int) -> list[Request]:
    return [Request(name, "Repeat.", fenced("word", name), Echo) for name in (f"page {n:05d}" for n in range(count))]


def ask(provider: Provider, count: int, **changes: Any) -> list[Outcome]:
    defaults: dict[str, Any] = {"model": MODEL, "batch": True, "timeout_seconds": 30.0, "attempts": 2}
    return Service("synth", provider, make_params(**defaults | changes)).ask(requests(count))


def words(outcomes: list[Outcome]) -> list[str]:
    """The answers, all of which must be there."""
    return [outcome.value.word for outcome in outcomes if isinstance(outcome.value, Echo)]


def names(count: int) -> list[str]:
    return [request.name for request in requests(count)]


def key(provider: Provider, number: int, server: BatchServer) -> str:
    endpoint = f"{server.url}/v1" if provider == "openai" else server.url
    params = make_params(model=MODEL)
    return make_order(requests(number + 1)[-1], params, "synth", provider, endpoint).key


def spent() -> float:
    with Journal() as journal:
        assert journal._database.rows("SELECT * FROM jobs") == journal._database.rows("SELECT * FROM batched") == []
        assert journal._database.rows("SELECT * FROM claims") == []
        return journal.spent("synth")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BatchServer]:
    """A running server whose address and key are in the environment; jobs are looked at often."""
    with serving_batches(lambda prompt: {"word": prompt.splitlines()[1]}) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "planted-key-0123456789")
        monkeypatch.setenv("GEMINI_API_KEY", "planted-key-0123456789")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
        for name, seconds in (("FIRST_POLL", 0.01), ("LISTED_SECONDS", 0.2), ("CANCEL_SECONDS", 0.2)):
            monkeypatch.setattr(batching, name, seconds)
        monkeypatch.setattr(batching, "delay", lambda state: 0.01)
        yield server


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_job_answers_at_half_the_price(server: BatchServer, provider: Provider) -> None:
    """Guards against a batch whose answers are other answers than those to single requests, or at the whole price."""
    assert words(ask(provider, 5, budget_usd=50.0, **PRICES)) == names(5)
    (job,) = server.jobs.values()
    assert len(job.lines) == 5 and server.prompts == []
    assert spent() == pytest.approx(5 * 0.2 / 2 + (0.2 if provider == "openai" else 0.0))  # and a probe for the form
    assert words(ask(provider, 5, batch=False)) == names(5)
    assert len(server.jobs) == 1 and server.prompts == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_asked_in_a_job_is_what_is_asked_by_itself(server: BatchServer, provider: Provider) -> None:
    """Guards against a system prompt, a schema or a limit that a job leaves out."""
    ask(provider, 1)
    (job,) = server.jobs.values()
    ask(provider, 2, batch=False)
    body = job.lines[0]["request" if provider == "gemini" else "body"]
    (alone,) = [asked.body for asked in server.posted() if "page 00001" in str(asked.body)]
    text = json.dumps(alone).replace(json.dumps(fenced("word", "page 00001")), json.dumps(fenced("word", "page 00000")))
    assert body == json.loads(text)


def test_azure_has_its_jobs_beside_the_deployments(server: BatchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against files and jobs below a deployment, where Azure has none, and without its version and key. A job's
    lines name the deployment, not the model; a file may be used once Azure has read it."""
    monkeypatch.setattr(openai_batches, "FILE_POLL", 0.01)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "planted-azure-key")
    server.pages["/openai/deployments/mine/chat/completions"] = server.complete
    endpoint = f"{server.url}/openai/deployments/mine?api-version=2024-10-21"
    azure = {"endpoint": endpoint, "api_key_variable": "AZURE_OPENAI_API_KEY", "form": "json_schema"}
    lost = make_order(requests(1)[0], make_params(model=MODEL, **azure), "synth", "openai", endpoint).key
    server.answered = lambda asked: asked != lost
    assert words(ask("openai", 3, **azure)) == names(3)
    (job,) = server.jobs.values()
    assert [(line["body"]["model"], line["url"]) for line in job.lines] == [("mine", "/chat/completions")] * 3
    assert server.prompts == [requests(1)[0].prompt]  # what the job didn't answer, by itself
    assert server.passed["file"] == 2
    assert {asked.headers["api-key"] for asked in server.asked} == {"planted-azure-key"}
    assert all("api-version=2024-10-21" in asked.path for asked in server.asked if "/openai/" in asked.path)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("state", ENDED)
def test_what_a_job_has_answered_is_kept_however_it_ended(server: BatchServer, provider: Provider, state: str) -> None:
    """Guards against results that are lost, or waited for without end, as the job isn't "completed"."""
    lost = {key(provider, number, server) for number in (1, 3)}
    server.answered = lambda asked: asked not in lost
    server.states = ["validating", "in_progress", "finalizing", state]
    assert words(ask(provider, 5)) == names(5)
    assert len(server.jobs) == 1
    assert sorted(prompt.splitlines()[1] for prompt in server.prompts) == ["page 00001", "page 00003"]
    assert set(server.bought().values()) == {1} and len(server.bought()) == 3
    spent()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_job_that_failed_as_a_whole_says_why(server: BatchServer, provider: Provider) -> None:
    """Guards against the whole price for what was to cost half of it, without a word."""
    server.answered, server.states = (lambda key: False), ["validating", "failed"]
    why = "token_limit_exceeded: Too much." if provider == "openai" else "the provider gives no reason"
    with pytest.raises(StageError, match=rf"^synth: the batch job \S+ failed: {why}\n  Run again to begin another"):
        ask(provider, 3)
    assert server.prompts == [] and spent() == 0
    server.answered, server.states = (lambda key: True), ["completed"]
    assert words(ask(provider, 3)) == names(3)
    assert server.prompts == []


@pytest.mark.parametrize("provider", PROVIDERS)
def test_after_its_hours_a_job_is_cancelled_and_the_rest_is_asked(server: BatchServer, provider: Provider) -> None:
    """Guards against a run that waits for days, and against answers that are paid for twice."""
    lost = key(provider, 2, server)
    server.answered = lambda asked: asked != lost
    server.states = ["in_progress"]
    assert words(ask(provider, 4, batch_hours=0.1 / 3600)) == names(4)
    assert server.passed["cancel"] == 1
    assert [prompt.splitlines()[1] for prompt in server.prompts] == ["page 00002"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_job_that_never_ends_counts_at_its_most(server: BatchServer, provider: Provider) -> None:
    """Guards against money that a provider charges and no budget knows of."""
    server.states = ["in_progress"]
    server.faults["cancel"] = [Answer({"error": {"message": "no"}}, 400)]
    assert words(ask(provider, 2, batch_hours=0.1 / 3600, budget_usd=100.0, **PRICES)) == names(2)
    assert len(server.prompts) == 2
    params = make_params(model=MODEL, **PRICES)
    most = make_order(requests(1)[0], params, "synth", provider, server.url).worst_usd / 2
    assert spent() == pytest.approx(2 * (most + 0.2) + (0.2 if provider == "openai" else 0.0), rel=0.01)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_run_without_batches_ends_the_jobs_of_an_earlier_one(
    server: BatchServer, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against answers that are bought by themselves while a job goes on with them."""
    server.states = ["in_progress"]
    server.faults["poll"] = [Answer({"error": {"message": "key", "code": 401}}, 401)]
    with pytest.raises(StageError, match="refuses"):
        ask(provider, 3)
    assert words(ask(provider, 3, batch=False)) == names(3)
    assert server.passed["cancel"] == 1 and server.prompts == []
    spent()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_faults_that_pass_lose_nothing(server: BatchServer, provider: Provider) -> None:
    """Guards against a second job because the answer to its creation was lost."""
    sick = Answer({"error": {"message": "sick", "code": 500}}, 500)
    server.faults = {
        "upload": [sick],
        "list": [sick, "reset"],
        "poll": ["reset", sick, "cut"],
        "download": ["cut", sick],
    }
    create = server._create
    replies = ["reset"]

    def create_and_break(asked: Any) -> Any:
        made = create(asked)
        return replies.pop() if replies else made

    server._create = create_and_break  # type: ignore[method-assign]
    assert words(ask(provider, 3, attempts=5)) == names(3)
    assert len(server.jobs) == 1 and server.prompts == []


def test_a_job_holds_what_the_provider_allows(server: BatchServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a file that the provider refuses because it is too large."""
    from stages.llm.clients.gemini_batches import GeminiBatches

    monkeypatch.setattr(GeminiBatches, "most_requests", 3)
    assert words(ask("gemini", 7)) == names(7)
    assert [len(job.lines) for job in server.jobs.values()] == [3, 3, 1]
    monkeypatch.setattr(GeminiBatches, "most_bytes", max(map(len, server.uploads.values())))
    monkeypatch.setattr(GeminiBatches, "most_requests", 50)
    assert words(ask("gemini", 14)) == names(14)
    assert [len(job.lines) for job in server.jobs.values()] == [3, 3, 1, 3, 3, 1]


def test_a_budget_has_room_for_all_that_a_job_may_cost(server: BatchServer) -> None:
    """Guards against a job that may cost more than the budget, and against waiting for money that is never free."""
    params = make_params(model=MODEL, **PRICES)
    most = make_order(requests(1)[0], params, "synth", "gemini", server.url).worst_usd / 2
    assert words(ask("gemini", 5, budget_usd=3.5 * most, **PRICES)) == names(5)
    assert [len(job.lines) for job in server.jobs.values()] == [3, 2]
    with pytest.raises(StageError, match=r"of budget_usd .* is spent, by all runs in the journal, and page 00005"):
        ask("gemini", 9, budget_usd=5 * 0.1 + 0.9 * most, **PRICES)
    assert len(server.jobs) == 2


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_server_of_ones_own_has_no_batches(server: BatchServer, provider: Provider) -> None:
    with pytest.raises(StageError, match=r"has no batches: it is a server of your own; .*\n  Set batch to false"):
        ask(provider, 1, local=True)
    assert server.posted() == []


def test_a_server_without_batches_is_told(server: BatchServer) -> None:
    server.faults["upload"] = [Answer({"error": {"message": "Not Found"}}, 404)]
    with pytest.raises(StageError, match=r"has no batches: .* answered 404: Not Found\n  Set batch to false"):
        ask("openai", 1)
    assert spent() == 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_results_that_are_gone_are_asked_for_anew(server: BatchServer, provider: Provider) -> None:
    """Guards against a run that can never go on, as the file of a month ago is deleted. Google says 403 for it."""
    server.faults["download"] = [Answer({"error": {"message": "You may not", "code": 403}}, 403)]
    assert words(ask(provider, 2)) == names(2)
    assert len(server.prompts) == 2
    server.faults["poll"] = [Answer({"error": {"message": "no job", "code": 404}}, 404)]
    assert words(ask(provider, 4)) == names(4)
    assert len(server.prompts) == 4
    spent()


def test_a_process_that_waits_for_a_dead_ones_job_stops(server: BatchServer) -> None:
    """Guards against a request that is paid for by itself while it is in a job."""
    server.states = ["in_progress"]
    server.faults["poll"] = [Answer({"error": {"message": "key", "code": 401}}, 401)]
    with pytest.raises(StageError, match="refuses"):
        ask("gemini", 1)
    order = make_order(requests(1)[0], make_params(model=MODEL), "synth", "gemini", server.url)
    with Journal() as journal, pytest.raises(StageError, match=r"page 00000 is in a batch job(.|\n)*Run again"):
        journal.claim(order, 0)


def test_odd_lines_of_results_lose_no_others() -> None:
    """Guards against an answer that was paid for and is lost, and a run that ends, because of a line beside it."""
    openai = OpenAICompatibleClient(make_params(endpoint="http://a.example/v1")).batches()
    assert openai.result(b"<html>") is None and openai.result(b'{"response": {"status_code": 200}}') is None
    bodiless = openai.result(b'{"custom_id": "k", "response": {"status_code": 200, "body": null}}')
    assert bodiless and bodiless.reply and bodiless.reply.finish == "unreadable"
    refused = openai.result(b'{"custom_id": "k", "response": {"status_code": 400, "body": {"error": "bad"}}}')
    assert refused == BatchResult("k", None, '400: {"error": "bad"}')

    gemini = GeminiClient(make_params(endpoint="http://a.example")).batches()
    assert gemini.result(b"[]") is None and gemini.result(b'{"response": {}}') is None
    empty = gemini.result(b'{"key": "k", "response": {}}')
    assert empty and empty.reply and empty.reply.finish == "unreadable"
    assert gemini.result(b'{"key": "k", "error": {"code": 4}}') == BatchResult("k", None, '{"code": 4}')


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against results that fill the memory."""
    monkeypatch.setattr(batch_service, "LONGEST_LINE", 10)
    (tmp_path / "results").write_bytes(b"0123456789\n\n" + b"x" * 1000)
    with pytest.raises(AttemptError, match="a line of the results has more than 10 bytes"):
        list(batch_service.result_lines(tmp_path / "results"))


@pytest.mark.slow
@pytest.mark.parametrize("provider", PROVIDERS)
def test_ten_thousand_requests_are_one_job(server: BatchServer, provider: Provider) -> None:
    start = time.monotonic()
    assert words(ask(provider, 10_000)) == names(10_000)
    assert len(server.jobs) == 1 and server.prompts == []
    assert time.monotonic() - start < 120
