"""What an example asks and answers, as sets of content words: what is left once the wording is taken away.

"Who wrote Emma?" and "Name the author of Emma." both ask {author, emma}. Words that make a question what it is (names,
numbers, negations, quoted words and the words of a short input) are `marked`: they cannot be exchanged for others.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern

from stages.common.records import Example
from stages.curation.vocabulary import DIGITS, LONG, NEGATIONS, PEOPLE, PLACES, QUESTION_FORMS, SIGNS, SYNONYMS, WORDING
from stages.english.inflection import lemma_of
from stages.english.normal_form import normal_characters

_KIND = re.compile(rf"\b(?:what|which) (?:{'|'.join((PEOPLE + ' ' + PLACES).split())})\b", re.I)
_ASKS = tuple((name, re.compile(pattern)) for name, pattern in QUESTION_FORMS.items())
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?(?![^\W_])|[^\W_]+(?:['’-][^\W_]+)*|[+*/×÷=<>^%]|(?<=\d) ?[-–−] ?(?=\d)")  # noqa: RUF001
_WITH_SIGNS = re.compile(f"{_TOKEN.pattern}|{SIGNS}")
_QUOTED = re.compile(r"(?<!\w)'[^']+'(?!\w)|‘[^’]+’|\"[^\"]+\"|“[^”]+”")
_VERDICT = re.compile(r"\W*(yes|true|no|false)\b", re.I)


@dataclass(frozen=True, slots=True)
class Content:
    """The content words of an example, by where they are. All in normal form; most as lemmas."""

    instruction: frozenset[str]
    question: frozenset[str]  # of instruction and input
    answer: frozenset[str]
    marked: frozenset[str]  # of the question: names, numbers, negations, quoted words, the words of a short input
    order: tuple[str, ...]  # the marked words in order; all words if the instruction has a number ("5 km to m")
    subjects: frozenset[str]  # the marked words that a question can be about: names and quoted words
    asks: str  # when, where, where city, who, ...; "" for any other form of question
    verdict: str  # yes or no if the answer begins with it, or with true or false; else ""

    @property
    def all(self) -> frozenset[str]:
        return self.question | self.answer

    @property
    def added(self) -> frozenset[str]:
        """The words of the answer that are not in the instruction."""
        return self.answer - self.instruction - WORDING


def is_numeral(word: str) -> bool:
    return word[0].isdigit()


def read_content(example: Example) -> Content:
    """The content words of an example. Two examples with equal contents are near-duplicates."""
    task, output = normal_characters(example.instruction), normal_characters(example.output)
    instruction = list(_instruction_words(task))
    passage = normal_characters(example.input)
    given = tokens(passage)
    if len(given) < LONG:
        given = _tokens_and_signs(passage) or passage.split()
    asked = instruction + [(_without_case(token), len(given) < LONG or _stands_out(token)) for token in given]
    counted = any(is_numeral(word) for word, _ in instruction)
    verbatim = 0 < len(given) < LONG  # the answer is then often only another form of the input
    said = tokens(output) or output.split()  # an answer of signs alone: "&"
    answer = [_without_case(token) if verbatim else _folded(token) for token in said]
    # Equal sets are one set, and equal words one word (`_without_case`): a million examples have to fit into memory.
    task_words = frozenset(word for word, _ in instruction)
    marked = frozenset(word for word, is_marked in asked if is_marked)
    subjects = frozenset(
        word
        for word, is_marked in instruction
        if is_marked and word[0].isalpha() and word not in WORDING and word not in NEGATIONS
    )
    return Content(
        instruction=task_words,
        question=task_words | {word for word, _ in asked} if given else task_words,
        answer=frozenset(word for word in answer if verbatim or word not in WORDING),
        marked=marked,
        order=tuple(word for word, is_marked in asked if is_marked or counted),
        subjects=marked if subjects == marked else subjects,
        asks=_asked_for(task),
        verdict=_verdict_of(output),
    )


def read_contents(examples: Sequence[Example]) -> list[Content]:
    """The content of each example, for `map_chunks`."""
    return list(map(read_content, examples))


def _without_case(token: str) -> str:
    return intern(token.casefold())


def word_forms(text: str) -> frozenset[str]:
    """The words of a text, each both as it is written (without case) and as its lemma."""
    written = tokens(text)
    return frozenset(map(_folded, written)) | frozenset(token.casefold() for token in written)


def tokens(text: str) -> list[str]:
    """Words, numbers without thousands separators, and arithmetic signs, in order."""
    return [_clean(token) for token in _TOKEN.findall(normal_characters(text))]


def _tokens_and_signs(text: str) -> list[str]:
    """The tokens, and the signs that make another question."""
    return [_clean(token) for token in _WITH_SIGNS.findall(text)]


def _clean(token: str) -> str:
    return token.replace(",", "") if token[0].isdigit() else token.strip()


def _instruction_words(text: str) -> Iterator[tuple[str, bool]]:
    """Each content word of an instruction, and whether it is marked.

    Quoted text is kept word for word and marked. So is the text after a colon, unless it is a question.
    """
    start, _, rest = text.partition(": ")
    if rest.rstrip().endswith("?") or not any(_unquoted_words(start)):
        start, rest = text, ""
    position = 0
    for quoted in _QUOTED.finditer(start):
        yield from _unquoted_words(start[position : quoted.start()])
        yield from ((_without_case(token), True) for token in _tokens_and_signs(quoted[0]))
        position = quoted.end()
    yield from _unquoted_words(start[position:])
    yield from ((_without_case(token), True) for token in _tokens_and_signs(rest))


def _unquoted_words(text: str) -> Iterator[tuple[str, bool]]:
    text = _KIND.sub("", text)
    for match in _WITH_SIGNS.finditer(text):
        token = _clean(match[0])
        word = _folded(token)
        if word not in WORDING:
            name = _stands_out(token) and not (token[1:].islower() and _is_first(text[: match.start()]))
            yield word, name or word in NEGATIONS or not word.isalpha()


def _is_first(before: str) -> bool:
    """Whether a sentence begins after this text."""
    return not before.rstrip(" '\"") or before.rstrip()[-1:] in ".!?"


def _stands_out(token: str) -> bool:
    """Whether it is a name, a number or a sign."""
    return not token[0].islower()


@lru_cache(maxsize=1 << 18)
def _folded(token: str) -> str:
    """A word without its inflection, and the same for words that mean the same: "cities" becomes "city", "wrote" and
    "writer" become "author", and "two" becomes "2"."""
    word = token.casefold().replace("’", "'").removesuffix("'s")
    if word in WORDING or not word.isalpha():
        return intern(word) if word in WORDING else SYNONYMS.get(word, intern(word))
    lemma = lemma_of(word)
    return DIGITS.get(word) or SYNONYMS.get(word) or SYNONYMS.get(lemma, intern(lemma))


def _asked_for(instruction: str) -> str:
    text = instruction.lower()
    for name, pattern in _ASKS:
        if found := pattern.search(text):
            return f"{name} {kind}" if (kind := found.groupdict().get("kind")) else name
    return ""


def _verdict_of(output: str) -> str:
    match = _VERDICT.match(output)
    return "" if match is None else "yes" if match[1].lower() in {"yes", "true"} else "no"
