"""A language model as the teacher: what it is asked, and what is made of its answer."""

from collections.abc import Callable

import pytest

from stages.common.records import Page, Section, Teacher
from stages.llm.clients.schemas import schema_for
from stages.llm.replies import Outcome
from stages.teachers import Lesson
from stages.teachers.llm_teacher import Writing, WrittenExample, page_request, read_lesson

MakePage = Callable[..., Page]


def answer(count: int, reason: str | None = None) -> Outcome:
    """A model's answer with `count` examples, or none at all if `count` is negative."""
    examples = [WrittenExample(instruction=f" What is {n}? ", input="", output=" A number.\n") for n in range(count)]
    return Outcome("Alpha", Writing(examples=examples) if count >= 0 else None, reason, "", "")


def lesson(page: Page, outcome: Outcome) -> Lesson:
    return read_lesson(page, outcome, Teacher(name="openai", model="m"), per_page=2)


def test_the_model_reads_the_start_of_the_page(page: MakePage) -> None:
    """Guards against a limit that counts the prompt, and against a heading that is lost."""
    request = page_request(page("Alpha", "A letter.", "The first one.", " "), per_page=3, characters=30)
    assert request.prompt.startswith("Write exactly 3 examples about this page.\n\n<<<page ")
    text = request.prompt.split("\n", 3)[3].rsplit("\n", 1)[0]
    assert text == "Alpha\n\nA letter.\n\nMore\n\nThe first one."[:30]
    assert request.items == ("examples", 3)
    assert "page 0" not in request.system and "Alpha" not in request.system


def test_the_schema_has_no_description() -> None:
    """Guards against a docstring that is sent along: all pages would be other requests, and be paid for again."""
    assert "description" not in schema_for(Writing)


def test_the_model_reads_whole_sentences_under_headings_in_context(page: MakePage) -> None:
    """Guards against holes that a model copies or fills, and against three sections "Weather"."""
    sections = [
        Section(heading="", level=1, text="AT&amp;T is old. It has an area of  and a population of . It is big."),
        Section(heading="Spring", level=2, text=""),
        Section(heading="Weather", level=3, text="It rains.\n\nThis page is short."),
        Section(heading="Summer", level=2, text=" "),
        Section(heading="Weather", level=3, text="It is dry."),
    ]
    made = page("Alpha").model_copy(update={"sections": sections})
    text = page_request(made, per_page=3, characters=1000).prompt.split("\n", 3)[3].rsplit("\n", 1)[0]
    assert text == "Alpha\n\nAT&T is old. It is big.\n\nSpring / Weather\n\nIt rains.\n\nSummer / Weather\n\nIt is dry."
    assert lesson(made, answer(2)).skipped == {"sentence_with_a_hole": 1, "notice": 1}


def test_two_pages_have_two_fences(page: MakePage) -> None:
    """Guards against a marker that a page can guess, and so write itself."""
    fences = {page_request(page("Alpha", text), 1, 100).prompt.split("\n")[2] for text in ("A letter.", "A word.")}
    assert len(fences) == 2


def test_examples_are_stripped_and_have_their_source(page: MakePage) -> None:
    [first, second] = lesson(page("Alpha", "A letter."), answer(2)).examples
    assert (first.instruction, first.input, first.output) == ("What is 0?", "", "A number.")
    assert (first.source.kind, first.source.title, first.source.revision_id) == ("synthetic", "Alpha", 7)
    assert (first.teacher.name, first.teacher.model, first.kind) == ("openai", "m", "")
    assert second.instruction == "What is 1?"


@pytest.mark.parametrize(
    ("outcome", "examples", "reason", "fewer", "surplus"),
    [
        (answer(2), 2, None, False, 0),
        (answer(1, "too_few"), 1, None, True, 0),
        (answer(5), 2, None, False, 3),
        (answer(0), 0, "no_examples", False, 0),
        (answer(0, "too_few"), 0, "too_few", False, 0),
        (answer(-1, "not_json"), 0, "not_json", False, 0),
    ],
)
def test_too_few_too_many_and_no_examples_are_counted(
    page: MakePage, outcome: Outcome, examples: int, reason: str | None, fewer: bool, surplus: int
) -> None:
    """Guards against a page that has more than its share, or none without a reason."""
    made = lesson(page("Alpha", "A letter."), outcome)
    assert (len(made.examples), made.empty_because, made.fewer, made.surplus) == (examples, reason, fewer, surplus)
