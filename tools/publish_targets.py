"""Where `wikitune publish` writes: a folder, which appears whole or not at all, or repositories of the Hub.

For the Hub, its own client takes the token from its login or from HF_TOKEN, and the address from HF_ENDPOINT.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

from stages.common.errors import StageError, name_in_errors
from stages.common.files import read_text, write_text
from stages.common.hub import first_reason
from stages.common.records import ROLES

MODELS = "models"  # the folder with the models
LISTED = ".wikitune-published"  # lists the published files of the folder that it is in, a path per line
HUB_PREFIX = "hf://"


def replace_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Has `fill` write into an empty folder beside `target`, which then replaces `target`.

    Raises StageError if `target` is not a folder, or holds a file that no earlier publication wrote, and OSError if the
    disk is full or may not be written.
    """
    place = target.resolve()
    new, old = (place.with_name(f".{place.name}.wikitune-{state}") for state in ("new", "old"))
    if old.exists() and not place.exists():  # a run was killed between the two renames below
        old.rename(place)
    check_replaceable(target)
    for left_over in (new, old):  # of a run that was killed
        shutil.rmtree(left_over, ignore_errors=True)
    try:
        with name_in_errors(target):
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
    """Raises StageError if `target` is not a folder, or holds a file that no earlier publication wrote."""
    if not target.exists():
        return
    if not target.is_dir():
        raise StageError(f"{target} is a file; --to names a folder, or hf://OWNER/NAME")
    published = set(read_text(target / LISTED).splitlines()) | {LISTED} if (target / LISTED).exists() else set()
    foreign = sorted(files_below(target) - published)
    if foreign:
        raise StageError(
            f"{target} holds {foreign[0]!r}, which no publication wrote; choose another folder, or empty this one"
        )


def files_below(folder: Path) -> set[str]:
    """The paths of everything that is not a folder, relative to `folder`."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}


def parse_repository(target: str) -> str:
    """OWNER/NAME of `hf://OWNER/NAME`. Raises StageError for anything else."""
    name = target.removeprefix(HUB_PREFIX)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise StageError(f"--to is {target!r}; a repository is named as {HUB_PREFIX}OWNER/NAME")
    return name


def upload_to_hub(folder: Path, name: str, private: bool) -> list[str]:
    """Uploads the folder: the data set to the data set repository `name`, each model to the repository `name`-ROLE.

    Returns the addresses of the repositories. Raises StageError if one can't be written.
    """
    from huggingface_hub import HfApi, constants
    from huggingface_hub.errors import HTTPError, LocalTokenNotFoundError  # type: ignore[attr-defined]

    api = HfApi(library_name="wikitune")
    addresses = []
    parts = [(name, "dataset", folder)] + [(f"{name}-{role}", "model", folder / MODELS / role) for role in ROLES]
    for repo_id, kind, content in parts:
        try:
            addresses.append(str(api.create_repo(repo_id, repo_type=kind, private=private or None, exist_ok=True)))
            api.upload_folder(
                repo_id=repo_id,
                repo_type=kind,
                folder_path=content,
                ignore_patterns=[f"{MODELS}/*"],
                commit_message="Publish with wikitune",
            )
        # RuntimeError: the library that sends large files; ValueError: an invalid name
        except (OSError, HTTPError, LocalTokenNotFoundError, RuntimeError, ValueError) as error:
            raise StageError(
                f"the {kind} {repo_id} cannot be written at {constants.ENDPOINT}: {first_reason(error)}\n"
                "  Log in with `hf auth login`, or set HF_TOKEN to a token that may write; what was uploaded stays"
            ) from error
    return addresses
