"""Finds examples that ask and answer the same in other words: the near-duplicates that the proof of a split counts.

The rule `near_duplicate` and the grouping decide the same, with MinHash and other code. This module is a second
implementation of the same definition, and shares only its word lists with them (`stages/curation/vocabulary.py`). It
looks pairs up in an exact index: two questions are only compared if the rarest word of one is in the other.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from stages.common.records import Example
from stages.curation.vocabulary import DIGITS, LONG, NEGATIONS, PEOPLE, PLACES, QUESTION_FORMS, SYNONYMS, WORDING
from stages.english.inflection import lemma_of

# Pairs that share fewer of all their words are not reported. The rule's MinHash finds pairs above this share almost
# always (all but one in five thousand), and those below it by chance.
MIN_SHARED = 0.7

Places = list[int]  # positions in the list of examples

_NUMBER = r"\d[\d,]*(?:\.\d+)?(?![^\W_])"
_WORD = r"[^\W_]+(?:['’-][^\W_]+)*"
_SIGN = r"[+*/×÷=<>^%]|(?<=\d) ?[-–−] ?(?=\d)"  # noqa: RUF001
_TOKEN = re.compile(f"{_NUMBER}|{_WORD}|{_SIGN}")
_IN_QUOTES = re.compile(r"((?<!\w)'[^']+'(?!\w)|‘[^’]+’|\"[^\"]+\"|“[^”]+”)")
_WHAT_KIND = re.compile(rf"\b(?:what|which) (?:{'|'.join([*PEOPLE.split(), *PLACES.split()])})\b", re.I)
_FORMS = {form: re.compile(pattern, re.I) for form, pattern in QUESTION_FORMS.items()}
_YES, _NO = re.compile(r"\W*(?:yes|true)\b", re.I), re.compile(r"\W*(?:no|false)\b", re.I)


class Gist(NamedTuple):
    """What an example asks and says, without its wording. Equal gists are near-duplicates."""

    form: str  # what is asked for: when, where city, who, ...; "" for anything else
    task: frozenset[str]  # content words of the instruction
    question: frozenset[str]  # content words of instruction and input
    fixed: frozenset[str]  # words of the question that no other word can replace
    sequence: tuple[str, ...]  # the words of the question whose order matters
    answer: frozenset[str]  # content words of the output
    verdict: str  # yes, no or ""


def find_rewordings(examples: Sequence[Example], min_similarity: float) -> Iterator[tuple[Places, Places]]:
    """Groups of examples that say the same: every example of the first list with every one of the second.

    Examples with the same gist come as a list paired with itself. `min_similarity` is the share of words (0 to 1) that
    the questions, and the answers, of near-duplicates have in common.
    """
    places: dict[Gist, Places] = defaultdict(list)
    for place, example in enumerate(examples):
        places[read_gist(example)].append(place)
    for own in places.values():
        if len(own) > 1:
            yield own, own
    gists = list(places)
    for first, second in sorted(_candidates(gists, min_similarity)):
        if is_rewording(gists[first], gists[second], min_similarity):
            yield places[gists[first]], places[gists[second]]


def _candidates(gists: Sequence[Gist], min_similarity: float) -> set[tuple[int, int]]:
    """All pairs that can be near-duplicates, found by the words that they must have in common."""
    holders: dict[str, list[int]] = defaultdict(list)  # a word -> the gists whose question has it
    for number, gist in enumerate(gists):
        for word in gist.question or {""}:
            holders[word].append(number)
    frequency = Counter({word: len(numbers) for word, numbers in holders.items()})
    return {
        (min(number, candidate), max(number, candidate))
        for number, gist in enumerate(gists)
        for word in _required_words(gist, frequency, min_similarity)
        for candidate in holders[word]
        if candidate != number
    }


def _required_words(gist: Gist, frequency: Counter[str], min_similarity: float) -> list[str]:
    """Words of the gist's question, at least one of which is in the question of each near-duplicate.

    A near-duplicate of a short question repeats all of it, or is repeated by it and finds it by its own words. So one
    word is enough, the rarest. A near-duplicate of a passage has all its fixed words, so one of them is enough, and a
    share of `min_similarity` of all words, so one more word than may be missing is enough. The cheaper choice is taken.
    """

    def rarest(words: frozenset[str], count: int) -> list[str]:
        return sorted(words, key=lambda word: (frequency[word], word))[:count]

    size = len(gist.question)
    if size < LONG:
        return rarest(gist.question or frozenset({""}), 1)
    choices = [rarest(gist.question, size - ceil(min_similarity * size) + 1)]
    if gist.fixed:
        choices.append(rarest(gist.fixed, 1))
    return min(choices, key=lambda words: sum(frequency[word] for word in words))


def is_rewording(first: Gist, second: Gist, min_similarity: float) -> bool:
    """Whether two examples ask and answer the same, in whatever words."""
    if _shared(first.question | first.answer, second.question | second.answer) < MIN_SHARED:
        return False
    return _same_question(first, second, min_similarity) and _same_answer(first, second, min_similarity)


def _same_question(first: Gist, second: Gist, min_similarity: float) -> bool:
    if not (first.form.startswith(second.form) or second.form.startswith(first.form)):
        return False  # "where" and "where city" may ask the same, "where" and "when" may not
    if first.fixed - second.question or second.fixed - first.question:
        return False
    common = first.question & second.question
    only_first, only_second = first.question - common, second.question - common
    answers = _new_words(first, second)
    same_new_words = bool(answers[0]) and answers[0] == answers[1]
    if not only_first and not only_second:
        return first.sequence == second.sequence or same_new_words
    no_verdict = not first.verdict and not second.verdict
    if len(common) == 2 and len(only_first | only_second) == 1 and same_new_words and no_verdict:
        return True  # "Who wrote Emma?" and "Who wrote the novel Emma?": two words of three, and the same answer
    if _shared(first.question, second.question) < min_similarity:
        return False
    if len(first.question) >= LONG and len(second.question) >= LONG:  # the words of a passage may differ, not the task
        only_first, only_second = only_first & first.task, only_second & second.task
    return not only_first or not only_second


def _same_answer(first: Gist, second: Gist, min_similarity: float) -> bool:
    if first.verdict != second.verdict:
        return False
    new, its_new = _new_words(first, second)
    if new and new == its_new:
        return True
    if new and its_new and (new < its_new or its_new < new) and first.question == second.question:
        return True  # one answer says more than the other
    if new and its_new and (new < its_new or its_new < new):
        return False
    differing = first.answer ^ second.answer
    if any(word[0].isdigit() or word in NEGATIONS for word in differing):
        return False
    return _shared(first.answer, second.answer) >= min_similarity


def _new_words(first: Gist, second: Gist) -> tuple[frozenset[str], frozenset[str]]:
    """What each answer says that neither question does."""
    asked = first.question | second.question
    return first.answer - asked, second.answer - asked


def _shared(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard similarity: shared words divided by all words; 1 for two empty sets."""
    return len(first & second) / len(first | second) if first or second else 1.0


