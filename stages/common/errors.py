"""How a stage runs and how it ends: not beside another one in its workspace, and errors written for the reader.

An error says what is wrong, the value, the limit, the file and line or key, and what to do.
"""

import atexit
import errno
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from stages.common.harmless import harmless

log = logging.getLogger(__name__)

RIGHTS = "give yourself the right to write it, or work in another folder"
AT_ONCE = ("train-full", "train-small")  # neither reads what the other writes, so two GPUs can run both
WHAT_TO_DO = {
    errno.ENOSPC: "make room on its disk",
    errno.EDQUOT: "make room: your quota on its disk is used up",
    errno.EFBIG: "raise the limit on the size of a file (`ulimit -f`)",
    errno.EROFS: "its disk is read-only: mount it for writing, or work in another folder",
    errno.EACCES: RIGHTS,
    errno.EPERM: RIGHTS,
    errno.EIO: "its disk is failing or gone: see the system's log",
}


class StageError(Exception):
    """Stops a stage. Its message is all that the user sees."""


class _HarmlessFormatter(logging.Formatter):
    """Messages quote titles and servers; a terminal must not act on what they hold."""

    def format(self, record: logging.LogRecord) -> str:
        return harmless(super().format(record))


def run_stage(main: Callable[[], None], choices: Sequence[str] = ()) -> None:
    """Runs the `main` of a stage module, which takes one of `choices` as its only argument, or no argument at all.

    Waits until no stage that it must not disturb runs in this workspace. A wrong argument ends like a StageError.
    """

    def run() -> None:
        check_arguments(sys.argv[1:], choices)
        with wait_for_other_stages():
            main()

    run_command(run, "run `dvc repro` again", "interrupted; `dvc repro` continues after the last finished stage")


def check_arguments(arguments: Sequence[str], choices: Sequence[str]) -> None:
    """Raises StageError unless the only argument is one of `choices`, or there are neither choices nor arguments."""
    if [*arguments] not in ([[choice] for choice in choices] or [[]]):
        spec = sys.modules["__main__"].__spec__  # None if Python runs a file, not a module
        usage = " ".join(filter(None, ["python -m", spec.name if spec else "MODULE", "|".join(choices)]))
        hint = "" if choices else "; a stage takes no arguments, see `wikitune --help` for commands that do"
        raise StageError(f"usage: {usage}; got {' '.join(arguments) or 'nothing'}{hint}")


def run_command(
    main: Callable[[], None], try_again: str = "run the command again", interrupted: str = "interrupted"
) -> None:
    """Runs `main`. A StageError, an error of the operating system about a file, and Ctrl+C end the program with one
    plain message and exit code 1. Messages and libraries' warnings go to standard error."""
    messages = logging.StreamHandler(sys.stderr)
    messages.setFormatter(_HarmlessFormatter("%(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[messages])
    logging.getLogger("stages").setLevel(logging.INFO)
    # Without this, Python's last garbage collection walks through all of torch, which takes half a second.
    atexit.register(gc.freeze)
    try:
        main()
    except StageError as error:
        sys.exit(harmless(f"error: {error}"))
    except OSError as error:
        if error.strerror is None:  # raised by a library, not by the operating system
            raise
        sys.exit(harmless(f"error: {explain_os_error(error)}, then {try_again}"))
    except KeyboardInterrupt:
        sys.exit(f"error: {interrupted}")


def wait_for_other_stages() -> AbstractContextManager[Any]:
    """Waits until no other stage that DVC started is running in this workspace, apart from stages that may run beside
    this one (`AT_ONCE`).

    DVC's own lock ends with DVC: when DVC is killed, the stage that it started may still be running. Commands run by
    hand take no lock, and under torchrun only rank 0 takes it. Queued experiments each run in their own folder and
    don't wait for one another. So the lock is in the current folder, not in `DVC_ROOT`, which is the same for all of
    them.
    """
    stage = os.environ.get("DVC_STAGE")
    if stage is None or os.environ.get("RANK", "0") != "0":
        return nullcontext()
    held = ExitStack()
    # Stages that may run at once have a lock each; every other stage takes them all.
    for name in [stage] if stage in AT_ONCE else AT_ONCE:
        lock = FileLock(Path.cwd() / f".dvc/tmp/{name}.lock")
        try:
            held.enter_context(lock.acquire(blocking=False))
        except Timeout:
            log.warning(
                "a stage that an earlier `dvc repro` started still runs here; this one waits until it has ended"
            )
            held.enter_context(lock.acquire())
    return held


@contextmanager
def name_in_errors(path: Path) -> Iterator[None]:
    """Adds the name of the file to an OSError that lacks one: an error of opening has it, one of writing does not."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


@contextmanager
def only_warn() -> Iterator[None]:
    """Turns an OSError about a file into a warning. It is for files that are written again later, when it counts."""
    try:
        yield
    except OSError as error:
        log.warning("%s; the work goes on without that file", explain_os_error(error))


def explain_os_error(error: OSError) -> str:
    """The file, the reason and what to do about it."""
    what_to_do = WHAT_TO_DO.get(error.errno or 0, "correct that")
    file = error.filename2 or error.filename  # a copy has two names, and the second is the one being written
    reason = f"{file}: {error.strerror}" if file else error.strerror
    return f"{reason}; {what_to_do}"
