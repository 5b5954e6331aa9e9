"""Whole clusters on sides of exact sizes."""

import random
from itertools import combinations
from typing import Literal

import pytest
from hypothesis import given, strategies as st

from stages.common.errors import StageError
from stages.common.records import Example, Source, Teacher, make_example
from stages.splitting.allocation import SIDES, Split, allocate, first_made, mixed, take

Kind = Literal["synthetic", "general"]


def example(number: int, kind: Kind = "general") -> Example:
    return make_example(
        instruction=f"Task {number}.", output="Done.", kind="", source=Source(kind=kind), teacher=Teacher(name="t")
    )


def many(count: int, kind: Kind, size: int) -> list[tuple[Kind, int]]:
    return [(kind, size)] * count


def pool_of(*clusters: tuple[Kind, int]) -> tuple[list[Example], list[int]]:
    """Examples and their clusters' numbers, from kind and size of each cluster."""
    numbers = [number for number, (_, size) in enumerate(clusters) for _ in range(size)]
    return [example(i, clusters[number][0]) for i, number in enumerate(numbers)], numbers


def sizes(train: int, val: int, test: int) -> dict[str, int]:
    return {"train": train, "val": val, "test": test}


def lengths(split: Split) -> dict[str, int]:
    return {side: len(split[side]) for side in SIDES}


def test_sides_are_exact_and_clusters_whole() -> None:
    """Guards against a page on two sides, and against sizes that are only about right."""
    pool, numbers = pool_of(*many(25, "synthetic", 8), *many(150, "general", 1), *many(16, "general", 3))
    split = allocate(pool, numbers, sizes(318, 40, 40), random.Random(1))
    assert lengths(split) == sizes(318, 40, 40)
    side_of = {one.id: side for side in SIDES for one in split[side]}
    assert len(side_of) == len(pool)
    sides = {(number, side_of[one.id]) for one, number in zip(pool, numbers, strict=True)}
    assert len(sides) == len(set(numbers)) == 191


def test_both_kinds_have_their_share_on_each_side() -> None:
    """Guards against a test split of one kind alone."""
    pool, numbers = pool_of(*many(125, "synthetic", 8), *many(1000, "general", 1))
    split = allocate(pool, numbers, sizes(1600, 200, 200), random.Random(1))
    counts = {side: sum(one.source.kind == "synthetic" for one in split[side]) for side in SIDES}
    assert counts == sizes(808, 96, 96)  # 100 would be a half; pages of 8 make 96


def test_the_order_of_the_pool_changes_nothing_and_the_seed_does() -> None:
    """Guards against another split where rows change places in their file."""
    pool, numbers = pool_of(*many(10, "synthetic", 3), *many(20, "general", 1))
    turned = allocate(pool[::-1], [100 - number for number in numbers[::-1]], sizes(40, 5, 5), random.Random(1))
    assert turned == allocate(pool, numbers, sizes(40, 5, 5), random.Random(1))
    assert turned != allocate(pool, numbers, sizes(40, 5, 5), random.Random(2))


def test_a_cluster_larger_than_a_side_goes_to_one_that_has_room() -> None:
    pool, numbers = pool_of(("synthetic", 30), *many(10, "synthetic", 1))
    split = allocate(pool, numbers, sizes(32, 4, 4), random.Random(1))
    giant = {one.id for one, number in zip(pool, numbers, strict=True) if number == 0}
    assert giant <= {one.id for one in split["train"]}


def test_small_clusters_are_left_to_the_sides_that_come_later() -> None:
    """Guards against giving up where test took 1 and 1, though val cannot make 3 of 2 and 2."""
    pool, numbers = pool_of(*many(2, "general", 1), *many(2, "general", 2))
    for seed in range(20):
        assert lengths(allocate(pool, numbers, sizes(1, 3, 2), random.Random(seed))) == sizes(1, 3, 2)


def test_what_whole_clusters_cannot_make_is_an_error_that_counts() -> None:
    pool, numbers = pool_of(*many(10, "synthetic", 8))
    message = r"test needs 10 examples, .* makes 8 of them \(2 missing\); sizes .*: 8, 8, 8, 8, 8. Lower split.full"
    with pytest.raises(StageError, match=message):
        allocate(pool, numbers, sizes(60, 10, 10), random.Random(1))


def test_some_may_be_left_over() -> None:
    """Guards against a train split that takes whatever is left where full is less than the pool."""
    pool, numbers = pool_of(*many(10, "synthetic", 4), *many(10, "general", 1))
    assert lengths(allocate(pool, numbers, sizes(24, 3, 3), random.Random(1))) == sizes(24, 3, 3)


clusters_of_any_kind = st.lists(
    st.tuples(st.sampled_from(["synthetic", "general"]), st.integers(1, 9)), min_size=1, max_size=30
)


@given(clusters_of_any_kind, st.integers(0, 20), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_any_clusters_are_split_exactly_or_not_at_all(
    clusters: list[tuple[Kind, int]], val: int, test: int, seed: int
) -> None:
    """Guards against a row that is lost or twice there, and a cluster on two sides, whatever the sizes are."""
    pool, numbers = pool_of(*clusters)
    wanted = sizes(max(0, len(pool) - val - test), val, test)
    try:
        split = allocate(pool, numbers, wanted, random.Random(seed))
    except StageError:
        assert val + test > len(pool) or max(size for _, size in clusters) > 1  # single examples make up any size
        return
    assert lengths(split) == wanted
    ids = [one.id for side in SIDES for one in split[side]]
    assert sorted(ids) == sorted(one.id for one in pool)
    side_of = {one.id: side for side in SIDES for one in split[side]}
    assert len({(number, side_of[one.id]) for one, number in zip(pool, numbers, strict=True)}) == len(clusters)


@given(st.lists(st.integers(1, 12), max_size=8), st.integers(0, 40))
def test_sums_are_all_that_can_be_made(numbers: list[int], most: int) -> None:
    """Guards against a subset sum that is missed, against the obvious way; the index is that of the shortest start."""
    made = first_made(numbers, most)
    assert set(made) == {total for total in _sums(numbers) if total <= most}
    for total, index in made.items():
        assert total in _sums(numbers[: index + 1])
        assert index == -1 or total not in _sums(numbers[:index])


@given(st.lists(st.integers(1, 6), max_size=8), st.data())
def test_what_is_taken_has_the_size_asked_for(lengths_of: list[int], data: st.DataObject) -> None:
    pool, numbers = pool_of(*(many(1, "general", size)[0] for size in lengths_of))
    clusters = [[one for one, mine in zip(pool, numbers, strict=True) if mine == i] for i in range(len(lengths_of))]
    count = data.draw(st.sampled_from(sorted(_sums(lengths_of))))
    chosen, others = take(clusters, count)
    assert sum(map(len, chosen)) == count
    assert sorted(one[0].id for one in chosen + others) == sorted(one[0].id for one in clusters)


def test_every_first_part_has_the_share_of_the_whole() -> None:
    """Guards against a small split, the first of each side, that is of one kind."""
    examples = [example(i, "synthetic" if i < 30 else "general") for i in range(90)]
    order = mixed(examples, random.Random(1))
    assert sorted(one.id for one in order) == sorted(one.id for one in examples)
    for end in range(1, 91):
        assert abs(sum(one.source.kind == "synthetic" for one in order[:end]) - end / 3) <= 1


def _sums(numbers: list[int]) -> set[int]:
    return {sum(some) for size in range(len(numbers) + 1) for some in combinations(numbers, size)}
