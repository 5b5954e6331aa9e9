"""API keys: they come from the environment, and reach no file, log or error."""

import os
from collections.abc import Sequence

from stages.common.errors import StageError

GEMINI_KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")  # the first that is set counts, as in Google's library
OPENAI_KEY = "OPENAI_API_KEY"
KEY_ENDINGS = ("KEY", "TOKEN")  # of the names of variables that hold keys
# A shorter value is not secret but a placeholder for servers that accept any key ("ollama", "EMPTY"), and may occur
# as a word in texts.
_SHORTEST = 8


def keys_in_environment() -> list[str]:
    """The keys that texts must not hold, longest first: a key that begins with another one is replaced as a whole."""
    keys = {value.strip() for name, value in os.environ.items() if name.endswith(KEY_ENDINGS)}
    return sorted((key for key in keys if len(key) >= _SHORTEST), key=len, reverse=True)


def scrub(text: str, keys: Sequence[str] | None = None) -> str:
    """The text with `[key]` in place of every key in the environment: servers repeat keys in their errors. `keys` are
    those, if the caller knows them already."""
    for key in keys_in_environment() if keys is None else keys:
        text = text.replace(key, "[key]")
    return text


def check_key(variable: str, key: str) -> None:
    """Raises StageError for a key that no HTTP header can hold: pasted with a line break, dots or quotes."""
    if not (key.isascii() and key.isprintable()):
        raise StageError(f"{variable} holds a character that no key has (not printable ASCII); set it anew")
