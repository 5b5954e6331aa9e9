"""Names inside a sentence: runs of words with capitals that are whole, not pieces of longer names."""

import re
from collections.abc import Iterator

from stages.english.inflection import lemmas_of

_RUN = re.compile(
    r"(?<=[a-z,] )(?>[A-Z][a-z]+(?: [A-Z][a-z]+)*)"
    r"(?=,(?! [A-Z])|\.$| (?!(?:of|and|de|von|van|du|the) |[A-Z\d]))"
)
_NAME_BEFORE = re.compile(
    r"(?:[A-Z][\w'-]*,?(?: (?:and|of|of the|de|da|do|du|la|van|von))?|[A-Z]\w*'s|"
    r"\b(?:de|da|do|du|la|van|von|no|number)) $"
)
LOOK_BACK = 30  # characters, enough for a long word and "of the"


def names_in(text: str) -> Iterator[re.Match[str]]:
    """Names after the first word. "Night Thought" in "Quiet Night Thought is a poem" is a piece, and left out."""
    for match in _RUN.finditer(text):
        if not _NAME_BEFORE.search(text[max(0, match.start() - LOOK_BACK) : match.start()]):
            yield match


def long_names(text: str) -> Iterator[str]:
    """Names of several words, with the article that they have: "the United States"."""
    for match in names_in(text):
        before = text[: match.start()].split()[-2:]
        if " " not in match[0] or (before[0] == "the" and lemmas_of(before[-1]).keys() == {"ADJ"}):
            continue  # "the geographic North Pole"
        yield f"the {match[0]}" if before[-1] == "the" else match[0]
