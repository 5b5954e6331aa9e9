"""A page to sentences that can be understood alone, each with what is left out counted by reason."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from stages.common.records import Page
from stages.teachers.rules.grammar import upper_first
from stages.teachers.rules.mentions import OPENING_TIME
from stages.teachers.rules.prose import Passage, passages, without_parentheses
from stages.teachers.rules.subject import PERSON, Subject, find_subject

MIN_WORDS, MAX_WORDS = 5, 40

_PRONOUN = re.compile(
    r"(?:It|He|She|They|We|I|You|This|That|These|Those|Its|His|Her|Their|Here|There|Such|Both|Some|Others?|Another|One|Each|"
    r"All|Many|Most|Neither|None|Two|Three)\b"
)
_LINKING = re.compile(
    r"(?:However|Moreover|Therefore|Thus|Then|Later|Afterwards?|Meanwhile|Instead|Also|Finally|Eventually|Soon|Today|Now|"
    r"Nevertheless|Nonetheless|Furthermore|Similarly|By contrast|In contrast|For example|As a result|In addition|"
    r"At the same time|At first|Originally|Consequently|Additionally|Subsequently|Indeed|In fact|Initially|Since then)"
    r"\b,? *",
    re.I,
)
# What points at an earlier sentence, and so cannot be understood without it.
_POINTING_WORDS = frozenset(
    "this these those such former latter here there then another likewise too instead thereafter thereby otherwise "
    "respectively again also".split()
)
_POINTING_PHRASE = re.compile(
    r"\b(?:the same|the others?|the (?:couple|pair|two|three)|as well|in turn|d(?:id|o) so|so too|[a-z]+ later|"
    r"that (?:year|day|time|period|version|name|number|place|region|city|country|war|work|book|group)|"
    r"the [a-z]+ ones?|"
    r"the (?:following|next|previous|preceding|present) (?:year|month|day|century|decade|season|section))\b",
    re.I,
)
_IN_POINTING_PHRASES = frozenset(
    "same other others that couple pair two three well turn so later one ones following next previous preceding "
    "present".split()
)
# A pronoun with no clause before it that could name what it stands for.
_CLAUSE_OPENERS = "because|that|when|who|which|after|before|while|although|so|if|as|and|until|where"
_OPEN_PRONOUN = re.compile(
    rf"(?:(?!\b(?:{_CLAUSE_OPENERS})\b).)*"
    r"(?:\b(?:it|he|she|they|him|them)\b|\bher(?=[.,]| (?:the|an?|to|in|and|for|with|as|by|from|at|on)\b))"
)
_IMPERSONAL = re.compile(
    r"It (?:(?:is|was|has been|had been|will be|may be) (?:[\w-]+ ){1,4}?(?:that|to|whether|who|when|where|how|if)\b|"
    r"(?:took|takes|seems|seemed|appears|appeared|happened|rained|follows|turned out)\b)"
)
_ODD = re.compile(r"[:;()\[\]{}<>|=*/\\^_~°…]|\.\.\.|\s[-–—]\s|—|,,|[a-z]{4}\. [A-Z]|\d\. [A-Z]")
_ABBREVIATED = re.compile(
    r"\b(?:etc|et al|[A-Z]\.[A-Z]|Inc|Ltd|Co|Corp|Jr|Sr|Bros|[ap]\.m|B\.C|A\.D|Ph\.D)\.$|\be\.g\.|\bi\.e\."
)


@dataclass(frozen=True)
class Sentence:
    """`text` ends with a full stop and stands alone; `passage` is the paragraph that it comes from.

    `position` counts the sentences of the page, from 0.
    """

    text: str
    passage: Passage
    position: int = 1


@dataclass(frozen=True)
class Reading:
    """What a page holds for a teacher: its subject, its sentences, and how many were left out for which reason."""

    subject: Subject
    names: frozenset[str]  # words that keep their capital inside sentences, and the subject's name
    kept: list[Sentence]
    skipped: Counter[str]


def read(page: Page) -> Reading:
    skipped: Counter[str] = Counter()
    prose: list[Passage] = []
    for section in page.sections:
        found, left_out = passages(section.text)
        prose += found
        skipped["list_or_table"] += left_out
    text = " ".join(passage.text for passage in prose)
    subject = find_subject(page, prose[0].sentences if prose else (), text)
    kept: list[Sentence] = []
    seen: set[str] = set()
    for sentence, about_subject in _alone(prose, subject):
        reason = "repeated" if sentence.text in seen else why_not(sentence.text, about_subject)
        if reason:
            skipped[reason] += 1
        else:
            kept.append(sentence)
        seen.add(sentence.text)
    return Reading(subject, _capitalized_words(text) | {subject.name}, kept, +skipped)


def why_not(text: str, about_subject: bool) -> str | None:
    """The reason why no question is asked about a sentence, or None."""
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
    if (somebody := re.match(r"The ([a-z]+?)s? [a-z]", statement)) and PERSON.fullmatch(somebody[1]):
        return "points_elsewhere"  # which king?
    if _points_elsewhere(text, words) or (_OPEN_PRONOUN.match(text) and not about_subject):
        return "points_elsewhere"
    return None


def _points_elsewhere(text: str, words: list[str]) -> bool:
    plain = {word.strip(".,'\"").lower() for word in words}
    if not _POINTING_WORDS.isdisjoint(plain):
        return True
    return not _IN_POINTING_PHRASES.isdisjoint(plain) and bool(_POINTING_PHRASE.search(text))


def _alone(prose: list[Passage], subject: Subject) -> Iterator[tuple[Sentence, bool]]:
    """Each sentence with the subject named where a word stood for it, and whether it is about the subject."""
    position = 0
    for passage in prose:
        about_subject = True  # "It" or "She" at the start of a paragraph
        for raw in passage.sentences:
            text, about_subject = with_subject(without_parentheses(raw), subject, about_subject)
            yield Sentence(text, passage, position), about_subject
            position += 1


def with_subject(text: str, subject: Subject, about_subject: bool) -> tuple[str, bool]:
    """Puts the page's subject where a sentence starts with a word that stands for it; says whether it is about it.

    "The novel" stands for it on the page of a novel. "It", and "she" on the page of a woman, do where the sentence
    before was about the subject. Of two statements with a semicolon between them the first is kept.
    """
    text = text.partition(";")[0].removesuffix(".") + "." if ";" in text else text
    text = _LINKING.sub("", text, count=1) if _LINKING.match(text) else text
    time = OPENING_TIME.match(text)
    opening, text = (f"{time['time']}, ", text[time.end() :]) if time else ("", text)
    text = upper_first(text)
    if name := subject.name_at_start(text):
        rest = text[len(name) :]
        called_short = subject.short and name != subject.name and re.match(r" [a-z]|'s |, ", rest)
        return opening + (subject.name + rest if called_short else text), True
    match = re.match(r"(?:The|This) ([a-z]+)('s)?(?! of\b)(?= [a-z])", text)
    if match and match[1] in subject.nouns:
        return f"{opening}{subject.capitalized}{match[2] or ''}{text[match.end() :]}", True
    match = re.match(r"(It|He|She|Its|His|Her)\b(?= [a-z])", text)
    if about_subject and match and not _IMPERSONAL.match(text) and match[1] in subject.pronouns:
        owner = "'s" if match[1] in {"Its", "His", "Her"} else ""
        return f"{opening}{subject.capitalized}{owner}{text[match.end() :]}", not owner
    return opening + text, _has_full_name(text, subject)


def _has_full_name(text: str, subject: Subject) -> bool:
    """Whether a sentence begins with a longer form of the subject's name: "Johann Sebastian Bach was"."""
    match = re.match(r"((?:[A-Z][\w'.-]*|[a-z]{1,3})(?: (?:[A-Z][\w'.-]*|[a-z]{1,3}))*) (?:is|was),?\b", text)
    return match is not None and subject.is_full_name(match[1])


def _capitalized_words(text: str) -> frozenset[str]:
    """Words that stand inside sentences with a capital, after a word without one, more often than without it."""
    capitalized = Counter(re.findall(r"\b[a-z][\w'-]*,? ([A-Z][\w-]+)", text))
    words = Counter(text.split())
    return frozenset(word for word, count in capitalized.items() if count > words[word.lower()])
