"""Reads a checkpoint for a stage, whose errors say what the user can do."""

from pathlib import Path
from typing import TYPE_CHECKING

from stages.common.errors import StageError

if TYPE_CHECKING:
    import tiktoken

    from model.core.gpt2 import GPT2


def read_checkpoint(folder: Path) -> "tuple[GPT2, tiktoken.Encoding]":
    """The model (on the CPU, in evaluation mode) and its encoding. Raises StageError if one is missing or damaged."""
    from model.core.checkpoint import load_checkpoint
    from model.core.checkpoint_files import CheckpointError

    try:
        return load_checkpoint(folder)
    except CheckpointError as error:
        raise StageError(
            f"{error}; run `dvc repro`: it restores every file that is not as its stage wrote it"
        ) from error
