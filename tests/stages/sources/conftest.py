"""A wiki on this machine, and a project that gets its pages from it."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages import extract
from stages.common.files import read_jsonl
from stages.common.records import Page
from stages.sources import mediawiki
from tests.stages.sources.local_wiki import LocalWiki


@pytest.fixture
def wiki() -> Iterator[LocalWiki]:
    with LocalWiki() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.closing.set()
        server.shutdown()


class Extraction:
    """Runs the stage on titles of the wiki. All runs of a test share one cache."""

    def __init__(self, wiki: LocalWiki, folder: Path) -> None:
        self.wiki, self.folder = wiki, folder
        self.defaults = (folder / "params.yaml").read_text(encoding="utf-8")

    def set(self, *titles: str, **params: Any) -> None:
        """Writes the titles and params.yaml: the defaults with the wiki's address, no gaps, and `params`."""
        (self.folder / "titles.txt").write_text("\n".join(titles) + "\n", encoding="utf-8")
        yaml = YAML()
        content = yaml.load(self.defaults)
        content["extract"] |= {
            "source": "wikipedia",
            "titles": "titles.txt",
            "endpoint": self.wiki.endpoint,
            "contact": "tests@example.org",
            "gap_seconds": 0.0,
            **params,
        }
        yaml.dump(content, self.folder / "params.yaml")

    def __call__(self, *titles: str, **params: Any) -> dict[str, Any]:
        """The metrics of a run."""
        self.set(*titles, **params)
        extract.main()
        metrics: dict[str, Any] = json.loads(extract.METRICS.read_text(encoding="utf-8"))
        assert metrics["pages_read"] == (
            metrics["pages_kept"] + metrics["pages_over_the_limit"] + sum(metrics["dropped"].values())
        )
        return metrics

    def outputs(self) -> tuple[bytes, bytes]:
        return extract.PAGES.read_bytes(), extract.METRICS.read_bytes()


@pytest.fixture
def run(wiki: LocalWiki, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Extraction:
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(mediawiki, "FIRST_WAIT", 0.01)  # seconds; only Retry-After makes a test wait
    return Extraction(wiki, project)


def written_pages() -> list[Page]:
    """The pages that the last run wrote."""
    return read_jsonl(extract.PAGES, Page)
