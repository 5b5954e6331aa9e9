"""The questions to a wiki. An odd response gives a named reason, never a crash."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from stages.common.errors import StageError
from stages.sources import queries
from stages.sources.mediawiki import WikiApi, WikiError
from stages.sources.queries import Wiki
from tests.stages.sources.conftest import Extraction, written_pages
from tests.stages.sources.local_wiki import Asked, Fault, LocalWiki

AGENT = "wikitune (tests@example.org)"
REASONS = {
    "category": {"no_answer", "not_json", "api_error", "empty_category"},
    "titles": {"no_answer", "not_json", "api_error"},
    "page": {"no_answer", "not_json", "api_error", "no_extract", "missing", "moved"},
}
PAGE = {"pageid": 1, "ns": 0, "title": "Nile", "lastrevid": 100}
ODD_PAGES: list[object] = [
    None,
    7,
    "pages",
    [],
    {},
    [None],
    [[]],
    [{}],
    {"1": None},
    {"1": []},
    {"1": {}},
    [PAGE | {"pageid": "one"}],
    [PAGE | {"lastrevid": None}],
    [{"ns": 0, "title": "Nile"}],
    [{"ns": None, "title": None}],
    {"1": PAGE | {"extract": None}},
    {"1": PAGE | {"extract": ["text"]}},
    {"1": PAGE | {"extract": "Text.", "revisions": []}},
    {"1": PAGE | {"extract": "Text.", "revisions": [{}]}},
    {"1": PAGE | {"extract": "Text.", "revisions": [{"revid": 100}]}},
    {"1": PAGE | {"extract": "Text.", "revisions": {"0": {"revid": 100}}}},
    {"1": PAGE | {"extract": "Text.", "revisions": [{"revid": 100, "timestamp": "2022"}]}},
    {"1": PAGE | {"extract": "Text.", "revisions": [{"revid": 100, "timestamp": "2022"}], "canonicalurl": 5}},
    {"1": PAGE | {"extract": "Text.", "revisions": [{"revid": 100, "timestamp": ""}], "canonicalurl": "https://x/"}},
    {"-1": PAGE},
]
ODD_BODIES = [
    *(json.dumps({"query": {"pages": pages}}) for pages in ODD_PAGES),
    *(
        "null",
        "7",
        '"ok"',
        "{}",
        "[]",
        '{"query": null}',
        '{"query": []}',
        '{"query": "none"}',
        '{"batchcomplete": true}',
    ),
    '{"error": "wrong"}',
    '{"error": {"code": null}}',
    '{"query": {"redirects": null}}',
    '{"query": {"redirects": [{"from": "Nile"}]}}',
    '{"query": {"normalized": {"Nile": "Rhine"}}}',
    '{"query": {"interwiki": [3]}}',
    '{"query": {"categorymembers": null}}',
    '{"query": {"categorymembers": [{"title": 5}]}}',
    '{"query": {}, "continue": []}',
    '{"query": {}, "continue": {"cmcontinue": null}}',
    '{"query": {"general": [], "extensions": {}}}',
    '{"query": {"general": {"generator": "MediaWiki"}, "extensions": [5]}}',
    '{"query": {"general": {"generator": "MediaWiki"}, "extensions": [{"name": "TextExtracts"}]}}',  # no language
    "[" * 3000,
    '{"a": 1e999, "query": NaN}',
]


QUESTIONS: dict[str, Callable[[Wiki], list[str]]] = {  # each answers with reasons
    "category": lambda wiki: [] if wiki.list_category("Category:Rivers", 0, "all") else ["empty_category"],
    "titles": lambda wiki: [resolved.reason for resolved in wiki.resolve_titles(["Nile"], [])],
    "page": lambda wiki: [] if wiki.fetch_page("Nile").title else ["no_answer"],
}


@pytest.fixture
def api(wiki: LocalWiki, monkeypatch: pytest.MonkeyPatch) -> Iterator[WikiApi]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    wiki.add("Nile")
    with closing(WikiApi(wiki.endpoint, AGENT, gap=0.0, timeout=5.0, attempts=1)) as api:
        yield api


def test_an_odd_answer_is_a_named_reason(wiki: LocalWiki, api: WikiApi) -> None:
    """Guards against tracebacks from software in between: log-in pages, proxies, other APIs at the same address."""
    asking = Wiki(api, AGENT)
    for body in ODD_BODIES:
        wiki.fault = lambda asked, before, body=body: Fault(body=body)  # type: ignore[misc]
        for kind, ask in QUESTIONS.items():
            try:
                reasons = ask(asking)
            except WikiError as error:
                reasons = [error.reason]
            assert len(reasons) == 1, (kind, body)
            assert reasons[0] in REASONS[kind], (kind, body)
        with pytest.raises(StageError, match=f"^{wiki.endpoint} (gives no answer|gives no plain text|is not the API)"):
            Wiki(api, AGENT)


def test_what_the_parts_of_an_answer_say_of_a_page_is_put_together(wiki: LocalWiki, api: WikiApi) -> None:
    """Guards against taking a disambiguation page for an article, because only the first part names its category."""
    asking = Wiki(api, AGENT)
    page = PAGE | {"title": "Mercury"}
    named = page | {"categories": [{"ns": 14, "title": "Category:Disambiguation pages"}]}
    first = {"query": {"pages": [named]}, "continue": {"clcontinue": "1|Z", "continue": "||"}}
    wiki.fault = lambda asked, before: Fault(
        body=json.dumps({"query": {"pages": [page]}} if "clcontinue" in asked else first)
    )
    [resolved] = asking.resolve_titles(["Mercury"], ["Disambiguation pages"])
    assert (resolved.reason, resolved.page_title) == ("disambiguation", "Mercury")


def test_a_list_that_goes_on_where_it_began_ends(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against asking a broken wiki for the same part for ever."""
    wiki.add("Nile")
    again = json.dumps({"query": {"categorymembers": []}, "continue": {"cmcontinue": "1", "continue": "-||"}})
    wiki.fault = lambda asked, before: Fault(body=again) if "list" in asked else None
    metrics = run("Nile", "Category:Rivers", attempts=1, max_failure_rate=0.9)
    assert metrics["dropped_titles"] == {"no_answer": ["Category:Rivers"]}
    assert sum("list" in asked for asked in wiki.asked) == 2


