"""The stage on live pages: the real client against a wiki on this machine."""

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages import extract
from stages.common.errors import StageError
from stages.common.files import read_jsonl
from stages.common.records import Page, Section
from tests.stages.sources.conftest import Extraction
from tests.stages.sources.local_wiki import Asked, LocalWiki, stamp


def pages() -> list[Page]:
    return read_jsonl(extract.PAGES, Page)


def test_a_page_has_its_sections_revision_and_attribution(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against a page without its licence or revision, and a text that another request gave."""
    wiki.add("Nile", revision=321)
    metrics = run("Nile")
    assert pages() == [
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
    """Guards against titles that vanish, and against the page of another title."""
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
    assert [page.title for page in pages()] == ["Nile"]
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
    assert [page.title for page in pages()] == ["Pelé", "Nile"]


def test_a_category_gives_its_pages_down_to_a_depth_and_a_limit(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against lists cut at one answer, circles of categories, files as pages, and needless requests."""
    names = [f"Page {number:04}" for number in range(520)]
    for name in [*names[:30], "Deep", "Deeper"]:
        wiki.add(name)
    wiki.categories = {
        "Category:Rivers": ["Category:Long", *names[:3], "File:Map.png", "User:Me"],
        "Category:Long": ["Deep", names[0], "Category:Rivers", "Category:Longest"],
        "Category:Longest": ["Deeper"],
        "Category:Many": names,
    }
    assert run("Category:Rivers")["pages_read"] == 3
    assert run("Category:Rivers", category_depth=1)["pages_read"] == 4
    assert [page.title for page in pages()] == [*names[:3], "Deep"]
    assert run("Category:Rivers", category_depth=9)["pages_read"] == 5
    assert run("Category:Rivers", category_depth=9, category_limit=4)["pages_read"] == 4
    wiki.asked.clear()
    assert run("Category:Many", category_limit=30)["pages_kept"] == 30
    assert [asked["cmlimit"] for asked in wiki.asked if "cmlimit" in asked] == ["30"]
    metrics = run("Category:Many", category_limit="all", max_failure_rate=1.0)
    assert (metrics["pages_read"], metrics["dropped"]) == (520, {"missing": 490})


def test_titles_over_the_limit_are_not_asked_for(wiki: LocalWiki, run: Extraction) -> None:
    for title in ("A", "B", "C"):
        wiki.add(title)
    metrics = run("A", "B", "C", at_most=2)
    assert (metrics["pages_kept"], metrics["pages_over_the_limit"]) == (2, 1)
    assert sorted(wiki.pages_asked()) == ["A", "B"]


def test_comments_and_empty_lines_are_no_titles(wiki: LocalWiki, run: Extraction) -> None:
    wiki.add("Nile")
    assert run("\ufeff# Rivers", "", "  Nile  # the longest", "\t")["pages_read"] == 1
    with pytest.raises(StageError, match=r"titles.txt names no page; a line is a title, or Category: and a name"):
        run("# nothing")


def test_fifty_titles_are_one_question(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against a request a title where the wiki answers fifty, and titles that get another one's page."""
    titles = [f"Page {number}" for number in range(120)]
    for title in titles:
        wiki.add(title)
    assert run(*titles)["pages_kept"] == 120
    assert [(page.title, page.sections[1].text) for page in pages()] == [(t, f"{t} began in 1900.") for t in titles]
    assert len(wiki.asked) == 1 + 3 + 120
    assert wiki.agents == {
        "wikitune (tests@example.org)",
        next(agent for agent in wiki.agents if agent.startswith("wikitune (tests@example.org) Wikipedia-API/")),
    }
    assert wiki.most_under_way <= 2


def test_a_second_run_asks_only_whether_revisions_moved(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against pages that are loaded at each run, and against old texts of pages that were edited."""
    for title in ("A", "B", "C"):
        wiki.add(title)
    run("A", "B", "C")
    first = run.outputs()
    wiki.asked.clear()
    run("A", "B", "C")
    assert run.outputs() == first
    assert [asked.get("meta") or asked.get("prop") for asked in wiki.asked] == [
        "siteinfo",
        "info|pageprops|categories",
    ]
    wiki.articles["B"].revision, wiki.articles["B"].text = 101, "New text."
    wiki.asked.clear()
    run("A", "B", "C")
    assert wiki.pages_asked() == ["B"]
    assert [(page.revision_id, page.sections[0].text) for page in pages()][1] == (101, "New text.")


def test_a_pinned_run_asks_nothing(
    wiki: LocalWiki, run: Extraction, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a pinned run that differs, and one that hides what it lacks."""
    for title in ("A", "B", "C"):
        wiki.add(title)
    wiki.categories["Category:Letters"] = ["C", "Gone"]
    wiki.redirects["Alpha"] = "A"
    titles = ("Alpha", "A", "B", "Category:Letters", "Atlantis")
    metrics = run(*titles, max_failure_rate=0.5)
    assert metrics["dropped"] == {"missing": 2, "same_page": 1}
    first = run.outputs()
    wiki.articles["A"].revision = 500
    wiki.asked.clear()
    run(*titles, max_failure_rate=0.5, pin=True, contact="")
    assert (run.outputs(), wiki.asked) == (first, [])
    with pytest.raises(StageError, match=r"pin is true, and 2 of the titles .* not in the cache .*: D, E\n  Set extr"):
        run("A", "D", "E", pin=True)
    with pytest.raises(StageError, match=r"not in the cache .*: Category:Words"):
        run("A", "Category:Words", pin=True)
    [cached] = (tmp_path / "cache").rglob("2-100.json")
    cached.write_bytes(cached.read_bytes()[:-40])
    with pytest.raises(StageError, match=r"1 of the titles .* not in the cache .*: B\n"):
        run(*titles, max_failure_rate=0.5, pin=True)
    assert any("2-100.json is damaged" in message for message in caplog.messages)
    assert wiki.asked == []


def test_text_and_revision_are_of_one_moment(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against the text of one revision under the number of another."""
    for title in ("Edited", "Torn", "Restless"):
        wiki.add(title)
    wiki.articles["Torn"].torn = 1
    wiki.articles["Restless"].torn = 9

    def edit(asked: Asked) -> None:
        if asked["titles"] == "Edited":
            wiki.articles["Edited"].revision, wiki.articles["Edited"].text = 200, "Another text."

    wiki.before = lambda asked: edit(asked) if "extracts" in asked.get("prop", "") else None
    metrics = run("Edited", "Torn", "Restless", max_failure_rate=0.5)
    assert [(page.title, page.revision_id) for page in pages()] == [("Edited", 200), ("Torn", 100)]
    assert pages()[0].sections[0].text == "Another text."
    assert metrics["dropped_titles"] == {"moved": ["Restless"]}
    assert sorted(wiki.pages_asked()) == ["Edited", *["Restless"] * 3, *["Torn"] * 2]


def test_a_page_that_changes_its_nature_meanwhile_is_named(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against the negative page ids and bare KeyErrors of the client."""
    for title in ("Kept", "Deleted", "Looped", "Moved", "Bare"):
        wiki.add(title)
    wiki.articles["Bare"].without = "extract"

    def change(asked: Asked) -> None:
        wiki.articles.pop("Deleted", None)
        wiki.redirects |= {"Looped": "Looped", "Moved": "Kept"}

    wiki.before = lambda asked: change(asked) if "extracts" in asked.get("prop", "") else None
    metrics = run("Kept", "Deleted", "Looped", "Moved", "Bare", max_failure_rate=1.0)
    assert metrics["dropped_titles"] == {
        "missing": ["Deleted"],
        "no_answer": ["Looped"],
        "no_extract": ["Bare"],
        "same_page": ["Moved"],
    }


def test_too_many_failures_stop_the_stage(wiki: LocalWiki, run: Extraction, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against a set that is silently half of what was asked for."""
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


@pytest.mark.parametrize(
    ("url", "license"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.en", "CC-BY-SA-4.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0/", "CC-BY-NC-SA-3.0"),
        ("//creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
    ],
)
def test_the_licence_is_the_wikis(wiki: LocalWiki, run: Extraction, url: str, license: str) -> None:
    wiki.add("Nile")
    wiki.rights["url"] = url
    run("Nile")
    assert pages()[0].license == license


def test_an_unknown_licence_must_be_set(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against pages under a licence that was guessed."""
    wiki.add("Nile")
    wiki.rights = {"url": "", "text": "All ours"}
    with pytest.raises(StageError, match=r"names no licence that is known: it says All ours \(\); set extract.license"):
        run("Nile")
    run("Nile", license="GFDL-1.3-or-later")
    assert pages()[0].license == "GFDL-1.3-or-later"
    with pytest.raises(StageError, match=r"wiki/Nile has no licence that is known; set extract.license"):
        run("Nile", pin=True)


def test_cleaning_is_done_after_the_cache(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against a change of `drop_sections` that loads pages again, and against drops that nobody counts."""
    wiki.add("Nile", "Text.\n\n\n== Notes ==\nA note.\n\n\n== Ports ==\nPorts are:\nCairo")
    assert run("Nile")["left_out"] == {"boilerplate_section": 1, "empty_section": 1, "fragment": 2}
    wiki.asked.clear()
    assert run("Nile", drop_sections=["PORTS"])["left_out"] == {"boilerplate_section": 1}
    assert [section.heading for section in pages()[0].sections] == ["", "Notes"]
    assert wiki.pages_asked() == []


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"contact": ""}, "extract: source is wikipedia, and contact is empty; set it to your e-mail address or a URL"),
        ({"contact": "me"}, r"extract.contact: String should match pattern .* \(is 'me'\)"),
        ({"contact": "mé@example.org"}, "extract.contact: String should match pattern"),
        ({"endpoint": "en.wikipedia.org"}, "extract.endpoint: must be the address of an api.php, http:// or https://"),
        ({"endpoint": "http://local:99999/"}, "extract.endpoint: must be the address of an api.php"),
        ({"language": "../en"}, "extract.language: String should match pattern"),
        ({"concurrency": 5}, r"extract.concurrency: Input should be less than or equal to 4 \(is 5\)"),
        ({"category_limit": 0}, "extract.category_limit: must be all, or a whole number from 1"),
        ({"max_failure_rate": 1.5}, "extract.max_failure_rate: Input should be less than or equal to 1"),
        ({"titles": "nowhere.txt"}, "nowhere.txt does not exist"),
    ],
)
def test_bad_parameters_stop_before_any_request(
    wiki: LocalWiki, run: Extraction, params: dict[str, object], message: str
) -> None:
    with pytest.raises(StageError, match=message):
        run("Nile", **params)
    assert wiki.asked == []


def test_wikipedia_of_a_language_is_the_default_endpoint(run: Extraction) -> None:
    params = extract.Params.model_validate_json(json.dumps(section(run) | {"language": "simple", "endpoint": ""}))
    assert params.address() == "https://simple.wikipedia.org/w/api.php"


def section(run: Extraction) -> dict[str, object]:
    run.set("Nile")
    found: dict[str, object] = YAML(typ="safe").load(Path("params.yaml"))["extract"]
    return found


def test_the_bar_counts_pages(
    wiki: LocalWiki, run: Extraction, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wiki.add("Nile")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    run("Nile")
    assert re.search(r"extract: 100%.* 1/1 ", capsys.readouterr().err)
