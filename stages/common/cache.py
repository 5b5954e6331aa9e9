"""Where state lives that outlasts a stage: DVC deletes a stage's outputs before it runs."""

import os
from pathlib import Path


def cache_folder(name: str) -> Path:
    """A folder of that name in the user's cache directory, or in the one that WIKITUNE_CACHE names."""
    from platformdirs import user_cache_path

    chosen = os.environ.get("WIKITUNE_CACHE")
    return (Path(chosen) if chosen else user_cache_path("wikitune")) / name
