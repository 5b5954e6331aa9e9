"""The check that the base model's text asks no general task and no question of the test split."""

import pytest

from primer.forbidden import Forbidden
from stages.common.records import Example, Source, Teacher, make_example

PAGE = Source(kind="synthetic", title="Iceland", revision_id=1, url="pages#iceland")


def example(instruction: str, input: str = "", source: Source | None = None) -> Example:
    return make_example(
        instruction=instruction, input=input, output="-", kind="", source=source or Source(kind="general"),
        teacher=Teacher(name="rules"),
    )  # fmt: skip


PASSAGE = "The assembly of Iceland was founded at Thingvellir in 930 by the settlers."
FORBIDDEN = Forbidden(
    [
        example("What is the plural of 'child'?"),
        example("Write the plural form of this noun.", "tooth"),
        example("Make it negative.", "I really like spicy food."),
        example("When was the assembly founded?", PASSAGE, PAGE),
        example("In which year did Iceland become a republic?", "", PAGE),
    ]
)


@pytest.mark.parametrize(
    "document",
    [
        'Q: What is the plural of "child"?\nA: Children.',
        "Write the plural form of this noun.\ntooth\nteeth",
        "He said: I really like spicy food. She does, too.",
        f"{PASSAGE}\nWhen was the assembly founded?\nIn 930.",
        "IN WHICH YEAR did Iceland become a republic? In 1944.",
    ],
)
def test_a_task_is_found_in_any_dress(document: str) -> None:
    """Guards against a task that slips in with other punctuation, case or lines."""
    assert FORBIDDEN.asked_in(document)


@pytest.mark.parametrize(
    "document",
    [
        "The plural of 'child' is 'children'.",
        "Write the plural form of this noun.\nfoot\nfeet",
        "I really like spicy soup.",
        PASSAGE,
        "When was the assembly founded? In 1262.",
        "",
        "plural",
    ],
)
def test_facts_and_other_tasks_are_allowed(document: str) -> None:
    """Guards against a check that forbids the facts themselves, or the pages."""
    assert not FORBIDDEN.asked_in(document)
