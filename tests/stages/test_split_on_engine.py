"""split on Daft and on Ray: the very outputs of `local`, also after it was killed.

`tests/stages/splitting/test_division.py` compares the steps with `local` in more cases, without an engine.
"""

import subprocess
from pathlib import Path

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
    with two_nodes(monkeypatch) as (address, remove_node):
        set_engine("split", "ray", address)
        process = run_stage("split", curated)
        wait_for(lambda: list(curated.rglob("wikitune-steps/split/*/words.done")), process)
        remove_node()
        _, said = process.communicate(timeout=300)
        if process.returncode:  # it may also stop, and must then go on
            assert "error: engine ray: " in said
            assert "words" not in finish(run_stage("split", curated))
        assert outputs() == local
