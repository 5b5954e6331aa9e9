"""A split for the writers that ask about pages."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from primer.configuration import BUNDLED_PAGES
from primer.text import page_passages, page_tellings
from primer.text.page_tellings import tellings
from stages.common.files import read_jsonl
from stages.common.records import Page, Source, Teacher, make_example


@pytest.fixture
def split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Page]]:
    """A split whose training side asks about the first thirty pages."""
    pages = read_jsonl(BUNDLED_PAGES, Page)
    rows = [
        make_example(
            instruction=page.title,
            input="",
            output="-",
            kind="",
            source=Source(kind="synthetic", title=page.title, revision_id=1, url="-"),
            teacher=Teacher(name="rules"),
        )
        for page in pages[:30]
    ]
    (tmp_path / "train.jsonl").write_text("\n".join(json.dumps(row.model_dump()) for row in rows), encoding="utf-8")
    monkeypatch.setattr(page_tellings, "SPLIT", tmp_path)
    tellings.cache_clear()
    page_passages._readable.cache_clear()
    yield pages
    tellings.cache_clear()
    page_passages._readable.cache_clear()
