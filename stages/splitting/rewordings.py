"""Finds examples that ask and answer the same in other words: the near-duplicates that the proof of a split counts.

The rule `near_duplicate` and the grouping decide the same, with other code. This module is a second implementation of
the same definition. It shares only the normal form, the lemmas, the word lists and patterns of
`stages/curation/vocabulary.py`, and `map_chunks` with them, and looks pairs up in exact indices of its own.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from stages.common.processes import map_chunks
from stages.common.records import Example
from stages.curation.vocabulary import DIGITS, LONG, NEGATIONS, PEOPLE, PLACES, QUESTION_FORMS, SIGNS, SYNONYMS, WORDING
from stages.english.inflection import lemma_of
from stages.english.normal_form import normal_characters
from stages.splitting.rewording_index import PASSAGE, Key, by_rarity, keys_in_index, keys_to_look_up

Places = list[int]  # positions in the list of examples

_NUMBER = r"\d[\d,]*(?:\.\d+)?(?![^\W_])"
_WORD = r"[^\W_]+(?:['’-][^\W_]+)*"
_SIGN = r"[+*/×÷=<>^%]|(?<=\d) ?[-–−] ?(?=\d)"  # noqa: RUF001
_TOKEN = re.compile(f"{_NUMBER}|{_WORD}|{_SIGN}")
_TOKEN_OR_SIGN = re.compile(f"{_TOKEN.pattern}|{SIGNS}")
_IN_QUOTES = re.compile(r"((?<!\w)'[^']+'(?!\w)|‘[^’]+’|\"[^\"]+\"|“[^”]+”)")
_WHAT_KIND = re.compile(rf"\b(?:what|which) (?:{'|'.join([*PEOPLE.split(), *PLACES.split()])})\b", re.I)
_FORMS = {form: re.compile(pattern) for form, pattern in QUESTION_FORMS.items()}
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
    return rewordings_of(map_chunks(_read_gists, examples, "proof"), min_similarity)


def rewordings_of(all_gists: Iterable[Gist], min_similarity: float) -> Iterator[tuple[Places, Places]]:
    """The same for examples with these gists."""
    numbers: dict[str, int] = {}
    places: dict[_Numbered, Places] = defaultdict(list)
    for place, gist in enumerate(all_gists):
        places[_number_words(gist, numbers)].append(place)
    for own in places.values():
        if len(own) > 1:
            yield own, own
    words, gists = list(numbers), list(places)
    candidates = _candidates(gists, len(words), min_similarity)
    for first, second in sorted({(min(pair), max(pair)) for pair in candidates if pair[0] != pair[1]}):
        if is_rewording(_with_words(gists[first], words), _with_words(gists[second], words), min_similarity):
            yield places[gists[first]], places[gists[second]]


def _read_gists(examples: Sequence[Example]) -> list[Gist]:
    return list(map(read_gist, examples))


class _Numbered(NamedTuple):
    """A gist with numbers instead of words, rising where their order means nothing. It takes a sixth of the memory."""

    form: str
    task: tuple[int, ...]
    question: tuple[int, ...]
    fixed: tuple[int, ...]
    sequence: tuple[int, ...]
    answer: tuple[int, ...]
    verdict: str


def _number_words(gist: Gist, numbers: dict[str, int]) -> _Numbered:
    """Gives each new word the next number."""

    def number(words: Iterable[str]) -> list[int]:
        return [numbers.setdefault(word, len(numbers)) for word in words]

    task = tuple(sorted(number(gist.task)))
    return _Numbered(
        form=gist.form,
        task=task,
        question=task if gist.question == gist.task else tuple(sorted(number(gist.question))),
        fixed=tuple(sorted(number(gist.fixed))),
        sequence=tuple(number(gist.sequence)),
        answer=tuple(sorted(number(gist.answer))),
        verdict=gist.verdict,
    )


def _with_words(gist: _Numbered, words: Sequence[str]) -> Gist:
    word = words.__getitem__
    return Gist(
        form=gist.form,
        task=frozenset(map(word, gist.task)),
        question=frozenset(map(word, gist.question)),
        fixed=frozenset(map(word, gist.fixed)),
        sequence=tuple(map(word, gist.sequence)),
        answer=frozenset(map(word, gist.answer)),
        verdict=gist.verdict,
    )


def _candidates(gists: Sequence[_Numbered], words: int, min_similarity: float) -> Iterator[tuple[int, int]]:
    """All pairs that can be near-duplicates, found by the words that they must have in common; many come twice. `words`
    is how many there are."""
    frequency = [0] * words
    for gist in gists:
        for word in gist.question:
            frequency[word] += 1
    index: dict[Key[int], Places] = defaultdict(list)
    for number, gist in enumerate(gists):
        for key in keys_in_index(by_rarity(gist.question, frequency.__getitem__)):
            index[key].append(number)
    for number, gist in enumerate(gists):
        in_order, fixed = by_rarity(gist.question, frequency.__getitem__), frozenset(gist.fixed)
        own = frozenset(in_order)
        for key in keys_to_look_up(in_order, fixed, frequency.__getitem__, min_similarity):
            for other in index.get(key, ()):
                fits = own.issuperset(gists[other].question)
                if key[0] == PASSAGE:
                    fits = own.issuperset(gists[other].fixed) and fixed.issubset(gists[other].question)
                if fits:
                    yield number, other


def is_rewording(first: Gist, second: Gist, min_similarity: float) -> bool:
    """Whether two examples ask and answer the same, in whatever words."""
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
    instruction, output = normal_characters(example.instruction), normal_characters(example.output)
    passage = normal_characters(example.input)
    task = _read_instruction(instruction)
    given = _split(passage)
    is_passage = len(given) >= LONG
    if not is_passage:
        given = _split(passage, _TOKEN_OR_SIGN) or passage.split()
        is_passage = len(given) >= LONG
    asked = task + [(intern(token.casefold()), not is_passage or not token[0].islower()) for token in given]
    said = _split(output) or output.split()
    if given and not is_passage:
        answer = {intern(token.casefold()) for token in said}  # such an answer is often only the input reworded
    else:
        answer = {_reduce(token) for token in said} - WORDING
    task_words = frozenset(word for word, _ in task)  # one set, if there is no input: a million have to fit into memory
    has_number = any(word[0].isdigit() for word, _ in task)
    return Gist(
        form=_form_of(instruction),
        task=task_words,
        question=task_words.union(word for word, _ in asked) if given else task_words,
        fixed=frozenset(word for word, is_fixed in asked if is_fixed),
        sequence=tuple(word for word, is_fixed in asked if is_fixed or has_number),
        answer=frozenset(answer),
        verdict="yes" if _YES.match(output) else "no" if _NO.match(output) else "",
    )


def _read_instruction(text: str) -> list[tuple[str, bool]]:
    """The content words in order, each with whether it is fixed. Quoted text is fixed, and so is a text after a colon,
    unless it is a question or there is no task before it."""
    before, colon, after = text.partition(": ")
    if not colon or after.rstrip().endswith("?") or not _read_plain(before):
        before, after = text, ""
    words = []
    for number, part in enumerate(_IN_QUOTES.split(before)):  # every second part is in quotes
        words += (
            [(intern(token.casefold()), True) for token in _split(part, _TOKEN_OR_SIGN)]
            if number % 2
            else _read_plain(part)
        )
    return words + [(intern(token.casefold()), True) for token in _split(after, _TOKEN_OR_SIGN)]


def _read_plain(text: str) -> list[tuple[str, bool]]:
    """The content words of unquoted text. Names, numbers, signs and negations are fixed."""
    words = []
    text = _WHAT_KIND.sub("", text)
    for match in _TOKEN_OR_SIGN.finditer(text):
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


def _split(text: str, pattern: re.Pattern[str] = _TOKEN) -> list[str]:
    return [_tidy(token) for token in pattern.findall(text)]


def _tidy(token: str) -> str:
    """Without thousands separators, or without the spaces around a minus sign."""
    return token.replace(",", "") if token[0].isdigit() else token.strip()


@lru_cache(maxsize=1 << 18)
def _reduce(token: str) -> str:
    """The lemma in lower case, or the first word of its group of synonyms; digits for number words up to ten."""
    word = intern(token.casefold().replace("’", "'"))
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
    instruction = instruction.lower()
    for form, pattern in _FORMS.items():
        if match := pattern.search(instruction):
            kind = match.groupdict().get("kind")
            return f"{form} {kind}" if kind else form
    return ""
