"""Which steps a second run repeats, and whose folders it removes."""

from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

from stages.common.errors import StageError
from stages.engine.steps import Steps, kept_steps


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path / "cache"))
    Path("input").write_text("a")
    return tmp_path


def fill(folder: Path) -> dict[str, int]:
    (folder / "file").write_text("whole")
    return {"count": 3}


def stop(folder: Path) -> NoReturn:
    (folder / "half").write_text("half")
    raise StageError("killed")


def fail_once() -> None:
    with kept_steps("curate", [Path("input")], "") as steps:
        assert steps.run("first", fill) == {"count": 3}
        steps.run("second", stop)


def test_a_run_goes_on_after_the_last_whole_step() -> None:
    """Guards against hours that are repeated, and against the half of a step that is taken for the whole."""
    with pytest.raises(StageError, match="killed"):
        fail_once()
    with kept_steps("curate", [Path("input")], "") as steps:
        assert steps.run("first", stop) == {"count": 3}
        steps.run("second", fill)
        assert [path.name for path in steps.path("second").iterdir()] == ["file"]
    assert not steps.folder.exists()


@pytest.mark.parametrize(("content", "settings"), [("b", ""), ("a", "other")])
def test_other_data_or_settings_use_no_old_step(content: str, settings: str) -> None:
    """Guards against results of other data; the old steps are removed, since they can be as large as the data."""
    with pytest.raises(StageError, match="killed"):
        fail_once()
    Path("input").write_text(content)
    with kept_steps("curate", [Path("input")], settings) as steps:
        assert "first" not in steps
        folders = [path for path in steps.folder.parent.iterdir() if path.is_dir()]
        assert folders in ([], [steps.folder])
        steps.run("first", fill)


def test_steps_that_another_process_uses_are_left_alone(workspace: Path) -> None:
    """Guards against an experiment that deletes the files of another one, or writes into them."""
    with pytest.raises(StageError, match="killed"):
        fail_once()
    (used,) = (path for path in (workspace / "cache/wikitune-steps/curate").iterdir() if path.is_dir())
    with FileLock(used.with_suffix(".lock")):
        with pytest.raises(StageError, match="another process runs curate on the same data"):
            fail_once()
        Path("input").write_text("b")
        with kept_steps("curate", [Path("input")], "") as steps:
            steps.run("first", fill)
        assert (used / "first/file").exists()


def test_steps_are_in_the_cache_of_dvc(workspace: Path) -> None:
    """Guards against large files on another disk than the data's, where DVC was told to use one for its cache."""
    (workspace / ".dvc").mkdir()
    (workspace / ".dvc/config").write_text(f"[cache]\n    dir = {workspace}/shared\n")
    with kept_steps("curate", [Path("input")], "") as steps:
        steps.run("first", fill)
        assert steps.folder.parent == workspace / "shared/wikitune-steps/curate"


def test_a_step_gives_its_facts_again(tmp_path: Path) -> None:
    steps = Steps(tmp_path)
    assert steps.run("step", fill) == steps.run("step", stop) == {"count": 3}
