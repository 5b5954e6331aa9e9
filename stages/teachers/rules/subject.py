"""Who or what a page is about: its name, and the words that stand for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stages.common.records import Page
from stages.english.inflection import lemmas_of
from stages.english.wiki_text import without_parentheses

# Nouns that describe a person, not a thing: "was a French mathematician".
PERSON = re.compile(
    r"(?:writer|author|poet|playwright|painter|sculptor|architect|composer|musician|singer|dancer|rapper|drummer|"
    r"physicist|chemist|mathematician|biologist|\w+(?:ologist|onomer|opher|grapher|keeper)|naturalist|botanist|physician|"
    r"surgeon|nurse|doctor|inventor|engineer|explorer|navigator|travell?er|aviator|pilot|astronaut|cosmonaut|general|"
    r"officer|commander|king|queen|prince|princess|duke|admiral|emperor|empress|ruler|sultan|caliph|pharaoh|president|"
    r"minister|chancellor|leader|activist|reformer|revolutionary|pacifist|politician|diplomat|lawyer|judge|scholar|"
    r"teacher|professor|historian|linguist|economist|pioneer|programmer|scientist|businessman|businesswoman|entrepreneur|"
    r"filmmaker|director|producer|actor|actress|comedian|player|footballer|captain|coach|forward|striker|midfielder|defender|goalkeeper|winger|playmaker|athlete|boxer|cyclist|swimmer|monk|nun|"
    r"priest|bishop|pope|saint|prophet|mystic|soldier|polymath|artist|novelist|essayist|journalist|critic|pianist|"
    r"violinist|cellist|guitarist|conductor|translator|designer|merchant|nobleman|noblewoman|statesman)"
)
_DEFINING = re.compile(r"\b(?:is|was|are|were) (?:an?|the|one of the) ([^.,]+)")
_AFTER_NOUN = re.compile(
    r"\b(?:of|by|in|that|which|who|from|with|on|at|for|to|whose|where|made|written|fought|and|between|about)\b"
)
_PARTICLES = {"de", "da", "di", "do", "dos", "du", "la", "le", "del", "della", "van", "von", "der", "den", "ten", "al"}
_SHE, _HE = re.compile(r"\b(?:She|she|Her|her)\b"), re.compile(r"\b(?:He|he|His|his|him)\b")


@dataclass(frozen=True)
class Subject:
    name: str  # as written inside a sentence: "the Amazon River"
    short: str  # a person's surname, if the page calls the person by it; otherwise ""
    nouns: frozenset[str]  # that the page calls it by: "novel"
    pronouns: frozenset[str]  # that can stand for it at the start of a sentence: "It"

    @property
    def capitalized(self) -> str:
        return self.name[:1].upper() + self.name[1:]

    @property
    def pronoun(self) -> str:
        """ "It", "She" or "He", or "" if it isn't certain which."""
        return next((word for word in ("It", "She", "He") if word in self.pronouns), "")

    def name_at_start(self, text: str) -> str:
        """The name at the start of a sentence, as written there ("The Amazon River", "Von Sydow"); else ""."""
        start = re.match(r"(?:the|an?) ", text, re.I)
        names = [(start[0] if start else "") + bare(self.name)]
        if self.short:
            particle = text.partition(" ")[0]
            names += [f"{particle} {self.short}" if particle.lower() in _PARTICLES else self.short]
        for name in names:
            if text.lower().startswith(name.lower()) and not text[len(name) : len(name) + 1].isalnum():
                return text[: len(name)]
        return ""

    def is_full_name(self, text: str) -> bool:
        """Whether a phrase is the name, or a person's name with more words: "Johann Sebastian Bach"."""
        words, name = bare(text).split(), bare(self.name).split()
        if words == name:
            return True
        capitals = all(word[0].isupper() or word in _PARTICLES for word in text.split())
        return bool(self.short) and capitals and words[-1:] == name[-1:] and set(name) <= set(words)


