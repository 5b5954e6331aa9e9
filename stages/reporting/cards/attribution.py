"""Whose text the examples come from, page by page, as CC BY-SA and good manners ask."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from stages.common.errors import StageError
from stages.common.records import Example, Page, Record, Text


class Attribution(Record):
    title: Text
    revision_id: int
    url: Text
    language: Text
    license: Text  # SPDX identifier
    examples: Annotated[int, Field(ge=0)]  # in the curated set


def attribute(examples: Sequence[Example], pages: Sequence[Page]) -> list[Attribution]:
    """Each of the `pages`, in their order: the base model may have read what no example is about. Raises StageError for
    an example whose page isn't there, because it could not be attributed."""
    counts = Counter((example.source.title, example.source.revision_id) for example in examples)
    missing = counts.keys() - {(page.title, page.revision_id) for page in pages}
    if missing:
        title, revision = min(missing, key=str)
        raise StageError(f"data/pages.jsonl lacks {title!r}, revision {revision}, which examples come from")
    return [
        Attribution(
            **page.model_dump(include=set(Attribution.model_fields)), examples=counts[page.title, page.revision_id]
        )
        for page in pages
    ]
