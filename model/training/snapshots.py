"""Training snapshots: a run that was killed continues from the newest one.

A snapshot is one safetensors file: weights, optimizer state and kept weights as tensors, the rest as JSON in the
metadata. Its name holds the step and the file's hash. It is written under a temporary name and renamed when complete.
"""

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from model.core.gpt2 import GPT2
from model.training.data import TokenSequence
from model.training.parallel import Ranks

if TYPE_CHECKING:
    from model.training.loop import TrainingConfig

log = logging.getLogger(__name__)

KEPT = 2  # the number of snapshots that stay, the newest ones
STATE = "state"  # the key of the JSON in the metadata


def fingerprint(
    model: GPT2,
    training: Sequence[TokenSequence],
    validation: Sequence[TokenSequence],
    config: "TrainingConfig",
    ranks: Ranks,
) -> str:
    """64 hex digits that differ whenever two runs could end in different weights: the name of a run's snapshots."""
    digest = hashlib.sha256()
    digest.update(json.dumps([asdict(config), asdict(model.config), torch.__version__, ranks.world]).encode())
    for sequences in (training, validation):
        digest.update(json.dumps([[sequence.response_start, *sequence.tokens] for sequence in sequences]).encode())
    for name, tensor in model.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.cpu().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()


class Snapshots:
    """The snapshots of one training run. No other run uses their folder."""

    def __init__(self, folder: Path, minutes: float, kept: Path | None = None) -> None:
        """`minutes` is the time between two snapshots. With `kept`, there is also one at each evaluation, of which a
        second name in that folder stays when the run is done."""
        self.folder = folder
        self.minutes = minutes
        self.kept = kept
        self.active = True
        self._last = time.monotonic()

    @contextmanager
    def until_done(self) -> Iterator[None]:
        """Locks the folder during a run, and deletes it if the run succeeds. If another process holds the lock, it is
        training the same model; this one then takes no snapshots."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            log.warning("%s: another process is training the same model; this one takes no snapshots", self.folder)
            self.active = False
        try:
            yield
            self._clear()
        finally:
            lock.release()

    def due(self, evaluated: bool = False) -> bool:
        """Whether it is time for the next snapshot. `evaluated` says whether there was an evaluation at this step."""
        wanted = evaluated and self.kept is not None
        return self.active and (wanted or time.monotonic() - self._last >= 60 * self.minutes)

    def save(self, step: int, tensors: dict[str, Tensor], state: dict[str, Any], evaluated: bool = False) -> None:
        """Writes a snapshot and deletes all but the newest `KEPT`. If it cannot be written, only logs a warning:
        training continues, and the next snapshot is tried when it is due."""
        self._last = time.monotonic()
        temporary = self.folder / ".snapshot.tmp"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
            save_file(contiguous, temporary, {STATE: json.dumps(state)})
            file = self.folder / f"step-{step:09d}-{_digest(temporary)}.safetensors"
            temporary.rename(file)
            if evaluated and self.kept is not None:
                self.kept.mkdir(mode=0o700, parents=True, exist_ok=True)
                kept_file(self.kept, step).unlink(missing_ok=True)
                kept_file(self.kept, step).hardlink_to(file)
        except (OSError, SafetensorError) as error:
            log.warning(
                "no snapshot of step %d in %s: %s; free some space there; a killed run continues from the one before",
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
        """The tensors and the state of the newest sound snapshot, or None. Damaged ones are renamed, with a warning."""
        if not self.active:
            return None
        for file in self._files():
            try:
                if _digest(file) != file.stem.rpartition("-")[2]:
                    raise SafetensorError("its contents have changed")
                return read_snapshot(file)
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


def kept_file(folder: Path, step: int) -> Path:
    """The snapshot of a step among those that stay."""
    return folder / f"step-{step:09d}.safetensors"


def read_snapshot(file: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the state. Raises SafetensorError or OSError if the file can't be read."""
    with safe_open(file, framework="pt") as stored:
        tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
        return tensors, json.loads(stored.metadata()[STATE])


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()[:16]
