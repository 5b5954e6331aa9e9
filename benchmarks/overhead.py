"""What DVC and imports cost on top of the work: every stage with settings so small that hardly any work is left.

A copy of the project runs once. Then each stage runs three times in each of three ways: only its imports, without DVC,
and with DVC; medians are shown. DVC's own start, which a run of all stages pays once, is counted separately. CPU time
is shown beside wall-clock time, because it varies less on a machine that is busy with other things.

    python -m benchmarks.overhead
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.pipeline.conftest import SMALL, Workspace, copy_project
from tests.pipeline.test_dag import EXPECTED, STAGES

ROOT = Path(__file__).parents[1]
REPEATS = 3
# Prints what a stage, which runs first, has imported.
LIST = """
import runpy, sys
before = set(sys.modules)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
print("\\n".join(name for name in sys.modules if name not in before and not name.startswith("__")))
"""
# Ends as `run_stage` does.
IMPORT = """
import atexit, gc, importlib, sys
from contextlib import suppress
atexit.register(gc.freeze)
for name in sys.stdin.read().split():
    with suppress(ImportError):  # some are made by a library while it runs
        importlib.import_module(name)
"""


class Seconds(NamedTuple):
    wall: float
    cpu: float

    def minus(self, *others: "Seconds") -> "Seconds":
        return Seconds(self.wall - sum(other.wall for other in others), self.cpu - sum(other.cpu for other in others))

    def __str__(self) -> str:
        return f"{self.wall:7.2f} {self.cpu:5.2f}"


def time_command(workspace: Workspace, *command: str, stdin: str = "") -> Seconds:
    """The seconds of a command and of all processes that it starts, in the median run. `stdin` is its input."""
    return sorted(_time_once(workspace, command, stdin) for _ in range(REPEATS))[REPEATS // 2]


def _time_once(workspace: Workspace, command: Sequence[str], stdin: str) -> Seconds:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        command,
        cwd=workspace.folder,
        env=workspace.environment(),
        input=stdin,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Seconds(time.perf_counter() - started, cpu)


def measure_stage(workspace: Workspace, stage: str, start: Seconds) -> tuple[Seconds, Seconds, Seconds]:
    """The stage's imports, the whole stage without DVC, and what DVC adds to it, without its own `start`."""
    module, *arguments = STAGES[stage]["cmd"].split("-m ")[1].split()
    listed = subprocess.run(
        [sys.executable, "-c", LIST, module, *arguments],
        cwd=workspace.folder,
        env=workspace.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    imports = time_command(workspace, sys.executable, "-c", IMPORT, stdin=listed.stdout)
    without_dvc = time_command(workspace, sys.executable, "-m", module, *arguments)
    with_dvc = time_command(workspace, "dvc", "repro", "--force", "--single-item", stage)
    return imports, without_dvc, with_dvc.minus(without_dvc, start)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = copy_project(ROOT, Path(folder) / "wikitune")
        workspace.set_params(SMALL)
        workspace.repro()
        start = time_command(workspace, "dvc", "repro", "--single-item", "extract")
        print(f"{'clock, CPU':<12} {'imports':>13} {'whole stage':>13} {'DVC beside it':>13}")
        for stage in EXPECTED:
            print(f"{stage:<12}", *measure_stage(workspace, stage, start))
        print(f"{'start of DVC':<12}", start)
        print(f"{'no-op repro':<12}", time_command(workspace, "dvc", "repro"))


if __name__ == "__main__":
    main()
