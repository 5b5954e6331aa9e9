"""Near-duplicates of which two sides of a split have one each."""

from collections.abc import Iterator

from stages.curation.content import read_content
from stages.curation.near_duplicate import answers_the_same, asks_the_same, candidates
from stages.records import Example
from stages.splitting.allocation import SIDES, Split


def near_duplicates_apart(split: Split, min_similarity: float) -> Iterator[tuple[Example, Example]]:
    """Pairs that share most of their words are looked at one by one, where they aren't together."""
    rows = [(side, example) for side in SIDES for example in split[side]]
    contents = [read_content(example) for _, example in rows]
    for place, earlier in enumerate(candidates(contents)):
        for other in earlier:
            if rows[place][0] == rows[other][0]:
                continue
            one, its_twin = contents[other], contents[place]
            if asks_the_same(one, its_twin, min_similarity) and answers_the_same(one, its_twin, min_similarity):
                yield rows[other][1], rows[place][1]
