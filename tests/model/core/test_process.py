"""Settings that torch reads once, when it is imported."""

import os
import subprocess
import sys

import pytest

from model.core.process import prepare_process

# OpenMP itself prints the settings that it has read.
SPINS = """
from model.core.process import prepare_process
prepare_process()
import torch
"""


@pytest.mark.skipif(sys.platform != "linux", reason="torch has GNU's OpenMP on Linux")
def test_openmp_lets_threads_sleep() -> None:
    """Guards against a setting that is made too late, after torch has been imported: two trainings would then take each
    other's cores."""
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    shown = subprocess.run(
        [sys.executable, "-c", SPINS],
        env=environment | {"OMP_DISPLAY_ENV": "VERBOSE"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "GOMP_SPINCOUNT = '1000'" in shown.stderr


def test_what_the_environment_has_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    monkeypatch.setenv("THP_MEM_ALLOC_ENABLE", "0")
    prepare_process()
    assert (os.environ["GOMP_SPINCOUNT"], os.environ["THP_MEM_ALLOC_ENABLE"]) == ("7", "0")
