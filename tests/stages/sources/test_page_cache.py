"""The cache of pages: entries are whole or set aside, and processes share them."""

import subprocess
import sys
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.sources.page_cache import CategoryPages, PageCache, ResolvedTitle, SiteLicense, WikiPage, text_sha256
from tests.stages.sources.conftest import Extraction
from tests.stages.sources.local_wiki import LocalWiki

ENDPOINT = "https://en.wikipedia.org/w/api.php"
WRITE = """
import sys
from stages.common.errors import StageError
from stages.sources.page_cache import PageCache, ResolvedTitle
cache = PageCache(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for revision in range(200):
    cache.write_title(ResolvedTitle(title="Nile", reason="", page_title="Nile" * 500, page_id=1, revision_id=revision))
"""


def page(text: str = "Text.") -> WikiPage:
    return WikiPage(
        title="Nile",
        page_id=1,
        revision_id=2,
        revision_timestamp="2022-01-01T00:00:00Z",
        url="https://local.example/wiki/Nile",
        language="en",
        license="CC-BY-SA-4.0",
        text=text,
        sha256=text_sha256(text),
    )


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PageCache:
    monkeypatch.setenv("WIKITUNE_CACHE", str(tmp_path / "cache"))
    return PageCache(ENDPOINT)


def test_wikis_and_revisions_are_kept_apart(cache: PageCache) -> None:
    """Guards against getting the page of another wiki or an older revision."""
    cache.write_page(page())
    cache.write_title(ResolvedTitle(title="a/b: ?", reason="missing"))
    assert cache.read_page(1, 2) == page()
    assert cache.folder.stat().st_mode & 0o777 == 0o700  # the owner's alone
    assert [
        cache.read_page(1, 3),
        cache.read_page(12, 2),
        cache.read_title("a/b"),
        cache.read_category("Nile", 0, 1),
    ] == [None] * 4
    assert cache.read_title("a/b: ?") == ResolvedTitle(title="a/b: ?", reason="missing")
    assert PageCache(ENDPOINT.replace("en", "de")).read_page(1, 2) is None
    assert cache.folder.name.startswith("en-wikipedia-org-w-api-php-")


def test_a_cache_that_others_could_read_is_closed_to_them(cache: PageCache) -> None:
    """Guards against a cache of an earlier version that stays open to everyone."""
    cache.write_page(page())
    for folder in (cache.folder, cache.folder.parent):
        folder.chmod(0o755)
    cache.write_license("CC-BY-SA-4.0")  # the first thing that a run writes
    assert [folder.stat().st_mode & 0o777 for folder in (cache.folder, cache.folder.parent)] == [0o700, 0o700]


def test_the_licence_is_the_last_one_of_this_wiki(cache: PageCache) -> None:
    """Guards against the licence of another wiki, and against an older one."""
    assert cache.read_license() is None
    for license_id in ("CC-BY-3.0", ""):
        cache.write_license(license_id)
        assert cache.read_license() == SiteLicense(license=license_id)
    assert PageCache(ENDPOINT.replace("en", "de")).read_license() is None


def test_a_category_is_kept_by_its_depth_and_limit(cache: PageCache) -> None:
    """Guards against a pinned run with the pages of another depth or limit."""
    for depth, limit in ((0, 5), (1, 5), (1, "all")):
        cache.write_category(
            CategoryPages(category="Category:R", depth=depth, limit=limit, titles=[f"{depth} {limit}"])
        )
    for depth, limit in ((0, 5), (1, 5), (1, "all")):
        pages = cache.read_category("Category:R", depth, limit)
        assert pages is not None and pages.titles == [f"{depth} {limit}"]
    assert cache.read_category("Category:R", 0, "all") is None


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "binary"])
def test_a_damaged_page_is_set_aside_and_had_anew(
    wiki: LocalWiki, run: Extraction, tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    """Guards against using half a page, or a changed one, in the next run."""
    wiki.add("Nile")
    run("Nile")
    whole = run.outputs()
    [path] = (tmp_path / "cache").rglob("1-100.json")
    content = path.read_bytes()
    changes = {
        "cut": content[: len(content) // 2],
        "changed": content.replace(b"1900", b"1901"),
        "empty": b"",
        "binary": b"\xff\x00",
    }
    path.write_bytes(changes[damage])
    wiki.asked.clear()
    run("Nile")
    assert run.outputs() == whole
    assert (path.read_bytes(), path.with_suffix(".damaged").read_bytes()) == (content, changes[damage])
    assert wiki.pages_asked() == ["Nile"]
    assert f"{path} is damaged (" in caplog.messages[0] and caplog.messages[0].endswith("aside as 1-100.damaged")


def test_two_processes_may_write_the_same_entry(cache: PageCache, root: Path) -> None:
    """Guards against writers that rename one another's half-written files."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, ENDPOINT], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
    while any(process.poll() is None for process in processes):
        resolved = cache.read_title("Nile")
        assert resolved is None or resolved.page_title == "Nile" * 500
    assert [process.wait() for process in processes] == [0, 0, 0]
    resolved = cache.read_title("Nile")
    assert resolved is not None and resolved.revision_id == 199
    assert not list(cache.folder.rglob("*.damaged"))


def test_a_cache_that_cannot_be_used_is_named(wiki: LocalWiki, run: Extraction, tmp_path: Path) -> None:
    """Guards against a traceback if the disk or its rights are at fault."""
    wiki.add("Nile")
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(StageError, match=r"the cache of pages cannot be used: .*; WIKITUNE_CACHE moves it"):
        run("Nile")
