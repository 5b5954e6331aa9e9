"""Settings of a whole process that computes with torch, for whoever starts it: a stage, a benchmark."""

import ctypes
import os
import sys

# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
MAPPED_FROM = 32 * 2**20  # bytes, the most that glibc takes; the heap would be left full of holes by larger ones
SPINS = "1000"  # of a thread of GNU's OpenMP, before it sleeps until there is work


def prepare_process() -> None:
    """Freshly mapped small pages cost a training step more than its arithmetic: torch asks for huge ones, and glibc
    keeps what is freed. And threads that wait in a loop for the next piece of work, by default 300,000 times, take the
    cores from those that have some, as soon as two trainings share a machine.

    To be called before torch is imported: it reads its settings once. What the environment has already stays as it is;
    where the system has no such setting, nothing changes.
    """
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # read by torch's CPU allocator
    os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
    keep_freed_memory()


def keep_freed_memory() -> bool:
    """Makes glibc's malloc take buffers of up to 32 MB from the heap and keep them when they are freed, so that the
    next step finds its pages in place; says whether it could."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        return False
    settings = {_M_MMAP_THRESHOLD: MAPPED_FROM, _M_TRIM_THRESHOLD: 2**31 - 1, _M_TOP_PAD: 64 * 2**20}
    return all(libc.mallopt(parameter, value) for parameter, value in settings.items())
