"""Allocates whole groups of examples to test, val and train, so that each side has exactly the size asked for.

Each side has about the same share of synthetic and general examples. Groups come in random order. A side takes its
groups from the shortest prefix of the list in which some of them add up to its size. Which sums are possible is
computed by dynamic programming (subset sum).

Some examples may stand in train only, because the base model knows their questions. They are left out where their group
goes to test or val.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from stages.common.errors import StageError
from stages.common.records import Example, Source

SIDES = ("train", "val", "test")
KINDS = ("synthetic", "general")
Split = dict[str, list[Example]]  # side -> examples


class Member(Protocol):
    """An example, or what an engine keeps of it in memory."""

    @property
    def id(self) -> str: ...

    @property
    def source(self) -> Source: ...


M = TypeVar("M", bound=Member)
Group = list[M]  # examples that must stay on one side


class TooCoarseError(StageError):
    """No set of whole groups has the size of a side."""


def allocate(
    pool: Sequence[M],
    numbers: Sequence[int],
    sizes: Mapping[str, int],
    rng: random.Random,
    only_train: Collection[str] = frozenset(),
) -> dict[str, list[M]]:
    """Splits the pool into sides of the given sizes. `numbers` has the number of each example's group, and `only_train`
    the ids of examples that mustn't be in test or val. Train is smaller if too few are left because of these.

    Raises StageError if whole groups don't add up to the sizes.
    """
    groups = collect_groups(pool, numbers)
    rng.shuffle(groups)
    try:
        split = _fill_sides(groups, sizes, only_train)
    except TooCoarseError:
        # Test and val may have used up the small groups that train needs. Largest first, they are left for later sides.
        split = _fill_sides(sorted(groups, key=len, reverse=True), sizes, only_train)
    return {side: mix_kinds(split[side], rng) for side in SIDES}


def collect_groups(pool: Sequence[M], numbers: Sequence[int]) -> list[Group[M]]:
    """The groups, in an order that doesn't depend on the order of the pool."""
    groups: dict[int, Group[M]] = defaultdict(list)
    for example, number in zip(pool, numbers, strict=True):
        groups[number].append(example)
    in_order = [sorted(group, key=_id) for group in groups.values()]
    return sorted(in_order, key=lambda group: group[0].id)


def mix_kinds(examples: Iterable[M], rng: random.Random) -> list[M]:
    """A random order in which every prefix has about the same share of synthetic examples as the whole list."""
    by_kind: dict[str, list[M]] = {kind: [] for kind in KINDS}
    for example in sorted(examples, key=_id):
        by_kind[example.source.kind].append(example)
    placed: list[tuple[float, M]] = []  # each kind is spread evenly between 0 and 1
    for of_kind in by_kind.values():
        rng.shuffle(of_kind)
        placed += [((rank + 0.5) / len(of_kind), example) for rank, example in enumerate(of_kind)]
    return [example for _, example in sorted(placed, key=lambda pair: pair[0])]


def take_groups(groups: list[Group[M]], count: int, sizes: Sequence[int]) -> tuple[list[Group[M]], list[Group[M]]]:
    """Groups with `count` examples in total, from the shortest prefix of the list that has such groups, and the rest.

    `sizes` has how many examples of each group count. Raises KeyError if no groups add up to `count`.
    """
    last_group = first_indices(sizes, count)
    chosen = set()
    while count:
        chosen.add(last_group[count])
        count -= sizes[last_group[count]]
    return [groups[i] for i in sorted(chosen)], [group for i, group in enumerate(groups) if i not in chosen]


def first_indices(sizes: Iterable[int], most: int) -> dict[int, int]:
    """Each sum of some of the sizes, up to `most`, with the index of the size that first made it possible (-1 for 0).

    The possible sums are the bits that are set in one integer.
    """
    first = {0: -1}
    possible, all_sums = 1, (1 << most + 1) - 1
    for index, size in enumerate(sizes):
        if possible == all_sums:
            break
        new = (possible << size) & all_sums & ~possible
        possible |= new
        while new:
            lowest = new & -new
            first[lowest.bit_length() - 1] = index
            new ^= lowest
    return first


def _fill_sides(groups: list[Group[M]], sizes: Mapping[str, int], only_train: Collection[str]) -> dict[str, list[M]]:
    """Fills test first, then val, then train, because a small side needs the most choice."""
    left: dict[str, list[Group[M]]] = {kind: [] for kind in KINDS}
    for group in groups:
        left[_kind(group)].append(group)
    share = sum(map(len, left["synthetic"])) / sum(map(len, groups))
    split: dict[str, list[M]] = {}
    for side in ("test", "val", "train"):
        barred: Collection[str] = only_train if side != "train" else frozenset()
        usable = {kind: [_without(group, barred) for group in of_kind] for kind, of_kind in left.items()}
        available = sum(len(group) for of_kind in usable.values() for group in of_kind)
        size = min(sizes[side], available) if side == "train" else sizes[side]
        if side == "train" and size == available:
            # All that is left. To look for the sums of a million examples would take half a minute.
            split[side] = [example for of_kind in usable.values() for group in of_kind for example in group]
            continue
        split[side] = []
        for kind, count in _count_kinds(side, usable, size, round(size * share)).items():
            chosen, left[kind] = take_groups(left[kind], count, [len(group) for group in usable[kind]])
            split[side] += [example for group in chosen for example in _without(group, barred)]
    return split


def _without(group: Group[M], barred: Collection[str]) -> Group[M]:
    return [example for example in group if example.id not in barred] if barred else group


def _count_kinds(side: str, left: Mapping[str, list[Group[M]]], size: int, synthetic: int) -> dict[str, int]:
    """How many examples of each kind the side gets: `synthetic` synthetic ones, or the nearest possible number."""
    sums = {kind: first_indices(map(len, groups), size) for kind, groups in left.items()}
    possible = [count for count in sums["synthetic"] if size - count in sums["general"]]
    if not possible:
        lengths = [len(group) for groups in left.values() for group in groups]
        raise TooCoarseError(_describe_problem(side, size, lengths))
    nearest = min(possible, key=lambda count: (abs(count - synthetic), count))
    return {"synthetic": nearest, "general": size - nearest}


def _kind(group: Group[M]) -> str:
    """The kind of most of its examples; synthetic if it has as many of each."""
    general = sum(example.source.kind == "general" for example in group)
    return "general" if 2 * general > len(group) else "synthetic"


def _id(example: Member) -> str:
    return example.id


def _describe_problem(side: str, size: int, left: list[int]) -> str:
    nearest = max(first_indices(left, size))
    largest = ", ".join(map(str, sorted(left, reverse=True)[:5])) or "none"
    return (
        f"split: {side} needs {size} examples, and what must stay together makes {nearest} of them ({size - nearest} "
        f"missing); sizes of the largest groups that are left: {largest}. Lower split.full, raise "
        "split.general.at_most, or set split.decontaminate to false, which lets test questions leak"
    )
