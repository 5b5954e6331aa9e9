"""Applies a function to many items on all cores, with the results in the order of the items.

Processes are spawned, not forked: forking is unsafe, because the calling process may have threads, and not every
system can fork. So function and items must be picklable.
"""

import gc
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import TypeVar

from stages.common.errors import StageError
from stages.common.stage_bar import StageBar

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 500  # items that a process takes at a time
AHEAD = 3  # chunks of a process that `map_stream` reads before it needs their results
_WORTH_A_PROCESS = 4000  # items; starting a process for fewer takes longer than it saves


def available_cores() -> int:
    """The cores that this process may use, which a scheduler such as Slurm may limit."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_chunks(
    function: Callable[[Sequence[Item]], Sequence[Result]],
    items: Sequence[Item],
    label: str,
    processes: int | None = None,
) -> Iterator[Result]:
    """Yields the results of a function that takes a chunk of the items and returns one result for each.

    `label` names the work in the progress bar. `processes` None means as many as are worth it.
    """
    if processes is None:
        processes = max(1, min(available_cores(), len(items) // _WORTH_A_PROCESS))
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    with StageBar(total=len(items), unit="example", desc=label) as bar:
        for results in _map(function, chunks, processes):
            bar.update(len(results))
            yield from results


def _map(
    function: Callable[[Sequence[Item]], Sequence[Result]], chunks: Sequence[Sequence[Item]], processes: int
) -> Iterator[Sequence[Result]]:
    if processes == 1:
        yield from map(function, chunks)
    else:
        with ProcessPoolExecutor(processes, get_context("spawn"), initializer=gc.disable) as pool:
            yield from pool.map(function, chunks)


def map_stream(
    function: Callable[[Sequence[Item]], Sequence[Result]],
    items: Iterable[Item],
    processes: int | None = None,
    chunk: int = CHUNK,
    alone: int = _WORTH_A_PROCESS,
) -> Generator[Result, None, None]:
    """The same for items that are not all in memory: only a few chunks per process are read ahead.

    `processes` None means all cores, once this process has done as many items `alone` as are worth another one. Raises
    StageError if one is killed.
    """
    chunks = _chunks(iter(items), chunk)
    count = processes or available_cores()
    at_first = None if count == 1 else 0 if processes else alone // chunk  # chunks; None: all of them
    for results in map(function, islice(chunks, at_first)):
        yield from results
    if (first := next(chunks, None)) is None:
        return
    with ProcessPoolExecutor(count, get_context("spawn"), initializer=gc.disable) as pool:
        waiting: deque[Future[Sequence[Result]]] = deque()
        try:
            for following in chain([first], chunks):
                waiting.append(pool.submit(function, following))
                if len(waiting) > AHEAD * count:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool:
            raise StageError(
                "a process of this stage was killed, perhaps because memory ran out; run `dvc repro` again, with fewer "
                "other programs"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _chunks(items: Iterable[Item], size: int) -> Iterator[Sequence[Item]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
