"""GPT-2's published weights: two files of the Hugging Face Hub, through its own client and cache.

HF_HOME moves the cache, HF_ENDPOINT names a mirror, and with HF_HUB_OFFLINE=1 only what is cached is used.
"""

from pathlib import Path

from stages.common.errors import StageError

OWNER = "openai-community"
FILES = ("config.json", "model.safetensors")
# The commits that the repositories' `main` stood at when this was written: the same weights on every day.
REVISIONS = {
    "gpt2": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
    "gpt2-medium": "6dcaa7a952f72f9298047fd5137cd6e4f05f41da",
    "gpt2-large": "32b71b12589c2f8d625668d2335a01cac3249519",
    "gpt2-xl": "15ea56dee5df4983c59b2538573817e1667135e2",
}


def download(model: str, revision: str = "default") -> Path:
    """The folder with the two files of a model (a key of REVISIONS); what the cache has isn't loaded again.

    `revision` is a commit, a branch or a tag; `default` is the commit above. Raises StageError.
    """
    from huggingface_hub import constants, hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError, HTTPError  # type: ignore[attr-defined] # an import of its own

    repository = f"{OWNER}/{model}"
    commit = REVISIONS[model] if revision == "default" else revision
    path = Path()
    for name in FILES:
        try:
            path = Path(hf_hub_download(repository, name, revision=commit))
        # RuntimeError: the library that fetches large files; ValueError: a revision that cannot be one
        except (OSError, HTTPError, EntryNotFoundError, RuntimeError, ValueError) as error:
            raise StageError(
                f"{name} of {repository} at {commit} cannot be had from {constants.ENDPOINT}: {first_reason(error)}\n"
                "  Files that are already there are read with base.source=path, without a network"
            ) from error
        commit = path.parent.name  # of the first file, so that a branch that moves meanwhile gives no second model
    return path.parent


def first_reason(error: BaseException) -> str:
    """The first line of the error that came first: the client wraps it into general advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]
