"""One stage at a time in a workspace, also where DVC was killed and the stage that it had started lives on."""

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

log = logging.getLogger(__name__)


def one_at_a_time() -> AbstractContextManager[Any]:
    """Waits until no other stage that DVC started in this workspace runs.

    DVC's own lock ends with DVC. Commands that are run by hand need none, and of torchrun's processes the first has it.
    Queued experiments run in folders of their own, and so beside one another; their `DVC_ROOT` is the one that queued
    them.
    """
    if "DVC_STAGE" not in os.environ or os.environ.get("RANK", "0") != "0":
        return nullcontext()
    lock = FileLock(Path.cwd() / ".dvc/tmp/stage.lock")
    try:
        return lock.acquire(blocking=False)
    except Timeout:
        log.warning("a stage that an earlier `dvc repro` started still runs here; this one waits until it has ended")
        return lock.acquire()
