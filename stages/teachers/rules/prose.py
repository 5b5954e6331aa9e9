"""A section's text to passages of plain prose, and a passage to sentences.

What a wiki leaves between the sentences (footnote marks, pronunciations, emptied brackets, lists, rows of tables)
must not reach an example.
"""

import re
from dataclasses import dataclass

from stages.english.wiki_text import (
    is_list_or_table,
    split_sentences,
    tidy_spaces,
    without_empty_brackets,
    without_footnotes,
)
from stages.english.words import MONTHS

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
# What says how a name sounds or is written elsewhere.
_SOUND_OR_SCRIPT = re.compile(r"\s?\([^()]*[\u0250-\u1fff\u3040-\u9fff\uac00-\ud7ff][^()]*\)")
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_SPELLED_OUT = {"c": "around", "ca": "around", "approx": "approximately", "Sept": "September"} | {
    month[:3]: month for month in MONTHS if month != "May"
}
_SHORTENED = re.compile(rf"\b({'|'.join(_SPELLED_OUT)})\. ?(?=\d)")


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
            if is_list_or_table(line):
                left_out += 1
            elif joined and line[0].islower():  # a wrapped line
                joined = blocks[-1] = f"{joined} {_tidy(line)}"
            else:
                joined = _tidy(line)
                blocks.append(joined)
    return [to_passage(block) for block in blocks], left_out


def to_passage(text: str) -> Passage:
    return Passage(text, tuple(split_sentences(text)))


def without_parentheses(text: str) -> str:
    """Removes bracketed insertions, nested ones too, and tidies the spaces around them."""
    while "(" in text or "[" in text:
        shorter = _PARENTHESES.sub("", text)
        if shorter == text:
            break  # one that is never closed
        text = shorter
    return tidy_spaces(text)


def _tidy(line: str) -> str:
    line = without_footnotes(line.translate(_QUOTES))
    if "(" in line:
        line = without_empty_brackets(_SOUND_OR_SCRIPT.sub("", line))
    line = _SHORTENED.sub(lambda match: _SPELLED_OUT[match[1]] + " ", line)
    return tidy_spaces(line)
