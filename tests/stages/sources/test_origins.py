"""A wiki with its cache, the cache alone, and the parameters that choose between them."""

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages import extract
from stages.common.errors import StageError
from tests.stages.sources.conftest import Extraction, written_pages
from tests.stages.sources.local_wiki import Asked, LocalWiki


def test_a_second_run_asks_only_whether_revisions_moved(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against downloading all pages at each run, and against old texts of edited pages."""
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
    assert [(page.revision_id, page.sections[0].text) for page in written_pages()][1] == (101, "New text.")


def test_a_pinned_run_asks_nothing(
    wiki: LocalWiki, run: Extraction, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a pinned run with other outputs, and one that hides what the cache lacks."""
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


def test_a_pinned_run_has_the_revision_that_was_read_not_the_one_that_was_announced(
    wiki: LocalWiki, run: Extraction
) -> None:
    """Guards against a page, edited between two requests, that a pinned run doesn't find in the cache."""
    wiki.add("Nile")

    def edit(asked: Asked) -> None:
        if "extracts" in asked.get("prop", ""):
            wiki.articles["Nile"].revision = 200

    wiki.before = edit
    run("Nile")
    first = run.outputs()
    assert [page.revision_id for page in written_pages()] == [200]
    run("Nile", pin=True)
    assert run.outputs() == first


def test_an_unknown_licence_must_be_set(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against a guessed licence."""
    wiki.add("Nile")
    wiki.rights = {"url": "", "text": "All ours"}
    with pytest.raises(StageError, match=r"names no licence that is known: it says All ours; set extract.license"):
        run("Nile")
    run("Nile", license="GFDL-1.3-or-later")
    assert written_pages()[0].license == "GFDL-1.3-or-later"
    with pytest.raises(StageError, match=r"wiki/Nile has no licence that is known; set extract.license"):
        run("Nile", pin=True)


@pytest.mark.parametrize("rights", [{"url": "", "text": ""}, {}], ids=["empty", "none"])
def test_a_wiki_without_a_licence_says_so_in_a_sentence(
    wiki: LocalWiki, run: Extraction, rights: dict[str, str]
) -> None:
    """Guards against "it says None (None)"."""
    wiki.rights = rights
    with pytest.raises(StageError) as error:
        run("Nile")
    assert str(error.value) == (
        f"{wiki.endpoint} does not say under which licence its pages are; ask its owners, and set extract.license to "
        "its SPDX identifier, such as CC-BY-SA-4.0"
    )


def test_the_licence_is_the_one_that_the_wiki_names_now(wiki: LocalWiki, run: Extraction, tmp_path: Path) -> None:
    """Guards against pages of the cache that keep a licence which the wiki has changed since."""
    wiki.add("Nile")
    run("Nile")
    wiki.rights = {"url": "https://creativecommons.org/licenses/by/3.0/", "text": "CC BY 3.0"}
    run("Nile")
    assert (written_pages()[0].license, wiki.pages_asked()) == ("CC-BY-3.0", ["Nile"])
    run("Nile", pin=True)
    assert written_pages()[0].license == "CC-BY-3.0"
    [cached] = (tmp_path / "cache").rglob("license.json")
    cached.unlink()  # a cache of an older version
    run("Nile", pin=True)
    assert written_pages()[0].license == "CC-BY-SA-4.0"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"contact": ""}, "extract: source is wikipedia, and contact is empty; set it to your e-mail address or a URL"),
        ({"contact": "me"}, r"extract.contact: String should match pattern .* \(is 'me'\)"),
        ({"contact": "mé@example.org"}, "extract.contact: String should match pattern"),
        ({"endpoint": "en.wikipedia.org"}, "extract.endpoint: must be the address of an api.php, http:// or https://"),
        ({"endpoint": "http://local:99999/"}, "extract.endpoint: must be the address of an api.php"),
        (
            {"endpoint": "https://me:secret@wiki.example/api.php"},
            r"extract.endpoint: must hold no user name and no password: .* \(is 'https://\*\*\*@wiki.example/api.php'\)",
        ),
        ({"endpoint": "https://me@wiki.example/api.php"}, "extract.endpoint: must hold no user name and no password"),
        (
            {"endpoint": "https://me:sec/ret@wiki.example:x/api.php"},
            r"extract.endpoint: must be the address .* \(is 'https://\*\*\*@wiki.example:x/api.php'\)",
        ),
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
