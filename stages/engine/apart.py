"""Runs a function on Daft in a process of its own.

Daft's threads now and then crash Python while it shuts down (0.7.26: one process in thirty, after all its work was
done). So the process ends without shutting Python down, and reports through a pipe whether it succeeded. It also gives
its memory back, and no other process needs Daft's modules.
"""

import errno
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from stages.common.errors import StageError, explain_os_error

# Daft and Ray report their use over the network unless these are set before they are imported.
NO_TELEMETRY = {
    "DAFT_ANALYTICS_ENABLED": "0",
    "SCARF_NO_ANALYTICS": "true",
    "DO_NOT_TRACK": "true",
    "RAY_USAGE_STATS_ENABLED": "0",
}
SETTINGS = {
    "DAFT_PROGRESS_BAR": "0",
    "RAY_raylet_start_wait_time_s": "120",  # on a busy machine Ray's head takes longer than the usual 30 seconds
}
_PACKAGES: dict[str, tuple[str, ...]] = {"local": (), "daft": ("daft", "pyarrow"), "ray": ("daft", "pyarrow", "ray")}
_ROW_GROUP = 2**20  # bytes; a writer keeps its row group in memory, and a step writes hundreds of files at a time
_WATCH_SECONDS = 1.0


def check_engine(engine: str) -> None:
    """Raises StageError if a package of this engine isn't installed."""
    missing = [package for package in _PACKAGES[engine] if find_spec(package) is None]
    if missing:
        extra = "ray" if engine == "ray" else "engine"
        raise StageError(
            f"engine {engine} needs the package {missing[0]}; run `pip install --constraint constraints.txt "
            f"'.[{extra}]'`, or choose the engine local"
        )


def run_on_engine(engine: str, address: str, function: Callable[..., None], *args: Any) -> None:
    """Calls `function(*args)` in a new process in which Daft is ready: on its own runner, or for engine "ray" on the
    cluster at this address. Function and arguments must be picklable. Raises StageError if the engine fails."""
    context = get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(sender, os.getpid(), engine, address, function, args))
    process.start()
    sender.close()
    try:
        problem: str = receiver.recv()
    except EOFError:
        process.join()
        problem = f"it ended with status {process.exitcode}; killed for memory? Run `dvc repro` again to go on"
    finally:
        if process.is_alive() and sys.exc_info()[0] is not None:
            process.terminate()
        process.join()
    if problem:
        raise StageError(f"engine {engine}: {problem}")


def _run(
    sender: Connection, parent: int, engine: str, address: str, function: Callable[..., None], args: tuple[Any, ...]
) -> None:
    root = str(Path(__file__).parents[2])
    os.environ |= NO_TELEMETRY | SETTINGS
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))  # of Daft's workers
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("stages").setLevel(logging.INFO)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    problem = "it stopped"
    try:
        _start(engine, address)
        function(*args)
        problem = ""
    except StageError as error:
        problem = str(error)
    except OSError as error:
        problem = explain_os_error(error) if error.strerror else str(error)
    except _raised_by(engine) as error:
        problem = _explain(error)
    finally:
        sender.send(problem)
        sender.close()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _raised_by(engine: str) -> tuple[type[Exception], ...]:
    """The errors of Daft, and of Ray."""
    if engine != "ray":
        return RuntimeError, ValueError
    from ray.exceptions import RayError

    return RuntimeError, ValueError, RayError


def _explain(error: Exception) -> str:
    """What went wrong, and for a full disk, whose errors come as a traceback of another process, what to do."""
    text = str(error)
    for reason in map(os.strerror, (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)):
        if reason in text:
            return (
                f"a step could not be written: {reason}; make room for the steps in DVC's cache directory, and run "
                "`dvc repro` again: it goes on after the last finished step"
            )
    return f"{type(error).__name__}: {text}"


def _start(engine: str, address: str) -> None:
    import daft

    if engine == "ray":
        import ray

        variables = {name: os.environ[name] for name in (*NO_TELEMETRY, "PYTHONPATH")}
        ray.init(address, runtime_env={"env_vars": variables}, logging_level=logging.WARNING, log_to_driver=False)
        daft.set_runner_ray()
    else:
        daft.set_runner_native()
    daft.set_execution_config(parquet_target_row_group_size=_ROW_GROUP)


def _end_with(parent: int) -> None:
    """Ends this process when its parent has been killed."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)
