"""The same question in other words, with the same answer.

MinHash finds the pairs that share most of their words. Each pair is then compared, because shared words don't make the
same question: "What is the capital of Poland?" and "What is the capital of Ecuador?" differ only by their subject.
"""

from collections.abc import Iterable, Iterator, Sequence

from stages.common.records import Example
from stages.curation.content import Content, is_numeral
from stages.curation.vocabulary import LONG, NEGATIONS

# Sketches of 128 values in 32 bands of 4 miss one in five thousand pairs that share 0.7 of their words.
_VALUES, _BANDS, _SEED = 128, 32, 1


def near_duplicate(content: Content, twins: Iterable[tuple[Example, Content]], min_similarity: float) -> str | None:
    """An example that asks and answers the same as one of `twins`, candidates that were kept."""
    for twin, twin_content in twins:
        if repeats(content, twin_content, min_similarity):
            return f"asks and answers the same as {twin.id}: {twin.instruction!r}"
    return None


def candidates(contents: Sequence[Content]) -> list[list[int]]:
    """For each content, the positions of the earlier ones that probably share most of its words, rising.

    Contents should be distinct: a thousand equal ones would make half a million pairs.
    """
    from rensa import RMinHash, RMinHashLSH

    sketches = RMinHash.from_token_sets([sorted(content.all) for content in contents], num_perm=_VALUES, seed=_SEED)
    index = RMinHashLSH(threshold=0.0, num_perm=_VALUES, num_bands=_BANDS)
    index.insert_many(sketches, 0)
    return [
        sorted(match for match in matches if match < place) for place, matches in enumerate(index.query_all(sketches))
    ]


def near_duplicate_pairs(contents: Sequence[Content], min_similarity: float) -> Iterator[tuple[int, int]]:
    """The positions of two contents each that ask and answer the same.

    Of equal contents, the first is paired with each of the others, and only the first is compared with different ones.
    """
    first_place: dict[Content, int] = {}
    for place, content in enumerate(contents):
        if first_place.setdefault(content, place) != place:
            yield first_place[content], place
    distinct = list(first_place)
    for content, earlier in zip(distinct, candidates(distinct), strict=True):
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
