"""What a wiki leaves between the sentences of a text, and where those sentences end.

The words are the same whether a page is cleaned as it comes from a wiki or read by a teacher.
"""

import re

from sentencex import segment

_LIST_LINE = re.compile(r"[-–*•·#=|]|\d{1,2}[.)] ")
_TABLE_ROW = re.compile(r"\t|\|")
_FOOTNOTE = re.compile(
    r"\s?\[(?:\d{1,3}|[a-z]|(?:note|nb|n|fn) \d+|[a-z]+ (?:needed|required)|(?:who|when|where|which)\?)\]"
    r"(?::\s?\d+(?:[-–]\d+)?)?",
    re.I,
)
_EMPTY_BRACKETS = re.compile(r"\s?\([\s,;:–-]*\)")
_LEADING_MARKS = re.compile(r"\(\s*[,;]\s*")
_SPACE_BEFORE_MARK = re.compile(r" ([,.;:!?])")
# Full stops after these end no sentence, whatever follows; sentencex knows most of the others.
_GOES_ON = re.compile(r"\b(?:vol|no|nos|pp?|ft|approx|incl|fl|lit|b|d|r)\.$", re.I)


def is_list_or_table(line: str) -> bool:
    """Whether a line without space around it is an item of a list, a heading's mark or a row of a table."""
    return bool(_LIST_LINE.match(line) or _TABLE_ROW.search(line))


def without_footnotes(line: str) -> str:
    return _FOOTNOTE.sub("", line) if "[" in line else line


def without_empty_brackets(line: str) -> str:
    """Removes brackets that something was taken out of, and the marks that it leaves at the start of others."""
    return _LEADING_MARKS.sub("(", _EMPTY_BRACKETS.sub("", line)) if "(" in line else line


def tidy_spaces(text: str) -> str:
    return _SPACE_BEFORE_MARK.sub(r"\1", " ".join(text.split()))


def sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a paragraph; joined by spaces they are the paragraph, apart from its spaces."""
    found: list[str] = []
    for piece in segment(language, text):
        piece = piece.strip()
        if found and (_GOES_ON.search(found[-1]) or piece[:1].islower()):
            found[-1] += f" {piece}"
        elif piece:
            found.append(piece)
    return found
