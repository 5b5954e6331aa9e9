"""Text from pages, models and servers, made safe to print."""

import re

# What a terminal acts on or what hides text from a reader, such as "\x1b[2J" (clears the screen), "\u202e" (the rest
# of the line runs backwards), "\u2028" (a line end) and "\ud800" (half a surrogate pair, which cannot be printed).
# Line feeds, tabs and the joiners of Persian and of emoji stay.
_ACTIVE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """The text with every control character written as its escape: `\\x1b`, `\\u202e`."""
    return _ACTIVE.sub(lambda match: ascii(match[0])[1:-1], text)
