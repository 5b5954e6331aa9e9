"""Turns the plain text of a wiki's page into sections of prose.

In place of a formula, a table, a list or a pronunciation, the plain text has a hole or remains, which must never reach
a teacher. If they can't be mended, the sentence is left out. Everything that is left out is counted.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from stages.common.records import Section, fold_empty_sections
from stages.english.holes import mark_holes, reason_to_leave_out
from stages.english.wiki_text import (
    HOLE,
    clean_characters,
    is_list_or_table,
    split_sentences,
    tidy_spaces,
    without_empty_brackets,
    without_footnotes,
)
from stages.sources.formulas import cut_formulas

_HEADING = re.compile(r"(={1,6})\s*(.*?)\s*=*")
_EDIT_MARK = re.compile(r"\s*\[edit\]", re.I)
# Coordinates in degrees, which the wiki repeats in two more notations.
_COORDINATES = re.compile(
    r"(\d[\d°′″. ]*[NS] ?\d[\d°′″. ]*[EW]) ?/ ?-?[\d.]+°[NS] ?-?[\d.]+°[EW](?: ?/ ?-?[\d.]+; ?-?[\d.]+)?"
)
# Lines about the article itself, and lines that refer to another article.
_NOTICE = re.compile(
    r"(?:Main (?:article|page)s?|See also|Further (?:information|reading)|Coordinates|File|Image|Media|Category): "
    r"|Further information on |For (?:other uses|[^.]{1,80}), see |Not to be confused with |.{1,80} redirects here\."
    r"|This (?:article|section|page|list) (?:is about|is empty|is missing|is a stub|needs|may need|may contain"
    r"|may be too|does not cite|has multiple issues|relies|possibly contains|contains too many)\b"
    r"|You can help |Please (?:help|improve) "
)
# A pronunciation in IPA that is not in round brackets, and so a part of the sentence.
_PRONOUNCED = re.compile(
    r"\[[^\]]*[\u0250-\u02af\u02c8\u02cc\u02d0][^\]]*\]|/[^/ ][^/]*[\u0250-\u02af\u02c8\u02cc][^/]*/"
)
# Full stops of Armenian, Urdu, Arabic (question mark), Hindi, Santali and Manipuri, Ethiopic, Burmese, Khmer, Tibetan,
# and in full width.
_FULL_STOPS = (
    "\u0589\u06d4\u061f\u0964\u0965\u1c7e\u1c7f\uabeb\u1362\u1367\u1368\u104b\u17d4\u17d5\u0f0d\u0f0e\u3002\uff61\uff0e"
)
_QUESTIONS = "!?\u2026\uff01\uff1f"
# Armenian is often written with a colon in the place of its full stop, and Ethiopic with two word spaces or two colons.
_ENDS = re.compile(rf"[.{_FULL_STOPS}{_QUESTIONS}]|(?<=[\u0531-\u0587]):|\u1361\u1361|(?<=[\u1200-\u135f])::")
_CLOSING = "\"'”“’»«\u203a)]」』】》〉"  # what may be between the end of a sentence and the next one
_LAST = 2  # most characters of _ENDS
# Thai and Lao have no full stop: a line of so many of their letters is prose.
_UNSTOPPED = re.compile(r"[\u0e00-\u0eff]")
MIN_UNSTOPPED = 20
_CONTINUES = re.compile(r"[a-zà-öø-ÿ(,;.)\ufffc]")
_LOST_SPACE = re.compile(r"\.(?<=[a-z]{3}\.)(?=[A-Z][a-z]* )")  # a footnote was between two sentences
_LOST_PART = re.compile(r", ?(?:, ?)*(?=,|[.;:!?](?:[\s\"'”’»)\]]|$))")  # a comma right before another mark

_BRACKETS = re.compile(r"\(([^()]*)\)")
_LISTEN = re.compile(r"\s*\(\s*(?:listen|audio|info|help|help ?[·•/] ?info|pronunciation)\s*\)", re.I)
_PHONETIC = "\u0250-\u02af\u02c8\u02cc\u02d0\u0303\u0329\u032f"
# A pronunciation in IPA: between slashes or square brackets, or a word with a stress mark.
_SOUND = re.compile(rf"/[^/()]*[{_PHONETIC}][^/()]*/|\[[^\[\]]*[{_PHONETIC}][^\[\]]*\]|\S*[\u02c8\u02cc]\S*")
_EMPTIED = re.compile(r"\s|.*\s$|[,;]|.*(?:[,;:]\s*[,;]|[,;:]\s*$)")  # brackets that something was taken out of
_RESPELLED = re.compile(r"(?=.*\b[A-Z]{2,}\b)(?=.*[a-zə])[A-Za-zə']+(?:-[A-Za-zə']+)+")  # PLAT-ih-pəs
# The label of a pronunciation that is gone.
_LABEL = re.compile(
    r"(?:UK|US|locally|also|or|listen|IPA|pronounced|(?:[A-Z][\w-]+ )?pronunciation|(?:UK|US) also)?:?"
    r"|[A-Z][\w ()-]{0,40}:"
)


def to_sections(text: str, drop: Collection[str], language: str) -> tuple[list[Section], Counter[str]]:
    """The sections that contain prose, the lead first, and how much was left out of the text, by reason.

    A heading without prose of its own is part of the headings of its subsections: "Spring / Weather".

    `drop` holds headings of sections to leave out, in any case; their subsections are left out, too. `language` is a
    code such as "en".
    """
    left_out: Counter[str] = Counter()
    dropped = {heading.casefold() for heading in drop}
    dropped_level = 0  # level of the dropped section that we are in, or 0
    sections: list[Section] = []
    for heading, level, lines in _split_sections(cut_formulas(text)):
        if dropped_level and level > dropped_level:
            left_out["boilerplate_section"] += 1
            continue
        dropped_level = level if heading.casefold() in dropped else 0
        prose = "" if dropped_level else "\n\n".join(_clean_paragraphs(lines, language, left_out))
        if dropped_level:
            left_out["boilerplate_section"] += 1
        elif prose and any(section.text == prose for section in sections):
            left_out["repeated_section"] += 1
        else:
            sections.append(Section(heading=heading, level=level, text=prose))
    kept, empty = fold_empty_sections(sections)
    left_out["empty_section"] = empty
    return kept, +left_out


def _split_sections(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Heading, level and lines of each section. A heading's level is its number of `=`; the lead's is 1."""
    heading, level, lines = "", 1, list[str]()
    for line in map(str.strip, clean_characters(text).split("\n")):
        if (found := _HEADING.fullmatch(line)) is None:
            lines.append(line)
        elif name := tidy_spaces(_EDIT_MARK.sub("", without_footnotes(found[2])).replace(HOLE, "")):
            yield heading, level, lines
            heading, level, lines = name, len(found[1]), []
    yield heading, level, lines


