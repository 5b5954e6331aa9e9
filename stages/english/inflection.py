"""The forms of words: their lemmas, stems and roots, and which verb form a word is.

Lemmas and verb forms come from `lemminflect`, whose dictionary is part of its package: 1 MB, loaded in half a second.

There are three ways to reduce a word, each for another purpose:

- `stem` cuts an inflection off by spelling only. Words that only look alike may get the same stem ("news" and "new"),
  which rarely matters where a rule asks whether a word of a short input comes up again.
- `lemma_of` looks the word up, so that it joins irregular forms, too ("wrote" and "write"). The near-duplicate rule
  compares lemmas.
- `root_of` cuts a derivational suffix off a lemma. The rubric compares roots, since an answer may say "formation"
  where the reference says "formed".
"""

import re
from functools import lru_cache

BE = {"is", "was", "are", "were"}
MODALS = {"will", "would", "may", "might", "must"}
AUXILIARIES = BE | MODALS | {"can", "could"}

# Verbs that the dictionary also lists as nouns, but that are main verbs in encyclopedias.
_VERBS_LIKE_NOUNS = frozenset(
    "lies stands flows covers contains means forms rises reaches lives feeds marks plays runs holds uses produces "
    "borders measures begins ends opens shows tells follows weighs grows supports separates connects occupies "
    "consists takes describes depicts explains appears belongs comes makes gives serves carries includes "
    "left rose saw found fell spoke took led felt cut set put hit shot".split()
)


# Suffixes that derive one word from another: "formation" and "formal" from "form".
_SUFFIX = re.compile(
    r"(?:ation|ition|ion|ment|ness|ity|ance|ence|ancy|ency|able|ible|ally|ical|ous|ive|ate|ize|ise|al|ic|ly|er|or|y|e)$"
)


def stem(word: str) -> str:
    """A word without its inflection, by spelling only: "planet" for "planets", "clos" for "close" and "closed"."""
    for ending in ("ies", "ing", "ed", "es", "s", "e", "y"):
        if len(word) - len(ending) >= 3 and word.endswith(ending):
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=65536)
def lemmas_of(word: str) -> dict[str, tuple[str, ...]]:
    """The lemmas of a lower-case word by part of speech ("VERB", "NOUN", ...); empty for a word in no dictionary."""
    from lemminflect import getAllLemmas  # here, as loading its dictionary takes half a second

    lemmas: dict[str, tuple[str, ...]] = getAllLemmas(word)
    return lemmas


def lemma_of(word: str) -> str:
    """One lemma of a lower-case word, a verb's before a noun's; the word itself if it is in no dictionary."""
    lemmas = lemmas_of(word)
    return next((lemmas[kind][0] for kind in ("VERB", "NOUN", "ADJ", "ADV") if kind in lemmas), word).lower()


def root_of(lemma: str) -> str:
    """A lemma without its last derivational suffix, where at least four letters are left: "form" for "formation"."""
    root = _SUFFIX.sub("", lemma)
    return root if len(root) >= 4 else lemma


@lru_cache(maxsize=65536)
def _verb_forms(lemma: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllInflections

    inflections: dict[str, tuple[str, ...]] = getAllInflections(lemma, upos="VERB")
    return inflections


def base_form(verb: str) -> str:
    """ "wrote" -> "write". For a form of two verbs ("lay", "found"), the one that an encyclopedia usually means."""
    irregular = {"found": "find", "lay": "lie", "fell": "fall", "bore": "bear", "saw": "see", "felt": "feel"}
    if verb in irregular:
        return irregular[verb]
    return lemmas_of(verb).get("VERB", (verb,))[0]


@lru_cache(maxsize=65536)
def verb_forms_of(word: str) -> frozenset[str]:
    """Which forms of a verb a lower-case word can be, in the tags of the Penn Treebank: VB, VBD, VBG, VBN, VBP, VBZ."""
    found = set()
    for lemma in lemmas_of(word).get("VERB", ()):
        forms = _verb_forms(lemma)
        found |= {tag for tag, spellings in forms.items() if word in spellings}
        if "VBN" not in forms and word in forms.get("VBD", ()):
            found.add("VBN")  # regular verbs have one form for both
    return frozenset(found)


def inflected(lemma: str, tag: str) -> str:
    """The form of a verb that a tag of the Penn Treebank names, "" if there is none: "wrote" for ("write", "VBD")."""
    return next(iter(_verb_forms(lemma).get(tag, ())), "")


def is_past(verb: str) -> bool:
    """Whether it is a verb in the simple past."""
    return verb in _verb_forms(base_form(verb)).get("VBD", ())


def is_participle(word: str) -> bool:
    """Whether it is a past participle."""
    forms = _verb_forms(base_form(word))
    return word in forms.get("VBN", forms.get("VBD", ())) or word == "been"  # regular verbs have one form for both


def is_only_verb(word: str) -> bool:
    """Whether a lower-case word can only be an inflected verb, as "published" or "wrote"."""
    lemmas = lemmas_of(word)
    return set(lemmas) == {"VERB"} and word not in lemmas["VERB"]


def has_finite_form(word: str) -> bool:
    """Whether a word can be a verb in the past tense or the third person singular."""
    forms = _verb_forms(base_form(word))
    return word in forms.get("VBD", ()) or word in forms.get("VBZ", ())


def is_finite(word: str) -> bool:
    """Whether a word is a verb in the past tense or the third person singular, and hardly the plural of a noun."""
    if not word.islower() or not word.isalpha():
        return False
    lemmas = lemmas_of(word)
    if "VERB" not in lemmas or base_form(word) == word:
        return False
    return has_finite_form(word) and (set(lemmas) <= {"VERB", "ADJ"} or word in _VERBS_LIKE_NOUNS)


def is_finite_or_auxiliary(word: str) -> bool:
    """Whether a word is finite (see `is_finite`), or an auxiliary verb such as "was", "could" or "have"."""
    return word in AUXILIARIES | {"has", "had", "have"} or is_finite(word)
