"""The plain text of a wiki's page to sections of prose.

Where a formula, a table, a list or a pronunciation stood, the wiki leaves a hole or its debris. No teacher must see
either: what can be mended is mended, the sentence around the rest is left out, and all that is left out is counted.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from stages.common.records import Section
from stages.english.wiki_text import (
    is_list_or_table,
    split_sentences,
    tidy_spaces,
    without_empty_brackets,
    without_footnotes,
)
from stages.sources.brackets import tidy_brackets
from stages.sources.formulas import HOLE, cut_formulas

_HEADING = re.compile(r"(={1,6})\s*(.*?)\s*=*")
_EDIT_MARK = re.compile(r"\s*\[edit\]", re.I)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
# A place in degrees, followed by the same place twice more.
_PLACE = re.compile(
    r"(\d[\d°′″. ]*[NS] ?\d[\d°′″. ]*[EW]) ?/ ?-?[\d.]+°[NS] ?-?[\d.]+°[EW](?: ?/ ?-?[\d.]+; ?-?[\d.]+)?"
)
# Lines that speak of the article or lead away from it.
_NOTICE = re.compile(
    r"(?:Main (?:article|page)s?|See also|Further (?:information|reading)|Coordinates|File|Image|Media|Category): "
    r"|Further information on |For (?:other uses|[^.]{1,80}), see |Not to be confused with |.{1,80} redirects here\."
    r"|This (?:article|section|page|list) (?:is about|is empty|is missing|is a stub|needs|may need|may contain"
    r"|may be too|does not cite|has multiple issues|relies|possibly contains|contains too many)\b"
    r"|You can help |Please (?:help|improve) "
)
_BROKEN = re.compile(
    rf"{HOLE}|\{{\\|\\[a-z]+\{{|\{{\{{|\}}\}}|\[\[|\]\]|\"\"|“”|</?(?:ref|br|div|span|su[bp]|small|math|templatestyles)\b"
    r"|\[[^\]]*[\u0250-\u02af\u02c8\u02cc\u02d0][^\]]*\]|/[^/ ][^/]*[\u0250-\u02af\u02c8\u02cc][^/]*/"
)
_ENDS = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_CONTINUES = re.compile(r"[a-zà-öø-ÿ(,;.)\ufffc]")
_LOST_SPACE = re.compile(r"(?<=[a-z]{3}\.)(?=[A-Z][a-z]* )")  # a footnote stood between two sentences
_LOST_PART = re.compile(r"(?:, ?)+(?=,|[.;:!?](?:[\s\"'”’»)\]]|$))")  # a comma that another mark follows


def to_sections(text: str, drop: Collection[str], language: str) -> tuple[list[Section], Counter[str]]:
    """The sections with prose in them, the lead first, and what was left out of them, by reason.

    `drop` names headings; their subsections go with them.
    """
    left_out: Counter[str] = Counter()
    dropped = {heading.casefold() for heading in drop}
    dropped_level = 0  # of the section to drop that the current one is part of
    kept: list[Section] = []
    for heading, level, lines in _split(cut_formulas(text)):
        if dropped_level and level > dropped_level:
            left_out["boilerplate_section"] += 1
            continue
        dropped_level = level if heading.casefold() in dropped else 0
        prose = "" if dropped_level else "\n\n".join(_prose(lines, language, left_out))
        if dropped_level:
            left_out["boilerplate_section"] += 1
        elif not prose:
            left_out["empty_section"] += 1
        elif any(section.text == prose for section in kept):
            left_out["repeated_section"] += 1
        else:
            kept.append(Section(heading=heading, level=level, text=prose))
    return kept, left_out


def _split(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Heading, level and lines of each section; a heading's level is the number of its marks, the lead's is 1."""
    heading, level, lines = "", 1, list[str]()
    for line in map(str.strip, _INVISIBLE.sub("", text).split("\n")):
        if (found := _HEADING.fullmatch(line)) is None:
            lines.append(line)
        elif name := tidy_spaces(_EDIT_MARK.sub("", without_footnotes(found[2])).replace(HOLE, "")):
            yield heading, level, lines
            heading, level, lines = name, len(found[1]), []
    yield heading, level, lines


def _prose(lines: list[str], language: str, left_out: Counter[str]) -> Iterator[str]:
    """The paragraphs of a section."""
    for paragraph in map(_tidy, _paragraphs(lines, left_out)):
        found = split_sentences(paragraph, language)
        whole = []
        for sentence in found:
            if _BROKEN.search(sentence):
                left_out["sentence_with_a_hole"] += 1
            elif not _ENDS.search(sentence):  # an item of a list, a caption, or what introduces a list or a table
                left_out["fragment"] += 1
            else:
                whole.append(sentence)
        if whole:
            yield paragraph if len(whole) == len(found) else " ".join(whole)


def _paragraphs(lines: list[str], left_out: Counter[str]) -> list[str]:
    """A line is a paragraph; one that goes on with the sentence of the line before belongs to it."""
    found: list[str] = []
    joined = False  # whether the line before is the last of `found`
    for line in lines:
        if not line:
            continue
        reason = "list_or_table" if is_list_or_table(line) else "notice" if _NOTICE.match(line) else ""
        if reason:
            left_out[reason] += 1
        elif joined and _CONTINUES.match(line) and not _ENDS.search(found[-1]) and not found[-1].endswith(":"):
            found[-1] += f" {line}"
        else:
            found.append(line)
        joined = not reason
    return found


def _tidy(paragraph: str) -> str:
    text = tidy_spaces(without_footnotes(_EDIT_MARK.sub("", paragraph)))
    text = without_empty_brackets(tidy_brackets(_PLACE.sub(r"\1", text)))
    return tidy_spaces(_LOST_PART.sub("", _LOST_SPACE.sub(" ", text)))
