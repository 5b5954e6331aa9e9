"""`serve` as programs use it: the server in a process of its own, asked by OpenAI's client."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from model.asking.answering import Answerer
from model.asking.question_lines import Question
from model.asking.serve import main, until_stop
from model.core.checkpoint import check_checkpoint
from model.decoding.sampling import GREEDY, Sampling
from tests.model.asking.reciter import FULL, LONG, QUESTION, SMALL

ENDLESS = 8192  # tokens that `endless` reads and writes


@pytest.fixture(scope="module")
def address(checkpoints: Path) -> Iterator[str]:
    command = [sys.executable, "-m", "model.asking.serve", "--port", "0", "--checkpoint", str(checkpoints / "full")]
    command += ["--compare", "full,small,endless"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        line = process.stdout.readline()
        assert re.fullmatch(r"full, small, endless: http://127\.0\.0\.1:\d+/v1\n", line)
        yield line.split(": ")[1].strip()
        process.send_signal(signal.SIGINT)
        assert (process.wait(60), process.stderr.read()) == (130, "")  # no traceback, and nothing logged


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    http = openai.DefaultHttpxClient(trust_env=False)
    with openai.OpenAI(base_url=address, api_key="any", max_retries=0, timeout=60, http_client=http) as client:
        yield client


def ask(client: openai.OpenAI, model: str, text: str = QUESTION, **settings: Any) -> Any:
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}], **settings)


def test_the_answer_is_that_of_ask(client: openai.OpenAI, checkpoints: Path) -> None:
    """Guards against another prompt, a lost token, and random numbers that a seed doesn't fix."""
    assert [model.id for model in client.models.list()] == ["full", "small", "endless"]
    assert client.models.retrieve("small").id == "small"
    answered = ask(client, "full")
    assert (answered.choices[0].message.content, answered.choices[0].finish_reason) == (FULL, "stop")
    response = Answerer(check_checkpoint(checkpoints / "full"), 256, GREEDY).respond(Question(QUESTION, "", 0))
    assert "".join(response.pieces()) == FULL
    usage = answered.usage
    assert (usage.prompt_tokens, usage.completion_tokens) == (response.prompt_tokens, response.tokens)
    assert usage.total_tokens == response.prompt_tokens + response.tokens

    sampled = Answerer(check_checkpoint(checkpoints / "small"), 9, Sampling(temperature=50.0, seed=4))
    expected = "".join(sampled.respond(Question(QUESTION, "", 0)).pieces())
    again = [ask(client, "small", temperature=50.0, seed=4, max_tokens=9) for _ in range(2)]
    assert [answer.choices[0].message.content for answer in again] == [expected, expected]
    others = {ask(client, "small", temperature=50.0, max_tokens=9).choices[0].message.content for _ in range(3)}
    assert len(others) == 3


def test_a_stream_is_the_answer_in_pieces(client: openai.OpenAI) -> None:
    """Guards against half a character in a piece, a stream without its end, and usage that nobody asked for."""
    chunks = list(ask(client, "full", stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == FULL
    assert [chunk.choices[0].finish_reason for chunk in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens > len(chunks) // 2
    assert len(chunks) > 5
    assert all(chunk.usage is None for chunk in ask(client, "small", stream=True))
    cut = list(ask(client, "full", stream=True, max_tokens=2))
    assert cut[-1].choices[0].finish_reason == "length"


def test_a_stop_text_ends_the_answer(client: openai.OpenAI) -> None:
    """Guards against the beginning of a stop text that reaches the reader, and one that lies across two pieces."""
    [choice] = ask(client, "full", stop=["\n\\en", "never"]).choices
    assert (choice.message.content, choice.finish_reason) == (FULL[: FULL.index("\n")], "stop")
    assert list(until_stop(["ab", "c", "de", "f"], ["cdx", "def"])) == ["", "a", "bc", ""]
    assert list(until_stop(["ab", "c"], [])) == ["ab", "c", ""]
    assert "".join(until_stop(["ab", "c"], ["cd"])) == "abc"


def test_answers_take_turns(client: openai.OpenAI) -> None:
    """Guards against a short answer that waits for the end of a long one, and tokens of one in the other."""
    with ask(client, "endless", stream=True, max_tokens=ENDLESS) as long:
        pieces = iter(long)
        next(pieces)
        with ThreadPoolExecutor(4) as pool:
            texts = [answer.choices[0].message.content for answer in pool.map(ask, [client] * 4, ["full", "small"] * 2)]
        assert texts == [FULL, SMALL] * 2
        assert next(pieces).choices[0].finish_reason is None
    # Its reader has gone, so it is no longer decoded; otherwise the next test would wait.


@pytest.mark.parametrize(
    ("settings", "code", "message"),
    [
        ({"model": "huge"}, "model_not_found", "there is no model 'huge'; known: full, small, endless"),
        ({"model": "small", "text": LONG}, "context_length_exceeded", "but small reads 96 with its answer; shorten"),
        ({"model": "small", "n": 2}, None, "n is 2, and this server has no such feature; leave it out"),
        ({"model": "small", "temperature": 101}, None, "temperature: Input should be less than or equal to 100"),
    ],
)
def test_errors_are_openais(client: openai.OpenAI, settings: dict[str, Any], code: str | None, message: str) -> None:
    """Guards against an error that clients take for a broken server, and don't show."""
    with pytest.raises(openai.APIStatusError) as error:
        ask(client, **settings)
    assert message in str(error.value)
    assert (error.value.code, error.value.type) == (code, "invalid_request_error")
    assert error.value.status_code == (404 if code == "model_not_found" else 400)


def test_what_is_no_such_request_is_refused(address: str) -> None:
    """Guards against a traceback or a page of HTML, and web pages from elsewhere that ask through a browser."""
    with httpx2.Client(trust_env=False) as http:
        chat = f"{address}/chat/completions"
        assert http.get(f"{address}/files").json()["error"]["message"] == "GET /v1/files: Not Found"
        assert http.post(chat, content=b"{").json()["error"]["message"].startswith("the body is not JSON: ")
        assert http.post(chat, content=b"x" * 2**21).status_code == 413
        for name, value in (("Origin", "https://example.org"), ("Origin", "null"), ("Host", "example.org:8000")):
            refused = http.get(f"{address}/models", headers={name: value})
            assert refused.status_code == 403 and "Access-Control-Allow-Origin" not in refused.headers
            assert refused.json()["error"]["message"].endswith("is not this machine, and only it is served")
        page = {"Origin": "http://localhost:3000"}
        for answer in (http.options(chat, headers=page), http.get(f"{address}/models", headers=page)):
            assert answer.is_success and answer.headers["Access-Control-Allow-Origin"] == page["Origin"]


def test_mistakes_end_with_one_message(checkpoints: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a traceback for a taken port, and one model that hides another of its name."""
    port = address.split(":")[2].removesuffix("/v1")
    small = str(checkpoints / "small")
    with pytest.raises(SystemExit, match=rf"error: port {port} cannot be used: .+; choose another with --port"):
        main(["--checkpoint", small, "--port", port])
    with pytest.raises(SystemExit, match="error: two models are named small, as their folders are"):
        main(["--checkpoint", small, "--compare", f"small,{small}"])
    with pytest.raises(SystemExit, match=r"error: nowhere/model\.safetensors is missing"):
        main(["--checkpoint", "nowhere"])
    with pytest.raises(SystemExit, match="2"):
        main(["--port", "-1"])
    assert "--port is -1, must be from 0 to 65535" in capsys.readouterr().err
