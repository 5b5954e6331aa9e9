"""Answers with status 200 that are no MediaWiki's, or only nearly: each ends as a named reason, never as a crash."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from stages.common.errors import StageError
from stages.sources.mediawiki import Api, WikiError
from stages.sources.queries import Wiki
from tests.stages.sources.conftest import Extraction
from tests.stages.sources.local_wiki import Fault, LocalWiki

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
    "category": lambda wiki: [] if wiki.members("Category:Rivers", 0, "all") else ["empty_category"],
    "titles": lambda wiki: [lead.reason for lead in wiki.resolve(["Nile"], [])],
    "page": lambda wiki: [] if wiki.fetch("Nile").title else ["no_answer"],
}


@pytest.fixture
def api(wiki: LocalWiki, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    wiki.add("Nile")
    with closing(Api(wiki.endpoint, AGENT, gap=0.0, timeout=5.0, attempts=1)) as api:
        yield api


def test_an_odd_answer_is_a_named_reason(wiki: LocalWiki, api: Api) -> None:
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


def test_a_list_that_goes_on_where_it_began_ends(wiki: LocalWiki, run: Extraction) -> None:
    """Guards against a run that asks a broken wiki for the same part for ever."""
    wiki.add("Nile")
    again = json.dumps({"query": {"categorymembers": []}, "continue": {"cmcontinue": "1", "continue": "-||"}})
    wiki.fault = lambda asked, before: Fault(body=again) if "list" in asked else None
    metrics = run("Nile", "Category:Rivers", attempts=1, max_failure_rate=0.9)
    assert metrics["dropped_titles"] == {"no_answer": ["Category:Rivers"]}
    assert sum("list" in asked for asked in wiki.asked) == 2
