"""Checkpoints that answer one question, for all tests of asking."""

from pathlib import Path

import pytest

from tests.model.asking.reciter import FULL, QUESTION, SMALL, write_reciter


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `full`, `small`, and `endless`, which never stops."""
    folder = tmp_path_factory.mktemp("checkpoints")
    write_reciter(folder / "full", QUESTION, FULL)
    write_reciter(folder / "small", QUESTION, SMALL, n_positions=96)
    write_reciter(folder / "endless", QUESTION, "Again", n_positions=8192, ends=False)
    return folder
