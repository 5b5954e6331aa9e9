"""Keys come from the environment, and what is written or shown never holds one."""

import os

KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY")
SHORTEST = 8  # characters; shorter values are placeholders such as "ollama", and words of a message may hold them


def scrub(text: str) -> str:
    """The text with `[key]` for the value of every key of the environment."""
    for name in KEYS:
        value = os.environ.get(name, "").strip()
        if len(value) >= SHORTEST:
            text = text.replace(value, "[key]")
    return text
