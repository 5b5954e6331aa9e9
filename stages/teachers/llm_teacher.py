"""A language model as the teacher: it gets a page and answers with examples."""

from collections import Counter
from pathlib import Path

from pydantic import BaseModel

from stages.common.records import Page, Source, Teacher, fold_empty_sections, make_example
from stages.english.holes import without_broken_sentences
from stages.english.wiki_text import clean_characters
from stages.llm.prompts import fenced, system_prompt
from stages.llm.replies import Outcome
from stages.llm.request import Request
from stages.teachers import Lesson

PROMPT = Path(__file__).parent / "teacher.md"


class WrittenExample(BaseModel):
    instruction: str
    input: str
    output: str


class Writing(BaseModel):  # without a docstring, which would be sent with the schema: it would be another request
    examples: list[WrittenExample]


def page_request(page: Page, per_page: int, characters: int) -> Request:
    """Asks for `per_page` examples about a page, of which the model reads the first `characters` characters."""
    text = _render_page(page)[0]
    return Request(
        name=page.title,
        system=system_prompt(PROMPT),
        prompt=f"Write exactly {per_page} examples about this page.\n\n{fenced('page', text[:characters])}",
        schema=Writing,
        items=("examples", per_page),
    )


def read_lesson(page: Page, outcome: Outcome, teacher: Teacher, per_page: int) -> Lesson:
    """At most `per_page` examples from a model's answer. Curation, not the teacher, drops those that aren't good."""
    written = outcome.value.examples if isinstance(outcome.value, Writing) else []
    source = Source(kind="synthetic", title=page.title, revision_id=page.revision_id, url=page.url)
    examples = [
        make_example(
            instruction=example.instruction.strip(),
            input=example.input.strip(),
            output=example.output.strip(),
            kind="",
            source=source,
            teacher=teacher,
        )
        for example in written[:per_page]
    ]
    return Lesson(
        examples,
        empty_because=None if examples else outcome.reason or "no_examples",
        fewer=0 < len(written) < per_page,
        surplus=max(0, len(written) - per_page),
        skipped=_render_page(page)[1],
        stripped=outcome.stripped,
    )


def _render_page(page: Page) -> tuple[str, Counter[str]]:
    """Title, headings and paragraphs without broken sentences, and how many sentences are left out, by reason."""
    parts = [page.title]
    left_out: Counter[str] = Counter()
    for section in fold_empty_sections(page.sections)[0]:
        parts.append(section.heading)
        for paragraph in clean_characters(section.text).split("\n\n"):
            whole, broken = without_broken_sentences(paragraph, page.language)
            parts.append(whole)
            left_out += broken
    return "\n\n".join(part.strip() for part in parts if part.strip()), left_out
