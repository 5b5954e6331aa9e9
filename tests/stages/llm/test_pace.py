"""How many requests are under way at once, against servers in a simulated time."""

import asyncio
import heapq
from collections.abc import Callable

import pytest

from stages.llm.pace import AdaptiveLimit


class Simulation:
    """A server with `slots`, each of which takes `seconds` for a request; more requests wait in its queue."""

    def __init__(self, slots: int, seconds: float) -> None:
        self.now, self.most, self.served = 0.0, 0, 0
        self._slots, self._seconds = slots, seconds
        self._free = [0.0] * slots

    def clock(self) -> float:
        return self.now

    def run(
        self, pace: AdaptiveLimit, requests: int, fails: Callable[[int], bool] = lambda under_way: False
    ) -> list[int]:
        """The limit after each request."""
        limits: list[int] = []

        async def work() -> None:
            ends: list[tuple[float, int, asyncio.Event]] = []
            under_way = 0

            async def one(number: int) -> None:
                nonlocal under_way
                started = await pace.enter()
                under_way += 1
                self.most = max(self.most, under_way)
                failed = fails(under_way)
                end = max(self.now, heapq.heappop(self._free)) + self._seconds
                heapq.heappush(self._free, end)
                done = asyncio.Event()
                heapq.heappush(ends, (end, number, done))
                await done.wait()
                under_way -= 1
                if failed:
                    pace.overloaded(started)
                else:
                    pace.answered()
                    self.served += 1
                pace.leave()
                limits.append(pace.limit)

            tasks = [asyncio.create_task(one(number)) for number in range(requests)]
            while not all(task.done() for task in tasks):
                for _ in range(5):
                    await asyncio.sleep(0)
                if ends:
                    self.now, _, done = heapq.heappop(ends)
                    done.set()
            await asyncio.gather(*tasks)

        asyncio.run(work())
        return limits


@pytest.mark.parametrize("slots", [1, 2, 4])
def test_a_server_with_few_slots_gets_few_requests(slots: int) -> None:
    """Guards against a laptop's server that is sent more and more, so that every request waits in its queue."""
    server = Simulation(slots, 45.0)
    limits = server.run(AdaptiveLimit(2, 64, server.clock), 300)
    assert server.most <= max(2 * slots, 4)
    assert sum(limits) / len(limits) <= 1.5 * max(slots, 2)


def test_a_server_that_batches_64_gets_64_within_a_few_rounds() -> None:
    """Guards against a server that idles because somebody has to know how much it takes."""
    server = Simulation(64, 2.0)
    limits = server.run(AdaptiveLimit(2, 64, server.clock), 1000)
    assert limits.index(64) < 200
    assert server.now < 2 * 1000 / 64 * 2.0


def test_a_server_that_is_overloaded_gets_half_as_many_once_per_round() -> None:
    """Guards against one burst of 429 that halves once for each of its requests, down to one."""
    server = Simulation(64, 1.0)
    limits = server.run(AdaptiveLimit(32, 32, server.clock), 32, fails=lambda under_way: True)
    assert limits[-1] == 16
    server = Simulation(64, 1.0)
    limits = server.run(AdaptiveLimit(64, 64, server.clock), 600, fails=lambda under_way: under_way > 20)
    assert 8 <= limits[-1] <= 32 and server.served > 400


def test_a_number_that_is_given_is_never_passed() -> None:
    server = Simulation(64, 1.0)
    server.run(AdaptiveLimit(3, 3, server.clock), 100)
    assert server.most == 3


def test_who_waits_is_let_in_when_the_run_stops() -> None:
    """Guards against a run that hangs, because workers wait for answers that nobody asks for any more."""

    async def work() -> None:
        pace = AdaptiveLimit(1, 1)
        await pace.enter()
        waiting = asyncio.create_task(pace.enter())
        await asyncio.sleep(0)
        assert not waiting.done()
        pace.open()
        await asyncio.wait_for(waiting, 1)

    asyncio.run(work())
