"""What ties a card to the files that it describes."""

import hashlib
from pathlib import Path

from stages.common.files import readable


def sha256(path: Path) -> str:
    """64 hex digits; raises StageError where the file can't be read."""
    with readable(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # typeshed wants readinto
