"""The journal's file by itself: what it keeps, what it grants, and what is said when something is wrong with it."""

from pathlib import Path
from typing import Any

import pytest

from stages.common.errors import StageError
from stages.llm.journal import COPIES, FILE, SPARE, Journal, JournalEntry
from stages.llm.orders import Order, make_order
from stages.llm.request import Reply
from tests.stages.llm.plain_client import make_params, make_request

REPLY = Reply('{"word": "A"}', "stop", 10, 5)


def order(name: str, stage: str = "synth", model: str = "parrot", **changes: Any) -> Order:
    return make_order(make_request(name), make_params(model=model, **changes), stage, "openai", "http://here")


def filled(folder: Path, count: int) -> Journal:
    journal = Journal(folder)
    for number in range(count):
        assert journal.claim(order(str(number)), 0) == "granted"
        journal.record(order(str(number)), REPLY)
    return journal


def test_an_answer_is_found_by_what_was_asked_and_not_by_its_name(tmp_path: Path) -> None:
    """Guards against an answer for other words, another model or other settings, and against a journal of names."""
    with filled(tmp_path, 1) as journal:
        found = journal.latest(order("0"))
        assert found == JournalEntry(1, REPLY)
        for other in (order("1"), order("0", model="owl"), order("0", seed=2), order("0", context_tokens=99)):
            assert journal.latest(other) is None
        same = order(
            "0",
            max_output_tokens=99,
            concurrency=1,
            attempts=9,
            budget_usd=3.0,
            requests_per_minute=7,
            max_failure_rate=1.0,
        )
        assert journal.latest(same) == found


def test_the_newest_answer_counts_and_the_older_ones_stay_as_spend(tmp_path: Path) -> None:
    """Guards against an unusable answer that hides its better one, and against money that is forgotten with it."""
    priced = order("0", usd_per_million_input=1000.0, usd_per_million_output=2000.0, budget_usd=1.0)
    with filled(tmp_path, 1) as journal:
        assert journal.claim(priced, after=0) == JournalEntry(1, REPLY)
        assert journal.claim(priced, after=1) == "granted"
        better = Reply("{}", "stop", 10, 5)
        assert journal.record(priced, better) == journal.latest(priced) == JournalEntry(2, better)
        assert journal.spent("synth") == pytest.approx(10 * 0.001 + 5 * 0.002)
        assert journal.spent("judge") == 0.0


