"""Settings for a process that computes with torch: stages and benchmarks call `prepare_process` first."""

import ctypes
import os
import sys

# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
# Bytes: glibc's largest value. Larger blocks are mapped one by one; in the heap they would leave holes.
LARGEST_HEAP_BLOCK = 32 * 2**20
SPINS = "1000"  # how often a thread of GNU's OpenMP checks for work before it sleeps


def prepare_process() -> None:
    """Makes torch's memory and threads faster. Call it before torch is imported, which reads these settings once.

    - Memory: mapping fresh small pages costs a training step more time than its arithmetic. So torch asks for huge
      pages, and glibc keeps freed memory.
    - Threads: by default, a thread that waits for work checks for it 300,000 times before it sleeps. When two
      trainings share a machine, waiting threads then take the cores from working ones.

    Variables that the environment has already set stay as they are. A system that lacks a setting is left unchanged.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # read by torch's CPU allocator
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    keep_freed_memory()


def keep_freed_memory() -> bool:
    """Makes glibc take blocks of up to 32 MB from the heap and keep them when they are freed, so that the next step
    finds its pages in place. Returns whether that worked."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        return False
    settings = {_M_MMAP_THRESHOLD: LARGEST_HEAP_BLOCK, _M_TRIM_THRESHOLD: 2**31 - 1, _M_TOP_PAD: 64 * 2**20}
    return all(libc.mallopt(parameter, value) for parameter, value in settings.items())
