"""split on Daft and on Ray: the very outputs of `local`, also after it was killed.

`tests/stages/splitting/test_division.py` compares the steps with `local` in more cases, without an engine.
"""

import subprocess
from pathlib import Path
from resource import RLIMIT_FSIZE, prlimit

import pytest

from stages import split
from stages.common.files import read_jsonl, write_jsonl
from stages.common.records import Page
from stages.teachers.rules.teacher import teach
from tests.stages.conftest import MakeExample
from tests.stages.engine.runs import kill, run_stage, set_engine, two_nodes, wait_for

pytest.importorskip("daft", reason="the extra `engine` is not installed")


@pytest.fixture
def curated(project: Path, make: MakeExample) -> Path:
    """The project folder with examples of the teacher, of which some say the same in other words."""
    rows = [row for page in read_jsonl(split.PAGES, Page)[:75] for row in teach(page, 8, 1).examples]
    again = [make(f"Please answer: {row.instruction}", row.output, row.input) for row in rows[::20]]
    write_jsonl(split.CURATED, list({row.id: row for row in [*rows, *again]}.values()))
    return project


def outputs() -> dict[str, bytes]:
    files = [path for folder in (split.SPLITS, split.METRICS) for path in (folder, *folder.rglob("*"))]
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def local_outputs() -> dict[str, bytes]:
    split.main()
    local = outputs()
    for path in local:
        Path(path).unlink()
    return local


def finish(process: "subprocess.Popen[str]") -> list[str]:
    """The steps that the process begins, when it has ended well."""
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return [line.removeprefix("step ") for line in said.splitlines() if line.startswith("step ")]


def test_daft_divides_as_local_does_after_a_kill(curated: Path) -> None:
    """Guards against another split on an engine, hash seeds that decide an order, and steps that are repeated."""
    local = local_outputs()
    set_engine("split", "daft")
    process = run_stage("split", curated, PYTHONHASHSEED="3")
    wait_for(lambda: list(curated.rglob("wikitune-steps/split/*/words.done")), process)
    kill(process)
    steps = finish(run_stage("split", curated, PYTHONHASHSEED="4"))
    assert outputs() == local
    assert "words" not in steps and {"order", "gists", "page_runs"} <= set(steps)
    assert not list(curated.rglob("*.parquet")), "the steps are still there"


@pytest.mark.slow  # a cluster takes half a minute to start
def test_ray_divides_as_local_does_after_a_node_died(curated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against another split on a cluster, and against a run that a lost machine spoils."""
    local = local_outputs()
    with two_nodes(monkeypatch) as cluster:
        set_engine("split", "ray", cluster.address)
        process = run_stage("split", curated)
        wait_for(lambda: list(curated.rglob("wikitune-steps/split/*/words.done")), process)
        cluster.remove_node(next(iter(cluster.worker_nodes)), allow_graceful=False)
        _, said = process.communicate(timeout=300)
        if process.returncode:  # it may also stop, and must then go on
            assert "error: engine ray: " in said
            assert "words" not in finish(run_stage("split", curated))
        assert outputs() == local


@pytest.mark.slow  # two runs more of the stage
def test_a_full_disk_loses_nothing(curated: Path) -> None:
    """Guards against a traceback where a disk is full, half a file that counts as a step, and outputs of such a run."""
    local = local_outputs()
    set_engine("split", "daft")
    process = run_stage("split", curated)
    prlimit(process.pid, RLIMIT_FSIZE, (300_000, 300_000))  # bytes of a file
    _, said = process.communicate(timeout=300)
    assert process.returncode == 1
    assert "could not be written: File too large; make room for the steps in DVC's cache directory" in said
    assert "Traceback" not in said
    assert not outputs()
    assert "general" not in finish(run_stage("split", curated))
    assert outputs() == local


@pytest.mark.slow  # two clusters
def test_ray_goes_on_after_its_head_died(curated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a run that waits for a dead cluster forever, and against lost steps."""
    local = local_outputs()
    with two_nodes(monkeypatch) as cluster:
        set_engine("split", "ray", cluster.address)
        process = run_stage("split", curated)
        wait_for(lambda: list(curated.rglob("wikitune-steps/split/*/read.done")), process)
        cluster.head_node.kill_all_processes(check_alive=False, allow_graceful=False)
        _, said = process.communicate(timeout=300)
        assert process.returncode == 1
        assert "error: engine ray: " in said
    with two_nodes(monkeypatch) as cluster:
        set_engine("split", "ray", cluster.address)
        assert "read" not in finish(run_stage("split", curated))
    assert outputs() == local
