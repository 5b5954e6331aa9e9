"""How a process allocates memory: on Linux, freshly mapped small pages cost a training step more than its arithmetic.

Both settings are the whole process's, so they are for whoever starts it: a stage, a benchmark.
"""

import ctypes
import os
import sys

# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
MAPPED_FROM = 32 * 2**20  # bytes, the most that glibc takes; the heap would be left full of holes by larger ones


def prepare_memory() -> None:
    """Makes torch ask for huge pages and glibc keep what is freed. To be called before torch allocates anything: it
    reads its setting once. Where the system has neither, nothing changes."""
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # read by torch's CPU allocator
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
