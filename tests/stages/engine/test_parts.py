"""Work on parts: each is done once, and its error is the stage's."""

from functools import partial
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.engine.parts import run_parts
from stages.engine.steps import Steps

pytest.importorskip("daft", reason="the extra `engine` is not installed")


def write_number(log: Path, number: int, folder: Path) -> dict[str, int]:
    with log.open("a") as file:
        file.write(f"{number}\n")
    (folder / "number").write_text(str(number))
    return {"number": number}


def fail_at(broken: int, log: Path, number: int, folder: Path) -> dict[str, int]:
    if number == broken:
        raise StageError(f"part {number} is broken")
    if number == broken + 1:
        (folder / "none").read_text()
    return write_number(log, number, folder)


def test_every_part_is_done_once(tmp_path: Path) -> None:
    """Guards against parts that are left out or come in another order, and work that a second run repeats."""
    log, steps, names = tmp_path / "log", Steps(tmp_path / "steps"), [f"{number}" for number in range(7)]
    with pytest.raises(StageError, match="engine daft: part 3 is broken"):
        run_parts("daft", "auto", steps, names, partial(fail_at, 3, log))
    assert sorted(log.read_text().split()) == ["0", "1", "2", "5", "6"]
    for _ in range(2):
        done = list(run_parts("daft", "auto", steps, names, partial(write_number, log)))
        assert [facts["number"] for _, facts in done] == [*range(7)]
        assert [(folder / "number").read_text() for folder, _ in done] == names
        assert sorted(log.read_text().split()) == names


def test_an_error_of_the_system_says_what_to_do(tmp_path: Path) -> None:
    """Guards against a traceback where a disk is full or a file is missing."""
    with pytest.raises(StageError, match=r"engine daft: .*/0/none: No such file or directory; correct that"):
        list(run_parts("daft", "auto", Steps(tmp_path), ["0"], partial(fail_at, -1, tmp_path / "log")))
