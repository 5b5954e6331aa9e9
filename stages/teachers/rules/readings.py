"""Whether a word of a sentence is its finite verb: surely, perhaps or not, by the dictionary and the words around it.

English verbs look like nouns ("records"), and their past tense like a participle ("polluted"). As in a constraint
grammar (Karlsson, 1990), each word starts with all the readings that the dictionary allows, and the words around it
take readings away. What is left in doubt stays "perhaps", and the caller is silent.
"""

from collections.abc import Sequence
from enum import Enum

from stages.english.inflection import AUXILIARIES, BE, lemmas_of, verb_forms_of
from stages.english.number_words import CARDINALS, NUMBER_WORDS

DETERMINERS = frozenset("the a an its his her their this that these those each every no some any both all".split())
PREPOSITIONS = frozenset(
    "in by on at from as with for of to into about through between among across along over under near off around "
    "toward towards against within without inside outside beneath above below behind beside beyond like unlike via "
    "upon onto per than despite during".split()
)
LINKS = frozenset("and or but nor then yet".split())
CONNECTIVES = frozenset(
    "that when after before as how if until than what why since because whether while where who which whose".split()
)
HAVE = frozenset(["has", "had", "have"])
DO = frozenset(["do", "does", "did"])
# Verbs that take a second object or a name, so that their participle can be followed by a noun: "a man named Ahab".
_NAMING = frozenset(
    "named called known titled entitled dubbed nicknamed termed made given awarded left offered paid sent taught told "
    "shown denied granted elected appointed crowned considered born thought".split()
)
# Inflected verbs that the dictionary also lists as nouns, but that are verbs after a noun in the singular.
_HARDLY_NOUNS = frozenset(
    "lies stands flows covers contains reaches lives feeds holds produces begins tells follows weighs grows separates "
    "connects occupies consists depicts appears belongs comes makes gives serves carries includes shows takes "
    "describes explains forms measures means runs rises ends opens uses rose saw found fell spoke took led felt began "
    "spans became wrote came went grew knew drew flew threw gave drove chose broke".split()
)
_DEGREE = frozenset("most more very so too less least highly newly well best early".split())
_SOMETIMES_ADVERBS = frozenset(
    ["first", "now", "then", "later", "once", "still", "also"]
)  # "now flows", "the first book"
_PLURAL_DETERMINERS = frozenset("many several most some both few all these those".split()) | {
    word for word, value in CARDINALS.items() if value > 1
}
_IRREGULAR_PLURALS = frozenset("people men women children mice geese feet teeth police cattle fish sheep".split())
# Words that may stand between an auxiliary and its verb.
_BETWEEN = frozenset("not also never often always still soon once then even only later first now".split())


class Finite(Enum):
    NO = 0
    PERHAPS = 1
    YES = 2


def finite(words: Sequence[str], index: int) -> Finite:
    """Whether the word at `index` is a finite verb. The words may have commas and quotes."""
    word = words[index].strip("\"',.")
    if not word.isalpha() or not word.islower() or index == 0:
        return Finite.NO
    back = 2 if index > 1 and words[index - 1] in _SOMETIMES_ADVERBS else 1
    before = words[index - back].strip("\"'").lower()
    helper = _helper_before(words, index)
    if word in AUXILIARIES | HAVE | DO:
        is_noun = before in DETERMINERS or before.endswith("'s")  # "his will"
        return Finite.NO if is_noun or helper in AUXILIARIES - BE or helper == "to" else Finite.YES
    forms = verb_forms_of(word)
    if not forms & {"VB", "VBD", "VBZ"}:
        unknown = not lemmas_of(word) and word.endswith("ed")
        return Finite.PERHAPS if unknown and not _cannot_follow(before) and not helper else Finite.NO
    if helper or _cannot_follow(before):
        return Finite.NO
    after = words[index + 1].strip("\"'") if index + 1 < len(words) else ""
    if "VBD" in forms:
        return _past(word, after, forms)
    if "VBZ" in forms and words[0].lower() in _PLURAL_DETERMINERS:
        return Finite.NO  # "two old ships"
    return _present(word, before, forms)


def may_be_plural(word: str) -> bool:
    """Whether a word can be the plural of a noun; words in no dictionary can if they end in -s."""
    word = word.strip("\"',").lower()
    if word in _IRREGULAR_PLURALS:
        return True
    return word.endswith("s") and not word.endswith(("ss", "'s", "us", "is")) and (
        not lemmas_of(word) or word not in lemmas_of(word).get("NOUN", (word,))
    )  # fmt: skip


def _helper_before(words: Sequence[str], index: int) -> str:
    """The auxiliary or "to" that a verb at `index` would depend on, "" if there is none: "was" in "was never built"."""
    for word in reversed(words[:index]):
        word = word.lower()
        if word in AUXILIARIES | HAVE | DO | {"to", "be", "been", "being", "get", "gets", "got", "having"}:
            return word
        if word not in _BETWEEN and not word.endswith("ly"):
            return ""
    return ""


def _cannot_follow(before: str) -> bool:
    """Whether no finite verb comes directly after this word: "the", "of", "two", "Ahab's", "quick", "most"."""
    word = before.rstrip(",")
    if word in DETERMINERS | PREPOSITIONS | _DEGREE or word in CARDINALS or word in NUMBER_WORDS:
        return word not in NUMBER_WORDS or before == word
    return word.endswith("'s") or (before == word and lemmas_of(word).keys() == {"ADJ"})


def _past(word: str, after: str, forms: frozenset[str]) -> Finite:
    if "VBN" not in forms:
        odd = set(lemmas_of(word)) - {"VERB"} and word not in _HARDLY_NOUNS
        return Finite.PERHAPS if odd else Finite.YES
    if after == "by":
        return Finite.NO
    takes_object = after in DETERMINERS or after[:1].isupper() or after[:1].isdigit() or after in CARDINALS
    return Finite.YES if takes_object and word not in _NAMING else Finite.PERHAPS


def _present(word: str, before: str, forms: frozenset[str]) -> Finite:
    only_verb = lemmas_of(word).keys() == {"VERB"}
    if "VBZ" in forms:
        sure = only_verb or (word in _HARDLY_NOUNS and not may_be_plural(before))
        return Finite.YES if sure else Finite.PERHAPS
    if only_verb:
        return Finite.YES if may_be_plural(before) else Finite.PERHAPS
    return Finite.PERHAPS if may_be_plural(before) or before.endswith("ly") else Finite.NO
