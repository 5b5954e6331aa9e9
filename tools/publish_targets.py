"""A folder that appears whole or not at all, and that takes nobody else's place."""

import shutil
from collections.abc import Callable
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_text, write_text

LISTED = ".wikitune-published"  # the files that were published into the folder, a path a line


def publish_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """`fill` writes into an empty folder beside `target`, which then takes its place. Raises StageError where
    `target` is no folder, or holds a file that an earlier publication didn't write;
    OSError where the disk takes no more."""
    place = target.resolve()
    new, old = (place.with_name(f".{place.name}.wikitune-{state}") for state in ("new", "old"))
    if old.exists() and not place.exists():  # a run was killed between the two renames below
        old.rename(place)
    check_replaceable(target)
    for left in (new, old):  # by a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    try:
        new.mkdir(parents=True)
        fill(new)
        write_text(new / LISTED, "".join(f"{path}\n" for path in sorted(files_below(new))))
        if place.exists():
            place.rename(old)
        new.rename(place)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def check_replaceable(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise StageError(f"{target} is a file; --to names a folder, or hf://OWNER/NAME")
    ours = set(read_text(target / LISTED).splitlines()) | {LISTED} if (target / LISTED).exists() else set()
    foreign = sorted(files_below(target) - ours)
    if foreign:
        raise StageError(
            f"{target} holds {foreign[0]!r}, which no publication wrote; choose another folder, or empty this one"
        )


def files_below(folder: Path) -> set[str]:
    """The paths of all that is no folder, relative to `folder`."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
