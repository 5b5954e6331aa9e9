"""What must stay together: the clusters of curation, and whatever else shares content."""

from collections.abc import Sequence

from stages.curation.clusters import Forest
from stages.records import Example
from stages.splitting.content import KEYS, Keys


def together(pool: Sequence[Example], clusters: Sequence[int]) -> list[int]:
    """A number for each example, equal for those of a cluster and for those that share content, however indirectly."""
    forest = Forest(len(pool))
    first: dict[int, int] = {}
    for place, number in enumerate(clusters):
        forest.join(first.setdefault(number, place), place)
    for keys in KEYS.values():
        _join(pool, keys, forest)
    return [forest.root(place) for place in range(len(pool))]


def _join(pool: Sequence[Example], keys: Keys, forest: Forest) -> None:
    """Joins who has a key as content, then who has it as wording with them."""
    owners: dict[int, int] = {}  # by hash, as the texts of millions of runs would fill the memory
    wording = []
    for place, example in enumerate(pool):
        for key, content in keys(example).items():
            if content:
                forest.join(owners.setdefault(hash(key), place), place)
            else:
                wording.append((hash(key), place))
    for number, place in wording:
        if number in owners:
            forest.join(owners[number], place)
