"""Work on all cores: order, no item lost, and an error that arrives."""

import os
from collections.abc import Sequence

import pytest

from stages.common import processes
from stages.common.processes import available_cores, map_chunks, map_stream


def squares(numbers: Sequence[int]) -> list[int]:
    return [number**2 for number in numbers]


def own_process(numbers: Sequence[int]) -> list[int]:
    return [os.getpid()] * len(numbers)


def reciprocals(numbers: Sequence[int]) -> list[float]:
    return [1 / number for number in numbers]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_each_item_has_its_result(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Guards against a last chunk that is left out."""
    monkeypatch.setattr(processes, "CHUNK", 2)
    assert list(map_chunks(squares, range(count), "squares")) == [number**2 for number in range(count)]


def test_several_processes_keep_the_order() -> None:
    """Guards against chunks that come back in another order, or work that stays in this process."""
    numbers = range(3 * processes.CHUNK + 1)
    assert list(map_chunks(squares, numbers, "squares", 2)) == squares(numbers)
    assert os.getpid() not in map_chunks(own_process, numbers, "processes", 2)


def test_few_items_start_no_process() -> None:
    """Guards against a second of waiting for a handful of examples."""
    assert set(map_chunks(own_process, range(7), "processes")) == {os.getpid()}


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_reaches_the_caller(count: int) -> None:
    """Guards against results that end early, as if all were done."""
    with pytest.raises(ZeroDivisionError):
        list(map_chunks(reciprocals, range(5), "reciprocals", count))


def test_a_stream_is_shared_after_the_first_items(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against processes that are started for a few items, and items that are lost where they take over."""
    monkeypatch.setattr(processes, "available_cores", lambda: 2)
    assert list(map_stream(squares, iter(range(9)), chunk=2, alone=4)) == squares(range(9))
    found = list(map_stream(own_process, iter(range(9)), chunk=2, alone=4))
    assert set(found[:4]) == {os.getpid()} and os.getpid() not in found[4:]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system gives no process a share of the cores")
def test_only_the_cores_that_are_allowed_count() -> None:
    """Guards against sixteen processes on the one core that a scheduler gave."""
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert available_cores() == 1
    finally:
        os.sched_setaffinity(0, before)
