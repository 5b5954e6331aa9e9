"""A dump on an engine, file by file: the bytes of one process."""

import bz2
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyarrow import Table, parquet

from stages import extract
from stages.common.errors import StageError
from stages.common.files import read_jsonl
from stages.common.records import Page
from tests.stages.sources.made_dump import page_xml, snapshot_line, write_dump
from tests.stages.sources.test_dump import PAGES, Run, run

pytest.importorskip("daft", reason="the extra `engine` is not installed")
__all__ = ["run"]


@pytest.fixture
def folder(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dump in four files, of all forms but one; a page is in two of them, in another text."""
    monkeypatch.setenv("WIKITUNE_CACHE", str(project / "cache"))
    folder = project / "dump"
    folder.mkdir()
    write_dump(folder / "1.xml", *PAGES)
    again = page_xml("Nile", "The Nile is twice as long.", 1)
    content = write_dump(folder / "2.xml", again, page_xml("Ob", "The Ob is a river.", 20)).read_bytes()
    (folder / "2.xml").unlink()
    (folder / "2.xml.bz2").write_bytes(bz2.compress(content))
    (folder / "3.ndjson").write_text(snapshot_line("Don", "<p>The Don is a river.</p>", 30), encoding="utf-8")
    page = Page.model_validate(json_of_a_page())
    parquet.write_table(Table.from_pylist([page.model_dump()]), folder / "4.parquet")
    return folder


def json_of_a_page() -> dict[str, Any]:
    section = {"heading": "", "level": 1, "text": "The Po is a river."}
    texts = {"title": "Po", "revision_timestamp": "t", "url": "u", "language": "en", "license": "CC0-1.0"}
    return texts | {"page_id": 40, "revision_id": 2, "sections": [section]}


def outputs() -> Iterator[bytes]:
    return (path.read_bytes() for path in (extract.PAGES, extract.METRICS))


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"at_most": 3},
        {"dump_pages": "titles", "titles": "titles.txt", "max_failure_rate": 0.9},
    ],
)
def test_an_engine_gives_the_same_bytes(
    project: Path, folder: Path, run: Run, params: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against files in another order, a page of the second file instead of the first, and other counts."""
    (project / "titles.txt").write_text("Po\nnile\nVandal\nNile River\nNile\nAtlantis\n")
    run(path="dump", **params)
    local, said = list(outputs()), caplog.messages.copy()
    caplog.clear()
    run(path="dump", engine="daft", **params)
    assert list(outputs()) == local
    assert caplog.messages == said
    assert len(read_jsonl(extract.PAGES, Page)) == {0: 5, 1: 3, 3: 2}[len(params)]
    assert not list(Path("cache").rglob("*.parquet")), "the steps are still there"


def test_a_broken_file_stops_the_engine_and_the_others_are_not_read_again(
    project: Path, folder: Path, run: Run
) -> None:
    """Guards against half a dump taken for the whole, and against hours that are repeated for one file."""
    run(path="dump")
    local = list(outputs())
    second = folder / "2.xml.bz2"
    whole = second.read_bytes()
    second.write_bytes(whole[:-20])
    with pytest.raises(StageError, match=r"engine daft: .*/dump/2\.xml\.bz2 ends too early"):
        run(path="dump", engine="daft")
    second.write_bytes(whole)
    first, stat = folder / "1.xml", (folder / "1.xml").stat()
    first.write_bytes(bytes(stat.st_size))  # whoever reads it again fails
    os.utime(first, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    run(path="dump", engine="daft")
    assert list(outputs()) == local


def test_a_dump_of_another_wiki_stops_the_engine(folder: Path, run: Run) -> None:
    """Guards against pages in another language than the one that the model is to learn."""
    with pytest.raises(
        StageError, match=r"engine daft: .*/dump/1\.xml is of en.wikipedia.org in .* extract\.language=en"
    ):
        run(path="dump", engine="daft", language="de")
