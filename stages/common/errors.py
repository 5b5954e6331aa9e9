"""Errors for the reader: what is wrong, the value, the limit, the file and line or key, and what to do."""

import atexit
import errno
import gc
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.common.one_at_a_time import one_at_a_time

RIGHTS = "give yourself the right to write it, or work in another folder"
WHAT_TO_DO = {
    errno.ENOSPC: "make room on its disk",
    errno.EDQUOT: "make room: your quota on its disk is used up",
    errno.EFBIG: "raise the limit on the size of a file (`ulimit -f`)",
    errno.EROFS: "its disk may only be read: mount it for writing, or work in another folder",
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
    errno.EIO: "its disk fails, or is gone: see the log of the system",
}


class StageError(Exception):
    """Stops a stage; its message is all that the user sees."""


def run_stage(main: Callable[[], None]) -> None:
    """Runs a stage's `main`: what it has to say, and libraries' warnings, on standard error; a StageError, or what the
    operating system has against a file, as one plain message and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("stages").setLevel(logging.INFO)
    atexit.register(gc.freeze)  # else Python's last collection looks through all of torch, for half a second
    try:
        with one_at_a_time():
            main()
    except StageError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        if error.strerror is None:  # a library's own: the operating system has said nothing
            raise
        sys.exit(f"error: {advise(error)}")
    except KeyboardInterrupt:
        sys.exit("error: interrupted; `dvc repro` goes on from the last finished stage")


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Names the file in an error that names none: opening a file tells its name, writing it doesn't."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


def advise(error: OSError) -> str:
    """The file, the reason and what to do."""
    what_to_do = WHAT_TO_DO.get(error.errno or 0, "put that right")
    file = error.filename2 or error.filename  # a copy has two, of which the second is written
    reason = f"{file}: {error.strerror}" if file else error.strerror
    return f"{reason}; {what_to_do}, then run `dvc repro` again"
