"""The list of what was spent, pruning, and the estimate: their texts to the letter."""

from dataclasses import replace
from pathlib import Path

import pytest

from stages.llm import journal as command
from stages.llm.estimating import Estimate, estimate, render
from stages.llm.journal import Journal
from stages.llm.orders import input_tokens, make_order
from stages.llm.request import Reply
from tests.stages.llm.plain_client import ask, make_params, make_request, make_requests
from tests.stages.llm.plain_server import PlainServer

DAY = 86_400.0
PRICES = {"usd_per_million_input": 1.0, "usd_per_million_output": 10.0, "budget_usd": 1.0}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with the answers of two stages, two models and two days."""
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path))
    bought = [("synth", "gemini-flash", 0, 1200), ("synth", "gemini-flash", 0, 0), ("judge", "llama", 0, 5)]
    for number, (stage, model, day, tokens) in enumerate([*bought, ("synth", "gemini-flash", 1, 7)]):
        with Journal(clock=lambda day=day: 20_000 * DAY + day * DAY) as journal:  # type: ignore[misc]
            order = make_order(
                make_request(str(number)), make_params(model=model, **PRICES), stage, "gemini", "http://here"
            )
            journal.record(order, Reply("{}", "stop", tokens, 100))
            journal.keep_form("http://here", model, "text")
    return tmp_path / "llm"


def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    monkeypatch.setattr("sys.argv", ["journal", *arguments])
    command.main()
    return capsys.readouterr().out


def test_the_list_adds_up(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against spend that is listed under another stage, model or day, or left out of the total."""
    assert said(monkeypatch, capsys) == (
        "stage  model         day         answers  tokens in  tokens out     usd\n"
        "judge  llama         2024-10-04        1          5         100  0.0010\n"
        "synth  gemini-flash  2024-10-04        2      1,200         200  0.0032\n"
        "synth  gemini-flash  2024-10-05        1          7         100  0.0010\n"
        "total                                  4      1,212         400  0.0052\n"
        f"{folder / 'journal.sqlite'}\n"
    )
    assert said(monkeypatch, capsys, "--stage", "synth", "--before", "2024-10-05").splitlines()[1:3] == [
        "synth  gemini-flash  2024-10-04        2      1,200         200  0.0032",
        "total                                  2      1,200         200  0.0032",
    ]


@pytest.mark.parametrize(
    ("arguments", "count", "left"),
    [
        (("--all",), 4, []),
        (("--stage", "synth"), 3, ["judge"]),
        (("--model", "llama"), 1, ["synth", "synth"]),
        (("--before", "2024-10-05"), 3, ["synth"]),
        (("--stage", "synth", "--model", "llama"), 0, ["judge", "synth", "synth"]),
    ],
)
def test_pruning_removes_what_was_chosen_alone(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    count: int,
    left: list[str],
) -> None:
    """Guards against paid answers that go with others, and against a budget that still counts what went."""
    assert said(monkeypatch, capsys, "--prune", *arguments).startswith(f"{count} answer(s) removed, which cost $0.00")
    assert [line.split()[0] for line in said(monkeypatch, capsys).splitlines()[1:-2]] == left
    with Journal() as journal:
        assert (journal.spent("synth") > 0) == ("synth" in left)
        assert (journal.form("http://here", "llama") is None) == ("judge" not in left)


def test_pruning_all_has_to_be_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against every paid answer gone because a filter was forgotten."""
    with pytest.raises(SystemExit):
        said(monkeypatch, capsys, "--prune")
    assert "--prune removes answers that were paid for: choose with --stage" in capsys.readouterr().err
    with Journal() as journal:
        assert journal.last_id() == 4


def test_what_was_answered_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a failure whose raw text nobody can read, an older answer that hides the newest, and an answer
    that writes to the terminal."""
    with Journal(clock=lambda: 20_000 * DAY) as journal:
        request = make_request("tea")
        first = make_order(request, make_params(**PRICES), "synth", "gemini", "http://here")
        journal.record(first, Reply("old", "stop", 10, 5))
        journal.record(first, Reply('{"wo\x1b[2J', "length", None, 5))
        journal.record(first.of(replace(request, prompt="Again.")), Reply("", "blocked", 10, 0, "SAFETY"))
    assert said(monkeypatch, capsys, "--show", "tea") == (
        f'synth parrot 2024-10-04 length ${first.usd(Reply("", "length", None, 5)):.4f}\n{{"wo\\x1b[2J\n\n'
        "synth parrot 2024-10-04 blocked SAFETY $0.0000\n\n"
    )
    assert said(monkeypatch, capsys, "--show", "tea", "--stage", "judge") == (
        f"{folder / 'journal.sqlite'}: no answer about 'tea'\n"
    )


def test_tokens_that_no_server_told_are_listed_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a list that breaks on the answers of a server that tells nothing."""
    with Journal(clock=lambda: 20_000 * DAY) as journal:
        order = make_order(make_request("a"), make_params(**PRICES), "synth", "openai", "http://here")
        journal.record(order, Reply("{}", "stop", None, None))
    assert said(monkeypatch, capsys).splitlines()[1].split()[-4:-1] == ["1", "0", "0"]


def test_pruning_gives_the_disk_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Journal() as journal:
        order = make_order(make_request("long"), make_params(), "curate", "gemini", "http://here")
        journal.record(order, Reply("x" * 1_000_000, "stop", 1, 1))
    assert said(monkeypatch, capsys, "--prune", "--stage", "curate") == "1 answer(s) removed, which cost $0.0000\n"
    assert (folder / "journal.sqlite").stat().st_size < 100_000


def test_an_empty_cache_stays_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path / "none"))
    assert said(monkeypatch, capsys) == f"{tmp_path}/none/llm/journal.sqlite: no answers yet\n"
    assert not (tmp_path / "none").exists()


def test_a_day_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        said(monkeypatch, capsys, "--before", "yesterday")
    assert "argument --before: 'yesterday' is no day such as 2025-01-31" in capsys.readouterr().err


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


def test_the_estimate_as_text() -> None:
    found = Estimate("synth", "gemini-flash", 1000, 250, 1_234_567, 750_000, 9.5, 0.6, 10.0)
    assert render(found) == (
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