def read_gist(example: Example) -> Gist:
    """The gist of an example, computed by this module's own code (see the module's docstring)."""
    task = _read_instruction(example.instruction)
    given = _split(example.input)
    is_passage = len(given) >= LONG
    asked = task + [(token.lower(), not is_passage or not token[0].islower()) for token in given]
    if given and not is_passage:
        answer = {token.lower() for token in _split(example.output)}  # such an answer is often only the input reworded
    else:
        answer = {_reduce(token) for token in _split(example.output)} - WORDING
    has_number = any(word[0].isdigit() for word, _ in task)
    return Gist(
        form=_form_of(example.instruction),
        task=frozenset(word for word, _ in task),
        question=frozenset(word for word, _ in asked),
        fixed=frozenset(word for word, is_fixed in asked if is_fixed),
        sequence=tuple(word for word, is_fixed in asked if is_fixed or has_number),
        answer=frozenset(answer),
        verdict="yes" if _YES.match(example.output) else "no" if _NO.match(example.output) else "",
    )


def _read_instruction(text: str) -> list[tuple[str, bool]]:
    """The content words in order, each with whether it is fixed. Quoted text is fixed, and so is a text after a colon,
    unless it is a question or there is no task before it."""
    before, colon, after = text.partition(": ")
    if not colon or after.rstrip().endswith("?") or not _read_plain(before):
        before, after = text, ""
    words = []
    for number, part in enumerate(_IN_QUOTES.split(before)):  # every second part is in quotes
        words += [(token.lower(), True) for token in _split(part)] if number % 2 else _read_plain(part)
    return words + [(token.lower(), True) for token in _split(after)]


def _read_plain(text: str) -> list[tuple[str, bool]]:
    """The content words of unquoted text. Names, numbers, signs and negations are fixed."""
    words = []
    text = _WHAT_KIND.sub("", text)
    for match in _TOKEN.finditer(text):
        token = _tidy(match[0])
        word = _reduce(token)
        if word in WORDING:
            continue
        is_name = not token[0].islower()
        if is_name and token[1:].islower() and _ends_a_sentence(text[: match.start()]):
            is_name = False  # the first word of a sentence has a capital anyway
        words.append((word, is_name or word in NEGATIONS or not word.isalpha()))
    return words


def _ends_a_sentence(text: str) -> bool:
    stripped = text.rstrip()
    return not stripped or stripped[-1] in ".!?" or not text.strip(" '\"")


def _split(text: str) -> list[str]:
    return [_tidy(token) for token in _TOKEN.findall(text)]


def _tidy(token: str) -> str:
    """Without thousands separators, or without the spaces around a minus sign."""
    return token.replace(",", "") if token[0].isdigit() else token.strip()


@lru_cache(maxsize=1 << 18)
def _reduce(token: str) -> str:
    """The lemma in lower case, or the first word of its group of synonyms; digits for number words up to ten."""
    word = token.lower().replace("’", "'")
    if word.endswith("'s"):
        word = word[:-2]
    if word in WORDING:
        return word
    if not word.isalpha():
        return SYNONYMS.get(word, word)
    if word in DIGITS:
        return DIGITS[word]
    lemma = lemma_of(word)
    return SYNONYMS.get(word) or SYNONYMS.get(lemma) or lemma


def _form_of(instruction: str) -> str:
    for form, pattern in _FORMS.items():
        if match := pattern.search(instruction):
            kind = match.groupdict().get("kind")
            return f"{form} {kind.lower()}" if kind else form
    return ""
