"""Just enough grammar to turn a statement into a question: one clause, its subject, verb and the rest.

Word forms come from `lemminflect`, whose dictionary is inside its package. What doesn't parse cleanly is left
alone: a question that isn't asked costs nothing, a broken one teaches broken English.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

BE = {"is", "was", "are", "were"}
AUXILIARIES = BE | {"can", "could", "will", "would", "may", "might", "must"}

# Words that cannot stand inside a plain subject: with one, the first verb may not be the main one.
_NOT_IN_SUBJECT = frozenset(
    "which that who whom whose where when while although though because if after before during since until unless "
    "whether how what why but than as not both either neither according despite unlike like among under with by "
    "through without once even only there to about more less still".split()
)
_SUBJECT_CANNOT_START = frozenset("in on at from for of and or near along between over so".split())
# Capitalized at the start of a sentence only.
_FUNCTION_WORDS = frozenset("About Around Over More Nearly Almost Most Many Some Much Few Several".split())
# Verbs that the dictionary also lists as nouns, seen as main verbs in encyclopedia prose.
_VERBS_LIKE_NOUNS = frozenset(
    "lies stands flows covers contains means forms rises reaches lives feeds marks plays runs holds uses produces "
    "borders measures begins ends opens shows tells follows weighs grows supports separates connects occupies "
    "consists takes describes depicts explains appears belongs comes makes gives serves carries includes "
    "left rose saw found fell spoke took led felt cut set put hit shot".split()
)
# Where a second clause starts: what a question about the first one leaves out.
_CLAUSE_END = re.compile(
    r",? (?:which|who|whom|whose|where|although|though|whereas|while|but|so that|unless|because)\b"
    r"|, (?:since|as|when|after|before|until|making|including|especially|such|so|then|yet|nor|with)\b"
)
_RELATIVES = frozenset("who which whom whose where".split())
# "was an Italian astronomer": what a relative clause after it adds can be left out.
_PREDICATE_NOUN = re.compile(r"\b(?:is|was|are|were) an? (?:(?!\b(?:about|for|of|by|in|with|to|on)\b)[^,])+$")
_PREPOSITIONS = frozenset("in by on at from as with for of to into about through between".split())
_CONNECTIVES = frozenset("that when after before as how if until than what why and or since".split())


@dataclass(frozen=True)
class Clause:
    """A statement as subject, finite verb and what follows, as they stand inside a sentence: no capital that isn't
    a name's, no full stop."""

    subject: str
    verb: str
    rest: str

    @property
    def helper(self) -> str:
        """The form of "do" that asks about a full verb."""
        return "did" if is_past(self.verb) else "do" if base_form(self.verb) == self.verb else "does"

    @property
    def text(self) -> str:
        return f"{self.subject} {self.verb} {self.rest}".strip()

    @property
    def statement(self) -> str:
        return upper_first(self.text) + "."

    def question(self, word: str, rest: str) -> str:
        """`word` ("When", "" for yes or no) before the inverted clause, with `rest` for what follows the verb."""
        if self.verb in AUXILIARIES:
            parts = [word, self.verb, self.subject, rest]
        else:
            parts = [word, self.helper, self.subject, base_form(self.verb), rest]
        return upper_first(" ".join(part for part in parts if part)) + "?"


def parse(sentence: str, names: frozenset[str] = frozenset()) -> Clause | None:
    """The main clause of a sentence that begins with its subject, or None where that isn't certain.

    `names` are words that keep their capital at the start of a sentence, too.
    """
    words = _first_clause(sentence.rstrip(".")).split()
    for index, word in enumerate(words[:12]):
        if index and _starts_predicate(words, index):
            break
        if not _may_be_in_subject(word, first=index == 0):
            return None
    else:
        return None
    rest = words[index + 1 :]
    if (
        not rest
        or rest[0] in {"and", "or"}
        or rest[-1] in _PREPOSITIONS
        or (word in {"has", "had", "have"} and is_participle(rest[0]))
    ):
        return None
    if _has_second_verb(rest) or (_may_be_participle_phrase(word, rest) and any(map(_is_finite, rest[1:]))):
        return None
    return Clause(_inside(" ".join(words[:index]), names), word, " ".join(rest))


def _first_clause(text: str) -> str:
    if cut := _CLAUSE_END.search(text):
        # Without a comma, a relative clause tells which one is meant.
        restricts = cut[0].strip() in _RELATIVES
        goes_on = re.match(r", (?:including|especially|such|with)", cut[0]) and "," in text[cut.end() :]
        if goes_on or (restricts and not _PREDICATE_NOUN.search(text[: cut.start()])):
            return ""
        text = text[: cut.start()]
    for link in re.finditer(r",? (?:and|or)(?= )", text):
        tail = text[link.end() :].split()
        if len(tail) > 1 and is_participle(tail[0]) and _lemmas(tail[1]).keys() == {"NOUN"}:
            return ""  # "infantry and mounted knights", or a second verb: not certain
        joined = link[0].startswith(",") and (
            any(map(_is_finite_or_auxiliary, tail[1:7])) or tail[0] in {"it", "he", "she", "they", "its", "his", "her"}
        )
        if joined or (tail and _is_finite_or_auxiliary(tail[0]) and not _joins_participles(text[: link.start()], tail)):
            return text[: link.start()]
    return text


