"""Dumps as the source of the stage."""

import bz2
import gzip
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyarrow import Table, parquet
from ruamel.yaml import YAML

from stages import extract
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl
from stages.common.processes import map_stream
from stages.common.records import Page, Section
from stages.sources import dump as dump_module
from tests.stages.sources.made_dump import head, page_xml, snapshot_line, write_dump

NILE = "{{Infobox river}}\nThe '''Nile''' is a [[river]].\n== Use ==\nPeople drink it.\n== See also ==\nA lake is one."
PAGES = (
    page_xml("Nile", NILE, 1),
    page_xml("Nile River", "#REDIRECT [[Nile]]", 2, redirect="Nile"),
    page_xml("Talk:Nile", "It is long.", 3, namespace=1),
    page_xml("Mercury", "Mercury may be a god.\n{{disambiguation}}", 4),
    page_xml("Venus", "Venus may be a goddess.\n[[Category:Disambiguation pages]]", 5),
    page_xml("Data", "{}", 6, model="json"),
    page_xml("List", "{|\n| a\n|}", 7),
    page_xml("Vandal", "<b>" * 400, 8),
    page_xml("AT&T (company)", "AT&amp;T is a company.", 9),
    page_xml("Empty", "", 10),
)
DROPPED = {
    "broken_markup": 1,
    "disambiguation": 2,
    "no_text": 2,
    "not_wikitext": 1,
    "other_namespace": 1,
    "redirect": 1,
}

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(project: Path) -> Run:
    """Runs the stage on `dump.xml`, or another `path`, and gives its metrics."""
    defaults = (project / "params.yaml").read_text(encoding="utf-8")

    def run_stage(**params: object) -> dict[str, Any]:
        yaml = YAML()
        content = yaml.load(defaults)
        content["extract"] |= {"source": "dump", "path": "dump.xml", **params}
        yaml.dump(content, project / "params.yaml")
        extract.main()
        metrics: dict[str, Any] = read_json(extract.METRICS)
        assert metrics["pages_read"] == (
            metrics["pages_kept"] + metrics["pages_over_the_limit"] + sum(metrics["dropped"].values())
        )
        return metrics

    return run_stage


def written() -> list[Page]:
    return read_jsonl(extract.PAGES, Page)


def test_the_articles_of_a_dump_become_page_records(project: Path, run: Run) -> None:
    write_dump(project / "dump.xml", *PAGES)
    metrics = run()
    assert written()[0] == Page(
        title="Nile",
        page_id=1,
        revision_id=1001,
        revision_timestamp="2026-01-31T00:00:00Z",
        url="https://en.wikipedia.org/wiki/Nile",
        language="en",
        license="CC-BY-SA-4.0",
        sections=[
            Section(heading="", level=1, text="The Nile is a river."),
            Section(heading="Use", level=2, text="People drink it."),
        ],
    )
    assert [(page.title, page.url, page.plain_text) for page in written()[1:]] == [
        (
            "AT&T (company)",
            "https://en.wikipedia.org/wiki/AT%26T_(company)",
            "AT&T (company)\nAT&T is a company.",
        )
    ]
    assert metrics == {
        "pages_read": 10,
        "pages_kept": 2,
        "pages_over_the_limit": 0,
        "pages_without_text": 0,
        "sections": 3,
        "words": 12,
        "characters": 54,
        "dropped": DROPPED,
        "left_out": {"boilerplate_section": 1, "template": 1},
    }


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("dump.xml", lambda text: text),
        ("dump.xml.gz", gzip.compress),
        ("dump.xml.bz2", bz2.compress),
        # As the parts of large dumps are named, by their page ids.
        ("enwiki-20260301-pages-articles1.xml-p1p41242.bz2", bz2.compress),
        # As Wikipedia's multistream dumps: streams one after the other, cut where pages end.
        ("multi.xml.bz2", lambda text: b"".join(map(bz2.compress, text.partition(b"  <page>\n    <title>AT")))),
    ],
)
def test_a_dump_may_be_packed(project: Path, run: Run, name: str, pack: Callable[[bytes], bytes]) -> None:
    """Guards against reading only the first stream of a multistream dump."""
    plain = write_dump(project / "dump.xml", *PAGES).read_bytes()
    (project / name).write_bytes(pack(plain))
    assert run(path=name)["dropped"] == DROPPED
    assert [page.title for page in written()] == ["Nile", "AT&T (company)"]


