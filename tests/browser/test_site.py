"""The documentation as a web site, which is read as files, without a server or a network."""

import os
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make docs` builds; it stops at a link to a page or a heading that isn't there."""
    folder = tmp_path_factory.mktemp("site")
    command = ["mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, check=True, timeout=120)
    return folder


class Links(HTMLParser):
    """The addresses that a page leads to or loads, and the ids of its elements."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.followed: list[str] = []
        self.loaded: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value for name, value in attrs if value}
        self.ids |= {values["id"]} if "id" in values else set()
        if tag == "a" and "href" in values:
            self.followed.append(values["href"])
        self.loaded += [values[name] for name in ("src", "href") if name in values and tag != "a"]


def test_every_link_leads_somewhere(site: Path) -> None:
    """Guards against links that work in docs/ and not in the site, or the other way round. Those to files of the
    project lead out of the site as they lead out of docs/, since both folders are in the same place."""
    read = {page: Links(page) for page in site.rglob("*.html") if page.name != "404.html"}
    assert len(read) > 20
    for page, links in read.items():
        for address in links.followed:
            if address.startswith(("http:", "https:", "mailto:")):
                continue
            path, _, anchor = address.partition("#")
            target = Path(os.path.normpath(page.parent / path)) if path else page
            if not target.is_relative_to(site):
                target = ROOT / os.path.relpath(target, site.parent)
            assert target.exists(), (page.name, address)
            assert not anchor or target not in read or anchor in read[target].ids, (page.name, address)


def test_nothing_is_loaded_from_a_server(site: Path) -> None:
    """Guards against fonts, scripts or pictures from somewhere else."""
    for page in site.rglob("*.html"):
        assert [address for address in Links(page).loaded if address.startswith(("http:", "https:", "//"))] == []


def test_the_search_works_on_files(site: Path, page: Page) -> None:
    """Guards against a search that silently finds nothing: browsers start no worker from a file."""
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("near duplicate")  # without a hyphen: a slow browser asks for "near-" first, which is no query
    first = page.locator(".md-search-result__item h1").first
    expect(first).to_have_text("split")
