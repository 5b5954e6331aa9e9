"""Cleans text that comes from a wiki, and splits it into sentences.

Both the sources, which clean a page when they fetch it, and the rule-based teacher use these functions.
"""

import html
import re

from sentencex import segment

HOLE = "\ufffc"  # takes the place of a formula, or of a value that a template gave

# Soft hyphens, zero-width spaces, marks and overrides of the writing direction, and byte order marks.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Joiners are letters of Persian and Sinhala and hold emoji together; in Latin script they do nothing.
_IDLE_JOINER = re.compile("(?<![^\x00-\u024f])[\u200c\u200d]+(?![^\x00-\u024f])")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});|&(?:nbsp|amp|quot|[lg]t)(?!\w)")
# Sentences that speak of the page, as "This article needs sources."; not "This article of the constitution".
_ABOUT_THE_PAGE = re.compile(r"[\"'“]?(?:In |On |See )?(?i:this) (?:Wikipedia |wiki )?(?:page|article)\b(?! of\b)")

_ITEM = re.compile(r"[*•·=]|[-–#|](?:[-–#+}\s]|$)")
# These may also begin a sentence: "-40 degrees is cold.", "#MeToo is a movement.", "1. FC Köln is a club."
_LIKE_AN_ITEM = re.compile(r"[-–#]|\d{1,2}[.)]\s")
_BARS = re.compile(r"(?<!\w)\|{1,2}[^|\s](?:[^|]*[^|\s])?\|{1,2}(?!\w)|\([^()|]+\|[^()|]+\)")  # |x|, P(A|B)
_WHOLE_SENTENCE = re.compile(r"(?:\S+ +){3}.*[.!?…][\"'”’»)\]]*$")
_LETTER = r"[^\W\d_]"
# A lower-case letter, but neither "[t]hey", where a quotation was changed, nor the index in a[i] or list[i].
_LETTER_OF_A_NOTE = rf"(?-i:(?<!{_LETTER}\[)[a-z]|(?<={_LETTER}{{2}}\[)[a-h])(?=\](?!{_LETTER}))"
_NOTE = (
    rf"\[(?:\d{{1,3}}|{_LETTER_OF_A_NOTE}|(?:note|nb|n|fn) \d+|[a-z]+ (?:needed|required)|(?:who|when|where|which)\?)\]"
)
_FOOTNOTE = re.compile(rf"\s?{_NOTE}(?::\s?\d+(?:[-–]\d+)?)?", re.I)
# Brackets that refer to a footnote make no sense without it: "(see [12], p. 5)".
_POINTER = re.compile(
    rf"\s?\((?:see(?: also)?|cf\.|compare|after|from|e\.g\.|notes?|refs?\.?|sources?):?,?\s?{_NOTE}[^()]*\)",
    re.I,
)
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
# Brackets with nothing but marks and the labels of dates that are gone: "( ; )", "(born )", "(c. – )".
_EMPTY_BRACKETS = re.compile(r"\s?\((?:[\s,;:–-]|\b(?:born|died|circa)\b|\b(?:b|d|c|ca|fl|r|pop|est)\.)*\)")
_LEADING_MARKS = re.compile(r"\(\s*[,;]\s*")
# ".NET", ".45" and ":wq" are names, and "..." may be a separate word.
_SPACE_BEFORE_MARK = re.compile(r" (?!\.\.)([,.;:!?]+)(?=[\s\"'”’»)\]]|$)")
# A full stop after these never ends a sentence. sentencex knows most other abbreviations. It also takes the Burmese
# genitive sign for the end of a sentence. A match has at most 8 characters.
_NOT_AN_END = re.compile(r"\u104f$|(?:\b(?:vol|no|nos|pp?|ft|approx|incl|fl|lit|b|d|r)|^\d{1,2})\.$", re.I)


def clean_characters(text: str) -> str:
    """The text with characters in the place of HTML entities ("AT&amp;T"), and without characters that show nothing.

    The two joiners stay where they belong to a word or an emoji.
    """
    for _ in range(3 if "&" in text else 0):  # "&amp;amp;"
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    text = _INVISIBLE.sub("", text)
    return _IDLE_JOINER.sub("", text) if "\u200c" in text or "\u200d" in text else text


def is_about_the_page(sentence: str) -> bool:
    """Whether a sentence speaks of the page that it is on, not of the page's subject."""
    return _ABOUT_THE_PAGE.match(sentence) is not None


def is_list_or_table(line: str) -> bool:
    """Whether a line is a list item, a heading or a table row. The line has no white space around it."""
    if "\t" in line or _ITEM.match(line) or "|" in _BARS.sub("", line):
        return True
    return bool("|" in line or _LIKE_AN_ITEM.match(line)) and not _WHOLE_SENTENCE.match(line)


def without_footnotes(line: str) -> str:
    """Removes footnote marks ("[1]", "[citation needed]") and brackets that refer to one."""
    return _FOOTNOTE.sub("", _POINTER.sub("", line)) if "[" in line else line


def without_empty_brackets(line: str) -> str:
    """Removes brackets that are empty but for marks, and marks at the start of other brackets."""
    return _LEADING_MARKS.sub("(", _EMPTY_BRACKETS.sub("", line)) if "(" in line else line


def without_parentheses(text: str) -> str:
    """Removes bracketed insertions, nested ones too, and tidies the spaces around them."""
    while "(" in text or "[" in text:
        shorter = _PARENTHESES.sub("", text)
        if shorter == text:
            break  # the bracket is never closed
        text = shorter
    return tidy_spaces(text)


def tidy_spaces(text: str) -> str:
    """Single spaces between words, and none before punctuation."""
    return _SPACE_BEFORE_MARK.sub(r"\1", " ".join(text.split()))


def split_sentences(text: str, language: str = "en") -> list[str]:
    """The sentences of a paragraph. Joined by spaces they give the paragraph again, apart from its white space."""
    sentences: list[str] = []
    for piece in segment(language, text):
        piece = piece.strip()
        if sentences and (piece[:1].islower() or _NOT_AN_END.search(sentences[-1], max(0, len(sentences[-1]) - 8))):
            sentences[-1] += f" {piece}"
        elif piece:
            sentences.append(piece)
    return sentences