def test_a_folder_is_read_in_the_order_of_its_numbers(
    project: Path, run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a page twice, from parts that overlap, and files that are passed over in silence."""
    folder = project / "dump"
    folder.mkdir()
    write_dump(folder / "enwiki-articles10.xml", page_xml("C", "C is so.", 3), page_xml("A", "A is so.", 1))
    write_dump(folder / "enwiki-articles2.xml", page_xml("B", "B is so.", 2), page_xml("A", "A is so.", 1))
    (folder / "enwiki-index.txt.bz2").write_bytes(b"")
    metrics = run(path="dump")
    assert [page.title for page in written()] == ["B", "A", "C"]
    assert metrics["dropped"] == {"same_page": 1}
    assert "dump: not read: enwiki-index.txt.bz2" in caplog.text


def test_parts_of_a_large_dump_are_read_in_their_order(project: Path, run: Run) -> None:
    """Guards against parts that are passed over because their names end in page ids."""
    folder = project / "dump"
    folder.mkdir()
    for name, title, page_id in (("10.xml-p90p99", "C", 90), ("2.xml-p5p89", "B", 5), ("1.xml-p1p4", "A", 1)):
        write_dump(folder / f"enwiki-articles{name}", page_xml(title, f"{title} is so.", page_id))
    assert run(path="dump")["pages_kept"] == 3
    assert [page.title for page in written()] == ["A", "B", "C"]


def test_reading_stops_at_the_limit(project: Path, run: Run) -> None:
    """Guards against an hour for the rest of a dump of which 100 pages were wanted."""
    text = head() + "".join(page_xml(f"A{n}", "A is so.", n) for n in range(200)) + "  <broken"
    (project / "dump.xml").write_text(text, encoding="utf-8")
    metrics = run(at_most=1)
    assert (metrics["pages_kept"], metrics["pages_read"], metrics["dropped"]) == (1, 1, {})


def test_only_the_pages_of_the_titles_file(project: Path, run: Run) -> None:
    write_dump(project / "dump.xml", *PAGES)
    (project / "titles.txt").write_text("nile # first letter\nAT&T_(company)\nNile River\nAtlantis\nNile\n")
    asked = {"dump_pages": "titles", "titles": "titles.txt"}
    metrics = run(**asked, max_failure_rate=0.5)
    assert [page.title for page in written()] == ["Nile", "AT&T (company)"]
    assert metrics["dropped"] == {"missing": 1, "redirect": 1, "same_page": 1}
    assert metrics["dropped_titles"] == {"missing": ["Atlantis"], "redirect": ["Nile River"]}
    assert run(**asked, at_most=2)["pages_over_the_limit"] == 3
    with pytest.raises(
        StageError, match=r"(?s)2 of 4 titles gave no page; .* missing \(1\): Atlantis\n  redirect \(1\)"
    ):
        run(**asked)
    (project / "titles.txt").write_text("Category:Rivers\n")
    with pytest.raises(StageError, match="Category:Rivers: a dump doesn't say which pages a category has; write"):
        run(**asked)


def test_snapshots_give_the_same_records(project: Path, run: Run) -> None:
    """Guards against other words, because the dump has HTML: templates are expanded there."""
    html = (
        "<html><body><section><table><tr><td>x</td></tr></table><p>The <b>Nile</b> is a "
        '<a href="./River">river</a>.<sup class="mw-ref reference">[1]</sup></p></section><section>'
        '<h2 id="Use">Use</h2><ul><li>water</li><li>silt</li></ul><p>People drink&#32;it.</p>'
        '<p>So <span class="mwe-math-element">x</span> is.</p></section></body></html>'
    )
    lines = snapshot_line("Nile", html, 1) + snapshot_line("Talk:Nile", html, 2, namespace={"identifier": 1})
    lines += snapshot_line("Mercury", html, 3, categories=[{"name": "Category:All disambiguation pages"}])
    (project / "enwiki_namespace_0.ndjson").write_text(lines)
    metrics = run(path="enwiki_namespace_0.ndjson")
    from_html = written()
    assert metrics["dropped"] == {"disambiguation": 1, "other_namespace": 1}
    write_dump(project / "dump.xml", *PAGES[:1])
    run()
    assert from_html == written()
    with tarfile.open(project / "enwiki.tar.gz", "w:gz") as archive:
        for number, line in enumerate(lines.splitlines(keepends=True)):
            member = tarfile.TarInfo(f"enwiki_{number}.ndjson")
            member.size = len(line.encode())
            archive.addfile(member, io.BytesIO(line.encode()))
    assert run(path="enwiki.tar.gz") == metrics
    assert from_html == written()


def test_parquet_in_a_dumps_folder(project: Path, run: Run) -> None:
    """Guards against a second cleaning of pages that are records already."""
    write_dump(project / "dump.xml", *PAGES)
    run()
    pages = written()
    (project / "folder").mkdir()
    table = Table.from_pylist([page.model_dump() for page in pages])
    parquet.write_table(table, project / "folder" / "pages.parquet")
    assert run(path="folder")["pages_kept"] == 2
    assert written() == pages


def test_more_processes_give_the_same_bytes(project: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against pages in another order, and counts that depend on how pages are shared out."""
    write_dump(project / "dump.xml", *PAGES)
    run()
    expected = extract.PAGES.read_bytes(), extract.METRICS.read_bytes()
    monkeypatch.setattr(dump_module, "map_stream", lambda f, items, chunk: map_stream(f, items, processes=2, chunk=2))
    run()
    assert (extract.PAGES.read_bytes(), extract.METRICS.read_bytes()) == expected


TEXT = head() + "".join(PAGES) + "</mediawiki>\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xml.bz2", bz2.compress(TEXT.encode())[:-20], r"a.xml.bz2 ends too early: it was not downloaded to its end"),
        ("a.xml.gz", gzip.compress(TEXT.encode())[:-20], r"a.xml.gz ends too early"),
        ("a.xml.bz2", b"BZh9" + bytes(100), r"a.xml.bz2 is damaged or not what its name says \(Invalid data stream\)"),
        ("a.xml.gz", TEXT.encode(), r"a.xml.gz is damaged or not what its name says \(Not a gzipped file"),
        ("a.xml", TEXT[:-400].encode(), r"a.xml: in the page after 'AT&T \(company\)', line \d+ of the XML: unclosed"),
        ("a.xml", TEXT.replace("<ns>1", "<ns", 1).encode(), r"after 'Nile River', line \d+ of the XML: not well"),
        ("a.xml", b"<html></html>", r"a.xml is not a wiki's dump: its XML begins with <html>"),
        ("a.xml", b"", r"a.xml: in the first page, line 1 of the XML: no element found"),
        ("a.xml", TEXT.replace("<id>1</id>", "", 1).encode(), r"a.xml: page 'Nile' lacks id; this is no dump of Media"),
        ("a.xml", TEXT.replace("<id>1</id>", "<id>x</id>", 1).encode(), r"page 'Nile' lacks a whole number"),
        ("a.xml", (head() + PAGES[1] + "</mediawiki>").encode(), r"none of its pages is an article .*\(1 redirect\)"),
        ("a.xml", (head("de", "https://de.wikipedia.org/wiki/H") + PAGES[0] + "</mediawiki>").encode(),
         r"a.xml is of de.wikipedia.org in the language de, and extract.language is en; set extract.language=de"),
        ("a.xml", (head("en", "https://wiki.example.org/wiki/M") + PAGES[0] + "</mediawiki>").encode(),
         r"a.xml does not say under which licence the pages of wiki.example.org are; .* set extract.license"),
        ("a.xml", TEXT.replace("<id>1</id>", "<id>99999999999</id>", 1).encode(), r"page 'Nile' has the id 999999"),
        ("a.zip", b"", r"a.zip: its name ends in none of .tar.gz, .ndjson.gz"),
        ("a.ndjson", b'{"name": "a"}\n', r"a.ndjson:1: identifier: Field required; .* this is no snapshot of"),
        ("a.ndjson", b'{"name": \n', r"a.ndjson:1: Invalid JSON: EOF while parsing .* or is damaged"),
        ("a.ndjson", b"[1]\n", r"a.ndjson:1: Input should be an object"),
        ("a.tar.gz", gzip.compress(b"x" * 600), r"a.tar.gz is no tar archive, or is damaged"),
        ("a.parquet", b"PAR1" + bytes(20), r"a.parquet is a damaged Parquet file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(project: Path, run: Run, name: str, content: bytes, message: str) -> None:
    """Guards against a traceback, and against half a dump taken for the whole."""
    extract.PAGES.unlink()
    (project / name).write_bytes(content)
    with pytest.raises(StageError, match=message):
        run(path=name)
    assert not extract.PAGES.exists()


def test_a_folder_without_dumps_and_no_folder(project: Path, run: Run) -> None:
    (project / "dump").mkdir()
    (project / "dump" / "notes.txt").write_text("")
    with pytest.raises(StageError, match=r"dump has no file of a dump: no name ends in .tar.gz"):
        run(path="dump")
    with pytest.raises(StageError, match=r"nowhere does not exist; set extract.path to a dump"):
        run(path="nowhere")


def test_another_wiki_needs_its_licence(project: Path, run: Run) -> None:
    write_dump(project / "dump.xml", PAGES[0], base="https://wiki.example.org/wiki/Main")
    run(license="CC-BY-4.0")
    assert [(page.url, page.license) for page in written()] == [("https://wiki.example.org/wiki/Nile", "CC-BY-4.0")]


def test_a_page_with_many_revisions_gives_the_last(project: Path, run: Run) -> None:
    """Guards against a history dump whose first revision is taken for the page."""
    old, new = page_xml("A", "A was so.", 1), page_xml("A", "A is so.", 2)
    revision = new[new.index("    <revision>") : new.index("  </page>")]
    write_dump(project / "dump.xml", old.replace("  </page>", revision + "  </page>"))
    run()
    assert [(page.revision_id, page.sections[0].text) for page in written()] == [(1002, "A is so.")]


def test_json_of_records_is_what_the_records_say(project: Path, run: Run) -> None:
    """Guards against lines that other stages read in another way."""
    write_dump(project / "dump.xml", *PAGES)
    run()
    for line in extract.PAGES.read_text(encoding="utf-8").splitlines():
        assert Page.model_validate(json.loads(line)).model_dump_json() == line
