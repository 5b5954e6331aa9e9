"""Ctrl+C while answers are under way: they are waited for, as they are paid for. A second one ends that at once."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StoppedByUserError(Exception):
    """Ctrl+C. A KeyboardInterrupt would end the event loop, and with it what is under way."""


@contextmanager
def patient_interrupt(stop: Callable[[StoppedByUserError], None]) -> Iterator[None]:
    """In this block, within an event loop, the first Ctrl+C calls `stop`; the second one is a KeyboardInterrupt."""
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        stop(StoppedByUserError())

    if threading.current_thread() is not threading.main_thread():  # no other thread is sent signals
        yield
        return
    loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
