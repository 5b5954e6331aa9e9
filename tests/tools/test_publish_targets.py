"""The folder that a publication replaces, whole or not at all."""

from pathlib import Path

import pytest

from stages.common.errors import StageError
from tools.publish_targets import replace_folder


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    """Guards against half a publication in the place of a whole one."""
    replace_folder(tmp_path / "out", lambda folder: folder.joinpath("a").touch())

    def fail(folder: Path) -> None:
        (folder / "b").touch()
        raise StageError("no more")

    for _ in range(2):
        with pytest.raises(StageError, match="no more"):
            replace_folder(tmp_path / "out", fail)
        assert sorted(path.name for path in tmp_path.rglob("*")) == [".wikitune-published", "a", "out"]
        (tmp_path / "out").rename(
            tmp_path / ".out.wikitune-old"
        )  # as a run leaves it that was killed at the worst moment


def test_a_link_to_a_folder_is_somebody_elses_file(tmp_path: Path) -> None:
    """Guards against a link of the user's that goes with the folder: it is no folder of the publication."""
    (tmp_path / "thesis").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out/link").symlink_to(tmp_path / "thesis")
    with pytest.raises(StageError, match="holds 'link', which no publication wrote"):
        replace_folder(tmp_path / "out", lambda folder: None)
    assert (tmp_path / "out/link").is_symlink()
