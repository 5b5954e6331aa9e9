"""The same question in other words, with the same answer.

MinHash finds the pairs that share most of their words; each is then looked at, because the same words don't make the
same question: "What is the capital of Poland?" differs from "What is the capital of Ecuador?" by its subject alone.
"""

from collections.abc import Iterable, Iterator, Sequence

from stages.common.records import Example
from stages.curation.content import LONG, NEGATIONS, Content, is_number

# Sketches of 128 values in 32 bands of 4: a pair that shares 0.7 of its words is missed once in five thousand times.
_VALUES, _BANDS, _SEED = 128, 32, 1


def near_duplicate(content: Content, twins: Iterable[tuple[Example, Content]], min_similarity: float) -> str | None:
    """`twins` are candidates that were kept; the evidence is the id of the first that asks and answers the same."""
    for twin, its_content in twins:
        if repeats(content, its_content, min_similarity):
            return f"asks and answers the same as {twin.id}: {twin.instruction!r}"
    return None


def candidates(contents: Sequence[Content]) -> list[list[int]]:
    """For each content the places of the earlier ones that probably share most of its words, in order.

    Contents should be distinct: a thousand that are equal would be half a million pairs.
    """
    from rensa import RMinHash, RMinHashLSH

    sketches = RMinHash.from_token_sets([sorted(content.all) for content in contents], num_perm=_VALUES, seed=_SEED)
    index = RMinHashLSH(threshold=0.0, num_perm=_VALUES, num_bands=_BANDS)
    index.insert_many(sketches, 0)
    return [sorted(one for one in found if one < place) for place, found in enumerate(index.query_all(sketches))]


def near_duplicate_pairs(contents: Sequence[Content], min_similarity: float) -> Iterator[tuple[int, int]]:
    """Two places each of contents that ask and answer the same. Of equal ones the first stands for all: it makes a pair
    with each of the others."""
    first: dict[Content, int] = {}
    for place, content in enumerate(contents):
        if first.setdefault(content, place) != place:
            yield first[content], place
    distinct = list(first)
    for one, earlier in zip(distinct, candidates(distinct), strict=True):
        for other in (distinct[place] for place in earlier):
            if repeats(one, other, min_similarity):
                yield first[other], first[one]


def repeats(one: Content, other: Content, min_similarity: float) -> bool:
    """Whether two examples ask and answer the same. A question with two content words is not another one for a third
    where both answers add the same: "Who wrote Emma?", "Who wrote the novel Emma?"."""
    same_answer = one.verdict == other.verdict == "" and _core(one, other) == _core(other, one) != frozenset()
    if same_answer and len(one.question & other.question) == 2 and len(one.question ^ other.question) == 1:
        min_similarity = 0.0
    return asks_the_same(one, other, min_similarity) and answers_the_same(one, other, min_similarity)


def asks_the_same(one: Content, other: Content, min_similarity: float) -> bool:
    """Whether two questions have the same content words, but for some that only one of them adds; a passage may
    differ by more, as long as no name and no number takes the place of another."""
    if not (one.asks.startswith(other.asks) or other.asks.startswith(one.asks)):
        return False
    if not (one.marked <= other.question and other.marked <= one.question):
        return False
    if similarity(one.question, other.question) < min_similarity:
        return False
    only_one, only_other = one.question - other.question, other.question - one.question
    if not only_one and not only_other:
        return one.order == other.order or _core(one, other) == _core(other, one) != frozenset()
    if min(len(one.question), len(other.question)) >= LONG:  # a passage: its words may differ, the task's may not
        only_one, only_other = only_one & one.instruction, only_other & other.instruction
    return not (only_one and only_other)


def answers_the_same(one: Content, other: Content, min_similarity: float) -> bool:
    """Whether two answers to a question say the same: what they add to it is the same, or their words are."""
    if one.verdict != other.verdict:
        return False
    core, other_core = _core(one, other), _core(other, one)
    if core or other_core:
        if core == other_core:
            return True
        if core and other_core and (core < other_core or other_core < core):
            return one.question == other.question
    return not any(map(_decides, one.answer ^ other.answer)) and similarity(one.answer, other.answer) >= min_similarity


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared words by all words (Jaccard); 1 for two empty sets."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if one or other else 1.0


def _core(one: Content, other: Content) -> frozenset[str]:
    return one.answer - one.question - other.question


def _decides(word: str) -> bool:
    """A number or a negation, which alone makes another answer."""
    return is_number(word) or word in NEGATIONS
