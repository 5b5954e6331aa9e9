"""The same question in other words, with the same answer.

`candidates` finds the pairs that share enough words. Each pair is then compared, because shared words don't make the
same question: "What is the capital of Poland?" and "What is the capital of Ecuador?" differ only by their subject.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations, product
from math import ceil
from typing import Any

from stages.common.records import Example
from stages.curation.content import Content, is_numeral
from stages.curation.vocabulary import LONG, NEGATIONS

Rank = Callable[[str], Any]  # how rare a word is: the rarest has the lowest rank, and no two words have the same

_FEW = 16  # contents; so many are compared each with each, more are divided by another word
_DEEPEST = 8  # words by which contents are divided


def near_duplicate(content: Content, twins: Iterable[tuple[Example, Content]], min_similarity: float) -> str | None:
    """An example that asks and answers the same as one of `twins`, candidates that were kept."""
    for twin, twin_content in twins:
        if repeats(content, twin_content, min_similarity):
            return f"asks and answers the same as {twin.id}: {twin.instruction!r}"
    return None


def candidates(contents: Sequence[Content], min_similarity: float) -> list[list[int]]:
    """For each content, the positions of the earlier ones whose question may be the same, rising. None is missed.

    Contents should be distinct: a thousand equal ones would make half a million pairs.
    """
    frequency = Counter(chain.from_iterable(content.question for content in contents))
    rank = {word: rank for rank, word in enumerate(sorted(frequency, key=lambda word: (frequency[word], word)))}
    found: list[list[int]] = [[] for _ in contents]
    for first, second in WordJoin(contents, min_similarity, rank.__getitem__).pairs():
        found[max(first, second)].append(min(first, second))
    return [sorted(set(earlier)) for earlier in found]


class WordJoin:
    """Finds all pairs of contents whose questions have enough words in common, without comparing each with each.

    Two contents are compared if they agree in the rarest word that their questions share: a prefix filter (Chaudhuri,
    Ganti and Kaushik, 2006: "A primitive operator for similarity joins"). The other must have `min_similarity` of a
    content's words, and all marked ones, so the rarest shared word is among the content's first few by rarity. If many
    contents have the same rarest word, they are divided by the second rarest, and so on, as long as that makes fewer
    pairs: passages that are almost equal can't be divided.

    Any ranks find all pairs, if they are the same for all contents; those by frequency find them soonest. So contents
    that don't fit into memory can be divided by their first words (`first_words`), and each part be joined by itself.
    """

    def __init__(self, contents: Sequence[Content], min_similarity: float, rank: Rank) -> None:
        self._contents = contents
        self._min_similarity = min_similarity
        self._rank = rank

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Each pair at least once."""
        yield from self._pairs_among(list(range(len(self._contents))), ())

    def pairs_by_first_word(self, word: str | None) -> Iterator[tuple[int, int]]:
        """The pairs of contents that all have `word` among their `first_words`, and for None, those of contents whose
        questions may have no word in common."""
        places = list(range(len(self._contents)))
        if word is None:
            yield from self._similar(self._pairs_that_share_no_more(places, 0))
        else:
            yield from self._pairs_among(places, (word,))

    def _pairs_among(self, places: list[int], shared: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """The pairs among contents that all have these words, the rarest ones that they share."""
        if len(places) <= _FEW or len(shared) == _DEEPEST:
            yield from self._similar(combinations(places, 2))
            return
        by_word: dict[str, list[int]] = defaultdict(list)
        share_no_more = []
        for place in places:
            words, may_end = _next_words(self._contents[place], shared, self._min_similarity, self._rank)
            for word in words:
                by_word[word].append(place)
            if may_end:
                share_no_more.append(place)
        if shared and sum(len(having) ** 2 for having in (share_no_more, *by_word.values())) > len(places) ** 2:
            yield from self._similar(combinations(places, 2))
            return
        yield from self._similar(self._pairs_that_share_no_more(share_no_more, len(shared)))
        for word, having in by_word.items():
            if len(having) > 1:
                yield from self._pairs_among(having, (*shared, word))

    def _pairs_that_share_no_more(self, places: Sequence[int], shared: int) -> Iterator[tuple[int, int]]:
        """The pairs among contents whose questions have only the `shared` words in common. If one of two questions is
        short, these are all words of one of them (`asks_the_same`); pairs of two that go on are left out."""
        complete: list[int] = []
        going_on: list[int] = []
        for place in places:
            size = len(self._contents[place].question)
            (complete if size == shared or size >= LONG else going_on).append(place)
        yield from combinations(complete, 2)
        yield from product(complete, going_on)

    def _similar(self, pairs: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The pairs whose questions have all marked words and enough others in common."""
        contents = self._contents
        for first, second in pairs:
            content, other = contents[first], contents[second]
            question, other_question = content.question, other.question
            if content.verdict != other.verdict or not content.marked <= other_question or not other.marked <= question:
                continue
            shared = len(question & other_question)
            if shared < min(len(question), len(other_question)) < LONG:  # neither has all words of the other
                continue
            every = len(question) + len(other_question) - shared
            if not every or shared / every >= self._min_similarity or (shared, every) == (2, 3):
                yield first, second


def first_words(content: Content, min_similarity: float, rank: Rank) -> list[str | None]:
    """The words one of which is the rarest that the question shares with a near-duplicate's. They end with None if
    there may be no such word."""
    words, may_end = _next_words(content, (), min_similarity, rank)
    return [*words, *([None] if may_end else [])]


def _next_words(content: Content, shared: tuple[str, ...], min_similarity: float, rank: Rank) -> tuple[list[str], bool]:
    """The words that can come after `shared` in the list of shared words, rarest first, and whether the list can end
    there."""
    size = len(content.question)
    missing = size - ceil(min_similarity * size - 1e-9)  # 0.55 * 20 is a little more than 11
    if size == 3:
        missing = max(missing, 1)  # `repeats` lets two words of three be enough
    words = sorted(content.question, key=rank)
    start = words.index(shared[-1]) + 1 if shared else 0
    missing -= start - len(shared)  # those that were passed over
    possible = []
    for word in words[start:]:
        possible.append(word)
        missing -= 1
        if word in content.marked or missing < 0:
            return possible, False
    return possible, True


def near_duplicate_pairs(contents: Sequence[Content], min_similarity: float) -> Iterator[tuple[int, int]]:
    """The positions of two contents each that ask and answer the same.

    Of equal contents, the first is paired with each of the others, and only the first is compared with different ones.
    """
    first_place: dict[Content, int] = {}
    for place, content in enumerate(contents):
        if first_place.setdefault(content, place) != place:
            yield first_place[content], place
    distinct = list(first_place)
    for content, earlier in zip(distinct, candidates(distinct, min_similarity), strict=True):
        for twin in (distinct[place] for place in earlier):
            if repeats(content, twin, min_similarity):
                yield first_place[twin], first_place[content]


def repeats(first: Content, second: Content, min_similarity: float) -> bool:
    """Whether two examples ask and answer the same.

    Two questions that share two content words may differ by a third if both answers add the same words: "Who wrote
    Emma?", "Who wrote the novel Emma?".
    """
    no_verdict = first.verdict == second.verdict == ""
    same_answer = no_verdict and _new_words(first, second) == _new_words(second, first) != frozenset()
    if same_answer and len(first.question & second.question) == 2 and len(first.question ^ second.question) == 1:
        min_similarity = 0.0
    return asks_the_same(first, second, min_similarity) and answers_the_same(first, second, min_similarity)


def asks_the_same(first: Content, second: Content, min_similarity: float) -> bool:
    """Whether two questions have the same content words, apart from some that only one of them adds.

    Passages may differ by more words, but not by names and numbers.
    """
    if not (first.asks.startswith(second.asks) or second.asks.startswith(first.asks)):
        return False
    if not (first.marked <= second.question and second.marked <= first.question):
        return False
    if similarity(first.question, second.question) < min_similarity:
        return False
    only_first, only_second = first.question - second.question, second.question - first.question
    if not only_first and not only_second:
        return first.order == second.order or _new_words(first, second) == _new_words(second, first) != frozenset()
    if min(len(first.question), len(second.question)) >= LONG:  # a passage: its words may differ, the task's may not
        only_first, only_second = only_first & first.instruction, only_second & second.instruction
    return not (only_first and only_second)


def answers_the_same(first: Content, second: Content, min_similarity: float) -> bool:
    """Whether two answers say the same: they add the same words to the question, or they are worded alike."""
    if first.verdict != second.verdict:
        return False
    new, other_new = _new_words(first, second), _new_words(second, first)
    if new or other_new:
        if new == other_new:
            return True
        if (new ^ other_new) & NEGATIONS:
            return False
        if new and other_new and (new < other_new or other_new < new):
            return first.question == second.question
    if any(map(_changes_the_answer, first.answer ^ second.answer)):
        return False
    return similarity(first.answer, second.answer) >= min_similarity


def similarity(first: frozenset[str], second: frozenset[str]) -> float:
    """Jaccard similarity: shared words divided by all words; 1 for two empty sets."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared) if first or second else 1.0


def _new_words(content: Content, other: Content) -> frozenset[str]:
    """The words of the answer that are in neither question."""
    return content.answer - content.question - other.question


def _changes_the_answer(word: str) -> bool:
    """Whether a word is a number or a negation: a single one makes another answer."""
    return is_numeral(word) or word in NEGATIONS
