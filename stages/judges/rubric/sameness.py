"""When two words, or two statements, say the same or the opposite.

Words are the same in another inflection, in another unit, with a letter that sounds the same, or as synonyms.
Statements are opposites if one negates what the other asserts, has an antonym in its place, or lets two things change
their roles.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from stages.english.inflection import lemma_of, lemmas_of
from stages.english.wordnet import antonyms_of, synonyms_of
from stages.judges.rubric.rubric_words import NEGATION, Word, content_stems, stem_of

_SYNONYM = 0.9  # how much of a word its synonym is worth
_WITHOUT_UNIT = 0.9  # the same for a number without its unit
_FEW_LETTERS = 5  # a shorter word must be spelled exactly
_SOUNDS = ((r"ph", "f"), (r"[ckq]+", "k"), (r"[sz]+", "s"), (r"[aeiouy]+", "a"), (r"(.)\1+", r"\1"))

# Opposites that WordNet doesn't have, since it has no prepositions.
_OPPOSITES = [
    pair.split() for pair in "before after,above below,always never,all none,more less,more fewer,most least,"
    "inside outside".split(",")
]  # fmt: skip
_BE = {"is", "was", "are", "were", "be", "been", "being"}
_VERDICT = re.compile(
    r"(?:(?:that|this|it|the (?:statement|claim)) is )?(not )?(?:(yes|true|correct)|no|false|incorrect)\b"
)


def likeness(wanted: Word, given: Word, exact: bool, new: bool = True) -> float:
    """0-1: 1 for the same word, less for a synonym, which must be `new`: the question's own word adds nothing.

    `exact` words must have the same inflection and spelling.
    """
    if exact and not wanted.unit:
        return float(wanted.form == given.form)
    if exact and given.unit:  # a conversion: the same length in another unit is not asked
        return float(wanted.value == given.value and wanted.form.split()[-1] == given.form.split()[-1])
    if wanted.stem == given.stem:
        return 1.0
    if wanted.kind == "number" or given.kind == "number":
        return _WITHOUT_UNIT * (wanted.kind == given.kind and wanted.value == given.value and given.unit == "")
    if min(len(wanted.form), len(given.form)) >= _FEW_LETTERS and _sound(wanted.form) == _sound(given.form):
        return 1.0
    if not new or "name" in (wanted.kind, given.kind) or "function" in (wanted.kind, given.kind):
        return 0.0
    return _SYNONYM * (given.stem in synonym_stems(wanted.form) or wanted.stem in synonym_stems(given.form))


@lru_cache(maxsize=1 << 16)
def _sound(form: str) -> str:
    """Its first letter and its consonants; the same for "Vergil" and "Virgil", "organise" and "organize"."""
    for pattern, sound in _SOUNDS:
        form = re.sub(pattern, sound, form)
    return form


@lru_cache(maxsize=1 << 16)
def synonym_stems(form: str) -> frozenset[str]:
    return _stems(synonyms_of(form) | synonyms_of(lemma_of(form)))


@lru_cache(maxsize=1 << 16)
def antonym_stems(form: str) -> frozenset[str]:
    others = {other for pair in _OPPOSITES if form in pair for other in pair if other != form}
    return _stems(antonyms_of(form) | antonyms_of(lemma_of(form)) | others)


def _stems(words: frozenset[str]) -> frozenset[str]:
    return frozenset(stem_of(text) for text in words if text.isalpha())


# Statements


def verdict(words: Sequence[Word]) -> bool | None:
    """True or False if a text opens with yes or no ("No, ...", "That is false. ..."), else None."""
    match = _VERDICT.match(" ".join(word.form for word in words[:6]))
    return bool(match[2]) != bool(match[1]) if match else None


def negated(words: Sequence[Word]) -> frozenset[str]:
    """The stems that a text negates: the first word with content after each "not". A "No," that answers isn't one."""
    start = 1 if words and words[0].form == "no" and "," in words[0].gap else 0
    content = [word.stem for word in words[start:] if word.kind != "function"]
    return frozenset(two for one, two in pairwise(content) if one == NEGATION != two)


def contradiction(question: frozenset[str], expected: Sequence[Word], given: Sequence[Word]) -> str:
    """What a text reverses of another, such as "not dense", "more for less", "the roles"; "" if nothing is found."""
    for negating, asserting in ((expected, given), (given, expected)):
        stems = content_stems(asserting)
        if NEGATION not in stems and (denied := negated(negating) & stems):
            return f"not {min(denied)}"
    negations = negated(expected) | negated(given)
    wanted, said = (
        {word.stem: word for word in reversed(words) if word.kind != "function"} for words in (expected, given)
    )
    new = said.keys() - wanted.keys() - question - negations - {NEGATION}
    for stem, word in wanted.items():
        if stem in said:
            if _has_sides(expected, word) and _crossed(expected, given, word, said[stem]):
                return "the roles"
        elif stem not in negations and word.kind == "word":
            for opposite in sorted(antonym_stems(word.form) & new):
                if not _crossed(expected, given, word, said[opposite]):  # "B is smaller than A" for "A is larger"
                    return f"{said[opposite].form} for {word.form}"
    return ""


def _has_sides(words: Sequence[Word], word: Word) -> bool:
    """Whether it matters what is before a word and what is after it: around a verb, or in "larger than"."""
    lemmas, place = lemmas_of(word.form).get("VERB", ()), _place(words, word)
    return (lemmas != () and word.form not in lemmas) or any(w.form == "than" for w in words[place + 1 : place + 3])


def _place(words: Sequence[Word], word: Word) -> int:
    return next(place for place, other in enumerate(words) if other is word)


def _crossed(expected: Sequence[Word], given: Sequence[Word], pivot: Word, other: Word) -> bool:
    """Whether the words around two pivots have changed sides."""
    (left, right), (own_left, own_right) = _sides(expected, pivot), _sides(given, other)
    straight, crossed = len(left & own_left) + len(right & own_right), len(left & own_right) + len(right & own_left)
    return bool(left & own_right and right & own_left) and crossed > straight


def _sides(words: Sequence[Word], pivot: Word) -> tuple[frozenset[str], frozenset[str]]:
    """The content before and after a word of a text; the other way round after a passive ("was shot by")."""
    place = _place(words, pivot)
    before, after = words[:place], words[place + 1 :]
    passive = any(word.form == "by" for word in after[:3]) and any(word.form in _BE for word in before[-3:])
    sides = content_stems(before), content_stems(after)
    return sides[::-1] if passive else sides
