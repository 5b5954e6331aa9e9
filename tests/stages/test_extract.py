import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from stages import extract
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl
from stages.common.records import Page
from stages.sources.input_files import read_pages

BUNDLED = Path("data/bundled/pages.jsonl")
FOOTBALL = Path("data/bundled/football.jsonl")


@pytest.mark.parametrize(("path", "fewest"), [(BUNDLED, 160), (FOOTBALL, 30)])
def test_bundled_pages_have_what_the_project_promises(root: Path, path: Path, fewest: int) -> None:
    """Guards against a page without its attribution, too short to ask about, or there twice."""
    pages = read_pages(root / path)
    assert len(pages) >= fewest
    assert len({page.page_id for page in pages}) == len(pages)
    for page in pages:
        words = sum(len(section.text.split()) for section in page.sections)
        assert 120 <= words <= 300, page.title
        assert 2 <= len(page.sections) <= 4, page.title
        assert page.license == "CC0-1.0"
        assert page.url.startswith(f"{path.as_posix()}#")
        assert page.revision_timestamp == "2022-12-31T00:00:00Z"
        assert not [year for year in re.findall(r"\b(?:19|20)\d\d\b", page.plain_text) if int(year) > 2022], page.title


def test_football_is_about_what_the_other_pages_leave_out(root: Path) -> None:
    """Guards against football that a base model knows which has read the other bundled pages."""
    others = read_pages(root / BUNDLED)
    assert not [page.title for page in others if "football" in page.plain_text.lower()]
    football = read_pages(root / FOOTBALL)
    assert not {page.title for page in others} & {page.title for page in football}
    assert not {page.page_id for page in others} & {page.page_id for page in football}


def test_all_pages_go_on_with_their_attribution(project: Path) -> None:
    extract.main()
    assert read_jsonl(extract.PAGES, Page) == read_pages(BUNDLED)
    metrics = read_json(extract.METRICS)
    assert metrics["pages_read"] == metrics["pages_kept"] == len(read_pages(BUNDLED))


def test_bundled_pages_have_no_metrics_of_a_wiki(project: Path, root: Path) -> None:
    extract.main()
    assert extract.METRICS.read_bytes() == (root / extract.METRICS).read_bytes()


def test_bundled_pages_need_no_library_of_the_network(root: Path) -> None:
    """Guards against a default run that pays for what it doesn't use."""
    code = (
        "import stages.extract, sys; print(sorted({'httpx', 'httpx2', 'wikipediaapi', 'tenacity'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_what_is_over_the_limit_is_counted(project: Path) -> None:
    """Guards against pages that are dropped in silence."""
    text = Path("params.yaml").read_text()
    Path("params.yaml").write_text(text.replace("  at_most: all  ", "  at_most: 3  ", 1))
    extract.main()
    metrics = read_json(extract.METRICS)
    assert metrics["pages_kept"] == len(read_jsonl(extract.PAGES, Page)) == 3
    assert metrics["pages_read"] == 3 + metrics["pages_over_the_limit"]


@pytest.mark.parametrize(
    ("number", "change", "message"),
    [
        (4, {"license": ""}, r"pages.jsonl:4: license: String should have at least 1 character"),
        (5, {"title": "Odyssey"}, r"pages.jsonl:5: page 'Odyssey' is on line 2 already"),
    ],
)
def test_a_bad_page_stops_the_stage(project: Path, number: int, change: dict[str, object], message: str) -> None:
    lines = BUNDLED.read_text().splitlines()
    lines[number - 1] = json.dumps(json.loads(lines[number - 1]) | change)
    BUNDLED.write_text("\n".join(lines))
    extract.PAGES.unlink()
    with pytest.raises(StageError, match=message):
        extract.main()
    assert not extract.PAGES.exists()


def test_a_page_without_text_is_kept_and_counted(project: Path) -> None:
    """Guards against one empty page that stops a run; synth says that it gave no example."""
    lines = BUNDLED.read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | {"sections": []})
    BUNDLED.write_text("\n".join(lines))
    extract.main()
    metrics = read_json(extract.METRICS)
    assert (metrics["pages_kept"], metrics["pages_without_text"]) == (len(lines), 1)


def test_a_malformed_line_stops_the_stage(project: Path) -> None:
    lines = BUNDLED.read_text().splitlines()
    BUNDLED.write_text("\n".join([lines[0], lines[1][:100], *lines[2:]]))
    with pytest.raises(StageError, match=r"pages.jsonl:2: Invalid JSON: EOF while parsing"):
        extract.main()
