"""curate on an engine: the very outputs of `local`, also after it was killed, and nothing sent to anyone."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from stages import curate
from stages.common.files import read_jsonl
from stages.common.records import Example, Page, Source
from stages.engine.apart import NO_TELEMETRY
from stages.teachers.rules.teacher import teach
from tests.stages.conftest import MakeExample
from tests.stages.engine.runs import kill, run_stage, set_engine, two_nodes, wait_for

pytest.importorskip("daft", reason="the extra `engine` is not installed")
OUTPUTS = (curate.CURATED, curate.REJECTED, curate.FLOW, curate.METRICS)


class Catcher:
    """A server on this machine that takes every connection that is made through it as a proxy, and answers none."""

    def __init__(self) -> None:
        self.caught: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self.proxies = dict.fromkeys(("https_proxy", "http_proxy", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"), address)
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._server.accept()
            with connection:
                self.caught.append(connection.recv(1000))


@pytest.fixture
def planted(project: Path, make: MakeExample) -> Path:
    """The project folder with examples of the teacher, of which many are repeated, reworded, contradicted or broken."""
    examples: list[Example] = []
    for page in read_jsonl(curate.PAGES, Page)[:12]:
        for number, row in enumerate(teach(page, 8, 1).examples):
            twin = row.source.model_copy(update={"title": page.title.upper()})
            more = [
                make(f"Please answer: {row.instruction}", row.output, row.input, source=twin),
                make(row.instruction.rstrip("?.") + "!", "Zanzibar.", row.input, source=row.source),
                make(row.instruction, row.output, row.input, source=Source(kind="synthetic", title="no such page")),
                make(row.instruction, "", row.input, source=row.source),
            ]
            examples += [row, more[number % 4]]
    facts = [("When was it built?", "1815."), ("What year was it built?", "1816."), ("When was it built", "In 1815.")]
    examples += [make(instruction, output) for instruction, output in facts]
    lines = [row.model_dump_json() for row in examples]
    bad = ['{"instruction": 1}', '{"instruction": "Name a bird.", "output": "The wren."}']
    curate.SYNTHETIC.write_text("\n".join([*lines, *bad, *lines[::9]]) + "\n", encoding="utf-8")
    return project


def outputs() -> list[bytes]:
    return [path.read_bytes() for path in OUTPUTS]


def test_daft_gives_the_bytes_of_local(planted: Path) -> None:
    """Guards against another result on an engine, steps that a second run repeats, and use that is reported."""
    curate.main()
    local = outputs()
    reasons = {line.split(",")[1] for line in curate.FLOW.read_text().splitlines()}
    assert reasons >= {"malformed", "unsupported", "conflicting_answer", "exact_duplicate", "near_duplicate", "kept"}
    for path in OUTPUTS:
        path.unlink()

    set_engine("curate", "daft")
    catcher = Catcher()
    process = run_stage("curate", planted, **catcher.proxies)
    wait_for(lambda: list(planted.rglob("keys.done")), process)
    kill(process)
    process = run_stage("curate", planted, **catcher.proxies)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    assert outputs() == local
    steps = [line.removeprefix("step ") for line in said.splitlines() if line.startswith("step ")]
    assert "judged" not in steps and steps[-1] == "compared"
    assert not list(planted.rglob("*.parquet")), "the steps are still there"
    assert not catcher.caught


def test_reports_of_use_would_be_caught() -> None:
    """Guards against a test of telemetry that sees nothing whatever is sent."""
    catcher = Catcher()
    environment = {name: value for name, value in os.environ.items() if name not in NO_TELEMETRY}
    code = "import daft, time; daft.set_runner_native(); daft.from_pydict({'a': [1]}).collect(); time.sleep(3)"
    subprocess.run([sys.executable, "-c", code], env=environment | catcher.proxies, check=False, timeout=60)
    assert catcher.caught


def test_an_engine_may_find_nothing_to_compare(planted: Path, make: MakeExample) -> None:
    """Guards against steps without rows, which leave no file for the next one."""
    broken = [make(f"Name the color number {number}.", "") for number in range(3)]
    curate.SYNTHETIC.write_text("".join(f"{row.model_dump_json()}\n" for row in broken), encoding="utf-8")
    set_engine("curate", "daft")
    process = run_stage("curate", planted)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "all 3 examples were rejected: {'malformed': 3}" in said.splitlines()[-1]


@pytest.mark.slow  # a cluster takes half a minute to start
def test_ray_gives_the_bytes_of_local_even_without_a_node_that_died(
    planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against another result on a cluster, and against a run that a lost machine spoils."""
    curate.main()
    local = outputs()
    with two_nodes(monkeypatch) as cluster:
        set_engine("curate", "ray", cluster.address)
        process = run_stage("curate", planted)
        wait_for(lambda: list(planted.rglob("keys.done")), process)
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
        _, said = process.communicate(timeout=300)
        if process.returncode:  # it may also stop, and must then go on
            assert "error: engine ray: " in said
            process = run_stage("curate", planted)
            _, said = process.communicate(timeout=300)
            assert "step judged" not in said.splitlines()
        assert process.returncode == 0, said
        assert outputs() == local
