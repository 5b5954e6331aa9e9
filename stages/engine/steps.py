"""The steps of a stage on an engine. Each writes a folder; a folder with a done-mark is not written again.

The folders are in DVC's cache directory, beside DVC's own: they can be as large as the data, and outlive a killed run.
Their name is a hash of the data, the parameters and the code, so a run goes on only with steps of its own kind. All
nodes of a cluster must see that directory. When the stage has written its outputs, its folders are deleted.
"""

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from stages.common.errors import StageError
from stages.common.files import read_json, sha256_of_file, usable_cache_folder, write_json

log = logging.getLogger(__name__)

_ENGINE_FOLDER = "wikitune-steps"
_CODE = Path(__file__).parents[1]  # stages/


class Steps:
    """The steps of one run, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __contains__(self, name: str) -> bool:
        return self._mark(name).exists()

    def path(self, name: str) -> Path:
        return self.folder / name

    def run(self, name: str, work: Callable[[Path], Mapping[str, Any] | None]) -> dict[str, Any]:
        """Lets `work` fill the folder of this name, unless it is full, and returns the facts that it gave."""
        if name not in self:
            log.info("step %s", name)
            shutil.rmtree(self.path(name), ignore_errors=True)
            self.path(name).mkdir(parents=True)
            facts = work(self.path(name))
            write_json(self._mark(name), dict(facts or {}))
        return self.facts(name)

    def facts(self, name: str) -> dict[str, Any]:
        """What the finished step gave."""
        facts: dict[str, Any] = read_json(self._mark(name))
        return facts

    def _mark(self, name: str) -> Path:
        return self.folder / f"{name}.done"  # beside the folder, in which there is nothing but Parquet files


@contextmanager
def kept_steps(stage: str, inputs: Sequence[Path], settings: str) -> Iterator[Steps]:
    """The steps of this stage for these inputs and settings, with those that an earlier run has left.

    They are deleted at the end, unless there was an error. So are those of other inputs that no process works on.
    """
    key = hashlib.sha256("\n".join([settings, _code_hash(), *map(sha256_of_file, inputs)]).encode()).hexdigest()[:16]
    root = _steps_folder() / stage
    root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(root / f"{key}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise StageError(
            f"another process runs {stage} on the same data, with steps in {root / key}; wait until it has ended"
        ) from None
    try:
        _remove_others(root, key)
        yield Steps(root / key)
        shutil.rmtree(root / key)
    finally:
        lock.release()


def _remove_others(root: Path, key: str) -> None:
    for folder in root.iterdir():
        if folder.is_dir() and folder.name != key:
            other = FileLock(root / f"{folder.name}.lock")
            try:
                with other.acquire(blocking=False):
                    shutil.rmtree(folder)
            except Timeout:
                continue  # in use


def _steps_folder() -> Path:
    """A folder in DVC's cache directory; without DVC, one in the user's cache directory."""
    if not Path(".dvc").is_dir():
        return usable_cache_folder(_ENGINE_FOLDER)
    from dvc.config import Config

    configured: str | None = Config.from_cwd()["cache"].get("dir")
    return Path(configured or ".dvc/cache").resolve() / _ENGINE_FOLDER


def _code_hash() -> str:
    """A hash of the code of all stages."""
    digest = hashlib.sha256()
    for path in sorted(_CODE.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def facts_text(facts: Mapping[str, Any]) -> str:
    """Settings as one text, for the name of a folder."""
    return json.dumps(facts, sort_keys=True, default=str)
