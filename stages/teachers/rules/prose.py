"""A section's text to passages of plain prose, and a passage to sentences.

What a wiki leaves between the sentences (footnote marks, pronunciations, emptied brackets, lists, rows of tables)
must not reach an example.
"""

import re
from dataclasses import dataclass

from sentencex import segment

from stages.teachers.rules.figures import MONTHS

_LIST_LINE = re.compile(r"[-–*•·#=|]|\d{1,2}[.)] ")
_TABLE_ROW = re.compile(r"\t|\|")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_FOOTNOTE = re.compile(
    r"\s?\[(?:\d{1,3}|[a-z]|(?:note|nb|n|fn) \d+|[a-z]+ (?:needed|required)|(?:who|when|where|which)\?)\]"
    r"(?::\s?\d+(?:[-–]\d+)?)?",
    re.I,
)
# What says how a name sounds or is written elsewhere, and brackets that something was taken out of.
_SOUND_OR_SCRIPT = re.compile(r"\s?\([^()]*[\u0250-\u1fff\u3040-\u9fff\uac00-\ud7ff][^()]*\)|\s?\([\s,;:–-]*\)")
_LEADING_MARKS = re.compile(r"\(\s*[,;]\s*")
_SPACE_BEFORE_MARK = re.compile(r" ([,.;:!?])")
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_SPELLED_OUT = {"c": "around", "ca": "around", "approx": "approximately", "Sept": "September"} | {
    month[:3]: month for month in MONTHS if month != "May"
}
_SHORTENED = re.compile(rf"\b({'|'.join(_SPELLED_OUT)})\. ?(?=\d)")
# Full stops after these end no sentence, whatever follows; sentencex knows most of the others.
_GOES_ON = re.compile(r"\b(?:vol|no|nos|pp?|ft|approx|incl|fl|lit|b|d|r)\.$", re.I)


@dataclass(frozen=True)
class Passage:
    """A paragraph of prose, and its sentences as they stand in it."""

    text: str
    sentences: tuple[str, ...]


def passages(text: str) -> tuple[list[Passage], int]:
    """The paragraphs of a section, and how many lines of lists and tables were left out."""
    blocks: list[str] = []
    left_out = 0
    for paragraph in text.split("\n\n"):
        joined = ""
        for line in filter(None, map(str.strip, paragraph.split("\n"))):
            if _LIST_LINE.match(line) or _TABLE_ROW.search(line):
                left_out += 1
            elif joined and line[0].islower():  # a wrapped line
                joined = blocks[-1] = f"{joined} {_tidy(line)}"
            else:
                joined = _tidy(line)
                blocks.append(joined)
    return [to_passage(block) for block in blocks], left_out


def to_passage(text: str) -> Passage:
    sentences: list[str] = []
    for piece in segment("en", text):
        piece = piece.strip()
        if sentences and (_GOES_ON.search(sentences[-1]) or piece[:1].islower()):
            sentences[-1] += f" {piece}"
        elif piece:
            sentences.append(piece)
    return Passage(text, tuple(sentences))


def without_parentheses(text: str) -> str:
    """Removes bracketed insertions, nested ones too, and tidies the spaces around them."""
    while "(" in text or "[" in text:
        shorter = _PARENTHESES.sub("", text)
        if shorter == text:
            break  # one that is never closed
        text = shorter
    return _tidy_spaces(text)


def _tidy(line: str) -> str:
    line = line.translate(_QUOTES)
    if "[" in line:
        line = _FOOTNOTE.sub("", line)
    if "(" in line:
        line = _LEADING_MARKS.sub("(", _SOUND_OR_SCRIPT.sub("", line))
    line = _SHORTENED.sub(lambda match: _SPELLED_OUT[match[1]] + " ", line)
    return _tidy_spaces(line)


def _tidy_spaces(text: str) -> str:
    return _SPACE_BEFORE_MARK.sub(r"\1", " ".join(text.split()))
