"""Errors for the reader: what is wrong, the value, the limit, the file and line or key, and what to do."""

import logging
import sys
from collections.abc import Callable


class StageError(Exception):
    """Stops a stage; its message is all that the user sees."""


def run_stage(main: Callable[[], None]) -> None:
    """Runs a stage's `main`: what it has to say, and libraries' warnings, on standard error; a StageError as one plain
    message and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("stages").setLevel(logging.INFO)
    try:
        main()
    except StageError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: interrupted; `dvc repro` goes on from the last finished stage")
