"""Whole clusters of examples to test, val and train, with exactly the wanted sizes.

Synthetic and general examples have about their share on each side. Clusters come in random order, and a side takes
the first with which a subset makes its size up exactly: subset sums, by dynamic programming.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from stages.common.errors import StageError
from stages.common.records import Example

SIDES = ("train", "val", "test")
Split = dict[str, list[Example]]  # side -> examples
Cluster = list[Example]


class TooCoarseError(StageError):
    """Whole clusters don't make a size up."""


def allocate(pool: Sequence[Example], numbers: Sequence[int], sizes: Mapping[str, int], rng: random.Random) -> Split:
    """`numbers` are the clusters of the pool. Raises StageError where whole clusters don't make the sizes up."""
    clusters = gather(pool, numbers)
    rng.shuffle(clusters)
    try:
        split = _fill(clusters, sizes)
    except TooCoarseError:  # small clusters went early; the largest first leave them to the sides that come later
        split = _fill(sorted(clusters, key=len, reverse=True), sizes)
    return {side: mixed(split[side], rng) for side in SIDES}


def gather(pool: Sequence[Example], numbers: Sequence[int]) -> list[Cluster]:
    """The clusters in an order that doesn't depend on that of the pool."""
    clusters: dict[int, Cluster] = defaultdict(list)
    for example, number in zip(pool, numbers, strict=True):
        clusters[number].append(example)
    return sorted((sorted(one, key=_id) for one in clusters.values()), key=lambda one: _id(one[0]))


def mixed(examples: Iterable[Example], rng: random.Random) -> list[Example]:
    """In random order, in which the first so many always have the share of synthetic examples that all have."""
    kinds: dict[str, list[Example]] = {"synthetic": [], "general": []}
    for example in sorted(examples, key=_id):
        kinds[example.source.kind].append(example)
    for ours in kinds.values():
        rng.shuffle(ours)
    placed = [((rank + 0.5) / len(ours), example) for ours in kinds.values() for rank, example in enumerate(ours)]
    return [example for _, example in sorted(placed, key=lambda one: one[0])]


def take(clusters: list[Cluster], count: int) -> tuple[list[Cluster], list[Cluster]]:
    """Clusters with `count` examples together, out of the shortest start of the list that has such, and the others."""
    made = first_made(map(len, clusters), count)
    chosen = set()
    while count:
        chosen.add(made[count])
        count -= len(clusters[made[count]])
    return [clusters[i] for i in sorted(chosen)], [one for i, one in enumerate(clusters) if i not in chosen]


def first_made(sizes: Iterable[int], most: int) -> dict[int, int]:
    """Each sum of some of the sizes, up to `most`, with the index of the size that first made it possible.

    The sums that are possible so far are the bits of one integer.
    """
    made = {0: -1}
    bits, every = 1, (1 << most + 1) - 1
    for index, size in enumerate(sizes):
        if bits == every:
            break
        new = (bits << size) & every & ~bits
        bits |= new
        while new:
            lowest = new & -new
            made[lowest.bit_length() - 1] = index
            new ^= lowest
    return made


def _fill(clusters: list[Cluster], sizes: Mapping[str, int]) -> Split:
    """Test first, then val, then train: the smaller a side, the more choice it needs."""
    left = {kind: [one for one in clusters if _kind(one) == kind] for kind in ("synthetic", "general")}
    share = sum(map(len, left["synthetic"])) / sum(map(len, clusters))
    split: Split = {}
    for side in ("test", "val", "train"):
        split[side] = []
        for kind, count in _counts(side, left, sizes[side], round(sizes[side] * share)).items():
            chosen, left[kind] = take(left[kind], count)
            split[side] += [example for cluster in chosen for example in cluster]
    return split


def _counts(side: str, left: Mapping[str, list[Cluster]], size: int, synthetic: int) -> dict[str, int]:
    """How many examples of each kind make a side up: as many synthetic ones as wanted, or as near as there is."""
    sums = {kind: first_made(map(len, left[kind]), size) for kind in left}
    possible = [count for count in sums["synthetic"] if size - count in sums["general"]]
    if not possible:
        raise TooCoarseError(_too_coarse(side, size, [len(one) for ours in left.values() for one in ours]))
    count = min(possible, key=lambda count: (abs(count - synthetic), count))
    return {"synthetic": count, "general": size - count}


def _kind(cluster: Cluster) -> str:
    """A cluster of both kinds counts as that of most of its examples."""
    kinds = Counter(example.source.kind for example in cluster)
    return "synthetic" if kinds["synthetic"] >= kinds["general"] else "general"


def _id(example: Example) -> str:
    return example.id


def _too_coarse(side: str, size: int, left: list[int]) -> str:
    nearest = max(first_made(left, size))
    largest = ", ".join(map(str, sorted(left, reverse=True)[:5])) or "none"
    return (
        f"split: {side} needs {size} examples, and what must stay together makes {nearest} of them ({size - nearest} "
        f"missing); sizes of the largest groups that are left: {largest}. Lower split.full, raise "
        "split.general.at_most, or set split.decontaminate to false, which lets test questions leak"
    )
