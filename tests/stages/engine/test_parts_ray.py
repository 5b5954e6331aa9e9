"""The stages that are maps on a Ray cluster of two nodes on this machine: the bytes of one process."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages import extract, synth
from stages.common.errors import StageError
from stages.common.files import read_jsonl
from stages.common.records import Page
from stages.engine.apart import NO_TELEMETRY, SETTINGS
from stages.engine.parts import run_parts
from stages.engine.steps import Steps
from stages.teachers.rules import many_pages
from tests.stages.sources.made_dump import page_xml, write_dump

pytest.importorskip("ray", reason="the extra `ray` is not installed")
pytestmark = pytest.mark.slow  # a cluster takes half a minute to start
OUTPUTS = (extract.PAGES, extract.METRICS, synth.SYNTHETIC, synth.METRICS)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A cluster of two nodes with a core each."""
    for name, value in (NO_TELEMETRY | SETTINGS).items():
        monkeypatch.setenv(name, value)
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        yield cluster.address
    finally:
        cluster.shutdown()


def run_both(engine: str, address: str) -> list[bytes]:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params["extract"] |= {"source": "dump", "path": "dump", "engine": engine, "ray": {"address": address}}
    params["synth"] |= {"at_least": 1, "engine": engine, "ray": {"address": address}}
    yaml.dump(params, Path("params.yaml"))
    extract.main()
    synth.main()
    return [path.read_bytes() for path in OUTPUTS]


def die_once(marks: Path, number: int, folder: Path) -> dict[str, int]:
    mark = marks / f"died-{number}"
    if number == 1 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"number": number}


def test_a_cluster_gives_the_bytes_of_local_and_survives_a_killed_worker(
    project: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against another result on a cluster, and against parts that a killed process takes with it."""
    monkeypatch.setenv("WIKITUNE_CACHE", str(project / "cache"))
    monkeypatch.setattr(many_pages, "_PAGES_PER_STEP", 3)
    pages = read_jsonl(extract.PAGES, Page)[:9]
    (project / "dump").mkdir()
    for number in range(3):
        some = enumerate(pages[3 * number : 3 * number + 4], start=3 * number)  # a page is in two files
        texts = (page_xml(page.title, page.plain_text, place + 1) for place, page in some)
        write_dump(project / f"dump/{number}.xml", *texts)
    assert run_both("ray", address) == run_both("local", address)

    steps, work = Steps(project / "steps"), partial(die_once, project)
    try:
        run_parts("ray", address, steps, ["0", "1", "2"], work)
    except StageError as error:  # Ray may also give up
        assert str(error).startswith("engine ray: ")
    assert [facts["number"] for _, facts in run_parts("ray", address, steps, ["0", "1", "2"], work)] == [0, 1, 2]
