"""The rules on several cores and on an engine: the bytes of one process."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages import synth
from stages.common.errors import StageError
from stages.common.files import read_jsonl, write_jsonl
from stages.common.records import Page
from stages.teachers.rules import many_pages


@pytest.fixture
def pages(project: Path, page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch) -> list[Page]:
    """Some pages in two parts and more, of which one gives no example, and one is there twice."""
    monkeypatch.setattr(many_pages, "_PART", 4)
    monkeypatch.setattr(many_pages, "_PARTS_ALONE", 1)
    monkeypatch.setattr(many_pages, "_PAGES_PER_STEP", 10)
    monkeypatch.setenv("WIKITUNE_CACHE", str(project / "cache"))
    some = read_jsonl(synth.PAGES, Page)[:24]
    write_jsonl(synth.PAGES, [*some[:7], page("Empty"), *some[7:], some[2]])
    return some


def set_params(**changes: object) -> None:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params["synth"] |= {"at_least": 1} | changes
    yaml.dump(params, Path("params.yaml"))


def run(caplog: pytest.LogCaptureFixture, **changes: object) -> tuple[bytes, bytes, list[str]]:
    """The outputs of the stage and what it said, but for the steps."""
    set_params(**changes)
    caplog.clear()
    caplog.set_level(logging.INFO, "stages")
    synth.main()
    said = [line for line in caplog.messages if not line.startswith("step ")]
    return synth.SYNTHETIC.read_bytes(), synth.METRICS.read_bytes(), said


def test_more_processes_give_the_same_bytes(
    pages: list[Page], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against pages in another order, and against copies that are counted only within a part."""
    monkeypatch.setattr("stages.common.processes.available_cores", lambda: 1)
    alone = run(caplog)
    assert b'"copies": 0' not in alone[1] and alone[2] == ["Empty: no example (no text)"]
    monkeypatch.setattr("stages.common.processes.available_cores", lambda: 2)
    assert run(caplog) == alone


def test_an_engine_gives_the_same_bytes(pages: list[Page], caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("daft", reason="the extra `engine` is not installed")
    local = run(caplog)
    assert run(caplog, engine="daft") == local
    assert not list(Path("cache").rglob("*.parquet")), "the steps are still there"


def test_a_broken_page_stops_the_engine_with_its_line(pages: list[Page], project: Path) -> None:
    """Guards against a line that is counted from the start of a part."""
    pytest.importorskip("daft", reason="the extra `engine` is not installed")
    lines = synth.PAGES.read_text(encoding="utf-8").splitlines(keepends=True)
    synth.PAGES.write_text("".join([*lines[:12], "\n", "{}\n", *lines[12:]]), encoding="utf-8")
    set_params(engine="daft")
    with pytest.raises(StageError, match=r"engine daft: .*/data/pages\.jsonl:14: title: Field required"):
        synth.main()
    synth.PAGES.write_text("\n", encoding="utf-8")
    with pytest.raises(StageError, match=r"pages\.jsonl holds no record"):
        synth.main()
