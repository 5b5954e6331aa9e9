"""A language model as the teacher: it gets a page and answers with examples."""

from pathlib import Path

from pydantic import BaseModel

from stages.common.records import Page, Source, Teacher, make_example
from stages.llm.outcomes import Outcome
from stages.llm.prompts import fenced, system_prompt
from stages.llm.request import Request
from stages.teachers.lesson import Lesson

PROMPT = Path(__file__).parent / "teacher.md"


class WrittenExample(BaseModel):
    instruction: str
    input: str
    output: str


class Writing(BaseModel):
    examples: list[WrittenExample]


def page_request(page: Page, per_page: int, characters: int) -> Request:
    """Asks for `per_page` examples of a page, of which the model reads so many characters from its start."""
    parts = [page.title]
    for section in page.sections:
        parts += [section.heading, section.text]
    text = "\n\n".join(part.strip() for part in parts if part.strip())
    return Request(
        name=page.title,
        system=system_prompt(PROMPT),
        prompt=f"Write exactly {per_page} examples about this page.\n\n{fenced('page', text[:characters])}",
        schema=Writing,
        items=("examples", per_page),
    )


def lesson(page: Page, outcome: Outcome, teacher: Teacher, per_page: int) -> Lesson:
    """At most `per_page` examples of an answer; what isn't good enough in them is for curation to say."""
    written = outcome.value.examples if isinstance(outcome.value, Writing) else []
    source = Source(kind="synthetic", title=page.title, revision_id=page.revision_id, url=page.url)
    examples = [
        make_example(
            instruction=one.instruction.strip(),
            input=one.input.strip(),
            output=one.output.strip(),
            kind="",
            source=source,
            teacher=teacher,
        )
        for one in written[:per_page]
    ]
    return Lesson(
        examples,
        nothing=None if examples else outcome.reason or "no_examples",
        fewer=0 < len(written) < per_page,
        surplus=max(0, len(written) - per_page),
    )
