"""Whole groups on sides of exact sizes."""

import random
from itertools import combinations
from typing import Literal

import pytest
from hypothesis import given, strategies as st

from stages.common.errors import StageError
from stages.common.records import Example, Source, Teacher, make_example
from stages.splitting.allocation import SIDES, Split, allocate, collect_groups, first_indices, mix_kinds, take_groups

Kind = Literal["synthetic", "general"]


def make_task(number: int, kind: Kind = "general") -> Example:
    return make_example(
        instruction=f"Task {number}.", output="Done.", kind="", source=Source(kind=kind), teacher=Teacher(name="t")
    )


def many(count: int, kind: Kind, size: int) -> list[tuple[Kind, int]]:
    return [(kind, size)] * count


def pool_of(*groups: tuple[Kind, int]) -> tuple[list[Example], list[int]]:
    """Examples and their groups' numbers, from kind and size of each group."""
    numbers = [number for number, (_, size) in enumerate(groups) for _ in range(size)]
    return [make_task(i, groups[number][0]) for i, number in enumerate(numbers)], numbers


def sizes(train: int, val: int, test: int) -> dict[str, int]:
    return {"train": train, "val": val, "test": test}


def lengths(split: Split) -> dict[str, int]:
    return {side: len(split[side]) for side in SIDES}


def test_sides_are_exact_and_groups_whole() -> None:
    """Guards against a page on two sides, and against sizes that are only about right."""
    pool, numbers = pool_of(*many(25, "synthetic", 8), *many(150, "general", 1), *many(16, "general", 3))
    split = allocate(pool, numbers, sizes(318, 40, 40), random.Random(1))
    assert lengths(split) == sizes(318, 40, 40)
    side_of = {task.id: side for side in SIDES for task in split[side]}
    assert len(side_of) == len(pool)
    sides = {(number, side_of[task.id]) for task, number in zip(pool, numbers, strict=True)}
    assert len(sides) == len(set(numbers)) == 191


def test_both_kinds_have_their_share_on_each_side() -> None:
    """Guards against a test split of one kind only."""
    pool, numbers = pool_of(*many(125, "synthetic", 8), *many(1000, "general", 1))
    split = allocate(pool, numbers, sizes(1600, 200, 200), random.Random(1))
    counts = {side: sum(task.source.kind == "synthetic" for task in split[side]) for side in SIDES}
    assert counts == sizes(808, 96, 96)  # 100 would be a half; pages of 8 make 96


@pytest.mark.parametrize(
    ("general", "synthetic"), [(100, (80, 10, 10)), (400, (80, 10, 10)), (0, (80, 10, 10)), (9900, (80, 10, 10))]
)
def test_the_share_of_each_kind_is_that_of_the_pool(general: int, synthetic: tuple[int, int, int]) -> None:
    """Guards against a share that is fixed, such as one half: here 100 examples are synthetic of 200, 500, 100 and
    10,000, and a tenth of them is in val and in test."""
    pool, numbers = pool_of(*many(100, "synthetic", 1), *many(general, "general", 1))
    tenth = len(pool) // 10
    split = allocate(pool, numbers, sizes(8 * tenth, tenth, tenth), random.Random(1))
    counts = {side: sum(task.source.kind == "synthetic" for task in split[side]) for side in SIDES}
    assert counts == sizes(*synthetic)


