"""Counts over pages, added up in parts."""

import json
from collections import Counter
from collections.abc import Callable

from stages.common.records import Page
from stages.teachers import Lesson
from stages.teachers.tally import Tally, taught_part
from tests.stages.conftest import MakeExample


def lessons(make: MakeExample) -> list[Lesson]:
    examples = [make(kind="when"), make(kind="when", input="x"), make("Name a bird.")]
    full = Lesson(examples, skipped=Counter(too_long=2), fewer=True, surplus=3, stripped=("fence", "prose"))
    return [full, Lesson([], empty_because="no_text")]


def test_lessons_are_added_up(make: MakeExample) -> None:
    """Guards against a number that is that of the last page."""
    tally = Tally()
    for lesson in lessons(make) * 2:
        tally.add(lesson)
    assert (tally.pages, tally.with_input, tally.fewer, tally.surplus) == (4, 2, 2, 6)
    assert tally.kinds == {"when": 4, "unnamed": 2}
    assert (tally.without, tally.passed_over) == ({"no_text": 2}, {"too_long": 4})
    assert tally.stripped == {"fence": 2, "prose": 2}
    assert (len(tally.ids), tally.different, tally.copies) == (6, 3, 3)


def test_parts_add_up_to_the_whole(make: MakeExample) -> None:
    """Guards against counts that are lost between two parts, or on the way through a file."""
    whole, parts = Tally(), [Tally(), Tally()]
    for lesson in lessons(make):
        whole.add(lesson)
        whole.add(lesson)
        for part in parts:
            part.add(lesson)
    total = Tally()
    for part in parts:
        total.update(Tally.of(json.loads(json.dumps(part.facts())), part.ids.tobytes()))
    assert sorted(total.ids) == sorted(whole.ids)
    assert (total.facts(), total.copies) == (whole.facts(), whole.copies)
    assert len(parts[0].ids) == 3, "an added part must stay as it is"


def test_nothing_counted_is_nothing() -> None:
    assert (Tally().different, Tally().copies) == (0, 0)


def test_pages_without_examples_are_named(make: MakeExample, page: Callable[..., Page]) -> None:
    part = taught_part((page(f"Page {number}"), lesson) for number, lesson in enumerate(lessons(make)))
    assert part.empty == [("Page 1", "no_text")]
    assert [json.loads(line)["instruction"] for line in part.lines] == ["Name a color."] * 2 + ["Name a bird."]
