"""The tellings of the pages: some are left out, and those of the test split are never asked about."""

import random
from itertools import islice

from primer.text import page_passages
from primer.text.page_tellings import pages_kept_out, tellings, write_page_tellings
from stages.common.records import Page


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
