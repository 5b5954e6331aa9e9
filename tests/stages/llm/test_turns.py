"""The queue of all processes, by a clock that the tests set; what a server wants none for is in it."""

from pathlib import Path

from stages.llm.journal import Journal
from tests.stages.llm.test_journal import Clock, order


def test_a_wait_that_a_server_asks_for_is_every_process_s(tmp_path: Path) -> None:
    """Guards against requests that go out while a server wants none, as only the one that it told is waiting."""
    clock = Clock()
    paced = [order(name, requests_per_minute=60) for name in "abc"]
    with Journal(tmp_path, clock) as first, Journal(tmp_path, clock) as second:
        for one in paced:
            first.claim(one, 0)
        assert first.turns.slot(paced[0]) == 0.0
        assert not second.turns.held(paced[1])
        first.turns.hold(paced[0], 30)
        first.turns.hold(paced[0], 10)  # a shorter one doesn't end it
        assert second.turns.held(paced[1])
        assert [second.turns.slot(one) for one in paced] == [30.0, 31.0, 32.0]
        assert second.turns.slot(order("a", model="owl")) == 0.0
        clock.now += 30
        assert not second.turns.held(paced[1])


def test_a_clock_that_was_set_back_ends_a_hold(tmp_path: Path) -> None:
    """Guards against hours of waiting for a time that lies far ahead of the new clock."""
    clock = Clock()
    with Journal(tmp_path, clock) as journal:
        journal.turns.hold(order("a"), 30)
        clock.now -= 3600
        assert not journal.turns.held(order("a"))
        journal.turns.hold(order("a"), 5)
        clock.now += 5
        assert not journal.turns.held(order("a"))