def find_subject(page: Page, opening: Sequence[str], text: str) -> Subject:
    """The subject of a page. `opening` holds the sentences of its first passage, `text` all of its prose."""
    title = bare_title(page.title)
    nouns = _defining_nouns(title, opening)
    if not any(map(PERSON.fullmatch, nouns)):
        name = _name_in_text(title, text)
        if name.startswith("'"):
            return Subject(name, "", frozenset(), frozenset())  # no sentence begins with a heading
        return Subject(name, "", frozenset(nouns), frozenset(["It", "Its"]))
    feminine, masculine = len(_SHE.findall(text)), len(_HE.findall(text))
    pronouns: frozenset[str] = frozenset()
    if max(feminine, masculine) > 3 * min(feminine, masculine):
        pronouns = frozenset(["She", "Her"] if feminine > masculine else ["He", "His"])
    return Subject(title.partition(",")[0], _surname(title, text), frozenset(), pronouns)


def bare_title(title: str) -> str:
    """A title without what distinguishes pages of the same name: "Go (game)" -> "Go". "" if it has no letter or digit.

    Other brackets are part of a name: "(500) Days of Summer".
    """
    title = " ".join(title.split())
    title = re.sub(r"(?<=\S) ?\([^()]*\)$", "", title) or title
    return title if re.search(r"\w", title) else ""


def bare(name: str) -> str:
    """A name without article and capitals, for comparison."""
    return name.lower().removeprefix("the ").removeprefix("an ").removeprefix("a ")


def _defining_nouns(title: str, opening: Sequence[str]) -> set[str]:
    """From "X is a German novel by ...", "novel": the word before the phrase's first preposition."""
    nouns = set()
    words = set(re.findall(r"[\w'-]+", bare(title)))
    for sentence in opening:
        sentence = without_parentheses(sentence)
        match = _DEFINING.search(sentence)
        if match and words & set(re.findall(r"[\w'-]+", sentence[: match.start()].lower())):
            nouns |= set(re.findall(r"[a-z]+", _AFTER_NOUN.split(match[1])[0])[-1:])
    return nouns


def _surname(title: str, text: str) -> str:
    """The last word of a person's name, if the page calls the person by it; otherwise ""."""
    _, *others = title.partition(",")[0].split() or [""]
    if not others or len(others[-1]) <= 2:
        return ""
    return others[-1] if re.search(rf"(?<![\w-]){re.escape(others[-1])}(?![\w-])", text) else ""


def _name_in_text(title: str, text: str) -> str:
    """The subject's name: the title's words, with the article and the capital that the text gives them."""
    either_case = f"{re.escape(title)}|{re.escape(title[:1].lower() + title[1:])}"
    starts = [match.start() for match in re.finditer(rf"(?<!\w)(?:{either_case})(?![\w'])", text)]
    if not starts:
        return f"'{title}'"  # a heading rather than a name: "Geography of Norway"
    before = [text[max(0, start - 4) : start] for start in starts]
    lower_case = sum(text[start].islower() for start in starts)
    capital = sum(
        text[start].isupper() and bool(re.search("[a-z,] $", words))
        for start, words in zip(starts, before, strict=True)
    )
    # "Pioneers of flight" may begin every sentence. "Adansonia digitata" is a name: no dictionary has its first word.
    sentence_case = " " in title and title[1:].islower() and bool(lemmas_of(title.partition(" ")[0].lower()))
    lower = lower_case > capital or (sentence_case and not capital)
    name = title[:1].lower() + title[1:] if lower else title
    with_article = sum(bool(re.search(r"(?:^|\b)(?:the|an?) $", words, re.I)) for words in before)
    defined = re.search(rf"(?:^|[.!?] )(?:The|An?) {re.escape(name)} (?:is|was|are|were) ", text)
    if re.match(r"(?:the|an?) ", title, re.I) or (3 * with_article < len(starts) and not defined):
        return name
    return f"the {name}"
