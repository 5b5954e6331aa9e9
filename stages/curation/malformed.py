"""Broken texts: no instruction, no answer, or characters that are not text."""

import re

from stages.common.records import Example

# Control characters (except tab and line ends), the replacement character for undecodable bytes, private-use characters
# and the two noncharacters at the end of the basic plane.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ufffe\uffff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")


def malformed(example: Example) -> str | None:
    """An empty instruction or output, characters that are not text, or text that was encoded twice."""
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        if field != "input" and not _INVISIBLE.sub("", text):
            return f"{field} is empty"
        if found := _NO_TEXT.search(text):
            return f"{field} holds the control character {found[0]!r}"
        if run := next(filter(_twice_encoded, _BEYOND_ASCII.findall(text)), None):
            return f"{field} holds {run!r}, which is UTF-8 read as another encoding"
    return None


def _twice_encoded(run: str) -> bool:
    """Whether non-ASCII characters, written as Windows-1252, are valid UTF-8. Other text hardly ever is."""
    try:
        run.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True
