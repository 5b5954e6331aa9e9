"""The report that the tests of its page look at."""

from pathlib import Path

from stages.reporting.evidence import Evidence, read_evidence
from tests.stages.reporting.made_run import params

ROWS = 120


def load(folder: Path) -> Evidence:
    return read_evidence(folder / "data", folder / "reports", params())
