"""A function on Daft in a process of its own, and what the stage says when that fails."""

import os
import signal
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.engine.apart import check_engine, run_on_engine


def refuse() -> None:
    raise StageError("no room")


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def read_nothing(path: str) -> None:
    Path(path).read_bytes()


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a traceback where somebody chose an engine that isn't installed."""
    monkeypatch.setattr("stages.engine.apart.find_spec", lambda package: None)
    check_engine("local")
    with pytest.raises(StageError, match=r"engine daft needs the package daft; run `pip .*'\.\[engine\]'`"):
        check_engine("daft")
    with pytest.raises(StageError, match=r"engine ray needs the package daft; run `pip .*'\.\[ray\]'`"):
        check_engine("ray")


def test_an_error_of_the_process_is_one_of_the_stage() -> None:
    """Guards against a stage that goes on after its engine has failed, and against a message that is lost."""
    pytest.importorskip("daft", reason="the extra `engine` is not installed")
    with pytest.raises(StageError, match="engine daft: no room"):
        run_on_engine("daft", "auto", refuse)
    with pytest.raises(StageError, match="engine daft: it ended with status -9; killed for memory"):
        run_on_engine("daft", "auto", kill_itself)
    with pytest.raises(StageError, match="engine daft: /none: No such file or directory; correct that"):
        run_on_engine("daft", "auto", read_nothing, "/none")