def _joins_participles(before: str, tail: list[str]) -> bool:
    """Whether "and" joins two participles after one "was": "was designed by A and built by B"."""
    passive = re.search(r"\b(?:is|was|are|were|been|be) (?:\w+ly )?\w+(?:ed|n|t)\b", before)
    return bool(passive) and is_participle(tail[0]) and tail[1:2] != [] and tail[1] in {"by", "for", "with", "as", "to"}


def _starts_predicate(words: list[str], index: int) -> bool:
    word, before = words[index], words[index - 1]
    if word in AUXILIARIES | {"has", "had", "have"}:
        return True
    if before.lower() in {"the", "a", "an", "of", "and", "in", "its", "his", "her", "their", "most", "first"}:
        return False
    if word in {"named", "called", "known"} or before.endswith("'s"):
        return False
    return _is_finite(word) or _is_plural_present(words, index)


def _has_second_verb(rest: list[str]) -> bool:
    """Whether a verb follows with nothing that introduces it: then the first one wasn't the main verb."""
    for word in rest:
        if word in _CONNECTIVES or word.endswith(","):
            return False
        if word in AUXILIARIES | {"has", "had"}:
            return True
    return False


def _may_be_participle_phrase(word: str, rest: list[str]) -> bool:
    """Whether the verb may belong to its subject, as in "the novel published in 1851 sold badly"."""
    return word not in AUXILIARIES and is_participle(word) and rest[0] in _PREPOSITIONS


def _may_be_in_subject(word: str, first: bool) -> bool:
    bare = word.strip("\"'")
    lower = bare.lower()
    unfinished = word.endswith((",", ".")) and not re.fullmatch(r"(?:[A-Z]\.)+|St\.|Dr\.|Mt\.", word)
    if not bare or unfinished:
        return False
    if lower in _NOT_IN_SUBJECT or (first and lower in _SUBJECT_CANNOT_START):
        return False
    if first and lower.endswith("ly"):
        return False
    if bare[0].isupper():
        return not first or not lower.endswith("ing")
    return not (lower.endswith("ing") and base_form(lower) != lower) and not _only_verb(lower)


@lru_cache(maxsize=65536)
def _lemmas(word: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllLemmas  # here: a fifth of a second, for this teacher alone

    lemmas: dict[str, tuple[str, ...]] = getAllLemmas(word)
    return lemmas


@lru_cache(maxsize=65536)
def _inflections(lemma: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllInflections

    inflections: dict[str, tuple[str, ...]] = getAllInflections(lemma, upos="VERB")
    return inflections


def base_form(verb: str) -> str:
    """`wrote` -> `write`; where a form has two ("lay", "found"), the one that an encyclopedia means."""
    irregular = {"found": "find", "lay": "lie", "fell": "fall", "bore": "bear", "saw": "see", "felt": "feel"}
    if verb in irregular:
        return irregular[verb]
    return _lemmas(verb).get("VERB", (verb,))[0]


def is_past(verb: str) -> bool:
    return verb in _inflections(base_form(verb)).get("VBD", ())


def is_participle(word: str) -> bool:
    forms = _inflections(base_form(word))
    return word in forms.get("VBN", forms.get("VBD", ())) or word == "been"  # regular verbs have one form for both


def _only_verb(word: str) -> bool:
    """Whether a lower-case word can only be an inflected verb, as "published" or "wrote"."""
    lemmas = _lemmas(word)
    return set(lemmas) == {"VERB"} and word not in lemmas["VERB"]


def _is_finite(word: str) -> bool:
    """Past tense or third person singular, and not a noun's plural by mistake."""
    if not word.islower() or not word.isalpha():
        return False
    lemmas = _lemmas(word)
    if "VERB" not in lemmas or base_form(word) == word:
        return False
    forms = _inflections(base_form(word))
    finite = word in forms.get("VBD", ()) or word in forms.get("VBZ", ())
    return finite and (set(lemmas) <= {"VERB", "ADJ"} or word in _VERBS_LIKE_NOUNS)


def _is_finite_or_auxiliary(word: str) -> bool:
    return word in AUXILIARIES | {"has", "had", "have"} or _is_finite(word)


def _is_plural_present(words: list[str], index: int) -> bool:
    """Whether a base form is the verb of a plural subject: "Magnets attract iron"."""
    word, before = words[index], words[index - 1]
    lemmas = _lemmas(word)
    if not word.isalpha() or word not in lemmas.get("VERB", ()) or not before.endswith("s"):
        return False
    plural = before.lower() not in _lemmas(before.lower()).get("NOUN", (before.lower(),))
    return plural and (set(lemmas) == {"VERB"} or words[index + 1 : index + 2] in (["the"], ["a"], ["an"], ["their"]))


def _inside(subject: str, names: frozenset[str]) -> str:
    """A subject as it stands inside a sentence: "The river" -> "the river"; names keep their capitals."""
    first, _, rest = subject.partition(" ")
    if first in {"The", "A", "An"}:
        return f"{first.lower()} {rest}"
    if first in names or first.removesuffix("'s") in names or rest[:1].isupper() or not first[1:].islower():
        return subject
    return subject[:1].lower() + subject[1:] if _lemmas(first.lower()) or first in _FUNCTION_WORDS else subject


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
