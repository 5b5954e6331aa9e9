"""Repositories of the Hugging Face Hub: one for the data set and one for each model, through the Hub's own client.

The client takes its token from its own login or from HF_TOKEN, and the address from HF_ENDPOINT.
"""

import re
from pathlib import Path

from stages.common.errors import StageError
from stages.common.hub import first_reason
from stages.common.records import ROLES
from tools.publish_layout import MODELS

PREFIX = "hf://"


def repository(target: str) -> str:
    """OWNER/NAME of `hf://OWNER/NAME`; raises StageError for anything else."""
    name = target.removeprefix(PREFIX)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise StageError(f"--to is {target!r}; a repository is named as {PREFIX}OWNER/NAME")
    return name


def upload(folder: Path, name: str, private: bool) -> list[str]:
    """Uploads what `lay_out` wrote into `folder`; returns the addresses of the repositories. Raises StageError."""
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
        # RuntimeError: the library that sends large files; ValueError: a name that cannot be one
        except (OSError, HTTPError, LocalTokenNotFoundError, RuntimeError, ValueError) as error:
            raise StageError(
                f"the {kind} {repo_id} cannot be written at {constants.ENDPOINT}: {first_reason(error)}\n"
                "  Log in with `hf auth login`, or set HF_TOKEN to a token that may write; what was uploaded stays"
            ) from error
    return addresses