def test_a_group_of_both_kinds_counts_as_that_of_most() -> None:
    """Guards against a share that is counted by groups, and against mixed groups that are lost."""
    kinds: list[Kind] = ["synthetic", "general", "general"]
    pool = [make_task(i, kinds[i % 3]) for i in range(30)] + [make_task(30 + i, "synthetic") for i in range(30)]
    split = allocate(pool, [i // 3 for i in range(30)] + list(range(30, 60)), sizes(48, 6, 6), random.Random(1))
    general = {side: sum(task.source.kind == "general" for task in split[side]) for side in SIDES}
    assert general == sizes(16, 2, 2)  # of each three examples of a general group, of which half the pool consists


def test_groups_come_in_the_order_of_their_ids() -> None:
    """Guards against a split that depends on the order in which rows were read."""
    pool, numbers = pool_of(*many(3, "general", 2))
    groups = collect_groups(pool, numbers)
    assert [len(group) for group in groups] == [2, 2, 2]
    assert all(group == sorted(group, key=lambda task: task.id) for group in groups)
    assert groups == sorted(groups, key=lambda group: group[0].id)
    assert collect_groups(pool[::-1], numbers[::-1]) == groups


def test_the_order_of_the_pool_changes_nothing_and_the_seed_does() -> None:
    """Guards against another split where rows change places in their file."""
    pool, numbers = pool_of(*many(10, "synthetic", 3), *many(20, "general", 1))
    turned = allocate(pool[::-1], [100 - number for number in numbers[::-1]], sizes(40, 5, 5), random.Random(1))
    assert turned == allocate(pool, numbers, sizes(40, 5, 5), random.Random(1))
    assert turned != allocate(pool, numbers, sizes(40, 5, 5), random.Random(2))


def test_a_group_larger_than_a_side_goes_to_one_that_has_room() -> None:
    pool, numbers = pool_of(("synthetic", 30), *many(10, "synthetic", 1))
    split = allocate(pool, numbers, sizes(32, 4, 4), random.Random(1))
    giant = {task.id for task, number in zip(pool, numbers, strict=True) if number == 0}
    assert giant <= {task.id for task in split["train"]}


def test_small_groups_are_left_to_the_sides_that_come_later() -> None:
    """Guards against giving up where test took 1 and 1, though val cannot make 3 of 2 and 2."""
    pool, numbers = pool_of(*many(2, "general", 1), *many(2, "general", 2))
    for seed in range(20):
        assert lengths(allocate(pool, numbers, sizes(1, 3, 2), random.Random(seed))) == sizes(1, 3, 2)


def test_what_only_train_may_have_is_left_out_of_the_others() -> None:
    """Guards against a question in test that the base model was asked, and against a side that is too small for it."""
    pool, numbers = pool_of(*many(10, "synthetic", 4), *many(20, "general", 1))
    barred = {task.id for place, task in enumerate(pool) if place % 4 == 0}
    split = allocate(pool, numbers, sizes(48, 6, 6), random.Random(1), only_train=barred)
    assert not barred & {task.id for side in ("val", "test") for task in split[side]}
    assert (len(split["val"]), len(split["test"])) == (6, 6)
    left_out = {task.id for task in pool} - {task.id for side in SIDES for task in split[side]}
    assert left_out and left_out < barred
    assert len(split["train"]) == 48 - len(left_out)
    side_of = {task.id: side for side in SIDES for task in split[side]}
    placed = {(number, side_of[task.id]) for task, number in zip(pool, numbers, strict=True) if task.id in side_of}
    assert len(placed) == len({number for number, _ in placed})


def test_what_whole_groups_cannot_make_is_an_error_that_counts() -> None:
    pool, numbers = pool_of(*many(10, "synthetic", 8))
    message = r"test needs 10 examples, .* makes 8 of them \(2 missing\); sizes .*: 8, 8, 8, 8, 8. Lower split.full"
    with pytest.raises(StageError, match=message):
        allocate(pool, numbers, sizes(60, 10, 10), random.Random(1))


def test_some_may_be_left_over() -> None:
    """Guards against a train split that takes whatever is left where full is less than the pool."""
    pool, numbers = pool_of(*many(10, "synthetic", 4), *many(10, "general", 1))
    assert lengths(allocate(pool, numbers, sizes(24, 3, 3), random.Random(1))) == sizes(24, 3, 3)


groups_of_any_kind = st.lists(
    st.tuples(st.sampled_from(["synthetic", "general"]), st.integers(1, 9)), min_size=1, max_size=30
)


@given(groups_of_any_kind, st.integers(0, 20), st.integers(0, 20), st.integers(0, 2**32 - 1))
def test_any_groups_are_split_exactly_or_not_at_all(
    groups: list[tuple[Kind, int]], val: int, test: int, seed: int
) -> None:
    """Guards against a row that is lost or twice there, and a group on two sides, whatever the sizes are."""
    pool, numbers = pool_of(*groups)
    wanted = sizes(max(0, len(pool) - val - test), val, test)
    try:
        split = allocate(pool, numbers, wanted, random.Random(seed))
    except StageError:
        assert val + test > len(pool) or max(size for _, size in groups) > 1  # single examples make up any size
        return
    assert lengths(split) == wanted
    ids = [task.id for side in SIDES for task in split[side]]
    assert sorted(ids) == sorted(task.id for task in pool)
    side_of = {task.id: side for side in SIDES for task in split[side]}
    assert len({(number, side_of[task.id]) for task, number in zip(pool, numbers, strict=True)}) == len(groups)


@given(st.lists(st.integers(1, 12), max_size=8), st.integers(0, 40))
def test_sums_are_all_that_can_be_made(numbers: list[int], most: int) -> None:
    """Guards against a subset sum that is missed, against the obvious way; the index is that of the shortest start."""
    made = first_indices(numbers, most)
    assert set(made) == {total for total in _sums(numbers) if total <= most}
    for total, index in made.items():
        assert total in _sums(numbers[: index + 1])
        assert index == -1 or total not in _sums(numbers[:index])


@given(st.lists(st.integers(1, 6), max_size=8), st.data())
def test_what_is_taken_has_the_size_asked_for(lengths_of: list[int], data: st.DataObject) -> None:
    pool, numbers = pool_of(*(many(1, "general", size)[0] for size in lengths_of))
    groups = [[task for task, mine in zip(pool, numbers, strict=True) if mine == i] for i in range(len(lengths_of))]
    count = data.draw(st.sampled_from(sorted(_sums(lengths_of))))
    chosen, others = take_groups(groups, count, lengths_of)
    assert sum(map(len, chosen)) == count
    assert sorted(group[0].id for group in chosen + others) == sorted(group[0].id for group in groups)


def test_every_first_part_has_the_share_of_the_whole() -> None:
    """Guards against a small split, the first of each side, that is of one kind."""
    examples = [make_task(i, "synthetic" if i < 30 else "general") for i in range(90)]
    order = mix_kinds(examples, random.Random(1))
    assert sorted(task.id for task in order) == sorted(task.id for task in examples)
    for end in range(1, 91):
        assert abs(sum(task.source.kind == "synthetic" for task in order[:end]) - end / 3) <= 1


def _sums(numbers: list[int]) -> set[int]:
    return {sum(some) for size in range(len(numbers) + 1) for some in combinations(numbers, size)}
