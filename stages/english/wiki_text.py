"""What a wiki leaves between the sentences of a text, and where those sentences end.

The words are the same whether a page is cleaned as it comes from a wiki or read by a teacher.
"""

import re

from sentencex import segment

_ITEM = re.compile(r"[*•·=]|[-–#|](?:[-–#+}\s]|$)")
# What also begins a sentence: "-40 degrees is cold.", "#MeToo is a movement.", "1. FC Köln is a club."
_LIKE_AN_ITEM = re.compile(r"[-–#]|\d{1,2}[.)]\s")
_BARS = re.compile(r"(?<!\w)\|{1,2}[^|\s](?:[^|]*[^|\s])?\|{1,2}(?!\w)|\([^()|]+\|[^()|]+\)")  # |x|, P(A|B)
_WHOLE_SENTENCE = re.compile(r"(?:\S+ +){3}.*[.!?…][\"'”’»)\]]*$")
_LETTER = r"[^\W\d_]"
# A small letter, but neither "[t]hey", which a quotation changed, nor the index of a[i] or list[i].
_LETTER_OF_A_NOTE = rf"(?-i:(?<!{_LETTER}\[)[a-z]|(?<={_LETTER}{{2}}\[)[a-h])(?=\](?!{_LETTER}))"
_NOTE = (
    rf"\[(?:\d{{1,3}}|{_LETTER_OF_A_NOTE}|(?:note|nb|n|fn) \d+|[a-z]+ (?:needed|required)|(?:who|when|where|which)\?)\]"
)
_FOOTNOTE = re.compile(rf"\s?{_NOTE}(?::\s?\d+(?:[-–]\d+)?)?", re.I)
# Brackets that lead to a footnote say nothing without it: "(see [12], p. 5)".
_POINTER = re.compile(
    rf"\s?\((?:see(?: also)?|cf\.|compare|after|from|e\.g\.|notes?|refs?\.?|sources?):?,?\s?{_NOTE}[^()]*\)",
    re.I,
)
_EMPTY_BRACKETS = re.compile(r"\s?\([\s,;:–-]*\)")
_LEADING_MARKS = re.compile(r"\(\s*[,;]\s*")
# ".NET", ".45" and ":wq" are names, and "..." may stand alone.
_SPACE_BEFORE_MARK = re.compile(r" (?!\.\.)([,.;:!?]+)(?=[\s\"'”’»)\]]|$)")
# Full stops after these end no sentence, whatever follows; sentencex knows most of the others.
_GOES_ON = re.compile(r"(?:\b(?:vol|no|nos|pp?|ft|approx|incl|fl|lit|b|d|r)|^\d{1,2})\.$", re.I)


def is_list_or_table(line: str) -> bool:
    """Whether a line without space around it is an item of a list, a heading's mark or a row of a table."""
    if "\t" in line or _ITEM.match(line) or "|" in _BARS.sub("", line):
        return True
    return bool("|" in line or _LIKE_AN_ITEM.match(line)) and not _WHOLE_SENTENCE.match(line)


def without_footnotes(line: str) -> str:
    return _FOOTNOTE.sub("", _POINTER.sub("", line)) if "[" in line else line


def without_empty_brackets(line: str) -> str:
    """Removes brackets that something was taken out of, and the marks that it leaves at the start of others."""
    return _LEADING_MARKS.sub("(", _EMPTY_BRACKETS.sub("", line)) if "(" in line else line


def tidy_spaces(text: str) -> str:
    return _SPACE_BEFORE_MARK.sub(r"\1", " ".join(text.split()))


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a paragraph. Joined by spaces they give the paragraph again, apart from its white space."""
    sentences: list[str] = []
    for piece in segment(language, text):
        piece = piece.strip()
        if sentences and (_GOES_ON.search(sentences[-1]) or piece[:1].islower()):
            sentences[-1] += f" {piece}"
        elif piece:
            sentences.append(piece)
    return sentences
