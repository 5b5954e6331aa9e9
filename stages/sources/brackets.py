"""Round brackets after a name: pronunciations go, and so do the marks and labels around what the wiki took out."""

import re

_BRACKETS = re.compile(r"\(([^()]*)\)")
_LISTEN = re.compile(r"\s*\(\s*(?:listen|audio|info|help|help ?[·•/] ?info|pronunciation)\s*\)", re.I)
_PHONETIC = "\u0250-\u02af\u02c8\u02cc\u02d0\u0303\u0329\u032f"
# Between slashes or square brackets, or with a mark of stress.
_SOUND = re.compile(rf"/[^/()]*[{_PHONETIC}][^/()]*/|\[[^\[\]]*[{_PHONETIC}][^\[\]]*\]|\S*[\u02c8\u02cc]\S*")
_EMPTIED = re.compile(r"\s|.*\s$|[,;]|.*(?:[,;:]\s*[,;]|[,;:]\s*$)")
_RESPELLED = re.compile(r"(?=.*\b[A-Z]{2,}\b)(?=.*[a-zə])[A-Za-zə']+(?:-[A-Za-zə']+)+")
# What is left of a part when the sound is gone.
_LABEL = re.compile(
    r"(?:UK|US|locally|also|or|listen|IPA|pronounced|(?:[A-Z][\w-]+ )?pronunciation|(?:UK|US) also)?:?"
    r"|[A-Z][\w ()-]{0,40}:"
)


def tidy_brackets(text: str) -> str:
    return _BRACKETS.sub(_tidy, _LISTEN.sub("", text)) if "(" in text else text


def _tidy(brackets: re.Match[str]) -> str:
    inner = brackets[1]
    if not _SOUND.search(inner) and not _EMPTIED.match(inner):
        return brackets[0]
    kept = "; ".join(filter(None, map(_part, inner.split(";"))))
    return f"({kept})" if kept else ""


def _part(part: str) -> str:
    """What stands between two semicolons, without sounds, and without labels that nothing follows."""
    pieces = [" ".join(_SOUND.sub("", piece).split()) for piece in part.split(",")]
    return ", ".join(piece for piece in pieces if not _LABEL.fullmatch(piece) and not _RESPELLED.fullmatch(piece))
