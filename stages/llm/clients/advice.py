"""Errors for the reader: what to set so that a server answers."""

import difflib
from collections.abc import Iterable

from stages.common.errors import StageError
from stages.llm.request import AttemptError

_MOST_NAMES = 8  # of models, in a message


def needs(error: AttemptError, key: str, address: str) -> StageError:
    """The error that stops a stage before its work; `key` and `address` are the environment variables that count."""
    advice = {
        "connection": f"Start the server, or correct endpoint in params.yaml or {address} in the environment",
        "timed_out": f"Start the server, or correct endpoint in params.yaml or {address} in the environment",
        "refused": f"Check {key} in the environment and model in params.yaml",
        "rate_limited": "Try again later; nothing was lost",
        "overloaded": "Try again when the server is ready; nothing was lost",
    }
    return StageError(f"{error}\n  {advice.get(error.reason, 'Check endpoint, model and the values beside them')}")


def unknown_model(endpoint: str, model: str, names: Iterable[str], hint: str = "") -> StageError:
    """Names what the server has, the most alike first."""
    sorted_names = sorted(names)
    alike = difflib.get_close_matches(model, sorted_names, n=_MOST_NAMES, cutoff=0.5)
    shown = [*alike, *(name for name in sorted_names if name not in alike)][:_MOST_NAMES]
    more = f" and {len(sorted_names) - len(shown)} more" if len(sorted_names) > len(shown) else ""
    has = f"it has {', '.join(shown)}{more}" if shown else "it has none"
    return StageError(f"{endpoint} has no model {model!r}; {has}\n  Set model in params.yaml to one of them{hint}")