def test_an_answer_that_always_goes_on_elsewhere_ends(
    wiki: LocalWiki, run: Extraction, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a broken wiki, each of whose answers names another continuation, being asked for ever."""
    monkeypatch.setattr(queries, "MOST_PARTS_OF_A_CATEGORY", 7)
    monkeypatch.setattr(queries, "MOST_PARTS_ON_TITLES", 5)
    wiki.add("Nile")

    def goes_on(asked: Asked, before: int) -> Fault | None:
        if "meta" in asked:
            return None
        query: dict[str, list[object]] = {"categorymembers" if "list" in asked else "pages": []}
        more = {"cmcontinue" if "list" in asked else "clcontinue": str(len(wiki.asked)), "continue": "-||"}
        return Fault(body=json.dumps({"query": query, "continue": more}))

    wiki.fault = goes_on
    with pytest.raises(StageError, match=r"^2 of 2 titles .*\n  no_answer \(2\): Category:Rivers, Nile\n"):
        run("Nile", "Category:Rivers", attempts=1)
    assert sum("list" in asked for asked in wiki.asked) == 7 and sum("titles" in asked for asked in wiki.asked) == 5
    limits = [f"{wiki.endpoint} doesn't end its answer after {parts} parts, the limit" for parts in (7, 5)]
    assert [record.getMessage() for record in caplog.records] == [
        f"Category:Rivers: no page (no answer: {limits[0]})",
        f"Nile: no page (no answer: {limits[1]})",
    ]


def test_a_category_gives_its_pages_down_to_a_depth_and_a_limit(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against lists cut after one response, cycles of categories, files as pages, and needless requests."""
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
    assert [page.title for page in written_pages()] == [*names[:3], "Deep"]
    assert run("Category:Rivers", category_depth=9)["pages_read"] == 5
    assert run("Category:Rivers", category_depth=9, category_limit=4)["pages_read"] == 4
    wiki.asked.clear()
    assert run("Category:Many", category_limit=30)["pages_kept"] == 30
    assert [asked["cmlimit"] for asked in wiki.asked if "cmlimit" in asked] == ["30"]
    metrics = run("Category:Many", category_limit="all", max_failure_rate=1.0)
    assert (metrics["pages_read"], metrics["dropped"]) == (520, {"missing": 490})


def test_fifty_titles_are_one_question(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against one request per title where fifty fit into one, and titles that get another title's page."""
    titles = [f"Page {number}" for number in range(120)]
    for title in titles:
        wiki.add(title)
    assert run(*titles)["pages_kept"] == 120
    assert [(page.title, page.sections[1].text) for page in written_pages()] == [
        (t, f"{t} began in 1900.") for t in titles
    ]
    assert len(wiki.asked) == 1 + 3 + 120
    assert wiki.agents == {
        "wikitune (tests@example.org)",
        next(agent for agent in wiki.agents if agent.startswith("wikitune (tests@example.org) Wikipedia-API/")),
    }
    assert wiki.most_under_way <= 2


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
    assert [(page.title, page.revision_id) for page in written_pages()] == [("Edited", 200), ("Torn", 100)]
    assert written_pages()[0].sections[0].text == "Another text."
    assert metrics["dropped_titles"] == {"moved": ["Restless"]}
    assert sorted(wiki.pages_asked()) == ["Edited", *["Restless"] * 3, *["Torn"] * 2]


def test_a_page_that_changes_its_nature_meanwhile_is_named(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against the client's negative page ids and bare KeyErrors."""
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
    assert written_pages()[0].license == license
