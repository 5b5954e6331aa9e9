"""The parameters of an experiment before it runs: params.yaml, profiles and changes, put together by DVC's own code."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stages.common.errors import StageError
from stages.common.files import read_text
from stages.common.params import PARAMS, read_sections


def read_profile(path: Path) -> list[str]:
    """The changes of a profile, `key=value` each. Raises StageError for what `dvc exp run $(cat PROFILE)` can't take:
    the shell parts words at spaces, and knows neither quotes nor comments there."""
    changes = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        words = line.split()
        if len(words) != 2 or words[0] != "-S" or "=" not in words[1]:
            raise StageError(f"{path}:{number}: {line!r} is no change; a line is -S key=value, without any space in it")
        changes.append(words[1])
    return changes


def changed_sections(changes: Sequence[str]) -> dict[str, Any]:
    """All of params.yaml with the changes, of which a later one of the same key counts; unchecked.

    Raises StageError for a key that isn't there, and for what DVC can't read.
    """
    read_text(PARAMS)  # names it where it is missing
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copy(PARAMS, folder))
        _apply(changes, copy)
        return read_sections(copy)


def _apply(changes: Sequence[str], path: Path) -> None:
    from dvc.exceptions import InvalidArgumentError
    from dvc.utils.hydra import apply_overrides

    try:
        apply_overrides(path, list(changes))
    except InvalidArgumentError as error:
        for change in changes if len(changes) > 1 else ():
            _apply([change], path)  # finds the one
        reason = str(error.__cause__ or error).splitlines()[0].rstrip(".")
        raise StageError(
            f"{' '.join(changes)}: {reason}; the keys are those of {PARAMS}, with their section"
        ) from error
