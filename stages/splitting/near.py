"""Near-duplicates of which two sides of a split have one each."""

from collections.abc import Iterator, Mapping

from stages.curation.content import Content, read_content
from stages.curation.near_duplicate import answers_the_same, asks_the_same, candidates
from stages.records import Example
from stages.splitting.allocation import SIDES, Split


def near_duplicates_apart(split: Split, min_similarity: float) -> Iterator[tuple[Example, Example]]:
    """Contents that share most of their words are looked at pair by pair, where not all who have them are together."""
    holders: dict[Content, dict[str, Example]] = {}  # of each content, an example of each side
    for side in SIDES:
        for example in split[side]:
            holders.setdefault(read_content(example), {}).setdefault(side, example)
    contents = list(holders)
    for one, earlier in zip(contents, candidates(contents), strict=True):
        for other in (one, *(contents[place] for place in earlier)):
            pair = _apart(holders[other], holders[one])
            if pair and asks_the_same(one, other, min_similarity) and answers_the_same(one, other, min_similarity):
                yield pair


def _apart(first: Mapping[str, Example], second: Mapping[str, Example]) -> tuple[Example, Example] | None:
    pairs = ((a, b) for side, a in first.items() for other, b in second.items() if side != other)
    return next(pairs, None)
