"""Page texts on disk against a dictionary in memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from stages.common.records import Source, Teacher, make_example
from stages.curation.page_texts import PageTexts, write_page_texts
from stages.curation.rules import page_of
from stages.english.normal_form import normal_form

TITLES = st.sampled_from(["Emma", "emma", "EMMA", "\u0415mma", "Emma (novel)", "E\u0301mile", "\u00c9mile", "", "a\nb"])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(TITLES, st.text(max_size=20)), max_size=8))
def test_a_title_leads_to_the_page_that_it_has_in_memory(pages: list[tuple[str, str]]) -> None:
    """Guards against the page of another spelling, and against texts that lose a character on disk."""
    by_title = {normal_form(title): text for title, text in dict(pages).items()} | dict(pages)
    with TemporaryDirectory() as name:
        assert write_page_texts(Path(name), pages) == len(pages)
        texts = PageTexts(Path(name))
        for title in ["Emma", "emma", "eMMa", "\u0415mma", "Emma (novel)", "\u00e9mile", "a\nb", "none", ""]:
            source = Source(kind="synthetic", title=title)
            example = make_example(
                instruction="Name it.", output="Emma.", kind="", source=source, teacher=Teacher(name="rules")
            )
            assert page_of(example, texts) == page_of(example, by_title)
        assert {*texts} == {title for title, _ in pages}
