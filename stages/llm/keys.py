"""Keys stay in the environment: whatever a server or an exception says is scrubbed before anyone reads it."""

import os

VARIABLES = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY")
# A shorter value is no secret but a word for servers that want any key ("ollama", "EMPTY"), which texts may hold.
SHORTEST = 8


def scrub(text: str) -> str:
    """The text with `[key]` in the place of each key of the environment: servers echo keys in their errors."""
    keys = {os.environ.get(name, "").strip() for name in VARIABLES}
    for key in sorted(keys, key=len, reverse=True):  # a key that begins with another goes as a whole
        if len(key) >= SHORTEST:
            text = text.replace(key, "[key]")
    return text
