"""An invented run to report on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stages.reporting.evidence import Evidence, read_evidence
from stages.reporting.wording import Wording
from tests.stages.reporting.made_run import params, write_run

ROWS = 24

Change = Callable[[Path], None]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a finished run of 24 test rows."""
    write_run(tmp_path, ROWS)
    return tmp_path


@pytest.fixture
def load() -> Callable[[Path], Evidence]:
    """Reads a run's folder, with the default parameters."""
    return lambda folder: read_evidence(folder / "data", folder / "reports", params())


@pytest.fixture
def evidence(run: Path, load: Callable[[Path], Evidence]) -> Evidence:
    return load(run)


@pytest.fixture
def wording() -> Wording:
    return Wording("en")
