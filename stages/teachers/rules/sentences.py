"""A page's text to sentences that can be understood alone, each with what is left out counted by reason."""

import re
from collections import Counter
from dataclasses import dataclass

from stages.records import Page

MIN_WORDS, MAX_WORDS = 5, 40

# A full stop after these ends no sentence: abbreviations, and single initials as in "J. Thomson".
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|Sr|Jr|Prof|Gen|Col|Capt|Lt|Mt|No|vs|ca?|fl|approx|etc|e\.g|i\.e|ed|vol|cf)"
    r"|[A-Z]\.[A-Z])\.$"
)
_BOUNDARY = re.compile(r"(?<=[.!?])(?P<close>[\"')\]]*)\s+(?=[\"'(]?[A-Z0-9])")
_PARENTHESES = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_PRONOUN = re.compile(
    r"(?:It|He|She|They|We|I|You|This|That|These|Those|Its|His|Her|Their|Here|There|Such|Both|Some|Others?|Another|One|Each|"
    r"All|Many|Most|Neither|None|Two|Three)\b"
)
_LINKING = re.compile(
    r"(?:However|Moreover|Therefore|Thus|Then|Later|Afterwards?|Meanwhile|Instead|Also|Finally|Eventually|Soon|Today|Now|"
    r"Nevertheless|Furthermore|Similarly|By contrast|In contrast|For example|As a result|In addition|At the same time|"
    r"At first|Originally)\b,? *",
    re.I,
)
# What points at an earlier sentence, and so cannot be understood without it.
_POINTING = re.compile(
    r"\b(?:this|these|those|such|former|latter|here|there|the same|the others?|another|that (?:year|day|time)|as well|"
    r"likewise|too|in turn|instead|did so|do so|so too)\b",
    re.I,
)
# A pronoun with no clause before it that could name what it stands for.
_CLAUSE_OPENERS = "because|that|when|who|which|after|before|while|although|so|if|as|and|until|where"
_OPEN_PRONOUN = re.compile(rf"(?:(?!\b(?:{_CLAUSE_OPENERS})\b).)*\b(?:it|he|she|they|him|them)\b")


@dataclass(frozen=True)
class Sentence:
    """`text` ends with a full stop and stands alone; `passage` is the paragraph that it comes from."""

    text: str
    passage: str


def page_sentences(page: Page) -> tuple[list[Sentence], Counter[str]]:
    """The sentences that questions can be asked about, and how many were left out for which reason."""
    kept: list[Sentence] = []
    skipped: Counter[str] = Counter()
    name = subject_name(page)
    nouns = defining_nouns(page, name)
    seen: set[str] = set()
    for section in page.sections:
        for passage in paragraphs(section.text):
            about_subject = False
            for raw in split_sentences(passage):
                text = without_parentheses(raw)
                text, about_subject = _with_subject(text, name, nouns, about_subject)
                reason = "repeated" if text in seen else why_not(text, about_subject)
                if reason:
                    skipped[reason] += 1
                else:
                    kept.append(Sentence(text, passage))
                seen.add(text)
    return kept, skipped


def paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def split_sentences(passage: str) -> list[str]:
    """Cuts after `.`, `!` or `?` before a capital or a digit, but not after abbreviations and initials."""
    sentences, start = [], 0
    for boundary in _BOUNDARY.finditer(passage):
        candidate = passage[start : boundary.end("close")]
        if not _ABBREVIATION.search(candidate):
            sentences.append(candidate.strip())
            start = boundary.end()
    return [*sentences, passage[start:].strip()] if passage[start:].strip() else sentences


def without_parentheses(text: str) -> str:
    """Removes bracketed insertions, nested ones too, and tidies the spaces around them."""
    while (shorter := _PARENTHESES.sub("", text)) != text:
        text = shorter
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(text.split()))


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
    if text.count('"') % 2 or re.search(r"[;:()\[\]{}<>|=*/\\^_~]|\.\.\.|\bc\. |,,", text):
        return "odd_characters"
    if not text.isascii() and sum(ord(c) > 0x24F for c in text) > 2:
        return "odd_characters"
    if _PRONOUN.match(text):
        return "unresolved_pronoun"
    if _POINTING.search(text) or (_OPEN_PRONOUN.match(text) and not about_subject):
        return "points_elsewhere"
    return None


def defining_nouns(page: Page, name: str) -> set[str]:
    """The nouns by which the page calls its subject: from "X is a novel by ...", `novel`."""
    nouns: set[str] = set()
    opening = page.sections[0].text if page.sections else ""
    for sentence in split_sentences(opening):
        match = re.search(r"\b(?:is|was|are|were) (?:an?|the|one of the) ([^.,]+)", without_parentheses(sentence))
        if match and _names(sentence[: match.start()], name):
            phrase = re.split(
                r"\b(?:of|by|in|that|which|who|from|with|on|at|for|to|whose|where|made|written|fought)\b", match[1]
            )[0]
            words = re.findall(r"[a-z]+", phrase)
            nouns |= set(words[-1:])
    return nouns


def subject_name(page: Page) -> str:
    """The page's subject as the page itself says it inside a sentence: "the Amazon River", "photosynthesis".

    The title gives the words (without a part in brackets), the text the article and the capital.
    """
    title = without_parentheses(page.title)
    text = " ".join(section.text for section in page.sections)
    forms = re.findall(rf"(?:\b(the|a|an) )?({re.escape(title)})(?![\w'])", text, re.I)
    lower_case = sum(name[:1].islower() for _, name in forms)
    capital = len(re.findall(rf"(?<=[a-z,] ){re.escape(title)}(?![\w'])", text))
    name = title[:1].lower() + title[1:] if lower_case > capital and title[1:].islower() else title
    with_article = sum(article != "" for article, _ in forms)
    if title.lower().startswith("the ") or 3 * with_article < len(forms) or not forms:
        return name
    return f"the {name}"


def capitalized_words(page: Page) -> frozenset[str]:
    """The words that the page writes with a capital inside sentences, too: names."""
    text = " ".join(section.text for section in page.sections)
    return frozenset(re.findall(r"(?<=[a-z,] )[A-Z][\w-]+", text)) | frozenset(
        re.findall(r"(?<=[A-Z][a-z] )[A-Z]\w+", text)
    )


def _names(text: str, name: str) -> bool:
    return name.lower().removeprefix("the ") in text.lower()


def _with_subject(text: str, name: str, nouns: set[str], about_subject: bool) -> tuple[str, bool]:
    """Puts the page's subject where a sentence starts with a word that stands for it; says whether it is about it.

    "The novel" stands for it on the page of a novel. "It" does where the sentence before was about the subject.
    """
    text = _LINKING.sub("", text, count=1) if _LINKING.match(text) else text.replace(" also ", " ")
    text = text[:1].upper() + text[1:]
    bare = name.removeprefix("the ").lower()
    subject = name[:1].upper() + name[1:]
    if re.match(rf"(?:the )?{re.escape(bare)}(?!\w)", text.lower()):
        return text, True
    if (match := re.match(r"(?:The|This) ([a-z]+)\b(?! of\b)(?= [a-z])", text)) and match[1] in nouns:
        return f"{subject}{text[match.end() :]}", True
    if about_subject and (match := re.match(r"(It|He|She)(?= [a-z])", text)):
        return f"{subject}{text[match.end() :]}", True
    return text, False
