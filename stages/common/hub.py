"""Downloads GPT-2's published weights from the Hugging Face Hub with its own client, into its own cache.

HF_HOME moves the cache, HF_ENDPOINT names a mirror, and with HF_HUB_OFFLINE=1 only cached files are used.
"""

import errno
from pathlib import Path

from stages.common.errors import StageError

OWNER = "openai-community"
# Errors of a cache folder that can't be written.
_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
FILES = ("config.json", "model.safetensors")
# Pinned commits, so that everyone gets the same weights. Each was its repository's `main` when it was pinned.
REVISIONS = {
    "gpt2": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
    "gpt2-medium": "6dcaa7a952f72f9298047fd5137cd6e4f05f41da",
    "gpt2-large": "32b71b12589c2f8d625668d2335a01cac3249519",
    "gpt2-xl": "15ea56dee5df4983c59b2538573817e1667135e2",
}


def download_model(model: str, revision: str = "default") -> Path:
    """The folder with the two files of a model (a key of REVISIONS). Cached files aren't downloaded again.

    `revision` is a commit, a branch or a tag; `default` is the pinned commit. Raises StageError if a file cannot be
    downloaded.
    """
    from huggingface_hub import constants, hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HTTPError  # type: ignore[attr-defined] # imports it

    repository = f"{OWNER}/{model}"
    commit = choose_revision(model, revision)
    path = Path()
    for name in FILES:
        try:
            path = Path(hf_hub_download(repository, name, revision=commit))
        # RuntimeError comes from the library that downloads large files, ValueError from an invalid revision.
        except (OSError, HTTPError, EntryNotFoundError, RuntimeError, ValueError) as error:
            advice = "To use files that you already have, set base.source=path; that needs no network"
            if isinstance(error, OSError) and error.errno in _PLACE:
                advice = f"Its cache is {constants.HF_HUB_CACHE}: set HF_HOME to a folder that you may write"
            raise StageError(
                f"{name} of {repository} at {commit} cannot be downloaded from {constants.ENDPOINT}: "
                f"{first_reason(error)}\n  {advice}"
            ) from error
        commit = path.parent.name  # The next file must be of the same commit, even if the branch moves meanwhile.
    return path.parent


def choose_revision(model: str, revision: str) -> str:
    """The pinned commit of a model (a key of REVISIONS) if `revision` is `default`, otherwise `revision` itself."""
    return REVISIONS[model] if revision == "default" else revision


def first_reason(error: BaseException) -> str:
    """The first line of the original error, which the Hub's client wraps into general advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]
