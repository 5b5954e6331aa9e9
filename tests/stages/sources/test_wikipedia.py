"""The stage on live pages: the real client against a wiki on this machine."""

import re

import pytest

from stages import extract
from stages.common.errors import StageError
from stages.common.records import Page, Section
from tests.stages.sources.conftest import Extraction, written_pages
from tests.stages.sources.local_wiki import Asked, LocalWiki, stamp


def test_a_page_has_its_sections_revision_and_attribution(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against a page without its licence or revision, and a text from another request than the revision."""
    wiki.add("Nile", revision=321)
    metrics = run("Nile")
    assert written_pages() == [
        Page(
            title="Nile",
            page_id=1,
            revision_id=321,
            revision_timestamp=stamp(321),
            url="https://local.example/wiki/Nile",
            language="en",
            license="CC-BY-SA-4.0",
            sections=[
                Section(heading="", level=1, text="Nile is a subject. It has a page."),
                Section(heading="History", level=2, text="Nile began in 1900."),
            ],
        )
    ]
    assert {key: metrics[key] for key in ("pages_read", "pages_kept", "dropped", "redirects", "left_out")} == {
        "pages_read": 1,
        "pages_kept": 1,
        "dropped": {},
        "redirects": [],
        "left_out": {},
    }
    assert wiki.pages_asked() == ["Nile"]  # once, text and revision in one


def test_whatever_gives_no_page_is_counted_and_named(
    wiki: LocalWiki, run: Extraction, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against titles that vanish, and titles that get another title's page."""
    for title in ("Nile", "A", "B", "Mercury", "Delta", "Talk:Nile", "Empty"):
        wiki.add(title)
    wiki.articles["Mercury"].categories = ("Disambiguation pages", "Planets")
    wiki.articles["Delta"].disambiguation = True
    wiki.articles["Empty"].text = ""
    wiki.redirects = {"Loop": "Pool", "Pool": "Loop", "Self": "Self", "Word": "wikt:word", "Nil": "Nile"}
    expected = {
        "disambiguation": ["Delta", "Mercury"],
        "empty_category": ["Category:Nothing"],
        "empty_title": [":", "_"],
        "illegal_title": ["A|B", "Bad<title", "C#", "x" * 256],
        "interwiki": ["Word", "de:Nil"],
        "missing": ["Atlantis"],
        "no_text": ["Empty"],
        "not_an_article": ["Talk:Nile"],
        "redirect_loop": ["Loop", "Self"],
        "same_page": ["Nil", "Nile", "nile"],
        "special_page": ["Special:Version"],
    }
    titles = [title for group in expected.values() for title in group]
    metrics = run("Nile", *titles, max_failure_rate=1.0)
    assert [page.title for page in written_pages()] == ["Nile"]
    assert metrics["dropped_titles"] == expected
    assert metrics["dropped"] == {reason: len(group) for reason, group in expected.items()}
    for reason, group in expected.items():
        for title in group:
            assert any(
                message.startswith(f"{title}: no page ({reason.replace('_', ' ')}") for message in caplog.messages
            )


def test_redirects_are_followed_and_recorded(wiki: LocalWiki, run: Extraction) -> None:
    wiki.add("Pelé")
    wiki.add("Nile")
    wiki.redirects = {"Edson": "Pele", "Pele": "Pelé"}
    assert run("edson", "Nile")["redirects"] == ["edson -> Edson -> Pele -> Pelé"]
    assert [page.title for page in written_pages()] == ["Pelé", "Nile"]


def test_a_title_that_is_moved_meanwhile_gives_no_page_twice(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against the same page twice, after one of its titles became a redirect between two requests."""
    wiki.add("Nile")
    wiki.add("Nil")

    def move(asked: Asked) -> None:
        if "extracts" in asked.get("prop", ""):
            wiki.redirects["Nil"] = "Nile"

    wiki.before = move
    assert run("Nile", "Nil", max_failure_rate=0.5)["dropped_titles"] == {"same_page": ["Nil"]}
    assert [page.title for page in written_pages()] == ["Nile"]


def test_titles_over_the_limit_are_not_asked_for(wiki: LocalWiki, run: Extraction) -> None:
    for title in ("A", "B", "C"):
        wiki.add(title)
    metrics = run("A", "B", "C", at_most=2)
    assert (metrics["pages_kept"], metrics["pages_over_the_limit"]) == (2, 1)
    assert sorted(wiki.pages_asked()) == ["A", "B"]


def test_too_many_failures_stop_the_stage(wiki: LocalWiki, run: Extraction, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against silently getting half of the pages."""
    titles = [f"Page {number}" for number in range(9)]
    for title in titles:
        wiki.add(title)
    assert run(*titles, "Atlantis", max_failure_rate=0.1)["pages_kept"] == 9
    extract.PAGES.unlink()
    message = (
        r"2 of 10 titles gave no page; extract.max_failure_rate allows a share of 0.1\n"
        r"  empty_title \(1\): _\n  missing \(1\): Atlantis\n"
        r"  Correct titles.txt, or raise extract.max_failure_rate; the pages that came are in the cache"
    )
    wiki.asked.clear()
    with pytest.raises(StageError, match=message):
        run(*titles[:8], "Atlantis", "_", max_failure_rate=0.1)
    assert not extract.PAGES.exists()
    assert len(wiki.asked) == 2  # before any page
    with pytest.raises(StageError, match=r"titles.txt: none of its 1 titles gave a page"):
        run("Atlantis", max_failure_rate=1.0)


def test_cleaning_is_done_after_the_cache(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against downloads after a change of `drop_sections`, and against uncounted drops."""
    wiki.add("Nile", "Text.\n\n\n== Notes ==\nA note.\n\n\n== Ports ==\nPorts are:\nCairo")
    assert run("Nile")["left_out"] == {"boilerplate_section": 1, "empty_section": 1, "fragment": 2}
    wiki.asked.clear()
    assert run("Nile", drop_sections=["PORTS"])["left_out"] == {"boilerplate_section": 1}
    assert [section.heading for section in written_pages()[0].sections] == ["", "Notes"]
    assert wiki.pages_asked() == []


def test_the_bar_counts_pages(
    wiki: LocalWiki, run: Extraction, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.add("Nile")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    run("Nile")
    assert re.search(r"extract: 100%.* 1/1 ", capsys.readouterr().err)
