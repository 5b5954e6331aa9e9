"""What `wikitune journal` prints, to the letter, and what it removes."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.llm.database import Database
from stages.llm.journal import FILE, Journal
from stages.llm.orders import make_order
from stages.llm.request import Reply
from tests.stages.llm.plain_client import make_params, make_request
from tools.cli import run_quietly
from tools.spending import Filter, prune_answers, spending_table

Said = Callable[..., str]
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


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What `wikitune journal` prints with these options."""

    def run(*options: str) -> str:
        assert run_quietly(["journal", *options]) == 0
        return capsys.readouterr().out

    return run


def test_the_list_adds_up(folder: Path, said: Said) -> None:
    """Guards against spend that is listed under another stage, model or day, or left out of the total."""
    assert said() == (
        "stage  model         day         answers  tokens in  tokens out     usd\n"
        "judge  llama         2024-10-04        1          5         100  0.0010\n"
        "synth  gemini-flash  2024-10-04        2      1,200         200  0.0032\n"
        "synth  gemini-flash  2024-10-05        1          7         100  0.0010\n"
        "total                                  4      1,212         400  0.0052\n"
        f"{folder / 'journal.sqlite'}\n"
    )
    assert said("--stage", "synth", "--before", "2024-10-05").splitlines()[1:3] == [
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
    said: Said,
    arguments: tuple[str, ...],
    count: int,
    left: list[str],
) -> None:
    """Guards against paid answers that go with others, and against a budget that still counts what went."""
    assert said("--prune", *arguments).startswith(f"{count} answer(s) removed, which cost $0.00")
    assert [line.split()[0] for line in said().splitlines()[1:-2]] == left
    with Journal() as journal:
        assert (journal.spent("synth") > 0) == ("synth" in left)
        assert (journal.form("http://here", "llama") is None) == ("judge" not in left)


def test_pruning_all_has_to_be_asked_for(folder: Path, said: Said) -> None:
    """Guards against every paid answer gone because a filter was forgotten."""
    with pytest.raises(StageError, match=r"^--prune removes answers that were paid for: choose with --stage"):
        said("--prune")
    with Journal() as journal:
        assert journal.last_id() == 4


def test_what_was_answered_is_shown(folder: Path, said: Said) -> None:
    """Guards against a failure whose raw text nobody can read, an older answer that hides the newest, and an answer
    that writes to the terminal."""
    with Journal(clock=lambda: 20_000 * DAY) as journal:
        request = make_request("tea")
        first = make_order(request, make_params(**PRICES), "synth", "gemini", "http://here")
        journal.record(first, Reply("old", "length", 10, 5))
        journal.record(first, Reply('{"wo\x1b[2J', "length", None, 5))
        journal.record(first.of(replace(request, prompt="Again.")), Reply("", "blocked", 10, 0, "SAFETY"))
    assert said("--show", "tea") == (
        f'synth parrot 2024-10-04 length ${first.usd(Reply("", "length", None, 5)):.4f}\n{{"wo\\x1b[2J\n\n'
        "synth parrot 2024-10-04 blocked SAFETY $0.0000\n\n"
    )
    assert said("--show", "tea", "--stage", "judge") == (f"{folder / 'journal.sqlite'}: no answer about 'tea'\n")


def test_tokens_that_no_server_told_are_listed_as_none(tmp_path: Path, said: Said) -> None:
    """Guards against a list that breaks on the answers of a server that tells nothing."""
    with Journal(clock=lambda: 20_000 * DAY) as journal:
        order = make_order(make_request("a"), make_params(**PRICES), "synth", "openai", "http://here")
        journal.record(order, Reply("{}", "stop", None, None))
    assert said().splitlines()[1].split()[-4:-1] == ["1", "0", "0"]


def test_pruning_gives_the_disk_back(folder: Path, said: Said) -> None:
    with Journal() as journal:
        order = make_order(make_request("long"), make_params(), "curate", "gemini", "http://here")
        journal.record(order, Reply("x" * 1_000_000, "stop", 1, 1))
    assert said("--prune", "--stage", "curate") == "1 answer(s) removed, which cost $0.0000\n"
    assert (folder / "journal.sqlite").stat().st_size < 100_000


def test_an_empty_cache_stays_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Said) -> None:
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path / "none"))
    assert said() == f"{tmp_path}/none/llm/journal.sqlite: no answers yet\n"
    assert not (tmp_path / "none").exists()


def test_a_day_that_is_none_is_told(said: Said, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        said("--before", "yesterday")
    assert "argument --before: 'yesterday' is no day such as 2025-01-31" in capsys.readouterr().err


def test_jobs_under_way_are_listed_and_forgotten(tmp_path: Path) -> None:
    """Guards against money that is set aside for ever, and that nobody sees."""
    params = make_params(usd_per_million_output=2000.0, budget_usd=1.0)  # at most $0.2, in a job $0.1
    order = make_order(make_request("a"), params, "synth", "openai", "http://a").in_a_batch()
    with Journal(tmp_path) as journal, closing(Database(tmp_path / FILE)) as database:
        job, _ = journal.jobs.begin([(order, 0)])
        assert job
        line = "synth: batch job not confirmed yet: 1 requests, $0.1000 set aside\n"
        assert line in spending_table(database, Filter())
        for others in (Filter(stage="judge"), Filter(name=job.name), Filter(before="2999-01-01")):
            prune_answers(database, others)
            assert line in spending_table(database, Filter())
        prune_answers(database, Filter(stage="synth"))
        assert "batch job" not in spending_table(database, Filter())
        assert journal.jobs.usd("synth") == 0
