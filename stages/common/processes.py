"""Applies a function to many items on all cores, with the results in the order of the items.

Processes are spawned, not forked: forking is unsafe, because the calling process may have threads, and not every
system can fork. So function and items must be picklable.
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
Result = TypeVar("Result")

CHUNK = 500  # items that a process takes at a time
_WORTH_A_PROCESS = 4000  # items; starting a process for fewer takes longer than it saves


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
        processes = max(1, min(os.cpu_count() or 1, len(items) // _WORTH_A_PROCESS))
    chunks = [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
    with tqdm(total=len(items), unit="example", desc=label, disable=None) as bar:
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