def test_one_journal_asks_and_the_other_waits_for_its_answer(tmp_path: Path) -> None:
    """Guards against two processes that pay for the same, and against a claim that outlives its request."""
    with Journal(tmp_path) as first, Journal(tmp_path) as second:
        assert first.claim(order("a"), 0) == "granted"
        assert second.claim(order("a"), 0) == first.claim(order("a"), 0) == "wait"
        second.release(order("a"))  # not its own
        assert second.claim(order("a"), 0) == "wait"
        first.release(order("a"))
        assert second.claim(order("a"), 0) == "granted"
        second.record(order("a"), REPLY)
        assert first.claim(order("a"), 0) == JournalEntry(1, REPLY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["journal.lock", FILE]


def test_the_claim_of_an_owner_that_is_gone_is_taken_over(tmp_path: Path) -> None:
    """Guards against a request that nobody may ask because whoever claimed it was killed."""
    with Journal(tmp_path) as second:
        with Journal(tmp_path) as first:
            assert first.claim(order("a"), 0) == "granted"
        assert second.claim(order("a"), 0) == "granted"


PRICES: dict[str, Any] = {"usd_per_million_input": 0.0, "usd_per_million_output": 1000.0}  # 100 tokens at most: $0.1


def test_the_budget_counts_what_is_spent_and_what_is_under_way(tmp_path: Path) -> None:
    """Guards against a budget that each process, each run or each request under way has for itself."""
    orders = [order(name, budget_usd=0.25, **PRICES) for name in "abcd"]
    with Journal(tmp_path) as first, Journal(tmp_path) as second:
        assert (first.claim(orders[0], 0), second.claim(orders[1], 0)) == ("granted", "granted")
        assert second.claim(orders[2], 0) == "wait"  # 0.2 is set aside, and 0.3 would be too much
        assert second.claim(order("other", stage="judge", budget_usd=0.25, **PRICES), 0) == "granted"
        assert second.claim(order("free"), 0) == "granted"
        first.record(orders[0], Reply("{}", "stop", 0, 50))
        assert second.claim(orders[2], 0) == "granted"  # 0.05 spent, 0.1 set aside
        second.record(orders[1], Reply("{}", "stop", 0, 50))
        second.record(orders[2], Reply("{}", "stop", 0, 100))
        with pytest.raises(StageError) as error:
            first.claim(orders[3], 0)
    assert str(error.value) == (
        "synth: $0.2000 of budget_usd 0.25 is spent, by all runs in the journal, and d may cost $0.1000 more.\n"
        "  What was bought is kept. Raise the budget_usd of synth and run again: only what is missing is asked;\n"
        "  or remove old answers, and what they cost, with `wikitune journal --prune --stage synth`"
    )


def test_what_a_dead_owner_set_aside_is_free_again(tmp_path: Path) -> None:
    """Guards against a budget that shrinks with every killed run."""
    with Journal(tmp_path) as second:
        with Journal(tmp_path) as first:
            assert first.claim(order("a", budget_usd=0.1, **PRICES), 0) == "granted"
        assert second.claim(order("b", budget_usd=0.1, **PRICES), 0) == "granted"


def test_a_budget_is_used_to_the_last_cent(tmp_path: Path) -> None:
    """Guards against sums of binary fractions that end a hair above the budget."""
    with Journal(tmp_path) as journal:
        for number in range(10):
            claimed = order(str(number), budget_usd=1.0, **PRICES)
            assert journal.claim(claimed, 0) == "granted"
            journal.record(claimed, Reply("{}", "stop", 0, 100))
        with pytest.raises(StageError, match=r"\$1.0000 of budget_usd 1 is spent"):
            journal.claim(order("more", budget_usd=1.0, **PRICES), 0)


class Clock:
    def __init__(self) -> None:
        self.now = 1e9

    def __call__(self) -> float:
        return self.now


def test_requests_of_all_processes_stand_in_one_queue(tmp_path: Path) -> None:
    """Guards against a rate limit for each process, or one that other models share."""
    clock = Clock()
    paced = [order(name, requests_per_minute=60) for name in "abc"]
    with Journal(tmp_path, clock) as first, Journal(tmp_path, clock) as second:
        for journal, claimed in ((first, paced[0]), (second, paced[1]), (second, paced[2])):
            journal.claim(claimed, 0)
        assert [first.turns.take(paced[0]), second.turns.take(paced[1]), second.turns.take(paced[2])] == [0.0, 1.0, 2.0]
        assert first.turns.take(order("a", model="owl", requests_per_minute=60)) == 0.0
        clock.now += 10
        assert [first.turns.take(paced[0]), second.turns.take(paced[1])] == [0.0, 1.0]


@pytest.mark.parametrize("jump", [-3600.0, 3600.0, -1e9])
def test_a_clock_that_jumps_costs_a_second(tmp_path: Path, jump: float) -> None:
    """Guards against hours of waiting after the clock was set back, and against a burst after it was set forward."""
    clock = Clock()
    paced = [order(name, requests_per_minute=60) for name in "ab"]
    with Journal(tmp_path, clock) as journal:
        journal.claim(paced[0], 0)
        journal.claim(paced[1], 0)
        assert [journal.turns.take(claimed) for claimed in paced] == [0.0, 1.0]
        clock.now += jump
        first, second = journal.turns.take(paced[0]), journal.turns.take(paced[1])
        assert 0.0 <= first <= 2.0 and first + (jump > 0) <= second <= 2.0
        clock.now += 3
        assert journal.turns.take(paced[0]) == 0.0


def test_a_wait_that_a_server_asks_for_is_every_process_s(tmp_path: Path) -> None:
    """Guards against requests that go out while a server wants none, as only the one that it told is waiting."""
    clock = Clock()
    paced = [order(name, requests_per_minute=60) for name in "abc"]
    with Journal(tmp_path, clock) as first, Journal(tmp_path, clock) as second:
        for claimed in paced:
            first.claim(claimed, 0)
        assert first.turns.take(paced[0]) == 0.0
        assert not second.turns.is_held(paced[1])
        first.turns.hold(paced[0], 30)
        first.turns.hold(paced[0], 10)  # a shorter one doesn't end it
        assert second.turns.is_held(paced[1])
        assert [second.turns.take(claimed) for claimed in paced] == [30.0, 31.0, 32.0]
        assert second.turns.take(order("a", model="owl")) == 0.0
        clock.now += 30
        assert not second.turns.is_held(paced[1])


def test_a_clock_that_was_set_back_ends_a_hold(tmp_path: Path) -> None:
    """Guards against hours of waiting for a time that lies far ahead of the new clock."""
    clock = Clock()
    with Journal(tmp_path, clock) as journal:
        journal.turns.hold(order("a"), 30)
        clock.now -= 3600
        assert not journal.turns.is_held(order("a"))
        journal.turns.hold(order("a"), 5)
        clock.now += 5
        assert not journal.turns.is_held(order("a"))


def test_an_answer_is_on_the_disk_when_it_is_recorded(tmp_path: Path) -> None:
    """Guards against paid answers that a power failure loses from the operating system's memory."""
    normal, full = 1, 2  # SQLite's `PRAGMA synchronous`
    with Journal(tmp_path) as journal:
        journal.claim(order("a"), 0)
        assert journal._database.rows("PRAGMA synchronous") == [(normal,)]
        journal.record(order("a"), REPLY)
        assert journal._database.rows("PRAGMA synchronous") == [(full,)]


def test_the_disk_needs_room_for_all_answers_under_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a disk that is full when the second of two answers arrives."""
    sizes: list[int] = []
    with Journal(tmp_path) as journal:
        monkeypatch.setattr(journal._database, "make_sure_of_room", sizes.append)
        for name in "abc":
            journal.claim(order(name), 0)
    assert sizes == [SPARE + count * COPIES * order("a").most_bytes for count in (1, 2, 3)]


def test_the_form_of_a_server_is_kept_by_model(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        assert journal.form("http://here", "parrot") is None
        journal.keep_form("http://here", "parrot", "text")
        journal.keep_form("http://here", "parrot", "json_schema")
        assert journal.form("http://here", "parrot") == "json_schema"
        assert journal.form("http://here", "owl") is journal.form("http://there", "parrot") is None


def test_a_key_reaches_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against keys that a server echoes or a page holds; short words for servers without keys stay."""
    monkeypatch.setenv("GEMINI_API_KEY", "planted-gemini-key")
    monkeypatch.setenv("GOOGLE_API_KEY", "planted-gemini-key-and-more")
    monkeypatch.setenv("OPENAI_API_KEY", "ollama")
    claimed, echo = order("planted-gemini-key"), "no planted-gemini-key"
    with Journal(tmp_path) as journal:
        journal.claim(claimed, 0)
        kept = journal.record(
            claimed, Reply("planted-gemini-key-and-more, planted-gemini-key, ollama", "stop", 1, 1, echo)
        )
        assert (kept.reply.raw, kept.reply.detail) == ("[key], [key], ollama", "no [key]")
        assert journal.latest(claimed) == kept
        assert all(b"planted" not in path.read_bytes() for path in tmp_path.iterdir())


def test_half_a_character_is_kept_as_a_question_mark(tmp_path: Path) -> None:
    """Guards against an answer that is paid for and lost, as SQLite takes no half of a surrogate pair."""
    with Journal(tmp_path) as journal:
        assert journal.record(order("a"), Reply("cut \ud83d off\0", "stop", 1, 1)).reply.raw == "cut ? off\0"
        assert journal.latest(order("a")) == JournalEntry(1, Reply("cut ? off\0", "stop", 1, 1))
