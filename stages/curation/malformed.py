"""Broken texts: no instruction, no answer, or characters that are not text."""

import re

from stages.common.records import Example

# Control characters (except tab and line ends), the replacement character for undecodable bytes, private-use characters
# and the two noncharacters at the end of the basic plane.
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd\ue000-\uf8ff\ufffe\uffff]")
# Characters that cannot be seen and change how a text reads: they reverse its direction (U+202E), annotate it, or
# hide a message in it (tags, except in the flags of England, Scotland and Wales). Between Latin letters, those that
# join and part words have no meaning either. They have one in Persian, Thai and emoji, as direction marks have in
# Hebrew.
_HIDDEN = re.compile(
    r"[\u202a-\u202e\u2066-\u206f\ufff9-\ufffb]|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0001-\U000e007f]"
    r"|(?<=[A-Za-z])[\u200b-\u200f\u2060-\u2064\ufeff](?=[A-Za-z])"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]{2,}")
# "É”" is also the UTF-8 of "ɔ" read as Windows-1252, but people do write “CAFÉ”. So one letter with these marks
# counts only where no writer would put the marks: see _is_typography.
_ONE_LETTER = re.compile(
    r"(?P<before>.?)(?P<letter>[\u00c0-\u00ff])(?P<marks>[’‘“”…–—•›»·\u00a0™®°]{1,3})(?P<after>.?)",  # noqa: RUF001
    re.S,
)
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*")


def malformed(example: Example) -> str | None:
    """An empty instruction or output, characters that are not text, or text that was encoded twice."""
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        if field != "input" and _INVISIBLE.fullmatch(text):
            return f"{field} is empty"
        if found := _NO_TEXT.search(text):
            return f"{field} holds the control character {found[0]!r}"
        if text.isascii():
            continue
        if found := _HIDDEN.search(text):
            return f"{field} holds the invisible character {found[0]!r}"
        for run in _BEYOND_ASCII.finditer(text):
            if _twice_encoded(run[0]) and not _is_typography(text[max(0, run.start() - 1) : run.end() + 1]):
                return f"{field} holds {run[0]!r}, which is UTF-8 read as another encoding"
    return None


def _twice_encoded(run: str) -> bool:
    """Whether non-ASCII characters, written as Windows-1252, are valid UTF-8. Other text hardly ever is."""
    try:
        run.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return False
    return True


def _is_typography(run: str) -> bool:
    """Whether a run (with one character before and after it) is an accented letter and a quote, dash or ellipsis, such
    as “É”” in “CAFÉ”. The letter then ends a word: it is a small one, or one in a word of capitals."""
    found = _ONE_LETTER.fullmatch(run)
    if found is None:
        return False
    before, letter, marks, after = found.groups()
    if letter in "ÂÃ":  # the first byte of most accented letters, so that "Ã…" is more likely an "Å"
        return before.isupper() and not after.isalpha()
    if marks[-1] in "“‘" and after.isalpha() and before.isalpha():
        return False  # no quote opens within a word
    if letter.islower():
        return True
    return (not before.islower() and not after.islower()) or (marks in {"’", "–", "—"} and before.isupper())
