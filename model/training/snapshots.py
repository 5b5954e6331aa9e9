"""Training snapshots: what a killed run goes on from.

A snapshot is one safetensors file: the weights, the optimizer's state and the kept weights as tensors, the rest as
JSON in its metadata. Its name carries the step and its own hash, and it gets the name by a rename when it is whole.
"""

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

log = logging.getLogger(__name__)

KEPT = 2  # snapshots, the newest
STATE = "state"


class Snapshots:
    """The snapshots of one training run, in a folder of its own."""

    def __init__(self, folder: Path, minutes: float) -> None:
        self.folder = folder
        self.minutes = minutes
        self.active = True
        self._last = time.monotonic()

    @contextmanager
    def until_done(self) -> Iterator[None]:
        """Around the run: when it ends well, its snapshots go. A second process that trains the same at the same time
        takes none."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            log.warning("%s: another process trains the same; this one takes no snapshots", self.folder)
            self.active = False
        try:
            yield
            self._clear()
        finally:
            lock.release()

    def due(self) -> bool:
        return self.active and time.monotonic() - self._last >= 60 * self.minutes

    def save(self, step: int, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Where the disk takes no more, training goes on without it, with a warning, and tries again when next due."""
        self._last = time.monotonic()
        temporary = self.folder / ".snapshot.tmp"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
            save_file(contiguous, temporary, {STATE: json.dumps(state)})
            temporary.rename(self.folder / f"step-{step:09d}-{_digest(temporary)}.safetensors")
        except (OSError, SafetensorError) as error:
            log.warning(
                "no snapshot of step %d in %s: %s; free some space there; a killed run goes on from the one before",
                step,
                self.folder,
                error,
            )
        finally:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        for old in self._files()[KEPT:]:
            old.unlink()

    def latest(self) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """The newest sound snapshot; damaged ones are set aside, with a warning."""
        if not self.active:
            return None
        for file in self._files():
            try:
                if _digest(file) != file.stem.rpartition("-")[2]:
                    raise SafetensorError("its contents are not those that were written")
                with safe_open(file, framework="pt") as stored:
                    tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
                    return tensors, json.loads(stored.metadata()[STATE])
            except (SafetensorError, OSError) as error:
                aside = file.with_suffix(".damaged")
                file.rename(aside)
                log.warning("the snapshot %s is damaged (%s); it is now %s", file, error, aside.name)
        return None

    def _clear(self) -> None:
        if self.active:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("step-*.safetensors"), reverse=True)


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:16]
