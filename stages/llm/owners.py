"""Which of the processes that use the journal are alive. Each holds the lock on a file of its own as long as it lives.

The operating system lets go of the lock with the process, however that ends: no time-out, no clock.
"""

from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout


class Owner:
    """This process, or this part of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = uuid4().hex
        self._lock = FileLock(self._file(self.name))
        self._lock.acquire(blocking=False)

    def alive(self, other: str) -> bool:
        """Whether the owner of that name lives; the file of one that doesn't is removed."""
        if other == self.name:
            return True
        lock = FileLock(self._file(other))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        lock.release()
        self._file(other).unlink(missing_ok=True)
        return False

    def close(self) -> None:
        self._lock.release()
        self._file(self.name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.owner"
