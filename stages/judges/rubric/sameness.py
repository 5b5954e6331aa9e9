"""When two words, or two statements, say the same or the opposite.

Words are the same in another inflection, in another unit, with a letter that sounds the same, or as synonyms.
Statements are opposites if one negates what the other asserts, has an antonym in its place, or lets two things change
their roles.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from stages.english.inflection import lemma_of, lemmas_of
from stages.english.wordnet import antonyms_of, synonyms_of
from stages.judges.rubric.rubric_words import NEGATION, Word, content_stems, tokenize_words

_SYNONYM = 0.9  # how much of a word its synonym is worth
_WITHOUT_UNIT = 0.9  # the same for a number without its unit
_FEW_LETTERS = 5  # a shorter word must be spelled exactly

_OTHER_OPPOSITES = (
    "before after, above below, always never, all none, more less, more fewer, most least, inside outside"
)
_YES_OR_NO = {"yes": True, "true": True, "correct": True, "no": False, "false": False, "incorrect": False}
_SOUNDS = ((r"ph", "f"), (r"[ckq]+", "k"), (r"[sz]+", "s"), (r"[aeiouy]+", "a"), (r"(.)\1+", r"\1"))


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
    return _stems(antonyms_of(form) | antonyms_of(lemma_of(form))) | _other_opposites().get(form, frozenset())


def _stems(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word.stem for text in words if text.isalpha() for word in tokenize_words(text))


@lru_cache(maxsize=1)
def _other_opposites() -> dict[str, frozenset[str]]:
    """Opposites that WordNet doesn't have, since it has no prepositions."""
    pairs = [pair.split() for pair in _OTHER_OPPOSITES.split(", ")]
    return {one: frozenset(other for pair in pairs for other in pair if one in pair and other != one)
            for pair in pairs for one in pair}  # fmt: skip


# Statements


def verdict(words: Sequence[Word]) -> bool | None:
    """True or False if a text opens with yes or no ("No, ...", "That is false. ..."), else None."""
    opening = [word.form for word in words[:5]]
    for phrase in (["that", "is"], ["this", "is"], ["it", "is"], ["the", "statement", "is"], ["the", "claim", "is"]):
        if opening[: len(phrase)] == phrase:
            opening = opening[len(phrase) :]
    if opening[:2] == ["not", "true"] or opening[:2] == ["not", "correct"]:
        return False
    return _YES_OR_NO.get(opening[0]) if opening else None


def negated(words: Sequence[Word]) -> frozenset[str]:
    """The stems that a text negates: the first word with content after each "not". A "No," that answers isn't one."""
    start = 1 if words and words[0].form == "no" and "," in words[0].gap else 0
    found = set()
    for place in range(start, len(words)):
        if words[place].stem == NEGATION:
            scope = (word.stem for word in words[place + 1 :] if word.kind != "function" and word.stem != NEGATION)
            found.add(next(scope, ""))
    return frozenset(found - {""})


def contradiction(question: frozenset[str], expected: Sequence[Word], given: Sequence[Word]) -> str:
    """What a text reverses of another, such as "not dense", "more for less", "roles"; "" if nothing is found."""
    expected_stems, stems = content_stems(expected), content_stems(given)
    for negating, other, asserted in ((expected, given, stems), (given, expected, expected_stems)):
        if not any(word.stem == NEGATION for word in other):
            for stem in sorted(negated(negating) & asserted):
                return f"not {stem}"
    denied = negated(given) | negated(expected)
    missing = [word for word in expected if word.kind == "word" and word.stem not in stems]
    extra = {word.stem: word for word in given if word.kind == "word" and word.stem not in expected_stems | question}
    crossed = _roles_are_crossed(expected, given)
    for word in missing:
        for stem in sorted(antonym_stems(word.form) & set(extra) - {NEGATION}):
            if stem not in denied and word.stem not in denied and not _is_inverse(expected, given, word, extra[stem]):
                return f"{extra[stem].form} for {word.form}"
    return "the roles" if crossed else ""


def _roles_are_crossed(expected: Sequence[Word], given: Sequence[Word]) -> bool:
    """Whether what is before a verb in one text is after it in the other, allowing for the passive."""
    for word in expected:
        if word.kind == "word" and (_is_inflected_verb(word) or _compares(expected, word)):
            for other in given:
                if other.stem == word.stem and _crossing(expected, given, word, other) is True:
                    return True
    return False


def _is_inflected_verb(word: Word) -> bool:
    return word.form not in (lemmas := lemmas_of(word.form).get("VERB", ())) and bool(lemmas)


def _is_inverse(expected: Sequence[Word], given: Sequence[Word], word: Word, opposite: Word) -> bool:
    """Whether "A is larger than B" stands for "B is smaller than A"."""
    return _crossing(expected, given, word, opposite) is True


def _crossing(expected: Sequence[Word], given: Sequence[Word], pivot: Word, other: Word) -> bool | None:
    """Whether the words around two pivots have changed sides; None if too few of them are in both texts."""
    left, right = _sides(expected, pivot)
    own_left, own_right = _sides(given, other)
    straight = len(left & own_left) + len(right & own_right)
    crossed = len(left & own_right) + len(right & own_left)
    if left & own_right and right & own_left and crossed > straight:
        return True
    return False if straight else None


def _sides(words: Sequence[Word], pivot: Word) -> tuple[frozenset[str], frozenset[str]]:
    """The content before and after a word of a text; the other way round after a passive ("was shot by")."""
    place = words.index(pivot)
    before, after = content_stems(words[:place]), content_stems(words[place + 1 :])
    passive = any(word.form == "by" for word in words[place + 1 : place + 4]) and any(
        word.form in ("is", "was", "are", "were", "be", "been", "being") for word in words[max(0, place - 3) : place]
    )
    return (after, before) if passive else (before, after)


def _compares(words: Sequence[Word], word: Word) -> bool:
    place = words.index(word)
    return any(later.form == "than" for later in words[place + 1 : place + 3])
