"""What a word can be, and the forms of verbs.

They come from `lemminflect`, whose dictionary is inside its package: 1 MB beside numpy, a fifth of a second to load.
"""

from functools import lru_cache

BE = {"is", "was", "are", "were"}
MODALS = {"will", "would", "may", "might", "must"}
AUXILIARIES = BE | MODALS | {"can", "could"}

# Verbs that the dictionary also lists as nouns, seen as main verbs in encyclopedia prose.
_VERBS_LIKE_NOUNS = frozenset(
    "lies stands flows covers contains means forms rises reaches lives feeds marks plays runs holds uses produces "
    "borders measures begins ends opens shows tells follows weighs grows supports separates connects occupies "
    "consists takes describes depicts explains appears belongs comes makes gives serves carries includes "
    "left rose saw found fell spoke took led felt cut set put hit shot".split()
)


@lru_cache(maxsize=65536)
def lemmas_of(word: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllLemmas  # here: a fifth of a second, for this teacher alone

    lemmas: dict[str, tuple[str, ...]] = getAllLemmas(word)
    return lemmas


@lru_cache(maxsize=65536)
def _verb_forms(lemma: str) -> dict[str, tuple[str, ...]]:
    from lemminflect import getAllInflections

    inflections: dict[str, tuple[str, ...]] = getAllInflections(lemma, upos="VERB")
    return inflections


def base_form(verb: str) -> str:
    """`wrote` -> `write`; where a form has two ("lay", "found"), the one that an encyclopedia means."""
    irregular = {"found": "find", "lay": "lie", "fell": "fall", "bore": "bear", "saw": "see", "felt": "feel"}
    if verb in irregular:
        return irregular[verb]
    return lemmas_of(verb).get("VERB", (verb,))[0]


def is_past(verb: str) -> bool:
    return verb in _verb_forms(base_form(verb)).get("VBD", ())


def is_participle(word: str) -> bool:
    forms = _verb_forms(base_form(word))
    return word in forms.get("VBN", forms.get("VBD", ())) or word == "been"  # regular verbs have one form for both


def is_only_verb(word: str) -> bool:
    """Whether a lower-case word can only be an inflected verb, as "published" or "wrote"."""
    lemmas = lemmas_of(word)
    return set(lemmas) == {"VERB"} and word not in lemmas["VERB"]


def has_finite_form(word: str) -> bool:
    """Whether a word can be past tense or third person singular."""
    forms = _verb_forms(base_form(word))
    return word in forms.get("VBD", ()) or word in forms.get("VBZ", ())


def is_finite(word: str) -> bool:
    """Past tense or third person singular, and not a noun's plural by mistake."""
    if not word.islower() or not word.isalpha():
        return False
    lemmas = lemmas_of(word)
    if "VERB" not in lemmas or base_form(word) == word:
        return False
    return has_finite_form(word) and (set(lemmas) <= {"VERB", "ADJ"} or word in _VERBS_LIKE_NOUNS)


def is_finite_or_auxiliary(word: str) -> bool:
    return word in AUXILIARIES | {"has", "had", "have"} or is_finite(word)
