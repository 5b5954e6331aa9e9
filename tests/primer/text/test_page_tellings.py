"""The tellings of the pages: some are left out, and those of the test split are never asked about."""

import json
import random
from itertools import islice
from pathlib import Path

import pytest

from primer.configuration import BUNDLED_PAGES
from primer.text import page_passages, page_tellings
from primer.text.page_tellings import pages_kept_out, tellings, write_page_tellings
from stages.common.files import read_jsonl
from stages.common.records import Page, Source, Teacher, make_example


@pytest.fixture
def split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Page]:
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
    return pages


def test_pages_are_left_out_and_others_only_told(split: list[Page]) -> None:
    """Guards against a page in the text that is to stay unknown, and against questions about pages of the test."""
    told = {telling.page.title: telling for telling in tellings()}
    out = pages_kept_out(split, 16, 1)
    assert len(out) == 16 and told.keys() == {page.title for page in split} - out
    asked = {title for title, telling in told.items() if telling.exchanges}
    assert asked <= {page.title for page in split[:30]} and len(asked) > 20
    assert {telling.page.title for telling in page_passages._readable()} <= asked
    unknown = {page.sections[0].text.split(". ")[0] for page in split if page.title in out}
    for document in islice(write_page_tellings(random.Random(1)), 500):
        assert not any(sentence in document for sentence in unknown)
    tellings.cache_clear()
    page_passages._readable.cache_clear()
