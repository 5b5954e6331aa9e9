"""Selects the sentences of a page that can be understood alone. What is left out is counted by reason.

A section becomes passages of plain prose, without what a wiki leaves between sentences (footnote marks,
pronunciations, emptied brackets, lists, tables). In their sentences, words that stand for the page's subject ("it",
"the novel") are replaced by its name.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from stages.common.records import Page
from stages.english.holes import mark_holes, reason_to_leave_out, without_broken_sentences
from stages.english.number_words import CARDINALS
from stages.english.wiki_text import (
    clean_characters,
    is_list_or_table,
    split_sentences,
    tidy_spaces,
    without_empty_brackets,
    without_footnotes,
    without_parentheses,
)
from stages.english.words import MONTHS
from stages.teachers.rules.casing import Casing, upper_first
from stages.teachers.rules.mentions import OPENING_TIME
from stages.teachers.rules.readings import Finite, finite
from stages.teachers.rules.subject import PERSON, Subject, find_subject

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
# Brackets that say how a name sounds, or how it is written in another script.
_SOUND_OR_SCRIPT = re.compile(r"\s?\([^()]*[\u0250-\u1fff\u3040-\u9fff\uac00-\ud7ff][^()]*\)")
_SPELLED_OUT = {"c": "around", "ca": "around", "approx": "approximately", "Sept": "September"} | {
    month[:3]: month for month in MONTHS if month != "May"
}
_SHORTENED = re.compile(rf"\b({'|'.join(_SPELLED_OUT)})\. ?(?=\d)")

_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")

MIN_WORDS, MAX_WORDS = 5, 40  # of a sentence

_PRONOUN = re.compile(
    r"(?:It|He|She|They|We|I|You|This|That|These|Those|Its|His|Her|Their|Here|There|Such|Both|Some|Others?|Another|One|Each|"
    r"All|Many|Most|Neither|None|Two|Three)\b"
)
_LINKING = re.compile(
    r"(?:However|Moreover|Therefore|Thus|Then|Later|Afterwards?|Meanwhile|Instead(?! of)|Also|Finally|Eventually|Soon|"
    r"Today|Now|Nevertheless|Nonetheless|Furthermore|Similarly|By contrast|In contrast|For example|As a result|"
    r"In addition|At the same time|At first|Originally|Consequently|Additionally|Subsequently|Indeed|"
    r"In fact|Initially|Since then)"
    r"\b,? *",
    re.I,
)
# Words that point at an earlier sentence, without which theirs cannot be understood.
_POINTING_WORDS = frozenset(
    "this these those such former latter here there then another further likewise too instead thereafter thereby "
    "otherwise respectively again also".split()
)
_POINTING_PHRASE = re.compile(
    r"\b(?:the same|the others?|the (?:couple|pair|two|three)|as well|in turn|d(?:id|o) so|so too|[a-z]+ later|"
    r"that (?:year|day|time|period|version|name|number|place|region|city|country|war|work|book|group)|"
    r"followed(?= (?:in|on|at|soon|after)\b|[.,])|the [a-z]+ ones?|ones?(?= (?:in|on|at|by|for|with|from|to)\b|[.,])|"
    r"the (?:following|next|previous|preceding|present) (?:year|month|day|century|decade|season|section)|"
    r"(?:in|of|at|on|by|from|to|during|after|before|for|with|won|lost) that (?=[A-Za-z])|of hers|of theirs|"
    r"of his(?=[.,]| (?:in|at|on|and|to|for|from|by|with|against|was|were)\b)|"
    rf"(?:{'|'.join(CARDINALS)}) in a row|one more(?=[.,]| (?:in|at|on|for|from)\b)|"
    r"the (?:first|second|third|fourth|fifth|last) (?:of them|(?:in|on|was|is|to|had)\b(?=))|"
    r"(?:was|were) (?:chosen|selected|accepted|rejected|refused) because|(?:came|comes|went) back|"
    r"(?:arrived|returned|left)(?= (?:in|on) (?:[A-Z][a-z]+ )?\d)|"
    r"(?:is|are|was|were) (?:him|her|it|them)sel(?:f|ves))\b",
    re.I,
)
# "Both were painted", where no "and" says who.
_BOTH = re.compile(r"\bboth(?=[.,]| (?:of|in|at|on|had|have|are|is|was|were|won|lost)\b)")
_IN_POINTING_PHRASES = frozenset(
    "same other others that couple pair two three well turn so later one ones followed following next previous "
    "preceding present his hers theirs row more them first last fourth fifth chosen selected accepted rejected "
    "refused back arrived returned left second third himself herself itself themselves".split()
)
# A pronoun without a clause before it that could name what the pronoun stands for.
_CLAUSE_OPENERS = "because|that|when|who|which|after|before|while|although|so|if|as|and|until|where"
_OPEN_PRONOUN = re.compile(
    rf"(?:(?!\b(?:{_CLAUSE_OPENERS})\b).)*"
    r"(?:\b(?:it|he|she|they|him|them)\b|\bher(?=[.,]| (?:the|an?|to|in|and|for|with|as|by|from|at|on)\b))"
)
_IMPERSONAL = re.compile(
    r"It (?:(?:is|was|has been|had been|will be|may be) (?:[\w-]+ ){1,4}?(?:that|to|whether|who|when|where|how|if)\b|"
    r"(?:took|takes|seems|seemed|appears|appeared|happened|rained|follows|turned out)\b)"
)
_POSSESSIVE_ASIDE = re.compile(r"[^,]+, (?:its|his|her|their) [^,]+, ")
_ODD = re.compile(r"[:;()\[\]{}<>|=*/\\^_~°…]|\.\.\.|\s[-–—]\s|—|,,|[a-z]{4}\. [A-Z]|\d\. [A-Z]")
_ABBREVIATED = re.compile(
    r"\b(?:etc|et al|[A-Z]\.[A-Z]|Inc|Ltd|Co|Corp|Jr|Sr|Bros|[ap]\.m|B\.C|A\.D|Ph\.D)\.$|\be\.g\.|\bi\.e\."
)


@dataclass(frozen=True)
class Passage:
    """A paragraph of prose, and its sentences as they are written there.

    The text is without sentences that must not reach a reader. They are still among the sentences, because a pronoun in
    the next sentence may stand for something in them.
    """

    text: str
    sentences: tuple[str, ...]
    heading: str = ""  # of its section


@dataclass(frozen=True)
class Sentence:
    text: str  # ends with a full stop and can be understood alone
    passage: Passage  # the paragraph that it comes from
    position: int = 1  # among the sentences of the page, from 0
    place: int = 0  # among the sentences of the passage, from 0
    starts_section: bool = False


@dataclass(frozen=True)
class PageSentences:
    """What a teacher needs of a page."""

    subject: Subject
    casing: Casing  # the words of the page inside sentences
    kept: list[Sentence]
    years: Counter[str]  # in how many sentences of the page each year is, also as a decade ("1960s")
    skipped: Counter[str]  # sentences, and lines of lists and tables, by the reason why they are left out


def select_sentences(page: Page) -> PageSentences:
    """The sentences of a page that can be understood alone, each of them once."""
    skipped: Counter[str] = Counter()
    prose: list[Passage] = []
    for section in page.sections:
        passages, left_out = split_passages(section.text)
        prose += [replace(passage, heading=section.heading) for passage in passages]
        skipped["list_or_table"] += left_out
    text = " ".join(passage.text for passage in prose)
    subject = find_subject(page, prose[0].sentences if prose else (), text)
    kept: list[Sentence] = []
    seen: set[str] = set()
    for written, sentence, about_subject in _with_subject_named(prose, subject):
        broken = "" if written in sentence.passage.text else reason_to_leave_out(written)
        reason = "repeated" if sentence.text in seen else broken or _reason_to_skip(sentence.text, about_subject)
        if reason:
            skipped[reason] += 1
        else:
            kept.append(sentence)
        seen.add(sentence.text)
    years = Counter(
        year for passage in prose for sentence in passage.sentences for year in set(_YEAR.findall(sentence))
    )
    return PageSentences(subject, _casing(text, subject), kept, years, +skipped)


def split_passages(text: str) -> tuple[list[Passage], int]:
    """The paragraphs of a section, and how many lines of lists and tables were left out."""
    blocks: list[str] = []
    left_out = 0
    for paragraph in text.split("\n\n"):
        joined = ""  # the block that a wrapped line belongs to
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
    return Passage(without_broken_sentences(text)[0], tuple(split_sentences(text)))


def _tidy(line: str) -> str:
    line = mark_holes(without_footnotes(clean_characters(line).translate(_QUOTES)))
    if "(" in line:
        line = without_empty_brackets(_SOUND_OR_SCRIPT.sub("", line))
    line = _SHORTENED.sub(lambda match: _SPELLED_OUT[match[1]] + " ", line)
    return tidy_spaces(line)


def _reason_to_skip(text: str, about_subject: bool) -> str | None:
    """Why no question can be asked about a sentence; None if one can."""
    words = text.split()
    if not text.endswith("."):
        return "not_a_statement"
    if len(words) < MIN_WORDS:
        return "too_short"
    if len(words) > MAX_WORDS:
        return "too_long"
    if not (text[0].isupper() or text[0].isdigit() or text[0] in "\"'"):
        return "fragment"
    if text.count('"') % 2 or _ODD.search(text) or (not text.isascii() and sum(ord(c) > 0x24F for c in text) > 2):
        return "odd_characters"
    if _ABBREVIATED.search(text):
        return "abbreviation"
    time = OPENING_TIME.match(text)
    statement = upper_first(text[time.end() :] if time else text)
    if _PRONOUN.match(statement):
        return "unresolved_pronoun"
    if _POSSESSIVE_ASIDE.match(text):
        return "points_elsewhere"  # "Roald Amundsen, their leader, was"
    if (somebody := re.match(r"The ([a-z]+?)s? [a-z]", statement)) and PERSON.fullmatch(somebody[1]):
        return "points_elsewhere"  # which king?
    if _points_elsewhere(text, words) or (_OPEN_PRONOUN.match(text) and not about_subject):
        return "points_elsewhere"
    return None


def _points_elsewhere(text: str, words: list[str]) -> bool:
    plain = {word.strip(".,'\"").lower() for word in words}
    if not _POINTING_WORDS.isdisjoint(plain):
        return True
    if "both" in plain and _BOTH.search(text) and " and " not in text.partition("both")[0]:
        return True
    return not _IN_POINTING_PHRASES.isdisjoint(plain) and bool(_POINTING_PHRASE.search(text))


def _with_subject_named(prose: list[Passage], subject: Subject) -> Iterator[tuple[str, Sentence, bool]]:
    """Each sentence as written and with the subject named in it, and whether the sentence is about the subject."""
    position = 0
    headings: set[str] = set()
    for passage in prose:
        about_subject = True  # "It" or "She" at the start of a paragraph
        for place, written in enumerate(passage.sentences):
            text, about_subject = name_subject(without_parentheses(written), subject, about_subject)
            starts_section = place == 0 and passage.heading not in headings
            yield written, Sentence(text, passage, position, place, starts_section), about_subject
            position += 1
        headings.add(passage.heading)


def name_subject(text: str, subject: Subject, after_subject: bool) -> tuple[str, bool]:
    """A sentence with the subject's name instead of a word for it at its start ("It", "The novel", a surname).

    Also returns whether the sentence is about the subject. `after_subject` says whether the sentence before was: only
    then is a pronoun taken for the subject.
    """
    opening, text = _split_opening(_first_statement(text))
    statement, about_subject = _name_it(upper_first(text), subject, after_subject)
    if not opening:
        return upper_first(statement), about_subject
    if statement == upper_first(text):
        return opening + text, about_subject  # with the case that it is written in
    capital = subject.name[:1].isupper() or not statement.startswith(subject.capitalized)
    return opening + (statement if capital else statement[:1].lower() + statement[1:]), about_subject


def _name_it(text: str, subject: Subject, after_subject: bool) -> tuple[str, bool]:
    """The same for a statement without an opening, which begins with a capital."""
    if name := subject.name_at_start(text):
        return _with_full_name(text, name, subject), True
    if noun := re.match(r"(?:The|This) ([a-z]+)('s)?(?! of\b)(?= [a-z])", text):  # "The novel", on the page of a novel
        follows = text[noun.end() :].split()
        if noun[1] in subject.nouns and (
            noun[2] or finite(["it", *follows], 1) is not Finite.NO
        ):  # not "The city council"
            return f"{subject.capitalized}{noun[2] or ''}{text[noun.end() :]}", True
    pronoun = re.match(r"(It|He|She|Its|His|Her)\b(?= [a-z])", text)
    if pronoun and after_subject and pronoun[1] in subject.pronouns and not _IMPERSONAL.match(text):
        possessive = "'s" if pronoun[1] in {"Its", "His", "Her"} else ""
        named = f"{subject.capitalized}{possessive}{text[pronoun.end() :]}"
        return named, not possessive  # "Her mother was a poet" is about somebody else
    return text, _starts_with_longer_name(text, subject)


def _first_statement(text: str) -> str:
    """The sentence without a second statement after a semicolon, and without "However, " at its start."""
    if ";" in text:
        text = text.partition(";")[0].removesuffix(".") + "."
    return _LINKING.sub("", text, count=1) if _LINKING.match(text) else text


def _split_opening(text: str) -> tuple[str, str]:
    """A time at the start, as "In 1851, " or "", and the rest as it is written."""
    time = OPENING_TIME.match(text)
    if time is None:
        return "", text
    return f"{time['time']}, ", text[time.end() :]


def _with_full_name(text: str, name: str, subject: Subject) -> str:
    """A sentence that begins with `name`, with a person's full name instead of the surname."""
    rest = text[len(name) :]
    is_person = subject.short and re.match(r" [a-z]|'s |, ", rest)
    return subject.name + rest if is_person else text


def _starts_with_longer_name(text: str, subject: Subject) -> bool:
    """Whether a sentence begins with a longer form of the subject's name: "Johann Sebastian Bach was"."""
    match = re.match(r"((?:[A-Z][\w'.-]*|[a-z]{1,3})(?: (?:[A-Z][\w'.-]*|[a-z]{1,3}))*) (?:is|was),?\b", text)
    return match is not None and subject.is_full_name(match[1])


def _casing(text: str, subject: Subject) -> Casing:
    """The words of a page as they are after a word in lower case. The more frequent spelling counts."""
    capitalized = Counter(re.findall(r"\b[a-z][\w'-]*,? ([A-Z][\w-]+)", text))
    common = Counter(re.findall(r"\b[a-z][\w-]*", text))
    names = frozenset(word for word, count in capitalized.items() if count > common[word.lower()])
    return Casing(names | {subject.name}, frozenset(common) - {name.lower() for name in names})
