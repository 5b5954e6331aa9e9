from pathlib import Path

import pytest

from stages.common.checkpoints import read_checkpoint
from stages.common.errors import StageError


def test_a_missing_checkpoint_says_what_to_do(tmp_path: Path) -> None:
    """Guards against the model package's own error, which run_stage would show as a traceback."""
    with pytest.raises(StageError, match=f"{tmp_path}.*; run `dvc repro`: it restores every file that is not as its"):
        read_checkpoint(tmp_path)