def _clean_paragraphs(lines: list[str], language: str, left_out: Counter[str]) -> Iterator[str]:
    """The paragraphs of a section without broken and unfinished sentences, which are counted in `left_out`."""
    for paragraph in (_tidy(joined, language) for joined in _join_lines(lines, left_out)):
        all_sentences = split_sentences(paragraph, language)
        whole = []
        for sentence in all_sentences:
            if _PRONOUNCED.search(sentence):
                left_out["sentence_with_a_hole"] += 1
            elif reason := reason_to_leave_out(sentence, language):
                left_out[reason] += 1
            elif not _is_sentence(sentence):  # a list item, a caption, or the words before a list or table
                left_out["fragment"] += 1
            else:
                whole.append(sentence)
        if whole:
            yield paragraph if len(whole) == len(all_sentences) else " ".join(whole)


def _join_lines(lines: list[str], left_out: Counter[str]) -> list[str]:
    """The paragraphs: one per line, except that a line that continues the sentence of the line before is joined to it.

    Lists, tables and notices are left out and counted.
    """
    paragraphs: list[str] = []
    line_before_kept = False
    for line in lines:
        if not line:
            continue
        reason = "list_or_table" if is_list_or_table(line) else "notice" if _NOTICE.match(line) else ""
        if reason:
            left_out[reason] += 1
        elif line_before_kept and _CONTINUES.match(line) and not _is_complete(paragraphs[-1]):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
        line_before_kept = not reason
    return paragraphs


def _is_complete(paragraph: str) -> bool:
    return _is_sentence(paragraph) or paragraph.endswith(":")


def _is_sentence(text: str) -> bool:
    bare = text.rstrip(_CLOSING)
    return (
        any(_ENDS.fullmatch(bare, len(bare) - n) for n in range(1, _LAST + 1) if n <= len(bare))
        or len(_UNSTOPPED.findall(text)) >= MIN_UNSTOPPED
    )


def _tidy(paragraph: str, language: str) -> str:
    if "[" in paragraph:
        paragraph = without_footnotes(_EDIT_MARK.sub("", paragraph))
    text = tidy_spaces(mark_holes(paragraph, language))
    if "°" in text:
        text = _COORDINATES.sub(r"\1", text)
    text = without_empty_brackets(_tidy_brackets(text))
    return tidy_spaces(_LOST_PART.sub("", _LOST_SPACE.sub(". ", text)))


def _tidy_brackets(text: str) -> str:
    """Removes pronunciations in round brackets, with their labels and what the wiki left of them."""
    return _BRACKETS.sub(_tidy_pair, _LISTEN.sub("", text)) if "(" in text else text


def _tidy_pair(brackets: re.Match[str]) -> str:
    inner = brackets[1]
    if not _SOUND.search(inner) and not _EMPTIED.match(inner):
        return brackets[0]
    kept = "; ".join(filter(None, map(_without_sounds, inner.split(";"))))
    return f"({kept})" if kept else ""


def _without_sounds(part: str) -> str:
    """A part between semicolons without pronunciations, and without labels that nothing follows any more."""
    pieces = [" ".join(_SOUND.sub("", piece).split()) for piece in part.split(",")]
    return ", ".join(piece for piece in pieces if not _LABEL.fullmatch(piece) and not _RESPELLED.fullmatch(piece))
