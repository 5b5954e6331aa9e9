"""Keeping freed memory: on Linux, freshly mapped pages cost a training step more than its arithmetic does."""

import ctypes
import sys

# From glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
MAPPED_FROM = 32 * 2**20  # bytes, the most that glibc takes; the heap would be left full of holes by larger ones


def keep_freed_memory() -> bool:
    """Makes glibc's malloc take buffers of up to 32 MB from the heap and keep them when they are freed, so that the
    next step finds its pages in place; says whether it could. Elsewhere than on glibc nothing changes."""
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        return False
    settings = {_M_MMAP_THRESHOLD: MAPPED_FROM, _M_TRIM_THRESHOLD: 2**31 - 1, _M_TOP_PAD: 64 * 2**20}
    return all(libc.mallopt(parameter, value) for parameter, value in settings.items())
